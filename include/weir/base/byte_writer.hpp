// SPDX-License-Identifier: Apache-2.0
// byte_writer: puts numbers and pieces one behind the other into memory of the caller's.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/wire_value.hpp>

#include <bit>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace weir {

/// Fills memory from the front; never writes behind its end. Valid as long as the memory is.
///
/// ```cpp
/// std::array<std::byte, 3> pong;
/// weir::byte_writer out(pong);
/// out.write_big<std::uint8_t, std::uint16_t>(0x02, sequence);
/// co_await peer.send(weir::ws::message_kind::binary, out.written());
/// ```
class byte_writer {
public:
    explicit constexpr byte_writer(mutable_bytes memory) noexcept : memory_(memory) {}

    /// Writes the values, most significant byte first. The types are named, so that no conversion
    /// decides about the layout.
    /// @return  false = there is not so much room; nothing was written then.
    template <wire_value... T>
        requires(sizeof...(T) > 0)
    bool write_big(std::type_identity_t<T>... values) noexcept {
        return write<std::endian::big, T...>(values...);
    }
    /// The same, least significant byte first.
    template <wire_value... T>
        requires(sizeof...(T) > 0)
    bool write_little(std::type_identity_t<T>... values) noexcept {
        return write<std::endian::little, T...>(values...);
    }
    /// Copies `data`. @return false = there is not so much room; nothing was written then.
    bool append(bytes data) noexcept {
        if (data.size() > room()) return false;
        if (!data.empty()) std::memcpy(memory_.data() + size_, data.data(), data.size());
        size_ += data.size();
        return true;
    }

    /// What has been written so far.
    [[nodiscard]] constexpr bytes written() const noexcept { return memory_.first(size_); }
    /// How many bytes more there is room for.
    [[nodiscard]] constexpr std::size_t room() const noexcept { return memory_.size() - size_; }

private:
    template <std::endian Order, wire_value... T>
    bool write(T... values) noexcept {
        if (wire_bytes<T...> > room()) return false;
        const auto put = [this]<class V>(V value) noexcept {
            detail::store<Order, V>(memory_.data() + size_, value);
            size_ += sizeof(V);
        };
        (put(values), ...);
        return true;
    }

    mutable_bytes memory_;
    std::size_t size_ = 0;
};

}  // namespace weir
