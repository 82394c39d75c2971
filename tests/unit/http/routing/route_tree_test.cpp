// SPDX-License-Identifier: Apache-2.0
#include <weir/http/routing/route_tree.hpp>

#include "allocation_count.hpp"

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(route_tree_test)

namespace {

constexpr std::uint64_t seed = 404;

http::route_tree tree_of(const std::vector<std::string_view>& patterns) {
    http::route_tree tree;
    for (const std::string_view pattern : patterns) tree.add("GET", pattern);
    return tree;
}

/// The pattern that GET takes, or the outcome.
std::string taken(const http::route_tree& tree, std::string_view target,
                  std::string_view method = "GET") {
    const auto match = tree.find(method, target);
    switch (match.outcome()) {
        case http::route_outcome::found:
            return std::string(match.pattern());
        case http::route_outcome::options:
            return "options: " + match.allow();
        case http::route_outcome::method_not_allowed:
            return "405: " + match.allow();
        case http::route_outcome::not_found:
            return "404";
        case http::route_outcome::bad_path:
            return "400";
    }
    return "?";
}

std::vector<std::string_view> segments(std::string_view path) {
    std::vector<std::string_view> found;
    for (std::size_t at = 1; at <= path.size();) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        found.push_back(path.substr(at, end - at));
        at = end + 1;
    }
    return found;
}

/// For each segment how well it fits: 0 a literal, 1 a parameter, 2 a rest; nullopt = it does not.
std::optional<std::vector<int>> fit(std::string_view pattern, std::string_view path) {
    const auto wanted = segments(pattern);
    const auto given = segments(path);
    std::vector<int> ranks;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i].ends_with("...}")) {
            if (i >= given.size()) return std::nullopt;
            ranks.push_back(2);
            return ranks;
        }
        if (i >= given.size()) return std::nullopt;
        const bool is_parameter = wanted[i].starts_with('{');
        if (is_parameter ? given[i].empty() : wanted[i] != given[i]) return std::nullopt;
        ranks.push_back(is_parameter ? 1 : 0);
    }
    return given.size() == wanted.size() ? std::optional(ranks) : std::nullopt;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_route_is_found_by_its_segments) {
    const auto tree = tree_of({"/", "/users", "/users/", "/users/{id}", "/users/{id}/files"});
    BOOST_TEST(taken(tree, "/") == "/");
    BOOST_TEST(taken(tree, "/users") == "/users");
    BOOST_TEST(taken(tree, "/users/") == "/users/");
    BOOST_TEST(taken(tree, "/users/7?x=/y") == "/users/{id}");
    BOOST_TEST(taken(tree, "/users/7/files") == "/users/{id}/files");
    BOOST_TEST(taken(tree, "http://example.org/users/7") == "/users/{id}");
    for (const char* target : {"/user", "/users/7/", "/users/7/files/1", "//", "/Users"}) {
        BOOST_TEST(taken(tree, target) == "404", target);
    }
}

BOOST_AUTO_TEST_CASE(literals_go_before_parameters_and_those_before_rests) {
    const auto tree = tree_of({"/{rest...}", "/{a}/x", "/me/{b}", "/me/x", "/{a}/{b}"});
    BOOST_TEST(taken(tree, "/me/x") == "/me/x");
    BOOST_TEST(taken(tree, "/me/y") == "/me/{b}");
    BOOST_TEST(taken(tree, "/you/x") == "/{a}/x");
    BOOST_TEST(taken(tree, "/you/y") == "/{a}/{b}");
    BOOST_TEST(taken(tree, "/you/y/z") == "/{rest...}");
    BOOST_TEST(taken(tree, "/me") == "/{rest...}");
    BOOST_TEST(taken(tree, "/") == "/{rest...}");
}

