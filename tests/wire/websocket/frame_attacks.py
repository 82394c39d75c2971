# SPDX-License-Identifier: Apache-2.0
"""Frames that break the rules of RFC 6455 5."""

from attack import MIB, answer_to, attack, expect, serve_one
from raw_client import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, RawClient, close_frame, frame


@attack
def unmasked_frames_are_refused(server):
    for opcode in (TEXT, BINARY, CLOSE, PING, PONG):
        expect(f"opcode {opcode}", answer_to(server, frame(opcode, b"", masked=False)), 1002)


@attack
def reserved_bits_are_refused(server):
    for bits in range(1, 8):
        for opcode in (TEXT, BINARY, CLOSE, PING, PONG):
            got = answer_to(server, frame(opcode, b"", reserved=bits))
            expect(f"bits {bits} on opcode {opcode}", got, 1002)
        got = answer_to(server, frame(TEXT, b"a", fin=False),
                        frame(CONTINUATION, b"b", reserved=bits))
        expect(f"bits {bits} on a continuation", got, 1002)


@attack
def reserved_opcodes_are_refused(server):
    for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
        for payload in (b"", b"x", b"y" * 126):
            for fin in (True, False):
                got = answer_to(server, frame(opcode, payload, fin=fin))
                expect(f"opcode {opcode} of {len(payload)} bytes", got, 1002)


@attack
def lengths_that_are_not_minimal_are_refused(server):
    for opcode in (TEXT, BINARY, PING, CLOSE):
        for length, length_bytes in ((0, 2), (125, 2), (0, 8), (125, 8), (126, 8), (65535, 8)):
            got = answer_to(server, frame(opcode, b"z" * length, length_bytes=length_bytes))
            expect(f"{length} in {length_bytes} bytes, opcode {opcode}", got, 1002)


@attack
def a_length_with_the_top_bit_is_refused(server):
    for length in (1 << 63, (1 << 64) - 1, (1 << 63) + 5):
        expect(hex(length), answer_to(server, frame(BINARY, length=length)), 1002)


@attack
def lengths_over_the_limit_are_refused_at_the_header(server):
    for length in (16 * MIB + 1, 1 << 32, (1 << 63) - 1):
        for opcode in (TEXT, BINARY):
            expect(hex(length), answer_to(server, frame(opcode, length=length)), 1009)
    got = answer_to(server, frame(BINARY, b"a" * 10, fin=False),
                    frame(CONTINUATION, length=16 * MIB - 9))
    expect("sum of fragments", got, 1009)


@attack
def announced_lengths_cost_no_memory(server):
    before = server.resident_bytes()
    clients = [RawClient(server.address) for _ in range(200)]
    for number, client in enumerate(clients):
        fin = number % 2 == 0
        client.send(frame(BINARY, b"only these", fin=fin, length=16 * MIB))
    serve_one(server)
    grown = server.resident_bytes() - before
    expect(f"200 x 16 MiB announced, {grown} bytes", grown < 40 * MIB, True)
    for client in clients:
        client.socket.close()


@attack
def control_frames_over_125_bytes_are_refused(server):
    for opcode in (CLOSE, PING, PONG):
        for length in (126, 127, 65535, 65536):
            got = answer_to(server, frame(opcode, b"\x03\xe8" + b"c" * (length - 2)))
            expect(f"opcode {opcode} of {length}", got, 1002)


@attack
def fragmented_control_frames_are_refused(server):
    for opcode in (CLOSE, PING, PONG):
        expect(f"opcode {opcode}", answer_to(server, frame(opcode, b"", fin=False)), 1002)
        got = answer_to(server, frame(TEXT, b"a", fin=False), frame(opcode, b"", fin=False))
        expect(f"opcode {opcode} inside a message", got, 1002)


@attack
def fragments_out_of_order_are_refused(server):
    expect("continuation first", answer_to(server, frame(CONTINUATION, b"a")), 1002)
    expect("unfinished continuation first",
           answer_to(server, frame(CONTINUATION, b"a", fin=False)), 1002)
    for first in (TEXT, BINARY):
        for second in (TEXT, BINARY):
            for fin in (True, False):
                got = answer_to(server, frame(first, b"a", fin=False), frame(second, b"b", fin=fin))
                expect(f"{second} inside {first}", got, 1002)
    expect("continuation after the end",
           answer_to(server, frame(TEXT, b"a", fin=False), frame(CONTINUATION, b"b"),
                     frame(CONTINUATION, b"c")), 1002)


@attack
def control_frames_between_fragments_are_served(server):
    with RawClient(server.address) as client:
        client.send(frame(TEXT, "Grü".encode()[:3], fin=False) + frame(PING, b"one"))
        client.send(frame(CONTINUATION, "Grü".encode()[3:], fin=False) + frame(PONG, b"unasked"))
        client.send(frame(CONTINUATION, b"", fin=False) + frame(PING, b"two"))
        client.send(frame(CONTINUATION, "ße".encode()))
        expect("first", client.frame(), (PONG, b"one"))
        expect("second", client.frame(), (PONG, b"two"))
        expect("message", client.frame(), (TEXT, "Grüße".encode()))
        client.send(close_frame(1000))
        expect("close", client.close_code(), 1000)
