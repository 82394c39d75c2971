# SPDX-License-Identifier: Apache-2.0
"""Attacks a WebSocket echo server over raw sockets: attacker.py PROGRAM [--seed N] [--only WORD].

Each attack is a function whose name says what must hold. After each one the server must still serve
a well-behaved client, must have closed every descriptor, and must not have grown.
"""

import argparse
import os
import random
import socket
import sys
import threading
import time
import traceback

from raw_client import (BINARY, CLOSE, CONTINUATION, KEY, PING, PONG, TEXT, Ended, RawClient,
                        close_frame, frame, request)
from server_process import ServerProcess

MIB = 1 << 20
ATTACKS = []
FAILURES = []


def attack(function):
    ATTACKS.append(function)
    return function


def expect(what, got, *wanted):
    if got not in wanted:
        FAILURES.append(f"{what}: got {got!r}, wanted {' or '.join(map(repr, wanted))}")
        print("   ", FAILURES[-1], flush=True)


def answer_to(server, *pieces, handshake=True, half_close=False):
    """The close code, or how the server ended, after `pieces` in a fresh connection."""
    with RawClient(server.address, handshake=handshake) as client:
        for piece in pieces:
            client.send(piece)
        if half_close:
            client.half_close()
        return client.close_code()


def status_of(server, data, half_close=False):
    """The HTTP status, or how the server ended, after `data` in a fresh connection."""
    with RawClient(server.address, handshake=False) as client:
        client.send(data)
        if half_close:
            client.half_close()
        try:
            status, fields, _ = client.response()
            if status != 101:
                client.half_close()
                client.wait_for_end()
            if status == 426:
                expect("426 names the version", fields.get("sec-websocket-version"), "13")
            return status
        except Ended as end:
            return str(end)


# ---- frames


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


# ---- text

GOOD_TEXT = "aß€𝄞".encode() * 3
BAD_PARTS = [b"\xff", b"\xc0\xaf", b"\xe0\x80\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
             b"\xf8\x88\x80\x80\x80", b"\x80", b"\xc3\x28", b"\xe2\x82\x28", b"\xf0\x9d\x84\x28"]


@attack
def bad_utf8_is_refused_in_every_position(server):
    for place in range(len(GOOD_TEXT)):
        text = GOOD_TEXT[:place] + b"\xff" + GOOD_TEXT[place + 1:]
        expect(f"0xff at {place}", answer_to(server, frame(TEXT, text)), 1007)
    for part in BAD_PARTS:
        for padding in (0, 1, 7, 31, 63, 200, 5000):
            text = b"a" * padding + part + b"b" * 9
            expect(f"{part} after {padding}", answer_to(server, frame(TEXT, text)), 1007)
    for part in ("ß", "€", "𝄞"):
        for cut in range(1, len(part.encode())):
            text = b"abc" + part.encode()[:cut]
            expect(f"cut {part} at {cut}", answer_to(server, frame(TEXT, text)), 1007)


@attack
def bad_utf8_is_refused_across_fragments(server):
    for part in BAD_PARTS:
        text = GOOD_TEXT[:10] + part + b"tail"
        for cut in range(1, len(text)):
            got = answer_to(server, frame(TEXT, text[:cut], fin=False),
                            frame(CONTINUATION, text[cut:]))
            expect(f"{part} cut at {cut}", got, 1007)
    for cut in range(1, len(GOOD_TEXT)):
        with RawClient(server.address) as client:
            client.send(frame(TEXT, GOOD_TEXT[:cut], fin=False))
            client.send(frame(CONTINUATION, GOOD_TEXT[cut:]))
            expect(f"good text cut at {cut}", client.frame(), (TEXT, GOOD_TEXT))


@attack
def bad_utf8_ends_the_connection_before_the_message_is_whole(server):
    expect("in an unfinished fragment", answer_to(server, frame(TEXT, b"ok\xff", fin=False)), 1007)
    whole = frame(TEXT, b"\xff" + b"a" * 100_000)
    expect("in a part of a frame", answer_to(server, whole[:60_000]), 1007)


# ---- close


@attack
def every_close_code_gets_its_answer(server):
    valid = {1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)}
    codes = [*range(0, 5001), 5001, 9999, 32767, 32768, 65535]
    for code in codes:
        expect(f"close {code}", answer_to(server, close_frame(code)), code if code in valid else 1002)


