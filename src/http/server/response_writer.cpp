// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/response_writer.hpp>

#include <weir/base/assert.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/http/message/error.hpp>
#include <weir/http/server/request_body.hpp>
#include <weir/io/reactor.hpp>

#include <string>
#include <utility>

#include "http/message/response_encoder.hpp"
#include "server_core.hpp"
#include "server_stream.hpp"

namespace weir::http {
namespace {

/// Up to this size a body is copied behind its head, to be sent with it.
constexpr std::size_t max_joined_bytes = std::size_t{16} << 10U;

}  // namespace

bool response_writer::is_cut_off() const noexcept {
    return has_begun() && !is_finished() && framing_ == body_framing::until_close && !is_head_;
}

response_writer::response_writer(detail::server_stream& to, request_body& body) noexcept
    : stream_(to), body_(body) {}

void response_writer::expect(version asked, bool without_body, bool goes_on) noexcept {
    fields_.clear();
    trailers_.clear();
    body_bytes_ = 0;
    asked_ = asked;
    step_ = step::none;
    is_head_ = without_body;
    goes_on_ = goes_on;
}

bool response_writer::is_bodiless() const noexcept {
    return is_head_ || framing_ == body_framing::none;
}

result<void> response_writer::put_head(http::status code, std::string_view content_type,
                                       std::optional<std::uint64_t> length, bool is_whole) {
    WEIR_ASSERT(step_ == step::none, "a request was answered twice");
    WEIR_ASSERT(code >= status::ok, "an answer needs a status of 200 or more");
    std::string& out = stream_.core.scratch;
    if (!is_field_value(content_type)) return fail(make_error_code(errc::bad_header_value));
    framing_ = framing_for(asked_, code, length);
    length_ = length.value_or(0);
    out.clear();
    append_status_line(out, code);
    if (!content_type.empty()) append_field(out, "Content-Type", content_type);
    if (auto fine = append_fields(out, fields_); !fine) return fine;
    append_framing(out, framing_, length_);
    put_end_of_head(code, is_whole);
    return {};
}

void response_writer::put_end_of_head(http::status code, bool is_whole) {
    if (framing_ == body_framing::until_close || stream_.core.draining) goes_on_ = false;
    if (!body_.can_go_on() || (is_whole && !body_.can_be_passed())) goes_on_ = false;
    body_.awaits_continue_ = false;  // nothing may come before the end of an answer
    connection_note note = connection_note::close;
    if (goes_on_) {
        note = asked_ == version::http_1_0 ? connection_note::keep_alive : connection_note::nothing;
    }
    const auto date = stream_.core.date.at(reactor::current().now());
    append_end(stream_.core.scratch, date, note);
    status_ = code;
    step_ = step::body;
    stream_.core.statistics.count_answer(code);
}

task<result<void>> response_writer::respond(http::status code, std::string_view content_type,
                                            bytes body) {
    if (auto fine = put_head(code, content_type, body.size(), true); !fine) co_return fine;
    if (join(body)) co_return noted(co_await send_joined(), step::finished);
    co_return co_await send_whole(body);
}

task<result<void>> response_writer::respond(http::status code, std::string_view content_type,
                                            send_buffer body) {
    const std::size_t size = body.size();
    if (auto fine = put_head(code, content_type, size, true); !fine) co_return fine;
    if (join(body.view())) co_return noted(co_await send_joined(), step::finished);
    co_return co_await send_shared(std::move(body));
}

task<result<void>> response_writer::respond(const prepared_response& answer) {
    WEIR_ASSERT(step_ == step::none, "a request was answered twice");
    std::string& out = stream_.core.scratch;
    const std::size_t size = answer.body().size();
    framing_ = framing_for(asked_, answer.code(), size);
    length_ = size;
    out.assign(answer.head());
    if (auto fine = append_fields(out, fields_); !fine) co_return fine;
    put_end_of_head(answer.code(), true);
    if (join(answer.body().view())) co_return noted(co_await send_joined(), step::finished);
    co_return co_await send_shared(answer.body());
}

/// Puts `body` behind the head in the scratch text, if it is short and there is room for all of it:
/// most answers leave this way.
bool response_writer::join(bytes body) {
    std::string& out = stream_.core.scratch;
    if (is_bodiless()) body = bytes();
    if (body.size() > max_joined_bytes || !stream_.has_room(out.size() + body.size())) return false;
    out.append(as_text(body));
    body_bytes_ = body.size();
    return true;
}

net::stream_socket::send_awaiter response_writer::send_joined() {
    return stream_.socket.send_copy(as_bytes(stream_.core.scratch));
}

/// Sends the head that is in the scratch text, then a copy of `body`.
task<result<void>> response_writer::send_whole(bytes body) {
    const auto sent = co_await stream_.send(as_bytes(stream_.core.scratch));
    if (!sent || is_bodiless()) co_return noted(sent, step::finished);
    body_bytes_ = body.size();
    co_return noted(co_await stream_.send(body), step::finished);
}

/// Sends the head that is in the scratch text, then `body` where it lies.
task<result<void>> response_writer::send_shared(send_buffer body) {
    const auto sent = co_await stream_.send(as_bytes(stream_.core.scratch));
    if (!sent || is_bodiless()) co_return noted(sent, step::finished);
    body_bytes_ = body.size();
    co_return noted(co_await stream_.send(std::move(body)), step::finished);
}

task<result<void>> response_writer::start(http::status code, std::string_view content_type,
                                          std::optional<std::uint64_t> length) {
    if (auto fine = put_head(code, content_type, length, false); !fine) co_return fine;
    const auto sent = co_await stream_.send(as_bytes(stream_.core.scratch));
    co_return noted(sent, step::body);
}

/// Counts bytes of the body; an error if there are more than were told.
result<void> response_writer::count(std::size_t size) noexcept {
    WEIR_ASSERT(step_ == step::body || step_ == step::broken,
                "an answer's body needs a head first");
    if (!is_bodiless()) body_bytes_ += size;
    if (framing_ == body_framing::counted && body_bytes_ > length_) {
        return noted(fail(make_error_code(errc::length_mismatch)), step::broken);
    }
    if (step_ == step::broken) return fail(std::errc::broken_pipe);
    return {};
}

task<result<void>> response_writer::write(bytes data) {
    if (auto fine = count(data.size()); !fine) co_return fine;
    if (data.empty() || is_bodiless()) {
        co_return co_await check_stopped();
    }
    if (framing_ != body_framing::chunked) co_return noted(co_await stream_.send(data), step::body);
    std::string& out = stream_.core.scratch;
    out.clear();
    append_chunk_size(out, data.size());
    if (data.size() > max_joined_bytes) {
        auto sent = co_await stream_.send(as_bytes(out));
        if (sent) sent = co_await stream_.send(data);
        if (sent) sent = co_await stream_.send(as_bytes("\r\n"));
        co_return noted(sent, step::body);
    }
    out.append(as_text(data)).append("\r\n");
    const auto sent = co_await stream_.send(as_bytes(out));
    co_return noted(sent, step::body);
}

task<result<void>> response_writer::write(buffer_lease data) {
    return write_shared(std::move(data));
}
task<result<void>> response_writer::write(send_buffer data) {
    return write_shared(std::move(data));
}

template <class Data>
task<result<void>> response_writer::write_shared(Data data) {
    const std::size_t size = data.size();
    if (auto fine = count(size); !fine) co_return fine;
    if (size == 0 || is_bodiless()) {
        co_return co_await check_stopped();
    }
    const bool is_chunked = framing_ == body_framing::chunked;
    result<void> sent;
    if (is_chunked) {
        std::string& out = stream_.core.scratch;
        out.clear();
        append_chunk_size(out, size);
        sent = co_await stream_.send(as_bytes(out));
    }
    if (sent) sent = co_await stream_.send(std::move(data));
    if (sent && is_chunked) sent = co_await stream_.send(as_bytes("\r\n"));
    co_return noted(sent, step::body);
}

task<result<void>> response_writer::finish() {
    if (is_finished()) co_return result<void>();
    if (auto fine = count(0); !fine) co_return fine;
    if (framing_ == body_framing::counted && !is_bodiless() && body_bytes_ != length_) {
        co_return noted(fail(make_error_code(errc::length_mismatch)), step::broken);
    }
    if (is_bodiless() || framing_ != body_framing::chunked) {
        step_ = step::finished;
        co_return co_await check_stopped();
    }
    std::string& out = stream_.core.scratch;
    out.clear();
    append_last_chunk(out, trailers_);
    const auto sent = co_await stream_.send(as_bytes(out));
    co_return noted(sent, step::finished);
}

result<void> response_writer::noted(result<void> outcome, step next) noexcept {
    step_ = outcome ? next : step::broken;
    return outcome;
}

}  // namespace weir::http
