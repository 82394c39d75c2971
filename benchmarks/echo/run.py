#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the echo servers against each other and prints what each reaches.

Servers are interleaved (A B C A B C ...), because a machine drifts by more in an hour than the
differences that matter; every ratio is therefore taken inside one round, and only then is the
median taken. It is to the hand-written server that is the faster one of the cell, by its median:
the faster one of each round would be luckier than either. A round during which other processes took
the machine is repeated, a few times.

    benchmarks/echo/run.py [--build-dir build/release] [--quick] [--rounds 5] [--json FILE]
        [--servers raw_uring,raw_epoll,weir,...] [--server 'NAME=COMMAND'] [--cell ws:1024x64d1]

COMMAND may hold {protocol}, {cpu}, {build} and {port}. It must print `listening on HOST:PORT` as
its first line unless {port} was given, which is then a free port.
"""

import argparse
import functools
import json
import os
import pathlib
import re
import shlex
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import facts  # noqa: E402
import pinned  # noqa: E402
import report  # noqa: E402

SIZES = (20, 125, 1024, 16384, 262144)
WINDOWS = ((1, 1), (64, 1), (512, 1), (64, 16))  # connections, messages in flight on each
QUICK = ((20, 64, 1), (1024, 64, 1), (16384, 64, 1), (20, 64, 16))
BASELINES = ("raw_uring", "raw_epoll")

RAW = "{build}/benchmarks/echo/%s --protocol {protocol} --listen 127.0.0.1:0 --cpu {cpu}"
DEFAULT_SERVERS = {
    "raw_uring": {"tcp": RAW % "raw_uring", "ws": RAW % "raw_uring"},
    "raw_epoll": {"tcp": RAW % "raw_epoll", "ws": RAW % "raw_epoll"},
    "weir": {
        "tcp": "{build}/examples/tcp_echo --listen 127.0.0.1:0 --shards 1",
        "ws": "{build}/examples/ws_echo --listen 127.0.0.1:0 --shards 1",
    },
    "asio": {"tcp": RAW % "asio_echo"},
    "asio_co": {"tcp": RAW % "asio_echo" + " --coroutines"},
    "beast": {"ws": RAW % "beast_echo"},
    "beast_co": {"ws": RAW % "beast_echo" + " --coroutines"},
}


# ---- one run ----


def generate(options, protocol, port, cell):
    size, connections, depth = cell
    command = [
        f"{options.build_dir}/benchmarks/echo/epoll_load",
        "--url", f"{protocol}://127.0.0.1:{port}",
        "--connections", str(connections), "--size", str(size), "--depth", str(depth),
        "--duration", str(options.duration), "--warmup", str(options.warmup),
        "--cpu", str(pinned.GENERATOR_CPU),
    ]
    return json.loads(pinned.load(command, options.duration + options.warmup + 20))


def run_once(options, template, protocol, cell):
    port = pinned.free_port() if "{port}" in template else None
    process, port = pinned.start(template.format(
        protocol=protocol, cpu=pinned.SERVER_CPU, build=options.build_dir, port=port), port)
    try:
        run = pinned.Run(process)
        result = generate(options, protocol, port, cell)
        run.end()
    finally:
        facts.stop(process)
    result["foreign_cpu"] = run.foreign
    result["server_user"], result["server_system"] = run.user, run.system
    result["server_us_per_message"] = 1e6 * (run.user + run.system) / max(result["rate"], 1e-9)
    return result


# ---- one cell ----


def run_cell(options, servers, protocol, cell):
    """Returns name -> list of results, one a round; a server that fails is dropped and named."""
    results = {name: [] for name in servers}
    for _ in range(options.rounds):
        for name in list(results):
            try:
                attempt = functools.partial(
                    run_once, options, servers[name][protocol], protocol, cell)
                results[name].append(pinned.undisturbed(attempt))
            except pinned.Failed as error:
                print(f"!! {name}: {error}; it has no row below")
                del results[name]
    return results


def rates(runs):
    return [run["rate"] for run in runs]


def ratios(results, name):
    """Per round, against the baseline that is faster in this cell."""
    baselines = [rates(results[b]) for b in BASELINES if results.get(b)]
    if not baselines:
        return []
    rival = max(baselines, key=statistics.median)
    return [own / other for own, other in zip(rates(results[name]), rival)]


def short(number):
    for limit, divisor, unit in ((1e6, 1e6, "M"), (1e4, 1e3, "K")):
        if number >= limit:
            digits = 2 if unit == "M" else 1
            return f"{number / divisor:.{digits}f}{unit}"
    return f"{number:.0f}"


def row(results, name):
    runs = results[name]

    def middle(key):
        return statistics.median(run[key] for run in runs)

    reached = rates(runs)
    against = ratios(results, name)
    return (
        name + (" (disturbed)" if any(run["disturbed"] for run in runs) else ""),
        f"{short(statistics.median(reached))} ({short(min(reached))}-{short(max(reached))})",
        f"{statistics.median(against):.2f}" if against else "-",
        f"{middle('p50_us'):.0f} / {middle('p99_us'):.0f}",
        f"{middle('max_over_mean'):.2f}",
        f"{100 * middle('server_user'):.0f} + {100 * middle('server_system'):.0f}",
        f"{100 * middle('generator_cpu'):.0f}",
        f"{middle('server_us_per_message'):.2f}",
    )


HEADINGS = (
    "server", "messages/s: median (min-max)", "ratio", "p50 / p99 us", "max/mean",
    "server user + system %", "generator %", "server us/message",
)


def print_cell(results, protocol, cell):
    print(f"\n### {protocol} {cell[0]} B x {cell[1]}, depth {cell[2]}\n")
    print("| " + " | ".join(HEADINGS) + " |")
    print("|---|" + "---:|" * (len(HEADINGS) - 1))
    for name, runs in results.items():
        if runs:
            print("| " + " | ".join(row(results, name)) + " |")
    sys.stdout.flush()


def hand_over(tables, results, protocol, cell):
    measured = {name: rates(runs) for name, runs in results.items() if runs}
    bars = [report.bar("messages/s", name, min(each), statistics.median(each), max(each))
            for name, each in measured.items()]
    tables.add(f"{protocol} {cell[0]} B x {cell[1]}, depth {cell[2]}", HEADINGS,
               [row(results, name) for name in measured], bars)


def hand_over_latencies(tables, cells):
    """p99 over the size of messages, for each protocol and window that had several sizes."""
    lines = {}
    for each in cells:
        window = each["protocol"], each["connections"], each["depth"]
        for name, server in each["servers"].items():
            if server["runs"]:
                middle = statistics.median(run["p99_us"] for run in server["runs"])
                lines.setdefault(window, {}).setdefault(name, []).append((each["size"], middle))
    for (protocol, connections, depth), by_server in lines.items():
        if any(len(points) > 1 for points in by_server.values()):
            tables.add(f"{protocol}: p99 by size, {connections} connections, depth {depth}", [], [],
                       curves=report.curves("bytes of a message", "p99, us", by_server, True))


# ---- the machine and the choice of what to run ----


def describe(options):
    found = facts.machine() | {
        "tcp": facts.read_first("/proc/sys/net/ipv4/tcp_congestion_control", "(.*)"),
        "cpus": f"server on {pinned.SERVER_CPU}, generator on {pinned.GENERATOR_CPU}",
        "flags": facts.compiler(options.build_dir, "raw_uring.cpp"),
        "method": f"{options.rounds} interleaved rounds, {options.warmup} s warm-up, "
        f"{options.duration} s measured; ratio: to the faster of {' and '.join(BASELINES)}",
    }
    for name, fact in found.items():
        print(f"{name}: {fact}")
    return found


def parse_cell(text):
    found = re.fullmatch(r"(tcp|ws):(\d+)x(\d+)(?:d(\d+))?", text)
    if found is None:
        raise argparse.ArgumentTypeError("expected tcp|ws:SIZExCONNECTIONS[dDEPTH]")
    protocol, size, connections, depth = found.groups()
    return protocol, (int(size), int(connections), int(depth or 1))


def chosen_cells(options):
    if options.cell:
        return options.cell
    if options.quick:
        cells = QUICK
    else:
        cells = [(size, connections, depth) for connections, depth in WINDOWS for size in SIZES]
    return [(protocol, cell) for protocol in options.protocols.split(",") for cell in cells]


def chosen_servers(options):
    servers = {n: dict(c) for n, c in DEFAULT_SERVERS.items()}
    if options.servers:
        wanted = options.servers.split(",")
        for unknown in set(wanted) - set(servers):
            sys.exit(f"unknown server {unknown}; there are {', '.join(servers)}")
        servers = {n: servers[n] for n in wanted}
    for text in options.server:
        name, _, command = text.partition("=")
        servers[name] = {"tcp": command, "ws": command}
    for name in list(servers):
        for protocol, command in list(servers[name].items()):
            program = shlex.split(command.format(
                protocol=protocol, cpu=pinned.SERVER_CPU, build=options.build_dir, port=0))[0]
            if not os.access(program, os.X_OK) and "/" in program:
                print(f"!! {name} ({protocol}) is missing: {program} isn't there")
                del servers[name][protocol]
    return servers


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build-dir", default="build/release")
    parser.add_argument("--servers", help="names from the default list, comma-separated")
    parser.add_argument("--server", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--protocols", default="tcp,ws")
    parser.add_argument("--cell", action="append", type=parse_cell, metavar="ws:1024x64d1")
    parser.add_argument("--quick", action="store_true", help="four cells a protocol, 3 rounds")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--duration", type=float, default=1.0, metavar="SECONDS")
    parser.add_argument("--warmup", type=float, default=0.3, metavar="SECONDS")
    parser.add_argument("--json", metavar="FILE", help="write all runs")
    report.add_option(parser)
    options = parser.parse_args()
    options.rounds = options.rounds or (3 if options.quick else 5)
    return options


def main():
    options = parse_options()
    if not os.access(f"{options.build_dir}/benchmarks/echo/epoll_load", os.X_OK):
        sys.exit(f"no epoll_load under {options.build_dir}: build first, or give --build-dir")
    found = describe(options)
    servers = chosen_servers(options)
    collected = {"facts": found, "cells": []}
    tables = report.Tables(__file__, __doc__, options, found)
    for protocol, cell in chosen_cells(options):
        able = {n: c for n, c in servers.items() if protocol in c}
        results = run_cell(options, able, protocol, cell)
        print_cell(results, protocol, cell)
        hand_over(tables, results, protocol, cell)
        size, connections, depth = cell
        collected["cells"].append({
            "protocol": protocol, "size": size, "connections": connections, "depth": depth,
            "servers": {n: {"ratios": ratios(results, n), "runs": r} for n, r in results.items()},
        })
        # Written after every cell: a run that is cut short keeps what it has measured.
        if options.json:
            pathlib.Path(options.json).write_text(json.dumps(collected, indent=1) + "\n")
    hand_over_latencies(tables, collected["cells"])


if __name__ == "__main__":
    main()
