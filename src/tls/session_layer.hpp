// SPDX-License-Identifier: Apache-2.0
// session_layer: an engine after its handshake, as the record layer of a socket: OpenSSL's, or the
// record_engine that has taken its place.
#pragma once

#include "engine.hpp"
#include "record_engine.hpp"

#include <weir/net/detail/record_layer.hpp>
#include <weir/net/detail/sender.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

namespace weir::tls {

/// Where an engine's bytes for the wire go: behind the records of a socket.
class sender_output final : public wire_output {
public:
    explicit sender_output(net::detail::sender& to) noexcept : to_(to) {}
    [[nodiscard]] mutable_bytes append(std::size_t size) override;
    [[nodiscard]] mutable_bytes append_message(content_type type, std::size_t size) override;
    [[nodiscard]] std::size_t appended() const noexcept { return appended_; }

private:
    /// Where bytes go when nothing leaves any more.
    [[nodiscard]] mutable_bytes nowhere(std::size_t size);

    net::detail::sender& to_;
    std::size_t appended_ = 0;
    std::vector<std::byte> lost_;  // nothing leaves any more
};

template <class Engine>
class session_layer final : public net::detail::record_layer {
public:
    /// @param shared      what the engine refers to: the context it was made of.
    /// @param kernel_tls  whether the kernel may be given the keys.
    explicit session_layer(std::unique_ptr<Engine> engine, std::shared_ptr<const void> shared,
                           net::detail::sender& to, bool kernel_tls = false) noexcept
        : shared_(std::move(shared)),
          engine_(std::move(engine)),
          to_(to),
          kernel_tls_(kernel_tls) {}

    [[nodiscard]] Engine& engine() noexcept { return *engine_; }

    [[nodiscard]] bool open(bytes wire, net::detail::opened_input& to) noexcept override;
    void wire_ended(std::error_code error) noexcept override;
    [[nodiscard]] std::error_code end_error() const noexcept override { return end_error_; }
    [[nodiscard]] net::detail::sealing seal(bytes contents) noexcept override;
    [[nodiscard]] net::detail::sealing seal_end() noexcept override;
    [[nodiscard]] std::optional<std::uint64_t> hand_to_kernel(int fd) noexcept override;

private:
    using time_point = std::chrono::steady_clock::time_point;
    using step = tls::engine::step;

    /// Reads into `opened` until it is full or there is no more, and narrows it to that.
    [[nodiscard]] step fill(buffer_lease& opened, wire_output& out) noexcept;
    /// Always false.
    bool end(std::error_code why) noexcept;
    /// How much of `contents` the next record takes.
    [[nodiscard]] std::size_t next_record(std::size_t contents) const noexcept;
    void note_burst(time_point now) noexcept;
    [[nodiscard]] net::detail::sealing outcome_of(tls::engine::step step) noexcept;
    void go_on() noexcept;

    std::shared_ptr<const void> shared_;
    std::unique_ptr<Engine> engine_;
    net::detail::sender& to_;
    std::error_code end_error_;
    bool kernel_tls_;
    bool has_ended_ = false;
    bool is_awaited_ = false;       // something to be sealed waits for the rest of a message
    std::size_t answer_bytes_ = 0;  // that the peer has made us send since we last wanted to
    std::size_t burst_bytes_ = 0;   // since the connection was last idle
    time_point last_sealed_;
};

extern template class session_layer<engine>;
extern template class session_layer<record_engine>;

}  // namespace weir::tls
