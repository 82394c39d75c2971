// SPDX-License-Identifier: Apache-2.0
// encoder_pool: how many encoders there are, and that a used one knows nothing of its last body.
#include "http/server/encoder_pool.hpp"

#include <weir/http/content/content_decoder.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

BOOST_AUTO_TEST_SUITE(encoder_pool_test)

namespace {

using weir::http::content_coding;
using weir::http::detail::encoder_lease;
using weir::http::detail::encoder_pool;

std::string packed(encoder_lease with, const std::string& text) {
    std::string out;
    with->append(weir::as_bytes(text), out);
    with->finish(out);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_more_are_out_at_once_than_may_be) {
    encoder_pool pool(2, 6);
    encoder_lease one = pool.take(content_coding::gzip);
    const encoder_lease other = pool.take(content_coding::deflate);
    BOOST_TEST(pool.is_exhausted());
    one.reset();
    BOOST_TEST(!pool.is_exhausted());
}

BOOST_AUTO_TEST_CASE(one_that_was_used_packs_the_next_body_as_a_new_one_does) {
    encoder_pool pool(1, 6);
    const std::string first = packed(pool.take(content_coding::gzip), "hello");
    encoder_lease again = pool.take(content_coding::gzip);
    const auto* const used = again.get();
    again.reset();
    again = pool.take(content_coding::gzip);
    BOOST_TEST(again.get() == used);
    BOOST_TEST((packed(std::move(again), "hello") == first));
    again = pool.take(content_coding::gzip);
    std::string half;
    again->append(weir::as_bytes("left in the middle"), half);
    again.reset();
    BOOST_TEST((packed(pool.take(content_coding::gzip), "hello") == first));
}

BOOST_AUTO_TEST_CASE(each_coding_has_its_own) {
    encoder_pool pool(1, 6);
    static_cast<void>(packed(pool.take(content_coding::gzip), "hello"));
    const std::string text = packed(pool.take(content_coding::deflate), "hello");
    const auto back = weir::http::decoded(content_coding::deflate, weir::as_bytes(text));
    BOOST_TEST(back.value_or("") == "hello");
}

BOOST_AUTO_TEST_SUITE_END()
