#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Each rule fires on a small sample of what it forbids, and stays silent on its neighbour."""

import unittest

import cpp_text
import rules

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
LAYERS = rules.Layers("0 apart base\n1 left metrics coro\n6 apart ws redis\n")


def fired(files):
    """The rules that fire on `files` (path -> text), as a sorted list without repeats."""
    sources = [rules.Source(path, text) for path, text in files.items()]
    return sorted({rule for _, _, rule, _ in rules.findings(sources, LAYERS)})


def fired_in(path, text):
    return fired({path: SPDX + text})


def long_function(lines):
    return "void walk() {\n" + "    step();\n" * (lines - 2) + "}\n"


class Shape(unittest.TestCase):
    def test_a_file_without_the_licence_line(self):
        self.assertEqual(fired({"tests/a.cpp": "int a;\n"}), ["spdx"])

    def test_a_line_of_101_columns(self):
        self.assertEqual(fired_in("tests/a.cpp", "//" + "x" * 99), ["line-length"])
        self.assertEqual(fired_in("tests/a.cpp", "//" + "x" * 98), [])

    def test_a_file_of_501_lines(self):
        self.assertEqual(fired_in("tests/a.cpp", "int a;\n" * 500), ["file-length"])
        self.assertEqual(fired_in("tests/a.cpp", "int a;\n" * 499), [])

    def test_a_function_of_71_lines(self):
        self.assertEqual(fired_in("tests/a.cpp", long_function(71)), ["function-length"])
        self.assertEqual(fired_in("tests/a.cpp", long_function(70)), [])

    def test_a_long_function_behind_a_raw_string_and_a_comment_with_braces(self):
        text = 'auto s = R"x({ " )x"; /* { */ char c = \'{\'; int n = 1\'000;\n' + long_function(71)
        self.assertEqual(fired_in("tests/a.cpp", text), ["function-length"])

    def test_a_long_constructor_with_an_initializer_list(self):
        text = "struct s {\n    s() : a_{1}, b_(2) {\n" + "        f();\n" * 70 + "    }\n};\n"
        self.assertEqual(fired_in("tests/a.cpp", text), ["function-length"])

    def test_a_long_class_is_no_long_function(self):
        text = "class c final : public b<int(int)> {\n" + "    void f();\n" * 90 + "};\n"
        self.assertEqual(fired_in("tests/a.cpp", text), [])

    def test_names_that_say_nothing(self):
        self.assertEqual(fired_in("tests/string_util.cpp", ""), ["banned-name"])
        self.assertEqual(fired_in("tests/utility.cpp", ""), [])


class Leftovers(unittest.TestCase):
    def test_dead_code(self):
        self.assertEqual(fired_in("tests/a.cpp", "#if 0\n#endif\n"), ["if-0"])

    def test_a_reminder_without_kind_and_reason(self):
        mark = "TO" "DO"
        self.assertEqual(fired_in("tests/a.cpp", f"// {mark}: later\n"), ["todo"])
        self.assertEqual(fired_in("tests/a.cpp", f"// {mark}(speed): needs INC buffers\n"), [])

    def test_an_allowed_finding_needs_a_reason(self):
        line = "#if 0  // tidy: allow(if-0): shows what the compiler says\n#endif\n"
        self.assertEqual(fired_in("tests/a.cpp", line), [])
        self.assertEqual(fired_in("tests/a.cpp", line.replace(": shows what", ":")), [])
        self.assertEqual(fired_in("tests/a.cpp", "#if 0  // tidy: allow(if-0)\n"), ["if-0"])


