// SPDX-License-Identifier: Apache-2.0
#include "server_connection.hpp"

#include <weir/base/refusal.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/http/message/error.hpp>
#include <weir/io/timeout.hpp>

#include <algorithm>
#include <exception>
#include <utility>

#include "net/last_words.hpp"
#include "server_core.hpp"

namespace weir::http::detail {
namespace {

constexpr std::string_view text_type = "text/plain; charset=utf-8";

/// How many requests the next connection may have: each up to a tenth less, in no visible order.
std::size_t requests_for(std::uint64_t serial, std::size_t most) noexcept {
    constexpr std::uint64_t golden = 0x9E3779B97F4A7C15U;
    return most - static_cast<std::size_t>((serial * golden >> 32U) % (most / 10 + 1));
}

status status_of_failure(const std::error_code& failure) noexcept {
    if (failure.category() == refusal_category()) {
        return static_cast<status>(terms_of(static_cast<refusal>(failure.value())).http_status);
    }
    return failure.category() == category() ? status_for(failure) : status::internal_server_error;
}

/// Drops all fields but those that tell a browser who may read the answer: that does not depend on
/// how it went, and without them a page cannot even see that it failed.
void keep_for_browsers(headers& fields) {
    headers kept;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const header_field field = fields[i];
        const bool is_kept = equal_ignoring_case(field.name().substr(0, 15), "Access-Control-") ||
                             equal_ignoring_case(field.name(), "Vary");
        if (is_kept) static_cast<void>(kept.add(field.name(), field.value()));
    }
    fields = std::move(kept);
}

/// The largest time stands for none.
reactor::time_point later(reactor::time_point now, std::chrono::nanoseconds by) noexcept {
    constexpr auto last = reactor::time_point::max();
    return by > last - now ? last : now + by;
}

}  // namespace

server_connection::server_connection(net::stream_socket socket, server_core& core,
                                     std::optional<net::endpoint> peer)
    : stream_(std::move(socket), core),
      parser_(core.options.request),
      body_(stream_),
      answer_(stream_, body_),
      exchange_(*this),
      watch_(*this),
      peer_(std::move(peer)),
      requests_left_(requests_for(core.connections++, core.options.max_requests)) {}

server_connection::~server_connection() {
    end_wait();
    if (watch_.is_armed()) reactor::current().timers().disarm(watch_);
}

task<> server_connection::serve() {
    server_core& core = stream_.core;
    core.statistics.connections.add();
    ++core.open_connections;
    try {
        co_await with_stop(stop_, converse());
        if (stream_.socket.is_open() && refusal_) co_await refuse();
    } catch (...) {
        has_last_words_ = false;  // no memory, or a log that throws: nobody else's affair
    }
    phase_ = phase::over;
    try {
        if (stream_.socket.is_open()) co_await close();
    } catch (...) {
        has_last_words_ = false;  // the socket closes itself
    }
    --core.open_connections;
    core.statistics.connections_ended.add();
}

task<> server_connection::converse() {
    for (bool goes_on = true; goes_on;) {
        result<bool> is_whole = parse_head();
        while (is_whole && !*is_whole) {
            if (!begin_wait()) {
                has_last_words_ = requests_ > 0;
                co_return;
            }
            auto arrived = co_await stream_.socket.receive();
            end_wait();
            // Bytes that came in the moment of the end are too late.
            if (!arrived || stop_.stop_requested()) co_return;
            if (arrived->empty()) {
                if (parser_.has_begun()) refusal_ = make_error_code(errc::ended_early);
                co_return;
            }
            stream_.received = std::move(*arrived);
            is_whole = parse_head();
        }
        if (!is_whole) {
            refusal_ = is_whole.error();
            co_return;
        }
        if (!begin_exchange()) co_return;
        try {
            auto outcome = co_await stream_.core.handler(exchange_);
            if (!outcome) failure_ = outcome.error();
        } catch (const std::exception& thrown) {
            failure_ = make_error_code(errc::handler_threw);
            what_ = thrown.what();
        } catch (...) {
            failure_ = make_error_code(errc::handler_threw);
        }
        const auto running = co_await check_stopped();
        if (!running && !answer_.is_finished()) {
            failure_ = running.error();  // it was stopped, and has not failed
            note_exchange();
            co_return;
        }
        if (!is_settled()) goes_on = co_await settle();
        note_exchange();
        phase_ = phase::idle;
    }
}

