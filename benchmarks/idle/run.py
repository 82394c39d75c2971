#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Memory of idle WebSocket connections: what a server's process grows by for each, over TCP, over
TLS and with compression, after one message and after hibernating; and what the kernel keeps.

usage: benchmarks/idle/run.py [--build-dir build/release] [--connections 10000,50000]
                              [--servers weir,weir-deflate,weir-context,weir-tls,beast,...]

User space is the growth of the server's RssAnon between the first 1,000 connections and the last;
the clients are another process, and not counted. Each client sends one message, which is compressed
where that was agreed on, and hears its echo; then all are idle. The kernel's share is the growth of
Slab, counted for the server's and the client's socket together, because both live on this machine:
an upper bound that other processes disturb. A count that the hard limit of open files does not
allow, or the memory for those that keep the context of compression, is cut, and said so.
"""

import argparse
import contextlib
import os
import pathlib
import re
import resource
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import facts  # noqa: E402
import report  # noqa: E402

WEIR = "{build}/examples/ws_echo --listen 127.0.0.1:0 --shards 1 --ping-after 0"
OTHER = "{build}/benchmarks/echo/%s --protocol ws --listen 127.0.0.1:0"
WARM_UP = 1000
RESERVED_FILES = 100  # what client and server need besides the connections
ADDRESS_PORTS = 20_000  # connections from one source address
MASK = b"\x11\x22\x33\x44"
TEXT = b"{\"hello\":\"idle\"}," * 120
CONTEXT_BYTES = 320 << 10  # of a connection that keeps context, awake


class Kind:
    """A server, how it is spoken to, and whether it can be told when to hibernate."""

    def __init__(self, command, offer=None, is_tls=False, keeps_context=False):
        self.command = command
        self.offer = offer
        self.is_tls = is_tls
        self.keeps_context = keeps_context
        self.hibernates = "ws_echo" in command

    def patience(self, count):
        """After how many seconds they hibernate. Where that makes a difference, not before the
        last one is there."""
        return 5 + count // 500 if self.keeps_context else 5


CONTEXT_POOL = " --coder-pool-mib 4096"
KINDS = {
    "weir": Kind(WEIR),
    "weir-deflate": Kind(WEIR + " --deflate", "permessage-deflate"),
    "weir-context": Kind(WEIR + " --keep-context" + CONTEXT_POOL, "permessage-deflate",
                         keeps_context=True),
    "weir-tls": Kind(WEIR + " --tls-cert {tls}/chain.pem --tls-key {tls}/key.pem", is_tls=True),
    "raw_uring": Kind(OTHER % "raw_uring"),
    "raw_epoll": Kind(OTHER % "raw_epoll"),
    "beast": Kind(OTHER % "beast_echo"),
    "beast_co": Kind(OTHER % "beast_echo" + " --coroutines"),
}


def kibibytes(path, name):
    found = re.search(rf"^{name}:\s+(\d+) kB", pathlib.Path(path).read_text(), re.MULTILINE)
    return int(found.group(1)) if found else 0


def user_bytes(pid):
    return 1024 * kibibytes(f"/proc/{pid}/status", "RssAnon")


def slab_bytes():
    return 1024 * kibibytes("/proc/meminfo", "Slab")


def frame(payload, first):
    """A masked frame of up to 65,535 bytes."""
    size = len(payload)
    if size < 126:
        head = bytes([first, 0x80 | size])
    else:
        head = bytes([first, 0xFE]) + size.to_bytes(2, "big")
    masked = bytes(byte ^ MASK[i % 4] for i, byte in enumerate(payload))
    return head + MASK + masked


def compressed(payload):
    coder = zlib.compressobj(6, zlib.DEFLATED, -15)
    return (coder.compress(payload) + coder.flush(zlib.Z_SYNC_FLUSH))[:-4]


def read_exactly(peer, size):
    data = b""
    while len(data) < size:
        piece = peer.recv(size - len(data))
        if not piece:
            sys.exit("a connection was closed")
        data += piece
    return data


def read_message(peer):
    size = read_exactly(peer, 2)[1]
    if size == 126:
        size = int.from_bytes(read_exactly(peer, 2), "big")
    return read_exactly(peer, size)


class Crowd:
    """Clients of one server, each of which has said something and is silent since."""

    def __init__(self, kind, port, network):
        self.kind = kind
        self.port = port
        self.network = network
        self.sockets = []
        offer = f"Sec-WebSocket-Extensions: {kind.offer}\r\n" if kind.offer else ""
        self.request = (f"GET / HTTP/1.1\r\nHost: idle\r\nUpgrade: websocket\r\n"
                        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n{offer}"
                        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode()
        self.message = frame(compressed(TEXT), 0xC1) if kind.offer else frame(TEXT, 0x81)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.tls.check_hostname = False
        self.tls.verify_mode = ssl.CERT_NONE  # who the server is, is not what is measured

    def grow_to(self, count):
        while len(self.sockets) < count:
            self.sockets.append(self.join(len(self.sockets)))

    def join(self, index):
        plain = socket.socket()
        plain.bind((f"127.0.{self.network}.{1 + index // ADDRESS_PORTS}", 0))
        plain.connect(("127.0.0.1", self.port))
        peer = self.tls.wrap_socket(plain) if self.kind.is_tls else plain
        peer.sendall(self.request)
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            piece = peer.recv(4096)
            if not piece:
                sys.exit(f"connection {index} was closed in its handshake")
            answer += piece
        if not answer.startswith(b"HTTP/1.1 101"):
            sys.exit(f"connection {index} was refused: {answer[:40]!r}")
        if bool(self.kind.offer) != (b"permessage-deflate" in answer):
            sys.exit(f"connection {index} agreed on something else: {answer!r}")
        peer.sendall(self.message)
        read_message(peer)
        # What OpenSSL keeps on this side is not looked at: the descriptor is enough.
        return socket.socket(fileno=peer.detach()) if self.kind.is_tls else peer

    def close(self):
        for each in self.sockets:
            each.close()


def settled(read):
    """A figure after the servers' last work has ended."""
    time.sleep(0.5)
    return read()


