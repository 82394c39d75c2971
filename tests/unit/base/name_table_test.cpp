// SPDX-License-Identifier: Apache-2.0
#include <weir/base/name_table.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>

BOOST_AUTO_TEST_SUITE(name_table_test)

namespace {

using weir::named;

enum class command : std::uint8_t { subscribe, unsubscribe, publish };

constexpr weir::name_table commands(named("subscribe", command::subscribe),
                                    named("unsubscribe", command::unsubscribe),
                                    named("publish", command::publish));

static_assert(commands.find("subscribe") == command::subscribe);
static_assert(commands.find("unsubscribe") == command::unsubscribe);
static_assert(commands.find("publish") == command::publish);
static_assert(!commands.find("subscribE") && !commands.find("") && !commands.find("subscribe "));
static_assert(commands.size() == 3);

// Of every length up to more than two words, and alike in all but one place.
constexpr weir::name_table alike(named("", 0), named("a", 1), named("b", 2), named("ab", 3),
                                 named("ba", 4), named("abc", 5), named("abcd", 6),
                                 named("abce", 7), named("abcde", 8), named("abcdefg", 9),
                                 named("abcdefgh", 10), named("abcdefgx", 11),
                                 named("xbcdefgh", 12), named("abcdefghi", 13),
                                 named("abcdefghijk", 14), named("set_a_now_and_here", 15),
                                 named("set_b_now_and_here", 16), named("set_a_now_and_herf", 17),
                                 named(std::string_view("a\0", 2), 18), named("aa", 19));

}  // namespace

BOOST_AUTO_TEST_CASE(names_that_differ_little_are_told_apart) {
    int number = 0;
    for (const std::string& name : {std::string(),
                                    std::string("a"),
                                    std::string("b"),
                                    std::string("ab"),
                                    std::string("ba"),
                                    std::string("abc"),
                                    std::string("abcd"),
                                    std::string("abce"),
                                    std::string("abcde"),
                                    std::string("abcdefg"),
                                    std::string("abcdefgh"),
                                    std::string("abcdefgx"),
                                    std::string("xbcdefgh"),
                                    std::string("abcdefghi"),
                                    std::string("abcdefghijk"),
                                    std::string("set_a_now_and_here"),
                                    std::string("set_b_now_and_here"),
                                    std::string("set_a_now_and_herf"),
                                    std::string("a\0", 2),
                                    std::string("aa")}) {
        const auto found = alike.find(name);
        BOOST_REQUIRE(found.has_value());
        BOOST_TEST(*found == number++);
    }
    BOOST_TEST(static_cast<std::size_t>(number) == alike.size());
}

BOOST_AUTO_TEST_CASE(a_name_that_is_not_in_the_set_is_nothing) {
    for (std::string name = "x"; name.size() < 40; name += 'y') {
        BOOST_TEST(!alike.find(name).has_value());
        BOOST_TEST(!commands.find(name).has_value());
    }
    for (const std::string& known : {std::string("subscribe"), std::string("publish")}) {
        for (std::size_t i = 0; i < known.size(); ++i) {
            std::string other = known;
            other[i] = static_cast<char>(other[i] ^ 0x20);
            BOOST_TEST(!commands.find(other).has_value());
            BOOST_TEST(!commands.find(known.substr(0, i)).has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(the_hash_of_the_compiler_is_that_of_the_program) {
    // `commands` was laid out by the one, and is asked here by the other.
    std::string word = "unsubscribe";
    BOOST_TEST((commands.find(word) == command::unsubscribe));
}

BOOST_AUTO_TEST_CASE(a_value_knows_its_name) {
    BOOST_TEST(commands.name_of(command::publish) == "publish");
    BOOST_TEST(commands.name_of(static_cast<command>(77)).empty());
}

BOOST_AUTO_TEST_SUITE_END()