result<bool> server_connection::parse_head() {
    buffer_lease& received = stream_.received;
    if (received.empty()) return false;
    bytes rest = received.data();
    const result<bool> is_whole = parser_.feed(rest, head_);
    if (rest.empty()) {
        received.reset();  // a slow peer must not hold memory that the other sockets wait for
    } else {
        received.narrow(received.data().last(rest.size()));
    }
    return is_whole;
}

bool server_connection::begin_wait() noexcept {
    const server_core& core = stream_.core;
    const time_point now = reactor::current().now();
    if (parser_.has_begun()) {
        if (phase_ == phase::head) return true;
        phase_ = phase::head;
        limit_wait(later(now, core.options.head_timeout));
        return true;
    }
    if (core.draining && now >= core.idle_until) return false;
    if (requests_ > 0 && std::exchange(stream_.core.wants_room, false)) {
        stream_.core.statistics.idle_ended.add();
        return false;
    }
    phase_ = phase::idle;
    stream_.core.idle.push_back(*this);
    const auto most =
        requests_ == 0 ? core.options.first_byte_timeout : core.options.keep_alive_timeout;
    limit_wait(later(now, most));
    if (core.draining) hasten_idle_end();
    return true;
}

void server_connection::end_wait() noexcept {
    if (is_linked()) unlink();
}

/// Whether there is a request to answer; otherwise it is refused.
bool server_connection::begin_exchange() {
    phase_ = phase::answering;
    deadline_ = time_point::max();
    head_read_ = reactor::current().now();
    ++requests_;
    stream_.core.statistics.requests.add();
    failure_ = {};
    what_.clear();
    bool says_continue = false;
    if (head_.version() == version::http_1_1) {
        if (const auto expects = head_.headers().find("Expect")) {
            says_continue = equal_ignoring_case(*expects, "100-continue");
            if (!says_continue) refusal_ = make_error_code(errc::expectation_failed);
        }
    }
    body_.expect(parser_.body_length(), says_continue);
    // What follows a CONNECT that was answered by 2xx is no HTTP, to whoever passed it on.
    const bool goes_on = --requests_left_ > 0 && head_.keeps_alive() && head_.method() != "CONNECT";
    answer_.expect(&head_, head_.version(), head_.method() == "HEAD", goes_on);
    parser_.restart();
    stream_.keep_received();
    return !refusal_;
}

/// Whether the exchange is over and the next may begin.
bool server_connection::is_settled() const noexcept {
    return !failure_ && answer_.is_finished() && answer_.goes_on() && body_.is_complete();
}

/// Brings the exchange to its end, whatever the handler has left undone. Gives whether the
/// connection goes on.
task<bool> server_connection::settle() {
    if (!stream_.socket.is_open()) co_return false;  // it was taken
    if (!failure_ && !answer_.has_begun()) failure_ = make_error_code(errc::no_answer);
    if (failure_ && !answer_.has_begun()) co_await answer_failure();
    if (!failure_ && !answer_.is_finished()) {
        const auto finished = co_await answer_.finish();
        if (!finished) failure_ = finished.error();
    }
    if (failure_) {
        stream_.core.statistics.handler_failures.add();
        if (failure_.category() == category() && !body_.error_) {
            stream_.core.statistics.count_refusal(static_cast<errc>(failure_.value()));
        }
    }
    // A part of an answer is cut off where it ends, so that nobody takes it for the whole.
    if (!answer_.is_finished()) co_return false;
    has_last_words_ = true;
    if (!answer_.goes_on()) co_return false;
    const bool is_passed = co_await body_.discard(stream_.core.options.max_discarded_bytes);
    has_last_words_ = !is_passed;
    co_return is_passed;
}

/// Answers for a handler that has failed.
task<> server_connection::answer_failure() {
    keep_for_browsers(answer_.headers());
    if (failure_.category() == refusal_category()) {
        static_cast<void>(answer_.headers().add("Retry-After", "1"));
    }
    const status code = status_of_failure(failure_);
    // Nothing of what went wrong in here, unless it is the peer's to mend.
    std::string text(reason_phrase(code));
    const bool is_of_peer = static_cast<unsigned>(code) < 500;
    if (failure_.category() == category() && is_of_peer) text = failure_.message();
    text += '\n';
    static_cast<void>(co_await answer_.respond(code, text_type, as_bytes(text)));
}