class Layering(unittest.TestCase):
    def test_an_include_that_points_up(self):
        self.assertEqual(
            fired_in("include/weir/base/a.hpp", "#include <weir/coro/task.hpp>\n"), ["layer"]
        )

    def test_an_include_that_points_down(self):
        self.assertEqual(fired_in("include/weir/ws/a.hpp", "#include <weir/coro/task.hpp>\n"), [])

    def test_private_headers_count_too(self):
        self.assertEqual(fired_in("src/base/a.hpp", '#include "ws/session.hpp"\n'), ["layer"])

    def test_sideways_is_forbidden_between_protocols(self):
        self.assertEqual(fired_in("src/ws/a.hpp", "#include <weir/redis/r.hpp>\n"), ["layer"])

    def test_sideways_goes_left_only(self):
        self.assertEqual(fired_in("src/coro/a.hpp", "#include <weir/metrics/m.hpp>\n"), [])
        self.assertEqual(fired_in("src/metrics/a.hpp", "#include <weir/coro/t.hpp>\n"), ["layer"])

    def test_a_room_that_is_in_no_layer(self):
        self.assertEqual(fired_in("src/attic/a.hpp", ""), ["layer"])

    def test_a_vendor_header_in_a_public_header(self):
        for header in ("<liburing.h>", "<openssl/ssl.h>", "<sys/socket.h>", "<unistd.h>"):
            text = f"#include {header}\n"
            self.assertEqual(fired_in("include/weir/base/a.hpp", text), ["vendor-include"])
            self.assertEqual(fired_in("src/base/a.hpp", text), [])

    def test_the_header_for_users(self):
        self.assertEqual(fired_in("src/ws/a.hpp", "#include <weir/weir.hpp>\n"), ["umbrella"])

    def test_a_kernel_request_outside_its_place(self):
        text = "void f() { io_uring_prep_recv(s); }  // io_uring_prep_send\n"
        self.assertEqual(fired_in("src/base/a.hpp", text), ["prep-place"])

    def test_a_kernel_request_that_is_written_twice(self):
        body = SPDX + "void f() { io_uring_prep_recv(s); }\n"
        layers = rules.Layers("3 apart io\n")
        sources = [rules.Source(f"src/io/op/{name}.hpp", body) for name in ("read", "recv")]
        found = [rule for _, _, rule, _ in rules.findings(sources, layers)]
        self.assertEqual(found, ["prep-once"])

    def test_a_source_without_a_test(self):
        self.assertEqual(fired(self.SOURCE), ["untested"])
        self.assertEqual(fired(self.SOURCE | self.TEST), [])

    SOURCE = {"src/ws/mask.cpp": SPDX, "src/ws/meson.build": SPDX + "files('mask.cpp')"}
    TEST = {
        "tests/unit/ws/mask_test.cpp": SPDX,
        "tests/unit/ws/meson.build": SPDX + "files('mask_test.cpp')",
    }

    def test_a_source_that_no_build_file_names(self):
        self.assertEqual(fired(self.SOURCE | self.TEST | {"src/ws/meson.build": SPDX}),
                         ["unlisted"])
        above = {"src/ws/meson.build": SPDX, "src/meson.build": SPDX + "files('ws/mask.cpp')"}
        self.assertEqual(fired(self.SOURCE | self.TEST | above), [])

    def test_a_public_header_that_the_header_for_users_leaves_out(self):
        header = {"include/weir/ws/a.hpp": SPDX}
        self.assertEqual(fired(header | {"include/weir/weir.hpp": SPDX}), ["umbrella"])
        whole = SPDX + "#include <weir/ws/a.hpp>\n"
        self.assertEqual(fired(header | {"include/weir/weir.hpp": whole}), [])


