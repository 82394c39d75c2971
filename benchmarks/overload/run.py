#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What is left of a service when more comes than it can do: with a load_shedder or an
adaptive_limit in front of it, and with nothing.

usage: benchmarks/overload/run.py [--build-dir build/release] [--rounds 3] [--seconds 3]
    [--guards none,shedder,adaptive] [--loads 0.8,1,2,3] [--tables FILE]

Calls come over TCP at moments that do not depend on answers. A call is of use when it is answered
within twice the p99 of a service with nothing in front and 0.8 of what it can do; goodput is what
is of use, as a share of the most that any load gave. Servers take turns, and medians of the rounds
are printed. What the service can do, is measured first: twice as much is offered, and the most that
is answered behind a shedder is it.
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

PLACES, WAIT_US, CPU_US = 8, 5000, 50
WARM_UP_SECONDS = 1
NORMAL = 0.8


def call(options, guard, rate, limit_us=0):
    """One server, one load; what the client has seen."""
    programs = pathlib.Path(options.build_dir) / "benchmarks/overload"
    if not (programs / "open_loop").exists():
        sys.exit(f"{programs}/open_loop is missing: ./dev build")
    server, port = facts.start_server(
        f"{programs}/guarded_server {guard} {PLACES} {WAIT_US} {CPU_US}")
    try:
        words = [programs / "open_loop", *map(str, (port, rate, options.seconds, WARM_UP_SECONDS,
                                                    limit_us))]
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True,
                              timeout=options.seconds + 30)
    finally:
        facts.stop(server)
    return json.loads(done.stdout)


def calibrate(options):
    """Calls a second that the service can do, and the limit of what is of use."""
    nominal = 1e6 * PLACES / (WAIT_US + CPU_US)
    flooded = call(options, "shedder", 2 * nominal)
    capacity = (flooded["accepted"] - flooded["unanswered"]) / flooded["seconds"]
    normal = [call(options, "none", NORMAL * capacity)["p99_us"] for _ in range(options.rounds)]
    return capacity, statistics.median(normal)


def measure(options, capacity, limit_us):
    """guard -> load -> the runs of all rounds."""
    seen = {guard: {load: [] for load in options.loads} for guard in options.guards}
    for _ in range(options.rounds):
        for load in options.loads:
            for guard in options.guards:
                seen[guard][load].append(call(options, guard, load * capacity, limit_us))
    return seen


def summary(runs, peak, normal_us):
    """(goodput: median, least, most; p99 as a multiple of normal; refused and unanswered shares)"""
    goodput = [run["in_time"] / run["seconds"] / peak for run in runs]
    middle = statistics.median
    return (middle(goodput), min(goodput), max(goodput),
            middle(run["p99_us"] for run in runs) / normal_us,
            middle(run["refused"] / run["offered"] for run in runs),
            middle(run["unanswered"] / run["offered"] for run in runs))


def rows_of(seen, normal_us):
    peak = max(statistics.median(run["in_time"] / run["seconds"] for run in runs)
               for by_load in seen.values() for runs in by_load.values())
    return [(guard, load) + summary(runs, peak, normal_us)
            for guard, by_load in seen.items() for load, runs in by_load.items()]


COLUMNS = ("guard", "load", "goodput / peak (min-max)", "p99 / normal", "refused", "unanswered")


def texts_of(row):
    guard, load, goodput, least, most, p99, refused, unanswered = row
    return (guard, f"{load:g}x", f"{goodput:.2f} ({least:.2f}-{most:.2f})", f"{p99:.1f}",
            f"{refused:.0%}", f"{unanswered:.0%}")


def hand_over(options, rows, method):
    tables = report.Tables(__file__, __doc__, options, method)

    def lines(column):
        return {g: [(r[1], r[column]) for r in rows if r[0] == g] for g in options.guards}

    bars = [report.bar(f"load {r[1]:g}x", r[0], r[3], r[2], r[4]) for r in
            sorted(rows, key=lambda r: r[1])]
    tables.add("Goodput, as a share of the peak", COLUMNS, map(texts_of, rows), bars=bars,
               curves=report.curves("load", "p99 of accepted calls / normal", lines(5), True))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--build-dir", default=str(facts.ROOT / "build/release"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--guards", type=lambda t: t.split(","),
                        default=["none", "shedder", "adaptive"])
    parser.add_argument("--loads", type=lambda t: [float(w) for w in t.split(",")],
                        default=[0.8, 1, 2, 3])
    report.add_option(parser)
    options = parser.parse_args()
    for name, fact in facts.machine().items():
        print(f"{name}: {fact}")
    capacity, normal_us = calibrate(options)
    method = {
        "method": f"{options.rounds} interleaved rounds of {options.seconds:g} s after "
                  f"{WARM_UP_SECONDS} s; calls at random moments over 16 connections",
        "service": f"{PLACES} calls at once, {WAIT_US} us of waiting and {CPU_US} us of a "
                   f"processor each; {capacity:.0f} calls a second; p99 at {NORMAL:g}x, "
                   f"unguarded: {normal_us / 1000:.1f} ms; of use within twice that",
    }
    for name, fact in method.items():
        print(f"{name}: {fact}")
    rows = rows_of(measure(options, capacity, 2 * normal_us), normal_us)
    print("\n| " + " | ".join(COLUMNS) + " |\n|---|---:|---:|---:|---:|---:|")
    for row in rows:
        print("| " + " | ".join(texts_of(row)) + " |")
    hand_over(options, rows, method)


if __name__ == "__main__":
    main()
