// SPDX-License-Identifier: Apache-2.0
// of_this_shard: every shard counts in a part of its own.
#include <weir/io/of_this_shard.hpp>

#include <weir/io/runtime.hpp>
#include <weir/metrics/counter.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(of_this_shard_test)

namespace {

weir::task<weir::result<void>> count(weir::shard& here,
                                     weir::metrics::sharded<weir::metrics::counter>& all) {
    weir::of_this_shard(all).add(here.index() + 10);
    co_return {};
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_shard_has_its_own) {
    weir::runtime_options options;
    options.shards = 3;
    weir::runtime runtime(options);
    weir::metrics::sharded<weir::metrics::counter> all(3);
    const auto ended = runtime.run([&all](weir::shard& here) { return count(here, all); });
    BOOST_TEST(ended.has_value());
    for (unsigned i = 0; i < 3; ++i) BOOST_TEST(all.at(i).value() == i + 10);
}

BOOST_AUTO_TEST_CASE(outside_of_a_runtime_it_is_the_first) {
    weir::metrics::sharded<weir::metrics::counter> all(2);
    weir::of_this_shard(all).add();
    BOOST_TEST(all.at(0).value() == 1U);
    BOOST_TEST(all.at(1).value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