class Types(unittest.TestCase):
    def test_a_bare_number_for_time(self):
        for text in ("void f(int timeout);", "struct s { unsigned idle_ms; };",
                     "void f(std::uint64_t deadline_ns = 0);"):
            self.assertEqual(fired_in("src/base/a.hpp", text + "\n"), ["bare-time"])

    def test_other_numbers(self):
        for text in ("void f(int status);", "int timeouts = 0;", "void f(seconds timeout);"):
            self.assertEqual(fired_in("src/base/a.hpp", text + "\n"), [])

    def test_a_capturing_lambda_in_an_awaited_expression(self):
        text = "void f() { co_await spawn([a] { use(a); }); }\n"
        self.assertEqual(fired_in("src/ws/a.hpp", text), ["await-capture"])
        for capture in ("&", "this", "", "&a"):
            self.assertEqual(fired_in("src/ws/a.hpp", text.replace("[a]", f"[{capture}]")), [])

    def test_an_await_in_a_head_with_no_variable_around_it(self):
        for body in ("if (!co_await a()) co_return;", "for (;;) { while (co_await a(b)) c(); }",
                     "if (co_await a()) { const int b = 1; }",
                     "if (co_await a()) b(); for (int c = 0; c < d(); ++c) {}",
                     "auto l = [] { if (co_await a()) co_return; };"):
            text = "task<> f(int x) { " + body + " }\n"
            self.assertEqual(fired_in("src/ws/a.hpp", text), ["bare-condition"], body)

    def test_an_await_in_a_head_with_a_variable_around_it(self):
        for body in ("if (auto b = co_await a(); !b) co_return;", "int b; if (co_await a()) c();",
                     "if (co_await a()) c(); std::array<int, 2> b{};", "if (a) co_await b();",
                     "for (int b : c) { if (co_await a(b)) co_return; }",
                     "for (;;) { const auto& b = c(); { if (co_await a()) co_return; } }"):
            text = "task<> f(int x) { " + body + " }\n"
            self.assertEqual(fired_in("src/ws/a.hpp", text), [], body)


class Docstrings(unittest.TestCase):
    HEADER = "include/weir/coro/a.hpp"

    def test_public_declarations_without_a_docstring(self):
        for text in ("class a {};", "struct a {};", "enum class a { b };", "int f(int x);",
                     "template <class T>\nconcept c = true;", "inline int f() { return 1; }"):
            self.assertEqual(fired_in(self.HEADER, f"namespace weir {{\n{text}\n}}\n"),
                             ["docstring"], text)
            documented = f"namespace weir {{\n/// Says it.\n{text}\n}}\n"
            self.assertEqual(fired_in(self.HEADER, documented), [], text)

    def test_declarations_that_need_none(self):
        for text in ("class a;", "namespace detail {\nclass a {};\n}", "using b = int;",
                     "/// Says it.\nclass a {\n    int f();\nprivate:\n    int g();\n};",
                     "static_assert(f());"):
            self.assertEqual(fired_in(self.HEADER, f"namespace weir {{\n{text}\n}}\n"), [], text)

    AWAITABLE = "/// Waits.\nclass waiting : public base {\n    void await_suspend(int);\n};\n"

    def test_a_suspending_function_that_does_not_say_how_it_fails(self):
        text = self.AWAITABLE + "/// Waits.\n/// Errors: none.\nwaiting wait(int x);\n"
        self.assertEqual(fired_in(self.HEADER, text), ["suspending"])
        said = text.replace("none.", "none.\n/// Cancellation: ends it.")
        self.assertEqual(fired_in(self.HEADER, said), [])

    def test_a_suspending_member_function(self):
        text = self.AWAITABLE + "/// Reads.\nclass s {\npublic:\n    waiting read();\n};\n"
        self.assertEqual(fired_in(self.HEADER, text), ["suspending"])
        self.assertEqual(fired_in(self.HEADER, text.replace("public:\n", "", 1)), [])

    def test_awaitables_are_found_through_their_bases(self):
        text = self.AWAITABLE + "/// Also.\nclass recv : public waiting {};\n/// R.\nrecv read();\n"
        self.assertEqual(fired_in(self.HEADER, text), ["suspending"])


class Reading(unittest.TestCase):
    def kinds(self, text):
        return [(d.kind, d.name) for d in cpp_text.declarations(text)]

    def test_a_requires_expression_is_no_function_body(self):
        text = "template <class T>\n    requires requires(T t) { t.run(); }\nvoid go(T t) {}\n"
        self.assertEqual(self.kinds(text), [("function", "go")])

    def test_a_brace_in_a_default_argument_is_no_body(self):
        self.assertEqual(self.kinds("void f(options o = {});"), [("function", "f")])

    def test_a_trailing_return_type(self):
        self.assertEqual(self.kinds("auto f() -> task<void> { g(); }"), [("function", "f")])


if __name__ == "__main__":
    unittest.main()
