#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""WebSocket echoes with permessage-deflate: weir, beside Boost.Beast and npm `ws`.

usage: benchmarks/deflate/run.py [--build-dir build/release] [--rounds 5] [--duration 2]
                                 [--sizes 1024,16384] [--connections 64]

One server on one core, the generator on the other; no context is taken over, either way, so each
message stands alone. Every server compresses as it does by default, Beast also at weir's level.
npm `ws` uses Node's threads beside its loop: it is pinned to its core with all of them.
"""

import argparse
import functools
import json
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import facts  # noqa: E402
import pinned  # noqa: E402
import report  # noqa: E402

sys.path.insert(0, str(facts.ROOT / "tests/wire/support"))
import npm_packages  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
SERVERS = {
    "weir": "{build}/examples/ws_echo --deflate --listen 127.0.0.1:0 --shards 1",
    "beast": "{build}/benchmarks/deflate/beast_deflate",
    "beast, level 6": "{build}/benchmarks/deflate/beast_deflate --level 6",
    "npm ws": "node {here}/npm_server.cjs",
}
HEADINGS = ("server", "messages/s: median (min-max)", "weir's rate over it", "server us/message",
            "weir's cost below it", "bytes of a reply")
middle = statistics.median


def run_once(options, environment, who, size, connections):
    command = SERVERS[who].format(build=options.build_dir, here=HERE)
    process, port = pinned.start(command, environment=environment)
    try:
        run = pinned.Run(process)
        result = json.loads(pinned.load(
            [f"{options.build_dir}/benchmarks/deflate/deflate_load", "--url",
             f"ws://127.0.0.1:{port}", "--connections", str(connections), "--size", str(size),
             "--duration", str(options.duration)], options.duration + 30))
        run.end()
    finally:
        facts.stop(process)
    busy = (run.user + run.system) * run.wall
    # The warm-up is a part of the run.
    share = options.duration / (options.duration + 0.3)
    return result | {"foreign_cpu": run.foreign,
                     "cost_us": 1e6 * busy * share / result["messages"]}


def run_cell(options, environment, size, connections):
    results = {who: [] for who in SERVERS}
    for _ in range(options.rounds):
        for who, runs in results.items():
            runs.append(pinned.undisturbed(
                functools.partial(run_once, options, environment, who, size, connections)))
    return results


def row(results, who):
    runs, own = results[who], results["weir"]
    rates = [run["rate"] for run in runs]
    disturbed = sum(run["disturbed"] for run in runs)
    faster = middle(a["rate"] / b["rate"] for a, b in zip(own, runs))
    cheaper = middle(b["cost_us"] / a["cost_us"] for a, b in zip(own, runs))
    return (who + (f" ({disturbed} disturbed)" if disturbed else ""),
            f"{middle(rates):.0f} ({min(rates):.0f}-{max(rates):.0f})", f"{faster:.2f}",
            f"{middle(run['cost_us'] for run in runs):.1f}", f"{cheaper:.2f}",
            str(runs[0]["reply_bytes"]))


def numbers(text):
    return [int(word) for word in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--build-dir", default=str(facts.ROOT / "build/release"))
    parser.add_argument("--sizes", type=numbers, default=[1024, 16384])
    parser.add_argument("--connections", type=numbers, default=[64])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--duration", type=float, default=2, metavar="SECONDS")
    report.add_option(parser)
    options = parser.parse_args()
    packages = facts.ROOT / "tests/wire/websocket"
    environment = npm_packages.environment_with(
        packages, pathlib.Path(options.build_dir) / "benchmarks/deflate/npm")
    found = facts.machine() | {
        "node": facts.command_output("node", "--version"),
        "flags": facts.compiler(options.build_dir, "deflate_load.cpp"),
        "method": f"{options.rounds} interleaved rounds of {options.duration} s",
    }
    for name, fact in found.items():
        print(f"{name}: {fact}")
    tables = report.Tables(__file__, __doc__, options, found)
    for connections in options.connections:
        for size in options.sizes:
            results = run_cell(options, environment, size, connections)
            title = f"{size} B of JSON, {connections} connections"
            print(f"\n### {title}\n\n| " + " | ".join(HEADINGS) + " |")
            print("|---|" + "---:|" * (len(HEADINGS) - 1))
            rows = [row(results, who) for who in results]
            for cells in rows:
                print("| " + " | ".join(cells) + " |", flush=True)
            bars = [report.bar("messages/s", who, *(pick([run["rate"] for run in runs])
                                                    for pick in (min, middle, max)))
                    for who, runs in results.items()]
            tables.add(title, HEADINGS, rows, bars)


if __name__ == "__main__":
    main()
