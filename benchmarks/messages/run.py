#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a message costs from its bytes to the bytes of its answer: handlers as one writes them first
(the whole text as a tree, the answer encoded each time), the small message path, and that with a
cache; and what judging a JSON text costs, beside simdjson.

usage: benchmarks/messages/run.py [--build-dir build/release] [--repetitions 15] [--cpu 1]
                                  [--json FILE] [--html FILE]

The contestants take turns inside one process, on one core; medians are printed, with best and
worst. Allocations are calls of operator new, of a handler that is warm.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import facts  # noqa: E402
import report  # noqa: E402

# (case, who) -> nanoseconds at most
TARGETS = {("small_json", "optimised"): 2000, ("market_data", "optimised"): 50}
# (case, who) -> megabytes a second at least
RATES = {("large_json", "optimised"): 500, ("judge large_json", "scanner"): 500}


def measure(program, repetitions, cpu):
    """The entries, in order, each with its allocations and the size of its input."""
    if not program.exists():
        sys.exit(f"{program} is missing: ./dev build")
    done = subprocess.run([program, str(repetitions)], stdout=subprocess.PIPE, text=True,
                          check=True, preexec_fn=lambda: os.sched_setaffinity(0, {cpu}))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    taken = {(line["allocated"], line["who"]): line for line in lines if "allocated" in line}
    entries = [line for line in lines if "case" in line]
    for entry in entries:
        found = taken[(entry["case"], entry["who"])]
        entry |= {"blocks": found["blocks"], "input_bytes": found["input_bytes"]}
    return entries


def rate(entry):
    """Megabytes a second."""
    return 1000 * entry["input_bytes"] / entry["median"]


def target(entry):
    """What was aimed at, and whether it was reached."""
    key = entry["case"], entry["who"]
    if key in TARGETS:
        return f"<= {TARGETS[key]} ns", entry["median"] <= TARGETS[key]
    if key in RATES:
        return f">= {RATES[key]} MB/s", rate(entry) >= RATES[key]
    return "", True


def rows_of(entries):
    first = {}
    for each in entries:
        own = first.setdefault(each["case"], each["median"])
        wanted, reached = target(each)
        yield (each["case"], each["who"], f"{each['input_bytes']}", f"{each['median']:.1f}",
               f"{each['best']:.1f}-{each['worst']:.1f}", f"{own / each['median']:.1f}",
               f"{rate(each):.0f}", f"{each['blocks']:.2f}",
               wanted + ("" if reached else " MISSED"))


COLUMNS = ("case", "who", "bytes", "median, ns", "best-worst", "times faster", "MB/s",
           "allocations", "target")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build-dir", type=pathlib.Path, default=facts.ROOT / "build/release")
    parser.add_argument("--repetitions", type=int, default=15)
    parser.add_argument("--cpu", type=int, default=max(os.sched_getaffinity(0)))
    parser.add_argument("--json", type=pathlib.Path, help="write the entries to this file")
    parser.add_argument("--html", type=pathlib.Path, help="write a page of its own to this file")
    report.add_option(parser)
    options = parser.parse_args()
    machine = facts.machine()
    method = {"flags": facts.compiler(options.build_dir, "messages/main.cpp"),
              "method": f"{options.repetitions} repetitions, on CPU {options.cpu}, medians"}
    for name, fact in (machine | method).items():
        print(f"{name}: {fact}")
    entries = measure(options.build_dir / "benchmarks/messages/messages", options.repetitions,
                      options.cpu)
    rows = list(rows_of(entries))
    widths = [max(len(row[i]) for row in [COLUMNS, *rows]) for i in range(len(COLUMNS))]
    print()
    for row in [COLUMNS, *rows]:
        print("  ".join(cell.ljust(width) if i < 2 else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(row, widths))).rstrip())
    bars = [report.bar(each["case"], each["who"], each["best"], each["median"], each["worst"], "ns")
            for each in entries]
    tables = report.Tables(__file__, __doc__, options, method)
    tables.add("Nanoseconds a message", COLUMNS, rows, bars)
    if options.json:
        options.json.write_text(json.dumps({"facts": machine | method, "entries": entries},
                                           indent=1) + "\n")
    if options.html:
        options.html.write_text(report.page([tables.found]))


if __name__ == "__main__":
    main()
