// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/protocol/utf8.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace ws = weir::ws;

BOOST_AUTO_TEST_SUITE(utf8_test)

namespace {

/// Decodes by arithmetic, unlike the table of the code under test.
bool is_valid_slowly(std::string_view text) {
    std::size_t at = 0;
    const auto byte_at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    while (at < text.size()) {
        const unsigned lead = byte_at(at);
        const std::size_t size = lead < 0x80   ? 1
                                 : lead < 0xC0 ? 0
                                 : lead < 0xE0 ? 2
                                 : lead < 0xF0 ? 3
                                 : lead < 0xF8 ? 4
                                               : 0;
        if (size == 0 || at + size > text.size()) return false;
        unsigned long value = size == 1 ? lead : lead & (0xFFU >> (size + 1));
        for (std::size_t i = 1; i < size; ++i) {
            if ((byte_at(at + i) & 0xC0U) != 0x80) return false;
            value = (value << 6U) | (byte_at(at + i) & 0x3FU);
        }
        constexpr unsigned long least[] = {0, 0, 0x80, 0x800, 0x10000};
        if (value < least[size] || value > 0x10FFFF) return false;
        if (value >= 0xD800 && value <= 0xDFFF) return false;
        at += size;
    }
    return true;
}

bool is_valid_bytewise(std::string_view text) {
    ws::utf8_validator validator;
    for (char c : text) {
        if (!validator.feed(weir::as_bytes(std::string_view(&c, 1)))) return false;
    }
    return validator.is_complete();
}

/// How many bytes are taken before the validator says that nothing can repair the text.
std::size_t bytes_until_failure(std::string_view text) {
    ws::utf8_validator validator;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!validator.feed(weir::as_bytes(text.substr(i, 1)))) return i + 1;
    }
    return 0;
}

void check_everywhere(const std::string& text) {
    const bool expected = is_valid_slowly(text);
    // In front of and behind ASCII, so that each of the three gears meets it.
    for (const unsigned before : {0U, 1U, 7U, 8U, 31U, 130U}) {
        for (const unsigned after : {0U, 1U, 3U, 9U, 140U}) {
            const std::string whole = std::string(before, 'a') + text + std::string(after, 'b');
            if (ws::is_utf8(weir::as_bytes(whole)) != expected) {
                BOOST_FAIL("before " << before << " after " << after);
            }
        }
    }
    if (is_valid_bytewise(text) != expected) BOOST_FAIL("byte by byte");
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_text_of_one_or_two_bytes_is_judged_like_the_reference) {
    for (unsigned a = 0; a < 256; ++a) {
        check_everywhere({static_cast<char>(a)});
        for (unsigned b = 0; b < 256; ++b) {
            const std::string text{static_cast<char>(a), static_cast<char>(b)};
            BOOST_REQUIRE(ws::is_utf8(weir::as_bytes(text)) == is_valid_slowly(text));
            BOOST_REQUIRE(ws::is_utf8(weir::as_bytes(text + "xyz")) == is_valid_slowly(text));
            BOOST_REQUIRE(is_valid_bytewise(text) == is_valid_slowly(text));
        }
    }
}

BOOST_AUTO_TEST_CASE(every_text_of_three_bytes_with_a_high_lead_is_judged_like_the_reference) {
    for (unsigned a = 0x80; a < 256; ++a) {
        for (unsigned b = 0; b < 256; ++b) {
            for (unsigned c = 0; c < 256; ++c) {
                const char text[] = {static_cast<char>(a), static_cast<char>(b),
                                     static_cast<char>(c), 'x'};
                const bool expected = is_valid_slowly({text, 3});
                if (ws::is_utf8(weir::as_bytes({text, 3})) != expected ||
                    ws::is_utf8(weir::as_bytes({text, 4})) != expected) {
                    BOOST_FAIL("differs at " << a << " " << b << " " << c);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_edges_of_four_byte_characters_are_judged_like_the_reference) {
    const std::vector<unsigned> edges = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F,
                                         0xA0, 0xBF, 0xC0, 0xEF, 0xF4, 0xFF};
    for (unsigned a = 0xEE; a < 0x100; ++a) {
        for (const unsigned b : edges) {
            for (const unsigned c : edges) {
                for (const unsigned d : edges) {
                    const std::string text{static_cast<char>(a), static_cast<char>(b),
                                           static_cast<char>(c), static_cast<char>(d)};
                    const bool expected = is_valid_slowly(text);
                    BOOST_REQUIRE(ws::is_utf8(weir::as_bytes(text)) == expected);
                    BOOST_REQUIRE(is_valid_bytewise(text) == expected);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(bad_bytes_are_found_behind_ascii_of_any_length) {
    check_everywhere("\xC3\xA9");
    check_everywhere("\xE2\x82\xAC");
    check_everywhere("\xF0\x9F\x8E\x89");
    check_everywhere("\xED\xA0\x80");
    check_everywhere("\xF4\x90\x80\x80");
    check_everywhere("\xC0\xAF");
    check_everywhere("\xF0\x82\x82\xAC");
}

BOOST_AUTO_TEST_CASE(it_fails_at_the_first_byte_that_nothing_can_repair) {
    BOOST_TEST(bytes_until_failure("\xE0\x80\x80") == 2U);
    BOOST_TEST(bytes_until_failure("\xED\xA0\x80") == 2U);
    BOOST_TEST(bytes_until_failure("\xF4\x90\x80\x80") == 2U);
    BOOST_TEST(bytes_until_failure("\xF5\x80\x80\x80") == 1U);
    BOOST_TEST(bytes_until_failure("\xC1\x80") == 1U);
    BOOST_TEST(bytes_until_failure("ab\xFF") == 3U);
    BOOST_TEST(bytes_until_failure("\xF0\x9F\x8E!") == 4U);
}

BOOST_AUTO_TEST_CASE(a_text_split_at_any_position_is_judged_alike) {
    std::string text(70, 'x');
    text += "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x8E\x89";
    text += std::string(140, 'y');
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        ws::utf8_validator validator;
        const std::string_view whole = text;
        BOOST_REQUIRE(validator.feed(weir::as_bytes(whole.substr(0, cut))));
        BOOST_REQUIRE(validator.feed(weir::as_bytes(whole.substr(cut))));
        BOOST_REQUIRE(validator.is_complete());
    }
}

BOOST_AUTO_TEST_CASE(a_text_that_ends_inside_a_character_is_not_complete) {
    ws::utf8_validator validator;
    BOOST_TEST(validator.feed(weir::as_bytes("\xF0\x9F")));
    BOOST_TEST(!validator.is_complete());
    BOOST_TEST(!validator.has_failed());
    BOOST_TEST(!ws::is_utf8(weir::as_bytes("abc\xE2\x82")));
}

BOOST_AUTO_TEST_CASE(a_validator_that_failed_stays_failed) {
    ws::utf8_validator validator;
    BOOST_TEST(!validator.feed(weir::as_bytes("\xFF")));
    BOOST_TEST(!validator.feed(weir::as_bytes("fine")));
    BOOST_TEST(!validator.is_complete());
    static_assert(sizeof(validator) <= 8);
}

BOOST_AUTO_TEST_SUITE_END()
