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

#include <cstddef>
#include <cstdint>
#include <string>

namespace weir::http {

/// Reads one body; reset by assigning a new one.
class body_reader {
public:
    /// No body.
    body_reader() noexcept = default;
    /// A body of `length` bytes.
    static body_reader of_length(std::uint64_t length) noexcept;
    /// A chunked body of at most `max_bytes` bytes.
    static body_reader chunked(std::size_t max_bytes) noexcept;

    /// Takes bytes off the front of `data` and appends what belongs to the body to `body`.
    /// Errors: bad_chunk, body_over_limit, headers_over_limit (extensions over 4 KiB, trailers over
    ///         8 KiB; trailers are checked for their line endings and dropped).
    [[nodiscard]] result<void> feed(bytes& data, std::string& body);

    [[nodiscard]] bool is_complete() const noexcept { return step_ == step::complete; }

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

    void take_data(bytes& data, std::string& body);
    result<void> take(char c);
    result<void> take_size(char c);
    result<void> end_line();

    std::uint64_t left_ = 0;  // of the body, or of the chunk
    std::size_t max_left_ = 0;
    std::size_t extension_bytes_ = 0;
    std::size_t trailer_bytes_ = 0;
    std::uint8_t size_digits_ = 0;
    step step_ = step::complete;
    bool after_cr_ = false;
};

}  // namespace weir::http
