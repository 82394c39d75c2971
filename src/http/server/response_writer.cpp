// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/response_writer.hpp>

#include <weir/base/assert.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/http/message/error.hpp>
#include <weir/http/server/request_body.hpp>
#include <weir/io/file.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "file_transfer.hpp"
#include "http/message/response_encoder.hpp"
#include "server_core.hpp"
#include "server_stream.hpp"

namespace weir::http {
namespace {

/// Up to this size a body is copied behind its head, to be sent with it.
constexpr std::size_t max_joined_bytes = std::size_t{16} << 10U;
/// Packing so much takes about a millisecond; then the others have a turn.
constexpr std::size_t packed_at_once_bytes = std::size_t{32} << 10U;

}  // namespace

bool response_writer::is_cut_off() const noexcept {
    return has_begun() && !is_finished() && framing_ == body_framing::until_close && !is_head_;
}

response_writer::response_writer(detail::server_stream& to, request_body& body) noexcept
    : stream_(to), body_(body) {}

void response_writer::expect(const request* head, version asked, bool without_body,
                             bool goes_on) noexcept {
    fields_.clear();
    trailers_.clear();
    encoder_.reset();
    length_.reset();
    asked_for_ = head;
    body_bytes_ = 0;
    given_bytes_ = 0;
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
    out.clear();
    append_status_line(out, code);
    if (!content_type.empty()) append_field(out, "Content-Type", content_type);
    if (auto fine = append_fields(out, fields_); !fine) return fine;
    append_framing(out, framing_, length.value_or(0));
    put_end_of_head(code, is_whole);
    if (is_bodiless()) encoder_.reset();  // others want it
    return {};
}

void response_writer::put_end_of_head(http::status code, bool is_whole) {
    if (framing_ == body_framing::until_close || stream_.core.draining) goes_on_ = false;
    if (stream_.socket.core().sender().is_half_worn()) goes_on_ = false;
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

void response_writer::choose_coding(http::status code, std::string_view& content_type,
                                    std::optional<std::uint64_t> length) {
    WEIR_ASSERT(step_ == step::none, "a request was answered twice");
    detail::server_core& core = stream_.core;
    const auto& compression = core.options.compression;
    encoder_.reset();  // of an answer whose head was refused
    length_.reset();
    if (!compression || asked_for_ == nullptr) return;
    response head(code);
    head.headers() = std::move(fields_);
    if (!content_type.empty() && head.headers().set("Content-Type", content_type)) {
        content_type = {};
    }
    // Caches are told that it depends on the request even where there is no encoder left.
    const request nobody;
    const bool is_possible = !core.encoders.is_exhausted();
    const auto coding = compression->choose(is_possible ? *asked_for_ : nobody, head, length);
    fields_ = std::move(head.headers());
    if (coding != content_coding::identity) encoder_ = core.encoders.take(coding);
}

bool response_writer::is_long_to_pack(bytes body) const noexcept {
    return encoder_ != nullptr && body.size() > packed_at_once_bytes;
}

/// A whole answer that is packed piece by piece: nobody knows its length before.
task<result<void>> response_writer::respond_packed(http::status code, std::string_view content_type,
                                                   bytes body) {
    if (auto fine = put_head(code, content_type, std::nullopt, true); !fine) co_return fine;
    const auto sent = co_await stream_.send(as_bytes(stream_.core.scratch));
    if (auto fine = noted(sent, step::body); !fine) co_return fine;
    co_await ok(write(body));
    co_return co_await finish();
}

bytes response_writer::packed_whole(bytes body, std::string& out) {
    if (encoder_ == nullptr) return body;
    encoder_->append(body, out);
    encoder_->finish(out);
    encoder_.reset();
    return as_bytes(out);
}

task<result<void>> response_writer::respond(http::status code, std::string_view content_type,
                                            bytes body) {
    choose_coding(code, content_type, body.size());
    if (is_long_to_pack(body)) co_return co_await respond_packed(code, content_type, body);
    std::string packed;
    body = packed_whole(body, packed);
    if (auto fine = put_head(code, content_type, body.size(), true); !fine) co_return fine;
    if (join(body)) co_return noted(co_await send_joined(), step::finished);
    co_return co_await send_whole(body);
}

task<result<void>> response_writer::respond(http::status code, std::string_view content_type,
                                            send_buffer body) {
    choose_coding(code, content_type, body.size());
    if (is_long_to_pack(body.view())) {
        co_return co_await respond_packed(code, content_type, body.view());
    }
    std::string packed;
    const bytes data = packed_whole(body.view(), packed);
    if (auto fine = put_head(code, content_type, data.size(), true); !fine) co_return fine;
    if (join(data)) co_return noted(co_await send_joined(), step::finished);
    if (!packed.empty()) co_return co_await send_whole(data);
    co_return co_await send_shared(std::move(body));
}

task<result<void>> response_writer::respond(http::status code, std::string_view content_type,
                                            const file& from, byte_range part) {
    const std::size_t with_head = max_joined_bytes + detail::file_buffers::piece_bytes;
    if (part.size() <= max_joined_bytes && !is_head_ && stream_.has_room(with_head)) {
        co_return co_await respond_joined(code, content_type, from, part);
    }
    co_await ok(start(code, content_type, part.size()));
    co_await ok(write(from, part));
    co_return co_await finish();
}

/// With what it needs at once: there is room for it, and so no peer to wait for.
task<result<void>> response_writer::respond_joined(http::status code, std::string_view content_type,
                                                   const file& from, byte_range part) {
    detail::file_buffers& buffers = stream_.core.file_pieces;
    auto permit = co_await ok(buffers.permits().acquire());
    const detail::file_buffers::piece piece(buffers, std::move(permit));
    const auto body = piece.memory().first(static_cast<std::size_t>(part.size()));
    const std::size_t got = co_await ok(from.read_exactly_at(part.first(), body));
    if (got < body.size()) co_return fail(make_error_code(errc::length_mismatch));
    co_return co_await respond(code, content_type, bytes(body));
}

task<result<void>> response_writer::respond(const prepared_response& answer) {
    WEIR_ASSERT(step_ == step::none, "a request was answered twice");
    std::string& out = stream_.core.scratch;
    const std::size_t size = answer.body().size();
    framing_ = framing_for(asked_, answer.code(), size);
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
    choose_coding(code, content_type, length);
    length_ = length;
    if (encoder_ != nullptr) length.reset();
    if (auto fine = put_head(code, content_type, length, false); !fine) co_return fine;
    const auto sent = co_await stream_.send(as_bytes(stream_.core.scratch));
    co_return noted(sent, step::body);
}

result<void> response_writer::count(std::uint64_t size) noexcept {
    WEIR_ASSERT(step_ == step::body || step_ == step::broken,
                "an answer's body needs a head first");
    if (is_bodiless()) size = 0;
    if (length_ && size > *length_ - given_bytes_) {
        return noted(fail(make_error_code(errc::length_mismatch)), step::broken);
    }
    if (step_ == step::broken) return fail(std::errc::broken_pipe);
    given_bytes_ += size;
    return {};
}

task<result<void>> response_writer::write(bytes data) {
    if (auto fine = count(data.size()); !fine) co_return fine;
    if (data.empty() || is_bodiless()) {
        co_return co_await check_stopped();
    }
    if (encoder_ == nullptr) co_return co_await send_piece(data);
    std::string packed;
    for (;;) {
        const bytes part = data.first(std::min(data.size(), packed_at_once_bytes));
        data = data.subspan(part.size());
        packed.clear();
        encoder_->append(part, packed);
        co_await ok(send_piece(as_bytes(packed)));
        if (data.empty()) co_return result<void>();
        co_await ok(sleep_for(std::chrono::nanoseconds::zero()));  // the others' turn
    }
}

task<result<void>> response_writer::send_piece(bytes data) {
    if (data.empty()) co_return co_await check_stopped();
    body_bytes_ += data.size();
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

namespace {
bytes view_of(const buffer_lease& data) noexcept { return data.data(); }
bytes view_of(const send_buffer& data) noexcept { return data.view(); }
}  // namespace

template <class Data>
task<result<void>> response_writer::write_shared(Data data) {
    if (encoder_ != nullptr) co_return co_await write(view_of(data));
    const std::size_t size = data.size();
    if (auto fine = count(size); !fine) co_return fine;
    if (size == 0 || is_bodiless()) {
        co_return co_await check_stopped();
    }
    body_bytes_ += size;
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

task<result<void>> response_writer::write(const file& from, byte_range part) {
    if (encoder_ != nullptr) co_return co_await write_read(from, part);
    if (auto fine = count(part.size()); !fine) co_return fine;
    if (is_bodiless()) {
        co_return co_await check_stopped();
    }
    const bool is_chunked = framing_ == body_framing::chunked;
    result<void> sent;
    if (is_chunked) {
        std::string& out = stream_.core.scratch;
        out.clear();
        append_chunk_size(out, part.size());
        sent = co_await stream_.send(as_bytes(out));
    }
    detail::file_transfer transfer(stream_, from, part);
    if (sent) sent = co_await transfer.run();
    body_bytes_ += transfer.sent_bytes();
    if (sent && is_chunked) sent = co_await stream_.send(as_bytes("\r\n"));
    co_return noted(sent, step::body);
}

/// A file that is packed has to be read.
task<result<void>> response_writer::write_read(const file& from, byte_range part) {
    detail::file_buffers& buffers = stream_.core.file_pieces;
    std::uint64_t done = 0;
    std::string packed;
    while (done < part.size()) {
        {
            auto permit = co_await ok(buffers.permits().acquire());
            const detail::file_buffers::piece piece(buffers, std::move(permit));
            const auto wanted = static_cast<std::size_t>(
                std::min<std::uint64_t>(part.size() - done, packed_at_once_bytes));
            const auto got =
                co_await from.read_some_at(part.first() + done, piece.memory().first(wanted));
            if (!got || *got == 0) {
                const auto reason = got ? make_error_code(errc::length_mismatch) : got.error();
                co_return noted(fail(reason), step::broken);
            }
            if (auto fine = count(*got); !fine) co_return fine;
            done += *got;
            packed.clear();
            if (!is_bodiless()) encoder_->append(piece.memory().first(*got), packed);
        }
        co_await ok(send_piece(as_bytes(packed)));  // the piece is somebody else's meanwhile
    }
    co_return result<void>();
}

task<result<void>> response_writer::flush() {
    if (auto fine = count(0); !fine) co_return fine;
    if (encoder_ == nullptr || is_bodiless()) {
        co_return co_await check_stopped();
    }
    std::string packed;
    encoder_->flush(packed);
    co_return co_await send_piece(as_bytes(packed));
}

task<result<void>> response_writer::all_sent() {
    const auto sent = co_await stream_.all_sent();
    // The end of a wait is not that of the answer.
    if (!sent && is_stopped(sent.error())) co_return sent;
    co_return noted(sent, step_);
}

std::size_t response_writer::queued_bytes() const noexcept { return stream_.socket.queued_bytes(); }

task<result<void>> response_writer::finish() {
    if (is_finished()) co_return result<void>();
    if (auto fine = count(0); !fine) co_return fine;
    if (length_ && !is_bodiless() && given_bytes_ != *length_) {
        co_return noted(fail(make_error_code(errc::length_mismatch)), step::broken);
    }
    if (encoder_ != nullptr && !is_bodiless()) {
        std::string packed;
        encoder_->finish(packed);
        encoder_.reset();
        co_await ok(send_piece(as_bytes(packed)));
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
