// SPDX-License-Identifier: Apache-2.0
// body_reader: the bytes after a request's head -> its body, counted by Content-Length or in
// chunks. Ours rather than llhttp's, because llhttp 8.1 forgives line endings inside chunks that
// other parsers read differently. Source: RFC 9112 6, 7.1, 11.2.
//
//   size --CRLF, > 0--> data --> data_end --CRLF--> size
//     |  `--;--> extension --CRLF--^
//     `--CRLF, = 0--> trailer_start --CRLF--> complete
//                       ^  `--other--> trailer --CRLF--.
//                       `------------------------------'
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/http/message/headers.hpp>
#include <weir/http/message/request_parser.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace weir::http::detail {

/// Reads bodies one after another, in memory that it keeps.
class body_reader {
public:
    /// Waits for a body of `length` bytes; 0 at first.
    void expect(std::uint64_t length) noexcept;
    /// Waits for a chunked body within `limits`.
    void expect_chunks(const request_limits& limits) noexcept;

    /// Takes bytes off the front of `data`, up to the end of the next run of body bytes.
    /// @return  that run, a part of `data`; empty = all was taken, or the body is complete.
    /// Errors:  bad_chunk, folded_header, body_over_limit, chunk_extensions_over_limit,
    ///          trailers_over_limit; bad_header_name, bad_header_value (of a trailer).
    [[nodiscard]] result<bytes> next(bytes& data);

    /// Takes bytes off the front of `data` and appends what belongs to the body to `body`.
    /// Errors: as `next`.
    [[nodiscard]] result<void> feed(bytes& data, std::string& body);

    [[nodiscard]] bool is_complete() const noexcept { return step_ == step::complete; }
    /// What is left of a counted body, or of the chunk.
    [[nodiscard]] std::uint64_t bytes_left() const noexcept { return left_; }
    /// The fields behind a chunked body, when it is complete. They are never part of the head's:
    /// what they say about the framing, for example, means nothing.
    [[nodiscard]] const headers& trailers() const noexcept { return trailers_; }

private:
    enum class step : std::uint8_t {
        counted,
        size,
        extension,
        data,
        data_end,
        trailer_start,
        trailer,
        complete,
    };

    bytes take_data(bytes& data);
    result<void> take(char c);
    result<void> take_size(char c);
    result<void> end_line();
    result<void> end_trailer();

    std::uint64_t left_ = 0;  // of the body, or of the chunk
    std::size_t max_left_ = 0;
    std::size_t extension_bytes_left_ = 0;
    std::size_t trailer_bytes_left_ = 0;
    std::string trailer_line_;
    headers trailers_;
    std::uint8_t size_digits_ = 0;
    step step_ = step::complete;
    bool after_cr_ = false;
};

}  // namespace weir::http::detail
