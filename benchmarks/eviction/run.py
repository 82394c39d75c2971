#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How often each eviction policy has what is asked for: hit ratios in percent, in caches of 1, 5,
10 and 20 % of all keys.

usage: benchmarks/eviction/run.py [--build-dir build/release] [--length N] [trace ...]

"tuned" is the best that w_tinylfu does with any fixed window, which nobody knows beforehand. A
trace is a file with one key a line.
"""

import argparse
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import facts  # noqa: E402
import report  # noqa: E402


def rows_of(program, length, traces):
    if not program.exists():
        sys.exit(f"{program} is missing: ./dev build")
    command = [program, "--length", str(length), *traces]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        for line in running.stdout:
            yield json.loads(line)
    if running.returncode != 0:
        sys.exit(running.returncode)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build-dir", type=pathlib.Path, default=facts.ROOT / "build/release")
    parser.add_argument("--length", type=int, default=2_000_000, help="of a generated workload")
    parser.add_argument("traces", nargs="*")
    report.add_option(parser)
    options = parser.parse_args()
    for name, fact in facts.machine().items():
        print(f"{name}: {fact}")
    print()
    print(f"{'workload':16} {'cache':>6} {'entries':>8} {'lru':>7} {'s3_fifo':>8} "
          f"{'w_tinylfu':>10} {'tuned':>7} {'to tuned':>9} {'to lru':>7}")
    program = options.build_dir / "benchmarks/eviction/hit_ratio"
    found = []
    for row in rows_of(program, options.length, options.traces):
        found.append(row)
        own = row["w_tinylfu"]
        print(f"{row['workload']:16} {row['percent']:>4} % {row['entries']:>8} {row['lru']:7.2f} "
              f"{row['s3_fifo']:8.2f} {own:10.2f} {row['tuned']:7.2f} {own - row['tuned']:+9.2f} "
              f"{own - row['lru']:+7.2f}", flush=True)
    tables = report.Tables(__file__, __doc__, options)
    tables.add("Hits in percent", found[0], [list(row.values()) for row in found])


if __name__ == "__main__":
    main()
