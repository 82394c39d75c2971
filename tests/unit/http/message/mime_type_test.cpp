// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/mime_type.hpp>

#include <boost/test/unit_test.hpp>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(mime_type_test)

BOOST_AUTO_TEST_CASE(the_last_extension_tells_the_type) {
    BOOST_TEST(http::mime_type("index.html") == "text/html; charset=utf-8");
    BOOST_TEST(http::mime_type("a/b.c/LOGO.SVG") == "image/svg+xml");
    BOOST_TEST(http::mime_type("app.min.js") == "text/javascript; charset=utf-8");
    BOOST_TEST(http::mime_type("data.tar.gz") == "application/gzip");
    BOOST_TEST(http::mime_type(".css") == "text/css; charset=utf-8");
}

BOOST_AUTO_TEST_CASE(what_is_unknown_is_bytes) {
    for (const char* name :
         {"", "README", "html", "page.", "page.htmlx", "a.html/b", "a.png.exe"}) {
        BOOST_TEST(http::mime_type(name) == "application/octet-stream", name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
