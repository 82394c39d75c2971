// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/protocol/mask.hpp>

#include <boost/test/unit_test.hpp>

#include <vector>

namespace ws = weir::ws;

BOOST_AUTO_TEST_SUITE(mask_test)

namespace {

constexpr ws::mask_key key{std::byte{0xA1}, std::byte{0x02}, std::byte{0xF3}, std::byte{0x44}};

std::vector<std::byte> numbered(std::size_t size) {
    std::vector<std::byte> data(size);
    for (std::size_t i = 0; i < size; ++i) data[i] = static_cast<std::byte>(i * 7 + 3);
    return data;
}

/// RFC 6455 5.3 to the letter.
std::vector<std::byte> masked_slowly(std::vector<std::byte> data, std::size_t begin,
                                     std::size_t size, std::uint64_t offset) {
    for (std::size_t i = 0; i < size; ++i) data[begin + i] ^= key[(offset + i) % 4];
    return data;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_length_alignment_and_offset_masks_as_the_rfc_says) {
    for (std::size_t size = 0; size <= 400; size += size < 140 ? 1 : 13) {
        for (std::size_t begin = 0; begin < 9; ++begin) {
            for (std::uint64_t offset = 0; offset <= 130; offset += size < 140 ? 1 : 9) {
                auto data = numbered(size + 16);
                const auto expected = masked_slowly(data, begin, size, offset);
                ws::apply_mask(weir::mutable_bytes(data).subspan(begin, size), key, offset);
                if (data != expected) BOOST_FAIL("size " << size << " begin " << begin);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(copying_masks_like_in_place_and_writes_nothing_beside_it) {
    for (std::size_t size = 0; size <= 700; ++size) {
        const auto from = numbered(size);
        std::vector<std::byte> to(size + 2, std::byte{0x55});
        ws::copy_masked(to.data() + 1, from, key, size % 7);
        const auto expected = masked_slowly(from, 0, size, size % 7);
        BOOST_REQUIRE(std::equal(expected.begin(), expected.end(), to.begin() + 1));
        BOOST_REQUIRE(to.front() == std::byte{0x55} && to.back() == std::byte{0x55});
    }
}

BOOST_AUTO_TEST_CASE(masking_twice_is_the_identity) {
    auto data = numbered(1000);
    ws::apply_mask(data, key, 3);
    ws::apply_mask(data, key, 3);
    BOOST_TEST((data == numbered(1000)));
}

BOOST_AUTO_TEST_CASE(offsets_beyond_32_bits_turn_the_key_like_small_ones) {
    auto far = numbered(99);
    auto near = numbered(99);
    ws::apply_mask(far, key, (std::uint64_t{1} << 40U) + 3);
    ws::apply_mask(near, key, 3);
    BOOST_TEST((far == near));
}

BOOST_AUTO_TEST_SUITE_END()
