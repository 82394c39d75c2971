#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The page that benchmarks/report.py makes: complete, well formed, and without a network."""

import argparse
import html.parser
import json
import pathlib
import sys
import tempfile
import unittest
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks"))
import report  # noqa: E402

ENTRIES = [
    {"case": "get", "who": "weir", "best": 8.0, "median": 10.0, "worst": 14.0},
    {"case": "get", "who": "<other>", "best": 18.0, "median": 25.0, "worst": 26.0},
]


class Texts(html.parser.HTMLParser):
    """The texts of a page, its tags, and their attributes."""

    def __init__(self, page):
        super().__init__()
        self.texts, self.tags, self.attributes = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.texts.append(data)


def found_by(fill):
    """What a benchmark hands over that calls `fill(tables)`."""
    with tempfile.TemporaryDirectory() as folder:
        name = f"{folder}/found.json"
        parser = argparse.ArgumentParser()
        report.add_option(parser)
        tables = report.Tables("benchmarks/sample/run.py", "Is it fast?\n\nYes.",
                               parser.parse_args(["--tables", name]), {"flags": "-O3"})
        fill(tables)
        return json.loads(pathlib.Path(name).read_text())


def with_all(tables):
    tables.add_contest("Times", ENTRIES)
    lines = {"weir": [(1, 3.0), (2, 300.0)], "none": [(1, 3.0), (2, 0.0)]}
    tables.add("Loads", ["who", "load"], [["weir", 1]],
               curves=report.curves("load", "p99", lines, is_log=True))


class Page(unittest.TestCase):
    def test_every_cell_is_on_it_as_it_was_given(self):
        texts = Texts(report.page([found_by(with_all)])).texts
        for text in ("Is it fast?", "Times", "<other>", "2.50", "25.0", "26.0", "Loads", "p99"):
            self.assertIn(text, texts)

    def test_it_needs_neither_a_network_nor_scripts(self):
        page = Texts(report.page([found_by(with_all)]))
        self.assertFalse({"script", "link", "img", "iframe"} & set(page.tags))
        self.assertFalse([a for a in page.attributes if a[0] in ("src", "href", "style")])
        self.assertNotIn("url(", report.STYLE)

    def test_each_table_says_what_makes_it(self):
        found = found_by(with_all)
        found["options"] = "--rounds 3"
        texts = Texts(report.page([found])).texts
        self.assertEqual(texts.count("./dev bench sample --rounds 3"), 2)

    def test_what_is_true_of_all_stands_on_top_once(self):
        one, other = found_by(with_all), found_by(with_all)
        other["facts"]["flags"] = "-O2"
        texts = Texts(report.page([one, other])).texts
        self.assertEqual(texts.count("machine"), 1)
        self.assertEqual(texts.count("flags"), 2)
        self.assertLess(texts.index("machine"), texts.index("sample"))

    def test_a_benchmark_that_found_nothing_leaves_a_page(self):
        self.assertIn("weir, measured", Texts(report.page([])).texts)


class Plots(unittest.TestCase):
    def parsed(self, svg):
        return xml.etree.ElementTree.fromstring(svg)

    def test_bars_are_as_long_as_their_medians_and_show_their_spread(self):
        bars = [report.bar("g", "a", 50, 100, 100), report.bar("g", "b", 10, 25, 50)]
        drawn = self.parsed(report.bars_of(bars)).findall("rect")
        widths = [float(each.get("width")) for each in drawn]
        self.assertAlmostEqual(widths[1] / widths[0], 0.25, places=2)
        paths = self.parsed(report.bars_of(bars)).findall("path")
        self.assertEqual(len(paths), 2)

    def test_a_group_has_a_scale_of_its_own(self):
        bars = [report.bar("small", "a", 1, 1, 1), report.bar("large", "a", 1e6, 1e6, 1e6)]
        widths = {each.get("width") for each in self.parsed(report.bars_of(bars)).findall("rect")}
        self.assertEqual(len(widths), 1)

    def test_a_logarithmic_axis_leaves_out_what_it_cannot_show(self):
        plot = report.curves("x", "y", {"a": [(1, 0), (2, 10), (3, 1000)]}, is_log=True)
        drawn = self.parsed(report.curves_of(plot))
        self.assertEqual(len(drawn.find("polyline").get("points").split()), 2)

    def test_curves_lie_within_their_axes(self):
        for is_log in (False, True):
            plot = report.curves("x", "y", {"a": [(1, 3), (2, 47), (4, 0.5)]}, is_log)
            drawn = self.parsed(report.curves_of(plot))
            height = float(drawn.get("height"))
            for point in drawn.find("polyline").get("points").split():
                self.assertTrue(0 < float(point.split(",")[1]) < height - 40, point)

    def test_nothing_to_show_is_no_plot(self):
        self.assertEqual(report.curves_of(report.curves("x", "y", {"a": []})), "")
        self.parsed(report.bars_of([report.bar("g", "a", 0, 0, 0)]))


class HandOver(unittest.TestCase):
    def test_without_the_option_nothing_is_written(self):
        parser = argparse.ArgumentParser()
        report.add_option(parser)
        tables = report.Tables("benchmarks/sample/run.py", "?", parser.parse_args([]))
        tables.add_contest("Times", ENTRIES)

    def test_a_contest_is_compared_with_its_first(self):
        rows = found_by(with_all)["tables"][0]["rows"]
        self.assertEqual([row[2] for row in rows], ["1.00", "2.50"])


if __name__ == "__main__":
    unittest.main()
