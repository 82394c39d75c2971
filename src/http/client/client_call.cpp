// SPDX-License-Identifier: Apache-2.0
#include "client_call.hpp"

#include <weir/base/error.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/http/message/error.hpp>
#include <weir/io/phase_ledger.hpp>
#include <weir/io/timeout.hpp>
#include <weir/net/connect.hpp>
#include <weir/net/resolver.hpp>
#include <weir/sync/task_group.hpp>
#include <weir/tls/error.hpp>
#include <weir/tls/handshake.hpp>

#include <utility>

#include "client_upload.hpp"
#include "request_encoder.hpp"

namespace weir::http::detail {
namespace {

/// Up to this size a body is sent with its head, and the response waited for afterwards.
constexpr std::size_t max_joined_bytes = std::size_t{64} << 10U;
/// What is read of a redirect's body, to keep its connection.
constexpr std::uint64_t max_passed_bytes = std::uint64_t{16} << 10U;

/// For those who say nothing of whom they trust.
const tls::client_context& usual_tls() {
    static const tls::client_context usual = [] {
        tls::client_options options;
        options.protocols = {"http/1.1"};
        auto made = tls::client_context::make(std::move(options));
        WEIR_ASSERT(made.has_value(), "the system's trusted certificates cannot be read");
        return *made;
    }();
    return usual;
}

/// Whether the other end was gone.
bool is_lost(const std::error_code& why) noexcept {
    return why == std::errc::connection_aborted || why == std::errc::connection_reset ||
           why == std::errc::broken_pipe || why == make_error_code(tls::errc::truncated);
}

bool is_refusal(status code) noexcept { return static_cast<unsigned>(code) >= 300; }

}  // namespace

/// Tells the ledger of a `within` around the call what it does.
class client_call::phases {
public:
    explicit phases(client_call& of, scope& in) noexcept : of_(of), in_(in) { of_.phases_ = this; }
    phases(const phases&) = delete;
    phases& operator=(const phases&) = delete;
    ~phases() { of_.phases_ = nullptr; }

