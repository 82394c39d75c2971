// SPDX-License-Identifier: Apache-2.0
#include <weir/http/routing/cors_policy.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(cors_policy_test)

namespace {

using namespace std::chrono_literals;
using fields = std::vector<std::pair<const char*, std::string>>;

http::request asking(std::string method, const fields& with) {
    http::request asked(std::move(method), "/");
    for (const auto& [name, value] : with) BOOST_REQUIRE(asked.headers().add(name, value));
    return asked;
}

std::string field(const http::response& of, std::string_view name) {
    return std::string(of.headers().find(name).value_or("-"));
}

/// What a browser learns; "-" for nothing.
std::string granted(const http::response& answer) {
    std::string text;
    for (std::size_t i = 0; i < answer.headers().size(); ++i) {
        const auto one = answer.headers()[i];
        if (!one.name().starts_with("Access-Control-Allow-")) continue;
        text += std::string(one.name().substr(21)) + "=" + std::string(one.value()) + ";";
    }
    return text.empty() ? "-" : text;
}

http::cors_policy named() {
    return http::cors_policy()
        .allow_origin("https://app.example.org")
        .allow_origin("http://localhost:8080")
        .allow_method("PUT")
        .allow_header("Content-Type")
        .allow_header("X-Token")
        .allow_credentials();
}

std::string preflight(const http::cors_policy& policy, const std::string& origin,
                      const std::string& method, const std::string& names = "") {
    fields with{{"Origin", origin}, {"Access-Control-Request-Method", method}};
    if (!names.empty()) with.emplace_back("Access-Control-Request-Headers", names);
    const auto answer = policy.preflight(asking("OPTIONS", with));
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST((answer->code() == http::status::no_content));
    BOOST_TEST(answer->headers().has_token("Vary", "Origin"));
    return granted(*answer);
}

std::string applied(const http::cors_policy& policy, const fields& with) {
    http::response answer(http::status::not_found);
    policy.apply(asking("GET", with), answer);
    return granted(answer);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_page_that_may_is_told_what) {
    const std::string all =
        "Origin=https://app.example.org;Credentials=true;Methods=GET, HEAD, POST, PUT;"
        "Headers=Content-Type, X-Token;";
    BOOST_TEST(preflight(named(), "https://app.example.org", "PUT") == all);
    BOOST_TEST(preflight(named(), "https://app.example.org", "PUT", "x-token,content-type") == all);
    BOOST_TEST(preflight(named(), "https://app.example.org", "GET", ", ") == all);
}

BOOST_AUTO_TEST_CASE(a_page_that_may_not_is_told_nothing) {
    for (const char* origin :
         {"https://evil.example", "http://app.example.org", "https://app.example.org.evil.example",
          "https://app.example.org:443", "https://APP.example.org", "null", "*", ""}) {
        BOOST_TEST(preflight(named(), origin, "PUT") == "-", origin);
        BOOST_TEST(applied(named(), {{"Origin", origin}}) == "-", origin);
    }
    BOOST_TEST(preflight(named(), "https://app.example.org", "DELETE") == "-");
    BOOST_TEST(preflight(named(), "https://app.example.org", "put") == "-");
    BOOST_TEST(preflight(named(), "https://app.example.org", "PUT", "X-Token, X-Other") == "-");
    BOOST_TEST(preflight(http::cors_policy(), "https://app.example.org", "GET") == "-");
}

BOOST_AUTO_TEST_CASE(an_answer_names_the_origin_that_asked) {
    BOOST_TEST(applied(named(), {{"Origin", "http://localhost:8080"}}) ==
               "Origin=http://localhost:8080;Credentials=true;");
    BOOST_TEST(applied(named(), {}) == "-");
}

BOOST_AUTO_TEST_CASE(caches_are_told_that_it_depends_on_the_origin_whoever_asks) {
    for (const fields& with : {fields{}, fields{{"Origin", "https://evil.example"}},
                               fields{{"Origin", "https://app.example.org"}}}) {
        http::response answer(http::status::ok);
        BOOST_REQUIRE(answer.headers().add("Vary", "Accept-Encoding"));
        named().apply(asking("GET", with), answer);
        BOOST_TEST(answer.headers().has_token("Vary", "Origin"));
        BOOST_TEST(answer.headers().has_token("Vary", "Accept-Encoding"));
    }
}

BOOST_AUTO_TEST_CASE(any_origin_is_a_star_and_depends_on_nothing) {
    const auto open = http::cors_policy().allow_origin("*");
    http::response answer(http::status::ok);
    open.apply(asking("GET", {{"Origin", "null"}}), answer);
    BOOST_TEST(granted(answer) == "Origin=*;");
    BOOST_TEST(field(answer, "Vary") == "-");
}

BOOST_AUTO_TEST_CASE(only_options_with_origin_and_method_is_a_preflight) {
    const fields whole{{"Origin", "https://app.example.org"},
                       {"Access-Control-Request-Method", "PUT"}};
    BOOST_TEST(named().preflight(asking("OPTIONS", whole)).has_value());
    BOOST_TEST(!named().preflight(asking("PUT", whole)).has_value());
    BOOST_TEST(!named().preflight(asking("OPTIONS", {whole[0]})).has_value());
    BOOST_TEST(!named().preflight(asking("OPTIONS", {whole[1]})).has_value());
    BOOST_TEST(!named().preflight(asking("OPTIONS", {whole[0], whole[0], whole[1]})).has_value());
}

BOOST_AUTO_TEST_CASE(what_may_be_read_and_for_how_long_is_told) {
    const auto policy = named().expose_header("ETag").expose_header("X-Total").max_age(24h);
    http::response answer(http::status::ok);
    policy.apply(asking("GET", {{"Origin", "https://app.example.org"}}), answer);
    BOOST_TEST(field(answer, "Access-Control-Expose-Headers") == "ETag, X-Total");
    const auto before =
        policy.preflight(asking("OPTIONS", {{"Origin", "https://app.example.org"},
                                            {"Access-Control-Request-Method", "PUT"}}));
    BOOST_TEST(field(*before, "Access-Control-Max-Age") == "86400");
    BOOST_TEST(field(*before, "Access-Control-Expose-Headers") == "-");
}

BOOST_AUTO_TEST_SUITE_END()
