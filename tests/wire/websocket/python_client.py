# SPDX-License-Identifier: Apache-2.0
"""Python `websockets` as a client of weir's echo server: python_client.py URL."""

import asyncio
import os
import pathlib
import sys

import websockets

sys.dont_write_bytecode = True  # the tests leave nothing in the source tree
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from suite import run, test

URL = sys.argv[1]
SIZES = [0, 1, 125, 126, 127, 4096, 65535, 65536, 65537, 1 << 20, 16 << 20]


def connect(**options):
    return websockets.connect(URL, max_size=32 << 20, **options)


@test
async def every_size_comes_back():
    async with connect() as peer:
        for size in SIZES:
            for sent in (os.urandom(size), ("aß€𝄞" * (size // 10 + 1))[: size // 4]):
                await peer.send(sent)
                assert await peer.recv() == sent, f"{type(sent)} of {size}"


@test
async def fragments_become_one_message():
    async with connect() as peer:
        # `websockets` adds an empty final frame.
        for count, size in ((2, 10), (100, 1), (7, 70_000), (65_535, 256)):
            piece = os.urandom(size)
            await peer.send(piece for _ in range(count))
            assert await peer.recv() == piece * count, f"{count} x {size}"
        await peer.send(["Gr", "ü", "", "ße"])
        assert await peer.recv() == "Grüße"


@test
async def a_thousand_messages_at_once_come_back_in_order():
    async with connect(max_queue=None) as peer:
        messages = [f"{i}:{'x' * (i * 7)}" for i in range(1000)]
        for message in messages:
            await peer.send(message)
        for message in messages:
            assert await peer.recv() == message


@test
async def pings_are_answered():
    async with connect() as peer:
        for payload in (b"", b"a", b"p" * 125):
            await asyncio.wait_for(await peer.ping(payload), 5)


@test
async def close_codes_come_back():
    for code in (1000, 1001, 1002, 1003, 1007, 1008, 1011, 3000, 4999):
        async with connect() as peer:
            await peer.close(code, "why €")
            assert peer.close_code == code, f"sent {code}, received {peer.close_code}"


@test
async def too_large_a_message_is_refused_with_1009():
    async with connect() as peer:
        try:
            await peer.send(bytes((16 << 20) + 1))
            await peer.recv()
        except websockets.ConnectionClosed:
            pass
        assert peer.close_code == 1009, peer.close_code


@test
async def extensions_and_sub_protocols_are_declined():
    async with connect(compression="deflate", subprotocols=["chat.v1"]) as peer:
        assert peer.subprotocol is None and not peer.extensions


run()
