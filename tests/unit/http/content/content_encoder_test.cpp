// SPDX-License-Identifier: Apache-2.0
#include <weir/http/content/content_encoder.hpp>

#include <weir/base/random.hpp>
#include <weir/http/content/content_decoder.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(content_encoder_test)

namespace {

constexpr std::uint64_t seed = 23;

/// Text that repeats itself now and then, as text does.
std::string some_text(weir::random& chance, std::size_t size) {
    std::string text;
    while (text.size() < size) {
        const std::size_t from = chance.below(text.size() + 1);
        if (chance.chance(0.5)) text += text.substr(from, chance.below(30));
        text += static_cast<char>(chance.below(256));
    }
    return text;
}

std::string packed(http::content_coding coding, std::string_view text) {
    http::content_encoder encoder(coding);
    std::string out;
    encoder.append(weir::as_bytes(text), out);
    encoder.finish(out);
    return out;
}

std::string unpacked(http::content_coding coding, std::string_view text) {
    const auto out = http::decoded(coding, weir::as_bytes(text));
    return out ? *out : "!" + out.error().message();
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_body_comes_back_whatever_the_pieces_and_flushes) {
    weir::random chance(seed);
    for (int round = 0; round < 100; ++round) {
        const auto coding = static_cast<http::content_coding>(round % 3);
        const std::string text = some_text(chance, chance.below(20'000));
        http::content_encoder encoder(coding, 1 + round % 9);
        std::string out;
        for (std::string_view rest = text; !rest.empty();) {
            const std::size_t size = std::min<std::size_t>(rest.size(), 1 + chance.below(3000));
            encoder.append(weir::as_bytes(rest.substr(0, size)), out);
            rest.remove_prefix(size);
            if (chance.chance(0.1)) encoder.flush(out);
        }
        encoder.finish(out);
        BOOST_TEST((unpacked(coding, out) == text), "seed " << seed << ", round " << round);
    }
}

BOOST_AUTO_TEST_CASE(each_coding_has_the_frame_of_its_rfc) {
    BOOST_TEST(packed(http::content_coding::identity, "abc") == "abc");
    BOOST_TEST(packed(http::content_coding::gzip, "abc").substr(0, 3) == "\x1F\x8B\x08");
    const std::string zlib = packed(http::content_coding::deflate, "abc");
    BOOST_TEST((zlib[0] & 0x0F) == 8);  // RFC 1950 2.2: CM = 8, and CMF, FLG divide by 31
    const unsigned check =
        static_cast<unsigned char>(zlib[0]) * 256U + static_cast<unsigned char>(zlib[1]);
    BOOST_TEST(check % 31 == 0U);
}

BOOST_AUTO_TEST_CASE(an_empty_body_is_a_body) {
    BOOST_TEST(packed(http::content_coding::identity, "").empty());
    BOOST_TEST(unpacked(http::content_coding::gzip, packed(http::content_coding::gzip, "")) == "");
}

BOOST_AUTO_TEST_CASE(what_was_flushed_can_be_read_before_the_end) {
    http::content_encoder encoder(http::content_coding::gzip);
    std::string sent;
    encoder.append(weir::as_bytes("data: 1\n\n"), sent);
    encoder.flush(sent);
    http::content_decoder decoder(http::content_coding::gzip);
    weir::bytes arrived = weir::as_bytes(sent);
    std::string buffer(100, ' ');
    const auto size = decoder.read_some(arrived, std::as_writable_bytes(std::span(buffer)));
    BOOST_REQUIRE(size.has_value());
    BOOST_TEST(buffer.substr(0, *size) == "data: 1\n\n");
    BOOST_TEST(!decoder.is_complete());
}

BOOST_AUTO_TEST_SUITE_END()