@attack
def close_reasons_are_checked(server):
    expect("none", answer_to(server, frame(CLOSE, b"")), 1005)
    expect("one byte", answer_to(server, frame(CLOSE, b"\x03")), 1002)
    expect("longest", answer_to(server, close_frame(1000, b"r" * 123)), 1000)
    expect("good text", answer_to(server, close_frame(1000, GOOD_TEXT)), 1000)
    for place in range(len(GOOD_TEXT)):
        reason = GOOD_TEXT[:place] + b"\xff" + GOOD_TEXT[place + 1:]
        expect(f"0xff at {place}", answer_to(server, close_frame(1000, reason)), 1007)
        whole = close_frame(1000, reason)
        with RawClient(server.address) as client:
            for index in range(len(whole)):
                client.send(whole[index:index + 1])
            expect(f"0xff at {place}, bytewise", client.close_code(), 1007)


@attack
def nothing_is_answered_after_a_close(server):
    late = [frame(TEXT, b"late"), frame(PING, b"late"), close_frame(1001), b"\xff" * 50_000]
    for more in late:
        expect(f"{more[:4]}", answer_to(server, close_frame(1000) + more), 1000)
        expect(f"{more[:4]} after an error", answer_to(server, frame(3, b"") + more), 1002)


@attack
def messages_before_a_close_are_still_echoed(server):
    with RawClient(server.address) as client:
        payload = os.urandom(300_000)
        client.send(frame(BINARY, payload) * 3 + close_frame(4999, b"bye"))
        for _ in range(3):
            expect("echo", client.frame() == (BINARY, payload), True)
        expect("close", client.close_code(), 4999)


# ---- floods


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
    expect("empty fragments", answer_to(server, frame(TEXT, b"", fin=False) + empty * 200_000), 1009)


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


# ---- handshakes


@attack
def odd_handshakes_get_the_right_status(server):
    chunked = "Transfer-Encoding: chunked"
    cases = [
        ("plain", request(), 101),
        ("lower case", request(Upgrade="WEBSOCKET", Connection="uPGRADE"), 101),
        ("lists", request(Connection="keep-alive, Upgrade", Upgrade="h2c, websocket"), 101),
        ("tabs and blanks", request(Connection="\t keep-alive ,\tUpgrade  "), 101),
        ("a target with a query", request(target="/chat?x=1&y=%20"), 101),
        ("sub-protocols nobody speaks", request(**{"Sec-WebSocket-Protocol": "a, b"}), 101),
        ("extensions nobody speaks",
         request(**{"Sec-WebSocket-Extensions": "permessage-deflate; x=\"1\""}), 101),
        ("a foreign origin", request(Origin="https://evil.example"), 101),
        ("no Host", request(without=("Host",)), 400),
        ("two Hosts", request("Host: other"), 400),
        ("no key", request(without=("Sec-WebSocket-Key",)), 400),
        ("two keys", request(f"Sec-WebSocket-Key: {KEY}"), 400),
        ("short key", request(**{"Sec-WebSocket-Key": "dGhlIHNhbXBsZQ=="}), 400),
        ("key with a blank", request(**{"Sec-WebSocket-Key": KEY[:10] + " " + KEY[11:]}), 400),
        ("key that is no base64", request(**{"Sec-WebSocket-Key": "!" * 24}), 400),
        ("version 8", request(**{"Sec-WebSocket-Version": "8"}), 426),
        ("version 13.0", request(**{"Sec-WebSocket-Version": "13.0"}), 426),
        ("two versions", request("Sec-WebSocket-Version: 8"), 426),
        ("no version", request(without=("Sec-WebSocket-Version",)), 426),
        ("no Upgrade", request(without=("Upgrade",)), 426),
        ("Upgrade to something else", request(Upgrade="h2c"), 426),
        ("no Connection", request(without=("Connection",)), 400, 426),
        ("POST", request(method="POST"), 405),
        ("HTTP/1.0", request(version="HTTP/1.0"), 400, 505),
        ("HTTP/2.0", request(version="HTTP/2.0"), 400, 505),
        ("a malformed sub-protocol", request(**{"Sec-WebSocket-Protocol": "a b"}), 400),
        ("a body", request("Content-Length: 5") + b"hello", 400, 413),
        ("a chunked body", request(chunked) + b"0\r\n\r\n", 400, 413),
        ("a length of nothing", request("Content-Length: 0"), 101),
        ("two lengths", request("Content-Length: 0", "Content-Length: 0"), 400),
        ("bare line feeds", request().replace(b"\r\n", b"\n"), 400),
        ("one bare line feed", request().replace(b"\r\nUpgrade", b"\nUpgrade"), 400),
        ("a bare carriage return", request(Origin="http://a\rX: y"), 400),
        ("a NUL", request(Origin="http://a\0b"), 400),
        ("a folded line", request("X-Folded: a", " b"), 400),
        ("a blank before the colon", request("X-Blank : a"), 400),
        ("a header without a name", request(": a"), 400),
        ("a header without a colon", request("nonsense"), 400),
        ("a blank in the target", request(target="/a b"), 400),
        ("no leading slash", request(target="a"), 400, 101),
        ("bytes of another world", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20, 400),
        ("a line of 64 KiB", request(target="/" + "a" * 65_536), 414),
        ("a header of 64 KiB", request("X-Long: " + "a" * 65_536), 431),
        ("a header of 1 MiB", request("X-Long: " + "a" * MIB), 431),
        ("10,000 headers", request(*[f"X-{i}: y" for i in range(10_000)]), 431),
    ]
    for name, data, *wanted in cases:
        expect(name, status_of(server, data), *wanted)


