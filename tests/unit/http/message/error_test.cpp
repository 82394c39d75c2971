// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/error.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(error_test)

BOOST_AUTO_TEST_CASE(every_error_has_its_own_text) {
    std::set<std::string> texts;
    const int last = static_cast<int>(http::errc_count);
    for (int number = 1; number <= last; ++number) {
        texts.insert(make_error_code(static_cast<http::errc>(number)).message());
    }
    BOOST_TEST(texts.size() == static_cast<std::size_t>(last));
    BOOST_TEST(make_error_code(static_cast<http::errc>(250)).message() == "unknown HTTP error");
}

BOOST_AUTO_TEST_CASE(every_error_has_a_name_of_its_own) {
    std::set<std::string_view> names;
    for (std::size_t i = 1; i <= http::errc_count; ++i) {
        names.insert(http::name_of(static_cast<http::errc>(i)));
    }
    BOOST_TEST(names.size() == http::errc_count);
    BOOST_TEST(names.contains("") == false);
    BOOST_TEST(http::name_of(http::errc::malformed) == "malformed");
    BOOST_TEST(http::name_of(http::errc::headers_over_limit) == "headers_over_limit");
    BOOST_TEST(http::name_of(http::errc::handler_threw) == "handler_threw");
    BOOST_TEST(http::name_of(static_cast<http::errc>(0)) == "unknown");
    BOOST_TEST(http::name_of(static_cast<http::errc>(250)) == "unknown");
}

BOOST_AUTO_TEST_CASE(each_limit_has_its_status_and_is_named) {
    using http::errc;
    using http::status;
    BOOST_TEST((http::status_for(errc::request_line_over_limit) == status::uri_too_long));
    BOOST_TEST(
        (http::status_for(errc::headers_over_limit) == status::request_header_fields_too_large));
    BOOST_TEST((http::status_for(errc::header_count_over_limit) ==
                status::request_header_fields_too_large));
    BOOST_TEST((http::status_for(errc::body_over_limit) == status::content_too_large));
    BOOST_TEST(
        (http::status_for(errc::version_not_supported) == status::http_version_not_supported));
    BOOST_TEST((http::status_for(make_error_code(errc::folded_header)) == status::bad_request));
    BOOST_TEST(
        (http::status_for(std::make_error_code(std::errc::io_error)) == status::bad_request));
    BOOST_TEST((http::status_for(errc::decoded_over_limit) == status::content_too_large));
    BOOST_TEST((http::status_for(errc::coding_ratio_over_limit) == status::content_too_large));
    BOOST_TEST((http::status_for(errc::unsupported_coding) == status::unsupported_media_type));
    BOOST_TEST((http::status_for(errc::bad_coding) == status::bad_request));
    BOOST_TEST(
        (http::status_for(errc::trailers_over_limit) == status::request_header_fields_too_large));
    BOOST_TEST((http::status_for(errc::chunk_extensions_over_limit) == status::content_too_large));
    BOOST_TEST((http::status_for(errc::head_too_slow) == status::request_timeout));
    BOOST_TEST((http::status_for(errc::body_too_slow) == status::request_timeout));
    BOOST_TEST((http::status_for(errc::expectation_failed) == status::expectation_failed));
    BOOST_TEST((http::status_for(errc::no_answer) == status::internal_server_error));
    BOOST_TEST(make_error_code(errc::body_over_limit).message() == "limit passed: max_body_bytes");
    BOOST_TEST(std::string(http::category().name()) == "http");
}

BOOST_AUTO_TEST_SUITE_END()