BOOST_AUTO_TEST_CASE(a_literal_that_leads_nowhere_does_not_hide_a_parameter) {
    const auto tree = tree_of({"/users/me/settings", "/users/{id}/files"});
    BOOST_TEST(taken(tree, "/users/me/files") == "/users/{id}/files");
    BOOST_TEST(tree.find("GET", "/users/me/files").parameter("id") == "me");
}

BOOST_AUTO_TEST_CASE(parameters_are_decoded_once) {
    const auto tree = tree_of({"/users/{id}/files/{rest...}"});
    const auto match = tree.find("GET", "/users/a%2Fb%2520/files/c/d%20e");
    BOOST_REQUIRE(match.is_found());
    BOOST_TEST(match.parameter("id") == "a/b%20");
    BOOST_TEST(match.parameter("rest") == "c/d e");
    BOOST_TEST(tree.find("GET", "/users/1/files/").parameter("rest") == "");
}

BOOST_AUTO_TEST_CASE(a_match_may_be_moved) {
    const auto tree = tree_of({"/{a}"});
    auto match = tree.find("GET", "/%41");
    const auto moved = std::move(match);
    BOOST_TEST(moved.parameter("a") == "A");
}

BOOST_AUTO_TEST_CASE(an_encoded_slash_is_no_part_of_a_rest) {
    const auto tree = tree_of({"/files/{rest...}", "/a/{b}"});
    BOOST_TEST(taken(tree, "/files/a%2Fb") == "404");
    BOOST_TEST(taken(tree, "/files%2Fa") == "404");
    BOOST_TEST(taken(tree, "/a%2Fb") == "404");
    BOOST_TEST(taken(tree, "/a/%2F") == "/a/{b}");
}

BOOST_AUTO_TEST_CASE(encoded_literals_are_the_same_literals) {
    const auto tree = tree_of({"/caf\xC3\xA9/100%"});
    BOOST_TEST(taken(tree, "/%63af%c3%A9/100%25") == "/caf\xC3\xA9/100%");
}

BOOST_AUTO_TEST_CASE(paths_that_climb_or_are_malformed_have_no_route) {
    const auto tree = tree_of({"/{rest...}"});
    for (const char* target : {"/../x", "/a/%2e%2e", "/%", "/%00", "*", "x"}) {
        BOOST_TEST(taken(tree, target) == "400", target);
    }
}

BOOST_AUTO_TEST_CASE(other_methods_are_told_which_there_are) {
    http::route_tree tree;
    tree.add("GET", "/users/{id}");
    tree.add("DELETE", "/users/{name}");
    tree.add("POST", "/users/me");
    BOOST_TEST(taken(tree, "/users/7", "PUT") == "405: GET, DELETE, HEAD, OPTIONS");
    BOOST_TEST(taken(tree, "/users/me", "PUT") == "405: GET, DELETE, POST, HEAD, OPTIONS");
    BOOST_TEST(taken(tree, "/users/7", "get") == "405: GET, DELETE, HEAD, OPTIONS");
    BOOST_TEST(taken(tree, "/users", "PUT") == "404");
    BOOST_TEST(tree.find("DELETE", "/users/7").parameter("name") == "7");
}

BOOST_AUTO_TEST_CASE(a_route_without_the_method_is_passed_over) {
    http::route_tree tree;
    tree.add("POST", "/users/me");
    tree.add("GET", "/users/{id}");
    tree.add("PUT", "/{rest...}");
    BOOST_TEST(taken(tree, "/users/me", "POST") == "/users/me");
    BOOST_TEST(taken(tree, "/users/me") == "/users/{id}");
    BOOST_TEST(tree.find("PUT", "/users/me").parameter("rest") == "users/me");
}

BOOST_AUTO_TEST_CASE(head_takes_the_route_of_get_unless_it_has_its_own) {
    http::route_tree tree;
    tree.add("GET", "/a");
    tree.add("GET", "/b");
    tree.add("HEAD", "/b");
    tree.add("POST", "/c");
    BOOST_TEST(tree.find("HEAD", "/a").route() == 0U);
    BOOST_TEST(tree.find("HEAD", "/b").route() == 2U);
    BOOST_TEST(taken(tree, "/c", "HEAD") == "405: POST, OPTIONS");
}

