// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/protocol/frame.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <vector>

namespace ws = weir::ws;

BOOST_AUTO_TEST_SUITE(frame_test)

namespace {

constexpr ws::mask_key key{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};

std::string encoded(ws::opcode code, std::uint64_t length,
                    std::optional<ws::mask_key> mask = std::nullopt, bool is_final = true,
                    std::uint8_t reserved = 0) {
    std::array<std::byte, ws::max_header_bytes> out{};
    const std::size_t size = ws::encode_header(out, code, is_final, length, mask, reserved);
    return std::string(weir::as_text(weir::bytes(out).first(size)));
}

ws::peek_status peek(const std::string& data, ws::frame_header& header) {
    return ws::peek_header(weir::as_bytes(data), header);
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_length_is_written_in_its_shortest_form_and_read_back) {
    const std::vector<std::uint64_t> lengths = {
        0, 1, 125, 126, 127, 65535, 65536, 0xFFFFFFFF, 0x100000000, 0x7FFFFFFFFFFFFFFF};
    for (const std::uint64_t length : lengths) {
        for (const bool is_masked : {false, true}) {
            const auto mask = is_masked ? std::optional(key) : std::nullopt;
            const std::string data = encoded(ws::opcode::binary, length, mask);
            const std::size_t plain = length < 126 ? 2 : length < 65536 ? 4 : 10;
            BOOST_TEST(data.size() == plain + (is_masked ? 4 : 0));
            ws::frame_header header;
            BOOST_REQUIRE(peek(data, header) == ws::peek_status::complete);
            BOOST_TEST(header.length == length);
            BOOST_TEST(header.size == data.size());
            BOOST_TEST(header.is_masked == is_masked);
            if (is_masked) BOOST_TEST((header.key == key));
        }
    }
}

BOOST_AUTO_TEST_CASE(final_reserved_and_opcode_bits_are_kept) {
    for (unsigned code = 0; code < 16; ++code) {
        for (unsigned bits = 0; bits < 16; ++bits) {
            const std::string data =
                encoded(static_cast<ws::opcode>(code), 5, std::nullopt, (bits & 8U) != 0,
                        static_cast<std::uint8_t>(bits & 7U));
            ws::frame_header header;
            BOOST_REQUIRE(peek(data, header) == ws::peek_status::complete);
            BOOST_TEST(static_cast<unsigned>(header.code) == code);
            BOOST_TEST(header.reserved == (bits & 7U));
            BOOST_TEST(header.is_final == ((bits & 8U) != 0));
        }
    }
}

BOOST_AUTO_TEST_CASE(every_truncated_header_asks_for_more) {
    for (const std::uint64_t length : {5ULL, 300ULL, 70000ULL}) {
        const std::string data = encoded(ws::opcode::text, length, key);
        for (std::size_t size = 0; size < data.size(); ++size) {
            ws::frame_header header;
            BOOST_TEST((peek(data.substr(0, size), header) == ws::peek_status::need_data));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_length_in_a_longer_form_than_needed_is_refused) {
    ws::frame_header header;
    const std::string in_16_bits{'\x82', '\x7E', '\x00', '\x7D'};
    BOOST_TEST((peek(in_16_bits, header) == ws::peek_status::length_not_minimal));
    const std::string in_64_bits{'\x82', '\x7F', 0, 0, 0, 0, 0, 0, '\xFF', '\xFF'};
    BOOST_TEST((peek(in_64_bits, header) == ws::peek_status::length_not_minimal));
}

BOOST_AUTO_TEST_CASE(a_length_with_its_highest_bit_set_is_refused) {
    ws::frame_header header;
    const std::string data{'\x82', '\x7F', '\x80', 0, 0, 0, 0, 0, 0, 0};
    BOOST_TEST((peek(data, header) == ws::peek_status::length_out_of_range));
}

BOOST_AUTO_TEST_SUITE_END()
