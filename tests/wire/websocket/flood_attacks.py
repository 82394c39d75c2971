# SPDX-License-Identifier: Apache-2.0
"""Clients that send more than anybody should, or never read."""

import os
import time

from attack import MIB, answer_to, attack, expect, serve_one
from raw_client import BINARY, CONTINUATION, PING, PONG, TEXT, RawClient, frame


@attack
def a_flood_of_pings_is_bounded_and_the_newest_is_answered(server):
    before = server.resident_bytes()
    with RawClient(server.address, timeout=60) as client:
        for number in range(0, 100_000, 100):
            client.send(b"".join(frame(PING, b"%06d" % (number + i) + b"p" * 119)
                                 for i in range(100)))
        serve_one(server)
        grown = server.resident_bytes() - before
        expect(f"after 100,000 pings, {grown} bytes", grown < 24 * MIB, True)
        pongs, last = 0, b""
        while last[:6] != b"099999":
            opcode, last = client.frame()
            expect("opcode", opcode, PONG)
            pongs += 1
        expect(f"{pongs} pongs", 1 <= pongs <= 100_000, True)
        client.send(frame(TEXT, b"still here"))
        expect("echo", client.frame(), (TEXT, b"still here"))


@attack
def a_thousand_pings_one_after_the_other_are_all_answered(server):
    with RawClient(server.address) as client:
        for number in range(1000):
            payload = b"%d" % number
            client.send(frame(PING, payload))
            expect("pong", client.frame(), (PONG, payload))


@attack
def too_many_fragments_are_refused(server):
    pieces = [frame(BINARY, b"0", fin=False)]
    pieces += [frame(CONTINUATION, b"1", fin=False)] * 200_000
    expect("200,000 fragments", answer_to(server, b"".join(pieces)), 1009)
    empty = frame(CONTINUATION, b"", fin=False)
    got = answer_to(server, frame(TEXT, b"", fin=False) + empty * 200_000)
    expect("empty fragments", got, 1009)


@attack
def as_many_fragments_as_are_allowed_are_echoed(server):
    with RawClient(server.address) as client:
        payload = os.urandom(65_536)
        pieces = [frame(BINARY if i == 0 else CONTINUATION, payload[i:i + 1], fin=i == 65_535)
                  for i in range(65_536)]
        client.send(b"".join(pieces))
        expect("echo", client.frame() == (BINARY, payload), True)


@attack
def a_client_that_never_reads_costs_bounded_memory(server):
    before = server.resident_bytes()
    clients = [RawClient(server.address) for _ in range(20)]
    message = frame(BINARY, b"m" * 60_000)
    for client in clients:
        client.socket.setblocking(False)
        sent = 0
        quiet_since = time.monotonic()
        while sent < 64 * MIB and time.monotonic() - quiet_since < 0.2:
            try:
                sent += client.socket.send(message[sent % len(message):])
                quiet_since = time.monotonic()
            except BlockingIOError:
                time.sleep(0.005)
        expect("64 MiB were taken from a client that reads nothing", sent < 64 * MIB, True)
    serve_one(server)
    grown = server.resident_bytes() - before
    expect(f"20 clients that do not read, {grown} bytes", grown < 20 * 3 * MIB, True)
    for client in clients:
        client.reset()
