// SPDX-License-Identifier: Apache-2.0
// message_layer, compose: what received messages pass through. Each layer may look at a message,
// change it, keep it from those behind it, do something before or after them, or answer.
//
//   received --> layer 1 --take--> layer 2 --take--> the client: reply to a request? else inbox
//      action <------------------------------------- done
#pragma once

#include <weir/coro/task.hpp>
#include <weir/ws/client/client_error.hpp>
#include <weir/ws/client/outgoing.hpp>
#include <weir/ws/message.hpp>
#include <weir/ws/protocol/close_code.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>

namespace weir::ws {

/// What is to be done after a message. A value.
class action {
public:
    /// What it is.
    enum class kind : std::uint8_t {
        done,       ///< nothing more
        reply,      ///< send `message()` before whatever waits
        beat,       ///< run the heartbeat of the application now: the peer wants a sign of life
        close,      ///< close the client in order, with `code()`
        reconnect,  ///< this connection is worth nothing: make another
        fail,       ///< `error()`: what that means, the error policy decides
    };

    [[nodiscard]] static action done() noexcept { return action(kind::done); }
    [[nodiscard]] static action reply(outgoing with) {
        action made(kind::reply);
        made.message_.emplace(std::move(with));
        return made;
    }
    [[nodiscard]] static action beat() noexcept { return action(kind::beat); }
    [[nodiscard]] static action close(close_code with = close_code::normal) noexcept {
        action made(kind::close);
        made.code_ = with;
        return made;
    }
    [[nodiscard]] static action reconnect() noexcept {
        action made(kind::reconnect);
        made.error_ = client_errc::reconnect_asked;
        return made;
    }
    [[nodiscard]] static action fail(std::error_code with) noexcept {
        action made(kind::fail);
        made.error_ = with;
        return made;
    }

    [[nodiscard]] kind what() const noexcept { return kind_; }
    [[nodiscard]] const outgoing& message() const { return *message_; }
    [[nodiscard]] close_code code() const noexcept { return code_; }
    [[nodiscard]] std::error_code error() const noexcept { return error_; }

private:
    explicit action(kind what) noexcept : kind_(what) {}

    std::optional<outgoing> message_;
    std::error_code error_;
    close_code code_ = close_code::normal;
    kind kind_;
};

/// Whatever takes messages: the next layer, or the client behind the last one.
class message_sink {
public:
    /// Takes `arrived`, which may be moved away.
    ///
    /// Errors:        as `action::fail`.
    /// Cancellation:  the connection ends; a message that was not taken yet is lost with it.
    [[nodiscard]] virtual task<action> take(message& arrived) = 0;

protected:
    ~message_sink() = default;
};

/// A callable that gets each message and what comes behind it: `task<action>(message&,
/// message_sink&)`. A coroutine, usually; the connection is not read while it waits. So it must not
/// wait for a reply over the same connection, which would come too late: that is for other tasks.
template <class L>
concept message_layer = std::is_invocable_r_v<task<action>, L&, message&, message_sink&>;

/// A layer of any type.
using any_message_layer = std::function<task<action>(message&, message_sink&)>;

/// Several layers as one, the first of which gets a message first; see `compose`.
template <message_layer... Layers>
class composed_layers {
public:
    explicit composed_layers(Layers... layers) : layers_(std::move(layers)...) {}

    /// As a layer.
    ///
    /// Errors:        those of the layers, as `action::fail`.
    /// Cancellation:  reaches the layer at work.
    [[nodiscard]] task<action> operator()(message& arrived, message_sink& behind) {
        return pass<0>(arrived, behind);
    }

private:
    /// The layers from `From` on, as what comes behind those before.
    template <std::size_t From>
    class rest final : public message_sink {
    public:
        explicit rest(composed_layers& all, message_sink& behind) noexcept
            : all_(all), behind_(behind) {}
        /// Errors:        those of the layers behind, as `action::fail`.
        /// Cancellation:  reaches the layer at work.
        task<action> take(message& arrived) override {
            return all_.template pass<From>(arrived, behind_);
        }

    private:
        composed_layers& all_;
        message_sink& behind_;
    };

    template <std::size_t From>
    task<action> pass(message& arrived, message_sink& behind) {
        if constexpr (From == sizeof...(Layers)) {
            co_return co_await behind.take(arrived);
        } else {
            rest<From + 1> next(*this, behind);
            co_return co_await std::invoke(std::get<From>(layers_), arrived, next);
        }
    }

    std::tuple<Layers...> layers_;
};

/// Stacks `layers`: what one passes on, the next gets.
///
/// ```cpp
/// setup.layer = weir::ws::compose(count_messages, answer_tests, drop_heartbeats);
/// ```
template <message_layer... Layers>
[[nodiscard]] composed_layers<Layers...> compose(Layers... layers) {
    return composed_layers<Layers...>(std::move(layers)...);
}

}  // namespace weir::ws