void server_connection::note_exchange() {
    const auto& log = stream_.core.options.access_log;
    if (!log) return;
    const bool is_head_known = phase_ == phase::answering;
    const net::endpoint from = is_head_known ? client().value_or(net::endpoint()) : peer();
    access_record record(from);
    record.method = head_.method();
    record.target = head_.target();
    if (answer_.has_begun()) record.status = answer_.code();
    if (!stream_.socket.is_open()) record.status = status::switching_protocols;
    record.body_bytes = answer_.body_bytes();
    record.duration = reactor::current().now() - head_read_;
    record.error = failure_;
    record.what = what_;
    log(record);
}

/// Tells the peer why nothing more of what it sends is read.
task<> server_connection::refuse() {
    stream_.received.reset();
    deadline_ = time_point::max();
    what_.clear();
    if (phase_ != phase::answering) head_read_ = reactor::current().now();
    stream_.core.statistics.count_refusal(static_cast<errc>(refusal_.value()));
    body_.expect(0, false);
    const bool is_head = phase_ == phase::answering && head_.method() == "HEAD";
    answer_.expect(nullptr, version::http_1_1, is_head, false);
    const std::string text = refusal_.message() + "\n";
    const auto sent = co_await answer_.respond(status_for(refusal_), text_type, as_bytes(text));
    has_last_words_ = sent.has_value();
    if (phase_ != phase::answering) head_ = request();
    failure_ = refusal_;
    note_exchange();
}

task<> server_connection::close() {
    stream_.received.reset();
    if (answer_.is_cut_off()) {
        stream_.socket.abort();
        co_return;
    }
    const auto& options = stream_.core.options;
    const auto ended = co_await stream_.end_sending();
    if (ended && has_last_words_) {
        static_cast<void>(
            co_await with_timeout(options.close_timeout, net::drop_until_end(stream_.socket)));
    }
    static_cast<void>(co_await stream_.socket.close(std::chrono::nanoseconds::zero()));
}

const net::endpoint& server_connection::peer() {
    if (!peer_) {
        const bool is_ours = stream_.socket.is_open();
        const auto asked = is_ours ? stream_.socket.peer_endpoint()
                                   : result<net::endpoint>(fail(std::errc::not_connected));
        peer_ = asked.value_or(net::endpoint());
    }
    return *peer_;
}

std::optional<net::endpoint> server_connection::client() {
    return stream_.core.options.proxies.client_of(head_.headers(), peer());
}

task<result<void>> server_connection::drain_begun() {
    co_return co_await stream_.core.drain_begun.wait();
}

bool server_connection::is_draining() const noexcept { return stream_.core.draining; }

result<raw_connection> server_connection::take() {
    if (answer_.has_begun() || !body_.is_complete() || !stream_.socket.is_open()) {
        return fail(std::errc::operation_not_permitted);
    }
    stream_.core.statistics.handed_over.add();
    if (stream_.core.options.access_log) static_cast<void>(peer());
    return raw_connection(std::move(stream_.socket), head_, std::move(stream_.received));
}

void server_connection::end_if_idle() noexcept {
    if (phase_ != phase::idle || !is_linked()) return;
    // A draining server may have answered just now; where room is needed, that was long ago.
    has_last_words_ = stream_.core.draining && requests_ > 0;
    stop_.request_stop();
}

void server_connection::hasten_idle_end() noexcept {
    const time_point end = stream_.core.idle_until;
    if (end == time_point()) {
        end_if_idle();
    } else if (phase_ == phase::idle) {
        limit_wait(std::min(deadline_, end));
    }
}

/// Limits the wait that begins. The timer is not moved for each of them: it looks again when it
/// expires.
void server_connection::limit_wait(time_point deadline) noexcept {
    deadline_ = deadline;
    if (deadline == time_point::max()) return;
    if (watch_.is_armed() && watched_until_ <= deadline) return;
    timer_wheel& timers = reactor::current().timers();
    timers.disarm(watch_);
    timers.arm(watch_, deadline);
    watched_until_ = deadline;
}

void server_connection::time_is_up() noexcept {
    if (deadline_ == time_point::max()) return;
    reactor& loop = reactor::current();
    if (loop.now() < deadline_) {
        loop.timers().arm(watch_, deadline_);
        watched_until_ = deadline_;
        return;
    }
    if (phase_ == phase::head) refusal_ = make_error_code(errc::head_too_slow);
    if (phase_ == phase::idle) stream_.core.statistics.idle_ended.add();
    stop_.request_stop();
}

}  // namespace weir::http::detail