BOOST_AUTO_TEST_CASE(options_are_answered_unless_a_route_does) {
    http::route_tree tree;
    tree.add("GET", "/a");
    tree.add("OPTIONS", "/b");
    BOOST_TEST(taken(tree, "/a", "OPTIONS") == "options: GET, HEAD, OPTIONS");
    BOOST_TEST(taken(tree, "/b", "OPTIONS") == "/b");
    BOOST_TEST(taken(tree, "/c", "OPTIONS") == "404");
    BOOST_TEST(taken(tree, "*", "OPTIONS") == "options: GET, OPTIONS, HEAD");
    BOOST_TEST(taken(http::route_tree(), "*", "OPTIONS") == "options: OPTIONS");
}

BOOST_AUTO_TEST_CASE(what_has_no_route_is_answered) {
    http::route_tree tree;
    tree.add("GET", "/a");
    const auto answer = [&](std::string_view method, std::string_view target) {
        const auto given = http::answer_without_route(tree.find(method, target));
        return std::to_string(static_cast<int>(given.code())) + " " +
               std::string(given.headers().find("Allow").value_or("-"));
    };
    BOOST_TEST(answer("GET", "/b") == "404 -");
    BOOST_TEST(answer("PUT", "/a") == "405 GET, HEAD, OPTIONS");
    BOOST_TEST(answer("OPTIONS", "/a") == "204 GET, HEAD, OPTIONS");
    BOOST_TEST(answer("GET", "/%") == "400 -");
}

BOOST_AUTO_TEST_CASE(the_best_route_wins_in_whatever_order_they_were_added) {
    weir::random chance(seed);
    const std::vector<std::string> pieces{"a", "b", "{p}", "{q}"};
    for (int round = 0; round < 300; ++round) {
        http::route_tree tree;
        std::vector<std::string> patterns;
        for (int i = 0; i < 12; ++i) {
            std::string pattern;
            std::vector<int> shape;
            for (auto left = 1 + chance.below(3); left > 0; --left) {
                const auto& piece = pieces[chance.below(3)];
                pattern += "/" + (piece == "{p}" ? "{p" + std::to_string(left) + "}" : piece);
            }
            if (chance.chance(0.2)) pattern += "/{r...}";
            if (std::find(patterns.begin(), patterns.end(), pattern) != patterns.end()) continue;
            // The names tell the depth from the end, so the same shape is the same pattern only
            // where lengths agree: which they do for one shape.
            tree.add("GET", pattern);
            patterns.push_back(pattern);
        }
        for (int i = 0; i < 30; ++i) {
            std::string path;
            for (auto left = 1 + chance.below(4); left > 0; --left) {
                path += std::string("/") + "abc"[chance.below(3)];
            }
            std::string best = "404";
            std::optional<std::vector<int>> best_fit;
            for (const std::string& pattern : patterns) {
                const auto ranks = fit(pattern, path);
                if (ranks && (!best_fit || *ranks < *best_fit)) {
                    best = pattern;
                    best_fit = ranks;
                }
            }
            BOOST_TEST(taken(tree, path) == best, "seed " << seed << ", path " << path);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_lookup_allocates_nothing) {
    auto tree = tree_of({"/users/{id}/files/{rest...}"});
    for (int i = 0; i < 1000; ++i) tree.add("GET", "/other/" + std::to_string(i));
    const weir::test::allocation_count allocated;
    const auto match = tree.find("GET", "/users/7/files/a/rather/long/path/to/some/file.html");
    BOOST_TEST(match.parameter("rest") == "a/rather/long/path/to/some/file.html");
    const auto none = tree.find("PUT", "/other/500");
    BOOST_TEST((none.outcome() == http::route_outcome::method_not_allowed));
    if (weir::test::allocations_are_counted()) BOOST_TEST(allocated.value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
