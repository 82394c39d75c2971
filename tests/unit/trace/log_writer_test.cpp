// SPDX-License-Identifier: Apache-2.0
// log_writer: the lines, and what is passed over.
#include <weir/trace/log_writer.hpp>

#include "co_test.hpp"

#include <weir/io/reactor.hpp>
#include <weir/trace/id_source.hpp>
#include <weir/trace/recording.hpp>
#include <weir/trace/span.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(log_writer_test)

namespace {

using namespace std::chrono_literals;
using namespace weir::trace;
using weir::task;

constexpr std::chrono::system_clock::time_point wall{1'700'000'000s};

task<> speak() {
    co_await record_log(log_level::debug, "nobody wants to know");
    co_await record_log(log_level::warning, "a \"slow\"\nline", attribute("key", 7),
                        attribute("late", true), attribute("who", "me"));
    co_await record_event("not a log");
}

}  // namespace

CO_TEST(a_log_is_a_line_with_its_trace_and_its_scopes) {
    id_source::of_this_thread() = id_source(7);
    id_source ids(7);
    const std::string trace = ids.next_trace().to_string();
    static_cast<void>(ids.next_span());
    const std::string inner = ids.next_span().to_string();
    std::vector<std::string> lines;
    const auto keep = [&](std::string_view line) { lines.emplace_back(line); };
    log_writer log(keep, log_level::info, wall, weir::reactor::current().now());
    co_await observe(log, span("app", span("load", speak())));
    id_source::of_this_thread() = id_source();
    CO_REQUIRE(lines.size() == 1);
    CO_CHECK_EQUAL(lines[0], R"({"at_ns":"1700000000000000000","level":"WARN",)"
                             R"("text":"a \"slow\"\u000aline","scope":"app/load","trace_id":")" +
                                 trace + R"(","span_id":")" + inner +
                                 R"(","attributes":{"key":"7","late":true,"who":"me"}})");
}

CO_TEST(outside_of_spans_a_line_names_none) {
    std::vector<std::string> lines;
    const auto keep = [&](std::string_view line) { lines.emplace_back(line); };
    log_writer log(keep, log_level::trace, wall, weir::reactor::current().now());
    co_await observe(log, speak());
    CO_REQUIRE(lines.size() == 2);
    CO_CHECK_EQUAL(lines[0], R"({"at_ns":"1700000000000000000","level":"DEBUG",)"
                             R"("text":"nobody wants to know"})");
}

BOOST_AUTO_TEST_SUITE_END()