@attack
def a_handshake_may_come_byte_by_byte(server):
    with RawClient(server.address, handshake=False) as client:
        for byte in request():
            client.send(bytes([byte]))
        expect("status", client.response()[0], 101)


@attack
def frames_behind_the_handshake_are_served(server):
    for size in (1, 1000, 100_000):
        with RawClient(server.address, handshake=False) as client:
            client.send(request() + frame(BINARY, b"e" * size) + frame(PING, b"p"))
            expect("status", client.response()[0], 101)
            answers = sorted([client.frame(), client.frame()])
            expect(f"early {size}", answers == [(BINARY, b"e" * size), (PONG, b"p")], True)


@attack
def garbage_behind_the_handshake_is_a_protocol_error(server):
    with RawClient(server.address, handshake=False) as client:
        client.send(request() + b"GET / HTTP/1.1\r\n\r\n")
        expect("status", client.response()[0], 101)
        expect("close", client.close_code(), 1002)


# ---- connections that break off

STEPS = [
    ("nothing", []),
    ("half a request", [request()[:60]]),
    ("a request", [request()]),
    ("half a header", [request(), frame(BINARY, b"x" * 70_000)[:3]]),
    ("half a frame", [request(), frame(BINARY, b"x" * 70_000)[:900]]),
    ("most of a large frame", [request(), frame(BINARY, b"x" * MIB)[:-1]]),
    ("a fragment", [request(), frame(TEXT, b"x", fin=False)]),
    ("half a ping", [request(), frame(PING, b"x" * 100)[:50]]),
    ("a ping", [request(), frame(PING, b"x")]),
    ("a message", [request(), frame(TEXT, b"hello")]),
    ("many large messages", [request(), frame(BINARY, b"x" * 200_000) * 20]),
    ("half a close", [request(), close_frame(1000, b"reason")[:7]]),
    ("a close", [request(), close_frame(1000)]),
    ("a broken rule", [request(), frame(3, b"")]),
]


@attack
def a_half_close_after_each_step_ends_the_connection(server):
    for name, pieces in STEPS:
        with RawClient(server.address, handshake=False) as client:
            for piece in pieces:
                client.send(piece)
            client.half_close()
            begin = time.monotonic()
            client.wait_for_end()
            expect(f"{name}: ended at once", time.monotonic() - begin < 3, True)


@attack
def a_reset_after_each_step_leaks_nothing(server):
    for pause in (0, 0.02):
        for _, pieces in STEPS:
            client = RawClient(server.address, handshake=False)
            for piece in pieces:
                client.send(piece)
            time.sleep(pause)
            client.reset()


@attack
def a_close_after_each_step_leaks_nothing(server):
    for _ in range(20):
        for _, pieces in STEPS:
            client = RawClient(server.address, handshake=False)
            for piece in pieces:
                client.send(piece)
            client.socket.close()


@attack
def two_thousand_mutated_sessions_leave_the_server_alive(server):
    dice = random.Random(server.seed)
    for _ in range(2000):
        mutated_session(server, dice)


