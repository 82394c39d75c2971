# SPDX-License-Identifier: Apache-2.0
"""Connections that break off at each step, and mutated sessions."""

import random
import time

from attack import MIB, attack, expect
from payload_attacks import GOOD_TEXT
from raw_client import (BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, RawClient, close_frame,
                        frame, request)

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