def measure(kind, command, count, network):
    """(awake, hibernating or None, kernel) bytes a connection. Each run has a network of its own,
    because the ports of the one before stay taken for a minute."""
    patience = kind.patience(count)
    if kind.hibernates:
        command += f" --hibernate-after {patience}"
    server, port = facts.start_server(command)
    crowd = Crowd(kind, port, network)
    each = count - WARM_UP
    hibernating = None
    try:
        crowd.grow_to(WARM_UP)
        if kind.hibernates:
            time.sleep(patience + 1)  # so that the first are left out of both figures
        user, slab = settled(lambda: (user_bytes(server.pid), slab_bytes()))
        begin = time.monotonic()
        crowd.grow_to(count)
        if kind.keeps_context and time.monotonic() - begin > patience:
            print("(the first hibernated before the last came: their figures are too small)")
        awake, slab_end = settled(lambda: (user_bytes(server.pid), slab_bytes()))
        if kind.hibernates:
            time.sleep(patience + 1)
            hibernating = (settled(lambda: user_bytes(server.pid)) - user) / each
    finally:
        crowd.close()
        facts.stop(server)
    return (awake - user) / each, hibernating, (slab_end - slab) / each


def possible(name, wanted, hard):
    """How many of them this machine allows, and why not more."""
    if wanted > hard - RESERVED_FILES:
        wanted = hard - RESERVED_FILES
        print(f"{name}: {wanted}, because the hard limit of open files is {hard}")
    if name == "weir-context":
        memory = 1024 * kibibytes("/proc/meminfo", "MemAvailable") // 4
        if wanted * CONTEXT_BYTES > memory:
            wanted = memory // CONTEXT_BYTES
            print(f"{name}: {wanted}, because each takes {CONTEXT_BYTES} bytes while it is awake")
    return wanted


@contextlib.contextmanager
def certificate():
    """A folder with a key and a certificate of its own."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=idle", "-days", "2",
                        "-keyout", f"{folder}/key.pem", "-out", f"{folder}/chain.pem"],
                       check=True, stderr=subprocess.DEVNULL)
        yield folder


def run_count(wanted, options, folder, networks, tables):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    print(f"\n### {wanted} idle WebSocket connections\n")
    found, bars = [], []
    for name in options.servers.split(","):
        kind = KINDS[name]
        command = kind.command.format(build=options.build_dir, tls=folder)
        if not os.access(command.split()[0], os.X_OK):
            print(f"{name}: not built")
            continue
        count = possible(name, wanted, hard)
        awake, hibernating, kernel = measure(kind, command, count, next(networks))
        shown = "-" if hibernating is None else f"{hibernating:.0f}"
        found.append((name, str(count), f"{awake:.0f}", shown, f"{kernel:.0f}"))
        bars.append(report.bar("after a message", name, *[awake] * 3, "B"))
        if hibernating is not None:
            bars.append(report.bar("hibernating", name, *[hibernating] * 3, "B"))
    columns = ("server", "connections", "user space after a message, bytes each",
               "hibernating, bytes each", "kernel, bytes a pair of sockets")
    print("\n| " + " | ".join(columns) + " |\n|---|---:|---:|---:|---:|")
    for row in found:
        print("| " + " | ".join(row) + " |")
    bars.sort(key=lambda each: each["group"])
    tables.add(f"{wanted} idle WebSocket connections", columns, found, bars)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build-dir", default=str(facts.ROOT / "build/release"))
    parser.add_argument("--connections", default="10000,50000")
    parser.add_argument("--servers", default=",".join(KINDS))
    report.add_option(parser)
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # servers inherit it
    for name, fact in facts.machine().items():
        print(f"{name}: {fact}")
    networks = iter(range(1, 255))
    tables = report.Tables(__file__, __doc__, options)
    with certificate() as folder:
        for wanted in map(int, options.connections.split(",")):
            run_count(wanted, options, folder, networks, tables)


if __name__ == "__main__":
    main()
