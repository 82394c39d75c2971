#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Memory of idle WebSocket connections: what a server's process grows by for each, and what the
kernel keeps besides.

usage: benchmarks/idle/run.py [--build-dir build/release] [--connections 10000,50000]

User space is the growth of RssAnon between the first 1,000 connections and the last. The kernel's
share is the growth of Slab, counted for the server's and the client's socket together, because both
live on this machine: an upper bound that other processes disturb. A count that the hard limit of
open files does not allow is cut to what it allows, and said so.
"""

import argparse
import os
import pathlib
import re
import resource
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import facts  # noqa: E402
import report  # noqa: E402

OTHER = "{build}/benchmarks/echo/%s --protocol ws --listen 127.0.0.1:0"
SERVERS = {
    "weir": "{build}/examples/ws_echo --listen 127.0.0.1:0 --shards 1",
    "raw_uring": OTHER % "raw_uring",
    "raw_epoll": OTHER % "raw_epoll",
    "beast": OTHER % "beast_echo",
    "beast_co": OTHER % "beast_echo" + " --coroutines",
}
WARM_UP = 1000
RESERVED_FILES = 100  # what client and server need besides the connections
REQUEST = (b"GET / HTTP/1.1\r\nHost: idle\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")


def kibibytes(path, name):
    found = re.search(rf"^{name}:\s+(\d+) kB", pathlib.Path(path).read_text(), re.MULTILINE)
    return int(found.group(1)) if found else 0


def user_bytes(pid):
    return 1024 * kibibytes(f"/proc/{pid}/status", "RssAnon")


def slab_bytes():
    return 1024 * kibibytes("/proc/meminfo", "Slab")


def connect(port, network, index):
    """One accepted WebSocket; 20,000 to a source address, so that ports last."""
    peer = socket.socket()
    peer.bind((f"127.0.{network}.{1 + index // 20000}", 0))
    peer.connect(("127.0.0.1", port))
    peer.sendall(REQUEST)
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        piece = peer.recv(4096)
        if not piece:
            sys.exit(f"connection {index} was closed in its handshake")
        answer += piece
    if not answer.startswith(b"HTTP/1.1 101"):
        sys.exit(f"connection {index} was refused: {answer[:40]!r}")
    return peer


def settled(read):
    """A figure after the servers' last work has ended."""
    time.sleep(0.5)
    return read()


def measure(command, count, network):
    """(user, kernel) bytes a connection. Each run has a network of its own, because the ports of
    the one before stay taken for a minute."""
    server, port = facts.start_server(command)
    peers = []
    try:
        peers += [connect(port, network, i) for i in range(WARM_UP)]
        user, slab = settled(lambda: (user_bytes(server.pid), slab_bytes()))
        peers += [connect(port, network, i) for i in range(WARM_UP, count)]
        user_end, slab_end = settled(lambda: (user_bytes(server.pid), slab_bytes()))
    finally:
        for peer in peers:
            peer.close()
        facts.stop(server)
    each = count - WARM_UP
    return (user_end - user) / each, (slab_end - slab) / each


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build-dir", default=str(facts.ROOT / "build/release"))
    parser.add_argument("--connections", default="10000,50000")
    parser.add_argument("--servers", default=",".join(SERVERS))
    report.add_option(parser)
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # servers inherit it
    for name, fact in facts.machine().items():
        print(f"{name}: {fact}")
    networks = iter(range(1, 255))
    tables = report.Tables(__file__, __doc__, options)
    for wanted in map(int, options.connections.split(",")):
        count = min(wanted, hard - RESERVED_FILES)
        print(f"\n### {count} idle WebSocket connections\n")
        if count < wanted:
            print(f"{wanted} were wanted; the hard limit of open files is {hard}.\n")
        print("| server | user space, bytes each | kernel, bytes a pair of sockets |")
        print("|---|---:|---:|")
        found = []
        for name in options.servers.split(","):
            command = SERVERS[name].format(build=options.build_dir)
            if not os.access(command.split()[0], os.X_OK):
                print(f"| {name} | not built | |")
                continue
            user, kernel = measure(command, count, next(networks))
            print(f"| {name} | {user:.0f} | {kernel:.0f} |", flush=True)
            found.append((name, f"{user:.0f}", f"{kernel:.0f}"))
        bars = [report.bar("user space", name, *[float(user)] * 3, "B") for name, user, _ in found]
        tables.add(f"{count} idle WebSocket connections",
                   ("server", "user space, bytes each", "kernel, bytes a pair of sockets"), found,
                   bars)


if __name__ == "__main__":
    main()
