// SPDX-License-Identifier: Apache-2.0
// Property: whatever is read, what was read and what is left are together the input, in order; and
// what was read is written as it was. The first byte of each step says what to read.
#include <weir/base/byte_reader.hpp>
#include <weir/base/byte_writer.hpp>

#include <array>
#include <cstdint>
#include <tuple>
#include <vector>

#include "fuzz_split.hpp"

namespace {

using weir::fuzz::require;

/// Reads the same values in both orders, from where `in` stands, and writes them again.
template <class... T>
void check_values(weir::byte_reader& in) {
    const weir::bytes before = in.rest();
    weir::byte_reader other = in;
    const auto big = in.read_big<T...>();
    const auto little = other.read_little<T...>();
    require(big.has_value() == little.has_value(), "the order does not decide what is there");
    require(big.has_value() == (before.size() >= weir::wire_bytes<T...>), "what is there is read");
    if (!big) return require(in.rest().size() == before.size(), "a short read takes nothing");
    std::array<std::byte, weir::wire_bytes<T...>> memory{};
    weir::byte_writer out(memory);
    std::apply([&out](T... values) { out.write_big<T...>(values...); }, std::tuple<T...>(*big));
    require(weir::as_text(out.written()) == weir::as_text(before.first(memory.size())),
            "what was read is written as it was");
}

void check_piece(weir::byte_reader& in, std::size_t size) {
    const weir::bytes before = in.rest();
    const auto piece = in.take(size);
    require(piece.has_value() == (size <= before.size()), "a piece is there or not");
    require(!piece || (piece->data() == before.data() && piece->size() == size), "in its place");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    weir::byte_reader in({reinterpret_cast<const std::byte*>(data), size});
    while (const auto choice = in.read_big<std::uint8_t>()) {
        const weir::bytes before = in.rest();
        switch (*choice % 6) {
            case 0:
                check_values<std::uint16_t>(in);
                break;
            case 1:
                check_values<std::int8_t, std::uint32_t>(in);
                break;
            case 2:
                check_values<std::uint64_t, std::uint8_t, std::int16_t>(in);
                break;
            case 3:
                check_values<std::int64_t, std::byte>(in);
                break;
            default:
                check_piece(in, *choice);
        }
        require(before.data() + before.size() == in.rest().data() + in.rest().size(),
                "the end stays where it is");
    }
    return 0;
}
