// SPDX-License-Identifier: Apache-2.0
#include <weir/http/content/content_decoder.hpp>

#include "allocation_count.hpp"

#include <weir/base/random.hpp>
#include <weir/http/content/content_encoder.hpp>
#include <weir/http/message/error.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>

using namespace std::string_literals;
namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(content_decoder_test)

namespace {

constexpr std::uint64_t seed = 86;
constexpr auto gzip = http::content_coding::gzip;
constexpr auto deflate = http::content_coding::deflate;

// "hello hello hello\n" as another implementation packs it.
const std::string hello_gzip =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x57\xc8\x40\x90\x5c\x00\x3b\x7c"
    "\x8a\xdf\x12\x00\x00\x00"s;
const std::string hello_deflate =
    "\x78\xda\xcb\x48\xcd\xc9\xc9\x57\xc8\x40\x90\x5c\x00\x40\xb5\x06\x87"s;

std::string text_of(const weir::result<std::string>& decoded) {
    return decoded ? *decoded : "!" + decoded.error().message();
}

std::string unpacked(http::content_coding coding, std::string_view text) {
    return text_of(http::decoded(coding, weir::as_bytes(text)));
}

std::string refused(http::errc error) { return "!" + make_error_code(error).message(); }

std::string packed(http::content_coding coding, std::string_view text) {
    http::content_encoder encoder(coding, 9);
    std::string out;
    encoder.append(weir::as_bytes(text), out);
    encoder.finish(out);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_others_packed_is_read_in_pieces_of_any_size) {
    for (std::size_t in = 1; in <= hello_gzip.size(); ++in) {
        for (std::size_t out = 1; out <= 20; ++out) {
            http::content_decoder decoder(gzip);
            std::string text;
            std::array<std::byte, 20> room;
            for (std::size_t at = 0; at < hello_gzip.size(); at += in) {
                BOOST_TEST(!decoder.is_complete());
                weir::bytes data = weir::as_bytes(std::string_view(hello_gzip).substr(at, in));
                while (const auto size = decoder.read_some(data, std::span(room).first(out))) {
                    if (*size == 0) break;
                    text += weir::as_text(weir::bytes(room).first(*size));
                }
                BOOST_TEST(data.empty());
            }
            BOOST_TEST(text == "hello hello hello\n");
            BOOST_TEST(decoder.is_complete());
        }
    }
}

BOOST_AUTO_TEST_CASE(deflate_is_the_zlib_format_and_nothing_else) {
    BOOST_TEST(unpacked(deflate, hello_deflate) == "hello hello hello\n");
    const std::string without_frame = "\xcb\x48\xcd\xc9\xc9\x57\xc8\x00\x91\x00";
    BOOST_TEST(unpacked(deflate, without_frame) == refused(http::errc::bad_coding));
    BOOST_TEST(unpacked(deflate, hello_gzip) == refused(http::errc::bad_coding));
    BOOST_TEST(unpacked(gzip, hello_deflate) == refused(http::errc::bad_coding));
}

BOOST_AUTO_TEST_CASE(the_members_of_a_gzip_body_are_one_body) {
    BOOST_TEST(unpacked(gzip, hello_gzip + hello_gzip) == "hello hello hello\nhello hello hello\n");
    BOOST_TEST(unpacked(gzip, hello_gzip + "x") == refused(http::errc::bad_coding));
    BOOST_TEST(unpacked(deflate, hello_deflate + hello_deflate) == refused(http::errc::bad_coding));
}

BOOST_AUTO_TEST_CASE(a_body_that_was_cut_off_is_damaged_wherever_that_was) {
    for (std::size_t size = 0; size < hello_gzip.size(); ++size) {
        BOOST_TEST(unpacked(gzip, hello_gzip.substr(0, size)) == refused(http::errc::bad_coding));
    }
    for (std::size_t size = 0; size < hello_deflate.size(); ++size) {
        BOOST_TEST(unpacked(deflate, hello_deflate.substr(0, size)) ==
                   refused(http::errc::bad_coding));
    }
}

BOOST_AUTO_TEST_CASE(a_wrong_checksum_is_damage) {
    std::string damaged = hello_gzip;
    damaged[damaged.size() - 6] ^= 1;
    BOOST_TEST(unpacked(gzip, damaged) == refused(http::errc::bad_coding));
    damaged = hello_deflate;
    damaged.back() ^= 1;
    BOOST_TEST(unpacked(deflate, damaged) == refused(http::errc::bad_coding));
}

BOOST_AUTO_TEST_CASE(a_dictionary_that_nobody_has_is_damage) {
    const std::string wants_dictionary =
        "\x78\xf9\x06\x2c\x02\x15\xcb\x00\x11\x0a\x60\x12\x00\x19\x91\x04\x49"s;
    BOOST_TEST(unpacked(deflate, wants_dictionary) == refused(http::errc::bad_coding));
}

BOOST_AUTO_TEST_CASE(a_bomb_is_stopped_after_64_kib_and_not_before) {
    const std::string small(60'000, '\0');
    BOOST_TEST((unpacked(gzip, packed(gzip, small)) == small));
    const std::string large(1'000'000, '\0');
    BOOST_TEST(unpacked(gzip, packed(gzip, large)) == refused(http::errc::coding_ratio_over_limit));
    const auto limits = http::decoding_limits().max_ratio(1100);
    const std::string bomb = packed(gzip, large);
    BOOST_TEST((*http::decoded(gzip, weir::as_bytes(bomb), limits) == large));
}

BOOST_AUTO_TEST_CASE(a_bomb_costs_no_more_than_the_limit_however_long_it_is) {
    const std::string bomb = packed(gzip, std::string(50'000'000, 'x'));
    http::content_decoder decoder(gzip);
    weir::bytes data = weir::as_bytes(bomb);
    std::array<std::byte, 16'384> room;
    std::size_t written = 0;
    auto size = decoder.read_some(data, room);
    for (; size; size = decoder.read_some(data, room)) written += *size;
    BOOST_TEST((size.error() == http::errc::coding_ratio_over_limit));
    BOOST_TEST(written <= 65'536U + room.size());
    BOOST_TEST((decoder.read_some(data, room).error() == http::errc::coding_ratio_over_limit));
    BOOST_TEST(!decoder.is_complete());
}

BOOST_AUTO_TEST_CASE(a_decoded_body_may_have_the_limit_and_no_byte_more) {
    for (const auto coding : {gzip, deflate, http::content_coding::identity}) {
        const std::string body = packed(coding, "hello");
        const auto at_most = [&](std::uint64_t size) {
            return text_of(http::decoded(coding, weir::as_bytes(body),
                                         http::decoding_limits().max_decoded_bytes(size)));
        };
        BOOST_TEST(at_most(5) == "hello");
        BOOST_TEST(at_most(4) == refused(http::errc::decoded_over_limit));
    }
}

BOOST_AUTO_TEST_CASE(damage_anywhere_ends_in_an_error_or_in_bounds) {
    weir::random chance(seed);
    const std::string whole = packed(gzip, std::string(3000, 'a') + "the end");
    for (int round = 0; round < 2000; ++round) {
        std::string damaged = whole;
        for (std::uint64_t flips = 1 + chance.below(4); flips > 0; --flips) {
            damaged[chance.below(damaged.size())] ^= static_cast<char>(1U << chance.below(8));
        }
        const auto out = http::decoded(gzip, weir::as_bytes(damaged));
        if (out) BOOST_TEST(out->size() <= (std::size_t{1} << 20U), "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(the_body_of_a_request_is_decoded_in_its_place) {
    http::request upload("POST", "/");
    BOOST_REQUIRE(upload.headers().add("Content-Encoding", "gzip"));
    upload.body() = hello_gzip;
    BOOST_REQUIRE(http::decode_body(upload));
    BOOST_TEST(upload.body() == "hello hello hello\n");
    BOOST_TEST(!upload.headers().find("Content-Encoding").has_value());
    BOOST_REQUIRE(http::decode_body(upload));
    BOOST_TEST(upload.body() == "hello hello hello\n");
}

BOOST_AUTO_TEST_CASE(a_request_that_is_not_understood_stays_as_it_is) {
    http::request upload("POST", "/");
    BOOST_REQUIRE(upload.headers().add("Content-Encoding", "gzip"));
    upload.body() = "plain";
    BOOST_TEST((http::decode_body(upload).error() == http::errc::bad_coding));
    BOOST_TEST(upload.body() == "plain");
    BOOST_REQUIRE(upload.headers().set("Content-Encoding", "br"));
    BOOST_TEST((http::decode_body(upload).error() == http::errc::unsupported_coding));
    BOOST_TEST(upload.headers().find("Content-Encoding").has_value());
}

BOOST_AUTO_TEST_CASE(reading_on_allocates_nothing) {
    http::content_decoder decoder(gzip);
    std::array<std::byte, 4> room;
    weir::bytes data = weir::as_bytes(hello_gzip);
    BOOST_REQUIRE(decoder.read_some(data, room));  // zlib takes its window once
    const weir::test::allocation_count allocated;
    while (*decoder.read_some(data, room) > 0) continue;
    if (weir::test::allocations_are_counted()) BOOST_TEST(allocated.value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