def random_session(dice):
    data = request()
    for _ in range(dice.randrange(6)):
        opcode = dice.choice([TEXT, BINARY, CONTINUATION, PING, PONG, CLOSE, dice.randrange(16)])
        size = dice.choice([0, 1, 2, 7, 125, 126, 127, 5000, 70_000])
        payload = GOOD_TEXT * (size // len(GOOD_TEXT)) if opcode == TEXT else dice.randbytes(size)
        data += frame(opcode, payload, fin=dice.random() < 0.7)
    return data


def mutate(data, dice):
    data = bytearray(data)
    for _ in range(dice.randrange(5)):
        place = dice.randrange(len(data)) if data else 0
        kind = dice.randrange(4)
        if kind == 0 and data:
            data[place] ^= 1 << dice.randrange(8)
        elif kind == 1:
            data[place:place] = dice.randbytes(dice.randrange(1, 9))
        elif kind == 2:
            del data[place:place + dice.randrange(1, 9)]
        else:
            data[place:place] = data[place:place + dice.randrange(200)]
    return bytes(data)


def mutated_session(server, dice):
    data = mutate(random_session(dice), dice)
    client = RawClient(server.address, timeout=5, handshake=False)
    while data:
        size = dice.choice([1, 10, 100, len(data)])
        client.send(data[:size])
        data = data[size:]
    end = dice.randrange(3)
    if end == 0:
        client.reset()
        return
    if end == 1:
        client.half_close()
        try:
            client.wait_for_end()
        except TimeoutError:
            expect("a half-closed session ends", "it does not", "it does")
    client.socket.close()


# ---- slowness, beside the other attacks because it takes as long as the deadline


class SlowHandshakes:
    """Connections that send one byte of a request now and then; they must end by the deadline."""

    DEADLINE = 10.0

    def __init__(self, address, count):
        self.begin = time.monotonic()
        self.sockets = [socket.create_connection(address) for _ in range(count)]
        self.ended = {}
        self.thread = threading.Thread(target=self._drip)
        self.thread.start()

    def _drip(self):
        data = request("X-Padding: " + "a" * 200)
        place = 0
        while len(self.ended) < len(self.sockets) and time.monotonic() - self.begin < 20:
            for number, each in enumerate(self.sockets):
                if number not in self.ended:
                    self._drip_one(number, each, data[place:place + 1] if number else b"")
            place += 1
            time.sleep(0.25)

    def _drip_one(self, number, each, byte):
        try:
            each.settimeout(0.001)
            if byte:
                each.send(byte)
            if not each.recv(4096):
                self.ended[number] = time.monotonic() - self.begin
        except TimeoutError:
            pass
        except OSError:
            self.ended[number] = time.monotonic() - self.begin

    def check(self):
        self.thread.join()
        expect("slow handshakes that were ended", len(self.ended), len(self.sockets))
        for age in self.ended.values():
            expect(f"ended after {age:.1f} s", 9 < age < 14, True)
        for each in self.sockets:
            each.close()


# ---- the frame around the attacks


def serve_one(server):
    """A well-behaved client is served."""
    with RawClient(server.address) as client:
        for opcode, payload in ((TEXT, "Grüße".encode()), (BINARY, bytes(range(256)) * 64)):
            client.send(frame(opcode, payload))
            expect("echo", client.frame() == (opcode, payload), True)
        client.send(close_frame(1000))
        expect("close", client.close_code(), 1000)


def run_one(server, function, base_descriptors):
    begin = time.monotonic()
    try:
        function(server)
        serve_one(server)
        left = server.wait_for_descriptors(base_descriptors, 15)
        expect(f"{function.__name__}: descriptors left", left - base_descriptors, *range(-99, 1))
    except Exception:  # noqa: BLE001 - whatever went wrong is a failure of this attack
        FAILURES.append(f"{function.__name__}: {traceback.format_exc()}")
        print(FAILURES[-1])
    memory = server.resident_bytes() / MIB if server.is_alive() else 0
    print(f"{time.monotonic() - begin:6.2f} s {memory:6.1f} MiB  {function.__name__}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--only", default="", help="run the attacks whose name contains this")
    options = parser.parse_args()
    with ServerProcess([options.program, "--listen", "127.0.0.1:0"]) as server:
        server.seed = options.seed
        serve_one(server)
        base = server.descriptors()
        chosen = [each for each in ATTACKS if options.only in each.__name__]
        slow = SlowHandshakes(server.address, 40) if not options.only else None
        time.sleep(0.1)
        base_now = server.descriptors()
        grown_from = None
        for each in chosen:
            run_one(server, each, base_now)
            if not server.is_alive():
                FAILURES.append(f"the server died of {each.__name__}")
                break
            grown_from = grown_from or server.resident_bytes()
        if slow:
            slow.check()
        if server.is_alive():
            expect("descriptors left", server.wait_for_descriptors(base, 10) - base, 0)
    print(f"{len(FAILURES)} failures" if FAILURES else "all attacks were repelled")
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
