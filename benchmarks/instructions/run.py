#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Instructions that the echo servers take in user space for a message, counted by callgrind.

usage: benchmarks/instructions/run.py [--build-dir build/release] [--connections 64]

What else goes on does not change them, so they tell small changes apart that no clock can on a
shared machine. Of the kernel's part they say nothing. Each server runs twice, for a shorter and a
longer time, and the difference is divided: so what start and handshakes take does not count.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import echo_servers  # noqa: E402
import facts  # noqa: E402
import report  # noqa: E402

CELLS = (("tcp", 20, 1), ("tcp", 20, 16), ("ws", 125, 1), ("ws", 125, 16))  # bytes, depth
SECONDS = 2, 6


def count(options, command, url, size, depth, seconds):
    """Messages, and the server's instructions since its start."""
    with tempfile.TemporaryDirectory(prefix="instructions-") as folder:
        # A server that is so slow complains about stalls.
        server, port = facts.start_server(
            f"valgrind --tool=callgrind --callgrind-out-file={folder}/counted {command}",
            complaints=subprocess.DEVNULL)
        try:
            done = subprocess.run(
                [f"{options.build_dir}/benchmarks/echo/epoll_load", "--url", f"{url}:{port}",
                 "--connections", str(options.connections), "--size", str(size),
                 "--depth", str(depth), "--duration", str(seconds), "--warmup", "0"],
                capture_output=True, text=True, timeout=90, check=True)
            subprocess.run(["callgrind_control", "--dump", str(server.pid)], check=True,
                           capture_output=True, timeout=60)
        finally:
            server.kill()  # it holds up what would end it
            facts.stop(server)
        dumped = pathlib.Path(folder, "counted.1").read_text()
    total = re.search(r"^(?:totals|summary): (\d+)", dumped, re.MULTILINE).group(1)
    return json.loads(done.stdout)["messages"], int(total)


def instructions(options, command, protocol, size, depth):
    (few, before), (many, after) = (
        count(options, command, f"{protocol}://127.0.0.1", size, depth, seconds)
        for seconds in SECONDS)
    return (after - before) / (many - few)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build-dir", default=str(facts.ROOT / "build/release"))
    parser.add_argument("--connections", type=int, default=64)
    report.add_option(parser)
    options = parser.parse_args()
    if shutil.which("valgrind") is None:
        sys.exit("valgrind is missing: apt-get install valgrind")
    for name, fact in facts.machine().items():
        print(f"{name}: {fact}")
    tables = report.Tables(__file__, __doc__, options)
    columns = "server", "instructions a message"
    for protocol, size, depth in CELLS:
        title = f"{protocol} {size} B x {options.connections}, depth {depth}"
        print(f"\n### {title}\n\n| " + " | ".join(columns) + " |\n|---|---:|")
        rows = []
        for name, command in echo_servers.commands(options.build_dir, protocol).items():
            each = instructions(options, command, protocol, size, depth)
            rows.append((name, f"{each:.0f}"))
            print("| " + " | ".join(rows[-1]) + " |", flush=True)
        bars = [report.bar("instructions", name, *[float(each)] * 3) for name, each in rows]
        tables.add(title, columns, rows, bars)


if __name__ == "__main__":
    main()