    void enter(client_phase next) noexcept {
        span_.end();
        span_.begin(in_, name_of(next));
    }

private:
    client_call& of_;
    scope& in_;
    phase_span span_;
};

void client_call::enter(client_phase next) noexcept {
    times_.enter(next, reactor::current().now());
    if (phases_ != nullptr) phases_->enter(next);
}

client_error client_call::failed(std::error_code why) {
    times_.settle(reactor::current().now());
    core_.statistics.failures.add();
    core_.statistics.count_error(why, times_.current());
    give_back();
    return client_error(why, times_);
}

task<result<void>> client_call::start(const client_request& asked) {
    const task_view self = co_await this_task();
    phases counted(*this, self.ambient());
    co_return co_await follow(asked);
}

task<result<void>> client_call::fetch(const client_request& asked) {
    const task_view self = co_await this_task();
    phases counted(*this, self.ambient());
    collects_ = true;
    co_await ok(follow(asked));
    if (!has_body_) co_await ok(fill_body());
    co_return result<void>();
}

task<result<void>> client_call::follow(const client_request& asked) {
    const client_request* current = &asked;
    for (unsigned followed = 0;; ++followed) {
        co_await ok(exchange(*current));
        auto next = core_.options.redirects.next(*current, connection().exchange.head(), followed);
        if (!next) co_return fail(next.error());
        if (!*next) co_return has_body_ ? result<void>() : begin_body();
        core_.statistics.redirected.add();
        co_await pass_over_body();
        give_back();
        next_ = std::move(*next);
        current = &*next_;
    }
}

task<result<void>> client_call::exchange(const client_request& asked) {
    if (auto fine = check_request(asked); !fine) co_return fine;
    asks_for_coding_ = core_.options.decodes && may_ask_for_coding(asked);
    says_expect_ = asked.expects_continue();
    has_sent_body_ = false;
    co_await ok(obtain(asked.where()));
    result<void> outcome = co_await converse(asked);
    if (is_sent_again(asked, outcome)) {
        core_.statistics.retried.add();
        connection().close();
        co_await ok(connect(asked.where()));
        outcome = co_await converse(asked);
    }
    co_return outcome;
}

bool client_call::is_sent_again(const client_request& asked, const result<void>& outcome) noexcept {
    const client_connection& on = connection();
    if (asked.is_streamed() && has_sent_body_) return false;
    if (outcome) {
        // RFC 9110 10.1.1: a server that does not know the expectation may know the request.
        const bool is_misunderstood =
            says_expect_ && on.exchange.head().code() == status::expectation_failed;
        if (is_misunderstood) says_expect_ = false;
        return is_misunderstood;
    }
    return core_.options.retries && on.is_used && !on.exchange.has_response() &&
           asked.is_idempotent() && is_lost(outcome.error());
}

task<result<void>> client_call::obtain(const url& where) {
    enter(client_phase::pool);
    const auto found = core_.origins.find(where);
    if (!found) co_return fail(found.error());
    origin_ = *found;
    ++origin_->users;
    auto lent = co_await origin_->connections.acquire();
    if (!lent) co_return fail(lent.error());
    lease_.emplace(std::move(*lent));
    client_connection& on = connection();
    if (on.is_open() && on.is_quiet()) {
        core_.statistics.reused.add();
        co_return result<void>();
    }
    if (on.is_open()) {
        core_.statistics.stale.add();
        on.close();
    }
    co_await ok(core_.origins.make_room_for(on));
    co_return co_await connect(where);
}

task<result<void>> client_call::connect(const url& where) {
    enter(client_phase::resolve);
    auto addresses = co_await ok(net::resolve(where.host(), where.port()));
    enter(client_phase::connect);
    auto attempts = net::connect_any(std::move(addresses), core_.options.connecting);
    net::tcp_socket socket = co_await ok(std::move(attempts));
    if (where.is_secure()) {
        enter(client_phase::tls);
        auto handshake = tls::connect(socket, core_.options.tls ? *core_.options.tls : usual_tls(),
                                      where.host());
        const tls::connection_info agreed = co_await ok(std::move(handshake));
        if (!agreed.protocol.empty() && agreed.protocol != "http/1.1") {
            co_return fail(make_error_code(tls::errc::no_common_protocol));
        }
    }
    core_.statistics.connections.add();
    connection().open(std::move(socket));
    co_return result<void>();
}

task<result<void>> client_call::converse(const client_request& asked) {
    enter(client_phase::send);
    client_connection& on = connection();
    on.exchange.begin(asked.method() == "HEAD");
    on.text.clear();
    append_request_head(on.text, asked, core_.options.user_agent, asks_for_coding_, says_expect_);
    const bool is_joined =
        !asked.is_streamed() && !says_expect_ && asked.body().size() <= max_joined_bytes;
    if (!is_joined) co_return co_await upload(asked);
    on.text.append(asked.body());
    co_await ok(on.socket->send_copy(as_bytes(on.text)));
    on.exchange.request_sent();
    enter(client_phase::response);
    co_return co_await receive_head(nullptr);
}

task<result<void>> client_call::receive_head(client_upload* sending) {
    for (;;) {
        const exchange_action action = co_await ok(connection().next());
        if (action == exchange_action::head) co_return result<void>();
        if (action == exchange_action::proceed && sending != nullptr) sending->proceed();
    }
}

/// Sends the request and waits for the response at once: a server may answer before it has read
/// everything, and may have to be read before it reads on.
task<result<void>> client_call::upload(const client_request& asked) {
    const auto patience = says_expect_ ? core_.options.expect_timeout : std::chrono::nanoseconds(0);
    client_upload sending(connection(), asked, patience);
    task_group beside(co_await this_task(), 1);
    const auto send = [this, &sending] { return send_beside(sending); };
    auto started = beside.spawn(send);
    const auto begun = co_await started;
    if (!begun) co_return begun;
    auto receiving = receive_head(&sending);
    result<void> heard = co_await with_stop(sending.hopeless(), std::move(receiving));
    const bool is_wanted = heard && !is_refusal(connection().exchange.head().code());
    if (is_wanted && collects_) {
        auto rest = fill_body();
        heard = co_await with_stop(sending.hopeless(), std::move(rest));
    }
    // After a refusal the rest of the body is of no use.
    if (!heard || !is_wanted) beside.request_stop();
    static_cast<void>(co_await beside.join());
    has_sent_body_ = sending.has_begun();
    if (sending.failure()) co_return fail(sending.failure());
    co_return heard;
}

task<> client_call::send_beside(client_upload& sending) {
    const bool is_sent = co_await sending.send();
    if (is_sent && times_.current() == client_phase::send) enter(client_phase::response);
}

/// Reads what is left of a response that nobody wants, if that is little: its connection is kept.
task<> client_call::pass_over_body() {
    const auto length = connection().exchange.body_length();
    if (!length || *length > max_passed_bytes) co_return;
    for (;;) {
        const auto action = co_await connection().next();
        if (!action || *action == exchange_action::complete) co_return;
    }
}

void client_call::give_back() noexcept {
    packed_.reset();
    if (has_connection()) {
        client_connection& on = connection();
        if (on.is_open()) on.drop_received();
        const bool is_kept = on.is_settled() && !core_.origins.is_wanted();
        if (is_kept) {
            on.is_used = true;
        } else {
            if (on.is_open() && !on.exchange.is_complete()) core_.statistics.given_up.add();
            on.close();
            lease_->poison();
        }
    }
    lease_.reset();
    if (origin* left = std::exchange(origin_, nullptr)) --left->users;
}

}  // namespace weir::http::detail
