// SPDX-License-Identifier: Apache-2.0
// byte_reader: takes numbers and pieces off the front of received bytes. Every read is checked
// against what is there, copies nothing, and what was not read stays to be seen: a decoder that
// must not drop trailing bytes in silence asks `is_empty` at its end.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/wire_value.hpp>

#include <bit>
#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>

namespace weir {

/// A view that shrinks from the front; a value. Valid as long as the bytes are.
///
/// ```cpp
/// weir::byte_reader in(frame);                                   // command:u8, sequence:u16, ...
/// const auto head = in.read_big<std::uint8_t, std::uint16_t>();
/// if (!head) return weir::fail(std::errc::bad_message);
/// const auto [command, sequence] = *head;
/// handle(command, sequence, in.rest());
/// ```
class byte_reader {
public:
    explicit constexpr byte_reader(bytes input) noexcept : rest_(input) {}

    /// The next values, most significant byte first: one as itself, several as a tuple.
    /// @return  nullopt = so many bytes are not there; none was taken then.
    template <wire_value... T>
        requires(sizeof...(T) > 0)
    [[nodiscard]] auto read_big() noexcept {
        return read<std::endian::big, T...>();
    }
    /// The same, least significant byte first.
    template <wire_value... T>
        requires(sizeof...(T) > 0)
    [[nodiscard]] auto read_little() noexcept {
        return read<std::endian::little, T...>();
    }

    /// The next `size` bytes, where they are. nullopt = there are fewer; none was taken then.
    [[nodiscard]] constexpr std::optional<bytes> take(std::size_t size) noexcept {
        if (size > rest_.size()) return std::nullopt;
        const bytes taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }

    /// What was not read yet.
    [[nodiscard]] constexpr bytes rest() const noexcept { return rest_; }
    [[nodiscard]] constexpr bool is_empty() const noexcept { return rest_.empty(); }

private:
    template <class... T>
    using one_or_tuple =
        std::conditional_t<sizeof...(T) == 1, std::tuple_element_t<0, std::tuple<T...>>,
                           std::tuple<T...>>;

    template <std::endian Order, wire_value... T>
    [[nodiscard]] std::optional<one_or_tuple<T...>> read() noexcept {
        if (rest_.size() < wire_bytes<T...>) return std::nullopt;
        const std::byte* at = rest_.data();
        const auto next = [&at]<class V>(std::type_identity<V>) noexcept {
            const V value = detail::load<Order, V>(at);
            at += sizeof(V);
            return value;
        };
        // Braces, because they are evaluated from left to right.
        const one_or_tuple<T...> values{next(std::type_identity<T>{})...};
        rest_ = rest_.subspan(wire_bytes<T...>);
        return values;
    }

    bytes rest_;
};

}  // namespace weir
