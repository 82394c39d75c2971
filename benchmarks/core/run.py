#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the pieces on every application's hot path cost on one core, beside the standard library and
Boost, and against their targets.

usage: benchmarks/core/run.py [--build-dir build/release] [--repetitions 15] [--cpu 1]

The contestants take turns inside one process; medians are printed, with best and worst.
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

# case -> millions a second on one core
TARGETS = {
    "cache hit, 10,000 entries": 30,
    "cache hit, 10,000 entries, co_await get": 30,
    "cache hit, 1,000,000 entries": 8,
    "channel: send and receive": 30,
    "pool: acquire and give back": 20,
    "registry: look up": 50,
    "session: get": 30,
    "timer: arm and cancel": 33,
    "core_ops_1k": 2.69,
    "core_ops_10k": 2.69,
    "core_ops_100k": 2.69,
    "core_ops_1m": 2.69,
}
JOIN, WAIT = "a task that joins a load", "a task that waits for an event"


def measure(program, repetitions, cpu):
    """case -> who -> times in nanoseconds, and who -> bytes a cache entry"""
    if not program.exists():
        sys.exit(f"{program} is missing: ./dev build")
    done = subprocess.run([program, str(repetitions)], stdout=subprocess.PIPE, text=True,
                          check=True, preexec_fn=lambda: os.sched_setaffinity(0, {cpu}))
    rows, overheads = {}, {}
    for line in done.stdout.splitlines():
        entry = json.loads(line)
        if "overhead" in entry:
            overheads[entry["who"]] = entry["bytes"]
        else:
            rows.setdefault(entry["case"], {})[entry["who"]] = entry
    return rows, overheads


def millions(entry):
    return 1000 / entry["median"]


def table(rows):
    """Lines of text: one a case."""
    yield (f"{'millions a second, one core':42} {'target':>8} {'weir':>8} {'worst-best':>15} "
           f"{'x std':>6} {'x boost':>8}  others")
    for case, by in rows.items():
        if "weir" not in by:
            continue
        own = by["weir"]
        spread = f"{1000 / own['worst']:.1f}-{1000 / own['best']:.1f}"
        ratios = [f"{by[who]['median'] / own['median']:.2f}" if who in by else "-"
                  for who in ("std", "boost")]
        others = ", ".join(f"{who} {millions(each):.1f}" for who, each in by.items()
                           if who != "weir")
        target = f">= {TARGETS[case]}" if case in TARGETS else ""
        yield (f"{case:42} {target:>8} {millions(own):8.1f} {spread:>15} {ratios[0]:>6} "
               f"{ratios[1]:>8}  {others}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build-dir", type=pathlib.Path, default=facts.ROOT / "build/release")
    parser.add_argument("--repetitions", type=int, default=15)
    parser.add_argument("--cpu", type=int, default=max(os.sched_getaffinity(0)))
    report.add_option(parser)
    options = parser.parse_args()
    for name, fact in facts.machine().items():
        print(f"{name}: {fact}")
    method = {"flags": facts.compiler(options.build_dir, "core/caches.cpp"),
              "method": f"{options.repetitions} repetitions, on CPU {options.cpu}, medians"}
    print("\n".join(f"{name}: {fact}" for name, fact in method.items()) + "\n")
    program = options.build_dir / "benchmarks/core/core"
    rows, overheads = measure(program, options.repetitions, options.cpu)
    print("\n".join(table(rows)))
    tables = report.Tables(__file__, __doc__, options, method)
    tables.add_contest("Nanoseconds an operation", [e for by in rows.values() for e in by.values()])
    tables.add("Bytes a cache entry beside key and value", overheads, [list(overheads.values())])
    print("\nbytes a cache entry beside key and value, of a million (target: <= 48): "
          + ", ".join(f"{who} {each:.1f}" for who, each in overheads.items()))
    if JOIN in rows and WAIT in rows:
        join, wait = (rows[case]["weir"]["median"] for case in (JOIN, WAIT))
        print(f"joining a load: {join:.1f} ns with the task that joins, {join - wait:.1f} ns more "
              f"than waiting for an event instead (target: <= 50 ns)")


if __name__ == "__main__":
    main()
