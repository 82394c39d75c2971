#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What tasks, groups, locks, channels and timers cost, as ratios to a minimal hand-written task.

usage: benchmarks/overhead/run.py [--build-dir build/release] [--repetitions 15] [--cpu 1]

The contestants take turns inside one process; best and median of the repetitions are printed,
ratios of the medians first. Absolute times drift with the machine, ratios much less.
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

def measure(program, repetitions, cpus):
    """case -> who -> times, measured on those CPUs."""
    if not program.exists():
        sys.exit(f"{program} is missing: ./dev build")
    done = subprocess.run([program, str(repetitions)], stdout=subprocess.PIPE, text=True,
                          check=True, preexec_fn=lambda: os.sched_setaffinity(0, cpus))
    rows = {}
    for line in done.stdout.splitlines():
        entry = json.loads(line)
        rows.setdefault(entry["case"], {})[entry["who"]] = entry
    return rows


def print_table(rows):
    print(f"{'ns an operation: best (median)':38} {'x minimal':>9} {'x asio':>7} "
          f"{'weir':>16} {'minimal':>16} {'asio':>16}")
    for case, by in rows.items():
        ratios = [f"{by['weir']['median'] / by[who]['median']:.2f}" if who in by else "-"
                  for who in ("minimal", "asio")]
        times = [f"{by[who]['best']:.1f} ({by[who]['median']:.1f})" if who in by else "-"
                 for who in ("weir", "minimal", "asio")]
        print(f"{case:38} {ratios[0]:>9} {ratios[1]:>7} " + " ".join(f"{t:>16}" for t in times))


def hand_over(options, rows, method):
    tables = report.Tables(__file__, __doc__, options, method)
    tables.add_contest("A task, a lock, a channel, a timer", [
        by[who] for by in rows.values() for who in ("weir", "minimal", "asio") if who in by])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build-dir", type=pathlib.Path, default=facts.ROOT / "build/release")
    parser.add_argument("--repetitions", type=int, default=15)
    parser.add_argument("--cpu", type=int, default=max(os.sched_getaffinity(0)))
    report.add_option(parser)
    options = parser.parse_args()
    programs = options.build_dir / "benchmarks/overhead"
    for name, fact in facts.machine().items():
        print(f"{name}: {fact}")
    method = {
        "flags": facts.compiler(options.build_dir, "overhead/tasks.cpp"),
        "method": f"{options.repetitions} repetitions, on CPU {options.cpu}; across threads on all",
    }
    for name, fact in method.items():
        print(f"{name}: {fact}")
    print()
    rows = measure(programs / "tasks", options.repetitions, {options.cpu})
    rows |= measure(programs / "cross_shard", options.repetitions, os.sched_getaffinity(0))
    print_table(rows)
    hand_over(options, rows, method)


if __name__ == "__main__":
    main()
