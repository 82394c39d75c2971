#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One publisher to 1, 100 and 10,000 subscribers: deliveries a second, and processor time of the
publisher's process for each, beside raw io_uring sends of the same bytes.

usage: benchmarks/fanout/run.py [--build-dir build/release] [--subscribers 1,100,10000]
                                [--sizes 125,1024] [--rounds 5] [--duration 2]

The two take turns; the ratio is taken inside each round, and the median of the rounds is printed.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import facts  # noqa: E402
import report  # noqa: E402

PROGRAMS = ("weir", "raw")


def numbers(text):
    return [int(word) for word in text.split(",")]


def run(options, who, subscribers, size):
    program = pathlib.Path(options.build_dir) / f"benchmarks/fanout/{who}_fanout"
    if not program.exists():
        sys.exit(f"{program} is missing: ./dev build")
    done = subprocess.run([program, str(subscribers), str(size), str(options.duration)],
                          stdout=subprocess.PIPE, text=True, timeout=60 + options.duration,
                          check=True)
    return json.loads(done.stdout)


def measure(options, subscribers, size):
    """By program: (least, median, most) deliveries a second, and microseconds of processor time a
    delivery; and the ratio of the rates."""
    rates, costs, ratios = {w: [] for w in PROGRAMS}, {w: [] for w in PROGRAMS}, []
    for _ in range(options.rounds):
        for who in PROGRAMS:
            result = run(options, who, subscribers, size)
            rates[who].append(result["deliveries"] / result["seconds"])
            costs[who].append(1e6 * result["cpu_seconds"] / result["deliveries"])
        ratios.append(rates["weir"][-1] / rates["raw"][-1])
    middle = statistics.median
    return ({w: (min(r), middle(r), max(r)) for w, r in rates.items()},
            {w: middle(c) for w, c in costs.items()}, middle(ratios))


def hand_over(options, found, method):
    tables = report.Tables(__file__, __doc__, options, {"method": method})
    columns = ("subscribers", "bytes", "weir, deliveries/s", "raw io_uring", "ratio",
               "weir, CPU us/delivery", "raw")
    rows = [(subscribers, size, f"{rates['weir'][1]:.0f}", f"{rates['raw'][1]:.0f}",
             f"{ratio:.2f}", f"{costs['weir']:.2f}", f"{costs['raw']:.2f}")
            for subscribers, size, rates, ratio, costs in found]
    bars = [report.bar(f"{subscribers} x {size} B", who, *rates[who], "/s")
            for subscribers, size, rates, _, _ in found for who in PROGRAMS]
    tables.add("Deliveries a second", columns, rows, bars)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build-dir", default=str(facts.ROOT / "build/release"))
    parser.add_argument("--subscribers", type=numbers, default=[1, 100, 10000])
    parser.add_argument("--sizes", type=numbers, default=[125, 1024])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--duration", type=float, default=2.0, metavar="SECONDS")
    report.add_option(parser)
    options = parser.parse_args()
    for name, fact in facts.machine().items():
        print(f"{name}: {fact}")
    method = f"{options.rounds} interleaved rounds of {options.duration} s"
    print(f"method: {method}\n")
    found = []
    print("| subscribers | bytes | weir, deliveries/s | raw io_uring | ratio "
          "| weir, CPU us/delivery | raw |\n|---:|---:|---:|---:|---:|---:|---:|")
    for size in options.sizes:
        for subscribers in options.subscribers:
            rates, costs, ratio = measure(options, subscribers, size)
            print(f"| {subscribers} | {size} | {rates['weir'][1]:.0f} | {rates['raw'][1]:.0f} "
                  f"| {ratio:.2f} | {costs['weir']:.2f} | {costs['raw']:.2f} |", flush=True)
            found.append((subscribers, size, rates, ratio, costs))
    hand_over(options, found, method)


if __name__ == "__main__":
    main()
