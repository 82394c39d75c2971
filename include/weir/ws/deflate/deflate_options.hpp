// SPDX-License-Identifier: Apache-2.0
// deflate_options: whether and how messages are compressed (permessage-deflate, RFC 7692).
#pragma once

#include <weir/ws/deflate/deflate_parameters.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace weir::ws {

/// What one side offers or accepts; a value, shared by all connections that are configured alike.
///
/// By default every message is compressed by itself: all connections of a shard share a few
/// coders, and an idle one holds none. Keeping the context of earlier messages compresses small
/// similar messages far better, but then a connection owns its coders for life, beginning with the
/// first compressed message: with windows of 15 bits 262 KiB to send and 42 KiB to receive, with
/// 10 bits 14 and 11 KiB. They count against the shard's `coder_pool`.
///
/// Compression runs on the shard's thread: about 8 us for a kibibyte of JSON, 8 ms for a mebibyte.
/// What is compressed together can be told apart by its size: do not put a secret into one message
/// (or one context) with text that a stranger chooses (the attacks CRIME and BREACH).
///
/// ```cpp
/// weir::ws::server_options options;
/// options.connection.deflate.emplace().threshold_bytes(512);
/// ```
class deflate_options {
public:
    deflate_options() noexcept {}

    /// Shorter messages are sent as they are: default 1024. (A prepared_message of less than 128
    /// bytes always is.)
    deflate_options& threshold_bytes(std::size_t value) noexcept {
        threshold_bytes_ = value;
        return *this;
    }
    /// 1 (fastest) ... 9 (smallest); default 3, which takes half of the time of zlib's own default,
    /// 6, for 9 % more bytes (JSON, 16 KiB).
    deflate_options& level(int value) noexcept {
        level_ = std::clamp(value, 1, 9);
        return *this;
    }
    /// The largest window to compress with, as a power of two: 9 ... 15, default 15.
    deflate_options& send_window_bits(int value) noexcept {
        send_window_bits_ = std::clamp(value, min_window_bits, max_window_bits);
        return *this;
    }
    /// The largest window to grant the peer: 9 ... 15, default 15. A server declines offers that
    /// do not let it choose a smaller one.
    deflate_options& receive_window_bits(int value) noexcept {
        receive_window_bits_ = std::clamp(value, min_window_bits, max_window_bits);
        return *this;
    }
    /// Lets what is sent refer to earlier messages, if the peer agrees; default no.
    deflate_options& keep_send_context(bool value = true) noexcept {
        keeps_send_context_ = value;
        return *this;
    }
    /// Lets what the peer sends refer to its earlier messages; default no.
    deflate_options& keep_receive_context(bool value = true) noexcept {
        keeps_receive_context_ = value;
        return *this;
    }

    [[nodiscard]] std::size_t threshold_bytes() const noexcept { return threshold_bytes_; }
    [[nodiscard]] int level() const noexcept { return level_; }
    [[nodiscard]] int send_window_bits() const noexcept { return send_window_bits_; }
    [[nodiscard]] int receive_window_bits() const noexcept { return receive_window_bits_; }
    [[nodiscard]] bool keeps_send_context() const noexcept { return keeps_send_context_; }
    [[nodiscard]] bool keeps_receive_context() const noexcept { return keeps_receive_context_; }
    /// The most that these options can lead to.
    [[nodiscard]] deflate_parameters at_most() const noexcept {
        return deflate_parameters(send_window_bits_, receive_window_bits_)
            .keep_send_context(keeps_send_context_)
            .keep_receive_context(keeps_receive_context_);
    }
    /// The same, but each message by itself.
    [[nodiscard]] deflate_options without_context() const noexcept {
        return deflate_options(*this).keep_send_context(false).keep_receive_context(false);
    }

private:
    std::size_t threshold_bytes_ = 1024;
    int level_ = 3;
    int send_window_bits_ = max_window_bits;
    int receive_window_bits_ = max_window_bits;
    bool keeps_send_context_ = false;
    bool keeps_receive_context_ = false;
};

static_assert(!std::is_aggregate_v<deflate_options>);

}  // namespace weir::ws
