// SPDX-License-Identifier: Apache-2.0
// content_encoder: a body as it is -> as it is sent, piece by piece. Sources: RFC 1950, RFC 1952;
// zlib does the work.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/http/content/content_coding.hpp>

#include <memory>
#include <string>

namespace weir::http {

/// Packs one body. Holds 256 KiB until it is destroyed, unless the coding is the identity: make it
/// when the body begins, one for each. Belongs to one shard; moves, does not copy.
///
/// ```cpp
/// weir::http::content_encoder encoder(weir::http::content_coding::gzip);
/// encoder.append(weir::as_bytes("hello "), packed);
/// encoder.append(weir::as_bytes("world"), packed);
/// encoder.finish(packed);
/// ```
class content_encoder {
public:
    static constexpr int default_level = 6;

    /// @param level  1 (fast) ... 9 (small).
    explicit content_encoder(content_coding coding, int level = default_level);
    content_encoder(content_encoder&&) noexcept;
    content_encoder& operator=(content_encoder&&) noexcept;
    ~content_encoder();

    /// Takes all of `data`; what is ready to be sent is appended to `out`, perhaps nothing.
    void append(bytes data, std::string& out);
    /// Makes everything taken so far readable for the peer: at the end of an event, say. Each
    /// flush costs some bytes.
    void flush(std::string& out);
    /// The end of the body. Nothing may be appended or flushed afterwards (asserted).
    void finish(std::string& out);
    /// Forgets all that was taken and begins with another body, in the same memory.
    void restart() noexcept;

    [[nodiscard]] content_coding coding() const noexcept { return coding_; }

private:
    struct state;

    void run(bytes data, int how, std::string& out);

    std::unique_ptr<state> state_;  // null: the identity
    content_coding coding_;
    bool is_finished_ = false;
};

}  // namespace weir::http
