#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""System calls a message of the echo servers, counted by strace while they serve.

usage: benchmarks/syscalls/run.py [--build-dir build/release] [--connections 64,512]

strace makes each call slower, so more messages gather between two calls than without it; the counts
of servers that are watched alike can still be compared.
"""

import argparse
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import echo_servers  # noqa: E402
import facts  # noqa: E402
import report  # noqa: E402

CELLS = (("tcp", 20), ("ws", 20), ("ws", 16384))
LINE = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", re.MULTILINE)


def load(build, protocol, port, size, connections):
    command = [f"{build}/benchmarks/echo/epoll_load", "--url", f"{protocol}://127.0.0.1:{port}",
               "--connections", str(connections), "--size", str(size), "--depth", "1",
               "--duration", "2", "--warmup", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def count(options, command, protocol, size, connections):
    """Messages, and calls by name."""
    # A server that is stopped at each call complains about stalls.
    server, port = facts.start_server(command, complaints=subprocess.DEVNULL)
    with tempfile.NamedTemporaryFile("r", prefix="syscalls-") as report:
        watcher = subprocess.Popen(
            ["strace", "-c", "-f", "-q", "-o", report.name, "-p", str(server.pid)])
        try:
            time.sleep(0.5)  # until it is attached
            result = load(options.build_dir, protocol, port, size, connections)
        finally:
            watcher.send_signal(signal.SIGINT)
            watcher.wait(20)
            facts.stop(server)
        calls = {name: int(number) for number, name in LINE.findall(report.read())}
    calls.pop("total", None)
    return result["messages"], calls


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build-dir", default=str(facts.ROOT / "build/release"))
    parser.add_argument("--connections", default="64,512")
    report.add_option(parser)
    options = parser.parse_args()
    if shutil.which("strace") is None:
        sys.exit("strace is missing: apt-get install strace")
    for name, fact in facts.machine().items():
        print(f"{name}: {fact}")
    tables = report.Tables(__file__, __doc__, options)
    for protocol, size in CELLS:
        for connections in map(int, options.connections.split(",")):
            print(f"\n### {protocol} {size} B x {connections}, depth 1\n")
            print("| server | calls a message | of these |\n|---|---:|---|")
            found = []
            for name, command in echo_servers.commands(options.build_dir, protocol).items():
                messages, calls = count(options, command, protocol, size, connections)
                most = sorted(calls.items(), key=lambda call: -call[1])[:3]
                named = ", ".join(f"{call} {number / messages:.4f}" for call, number in most)
                each = sum(calls.values()) / messages
                print(f"| {name} | {each:.4f} | {named} |", flush=True)
                found.append((name, f"{each:.4f}", named))
            bars = [report.bar("calls", name, *[float(each)] * 3) for name, each, _ in found]
            tables.add(f"{protocol} {size} B x {connections}, depth 1",
                       ("server", "calls a message", "of these"), found, bars)


if __name__ == "__main__":
    main()
