# SPDX-License-Identifier: Apache-2.0
"""Python `websockets` as a client of weir's compressing echo server: URL is the only argument."""

import itertools
import os
import pathlib
import sys

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

sys.dont_write_bytecode = True  # the tests leave nothing in the source tree
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from suite import run, test

URL = sys.argv[1]
SIZES = [0, 1, 125, 1023, 1024, 4096, 65535, 65536, 1 << 20]


def connect(**offer):
    return websockets.connect(
        URL,
        max_size=32 << 20,
        max_queue=None,
        compression=None,
        extensions=[ClientPerMessageDeflateFactory(**offer)],
    )


def json(size):
    """Text that compresses as JSON does."""
    text = "".join(f'{{"id":{i * 2654435761 % 2**32},"name":"äpfel {i % 97}"}},'
                   for i in range(size // 20 + 1))
    return text[:size]


@test
async def everything_comes_back_under_every_offer():
    for server, client, bits in itertools.product((False, True), (False, True), (None, 9, 12)):
        async with connect(
            server_no_context_takeover=server,
            client_no_context_takeover=client,
            server_max_window_bits=bits,
            client_max_window_bits=bits or True,
        ) as peer:
            assert len(peer.extensions) == 1, peer.extensions
            for size in SIZES:
                for sent in (os.urandom(size), json(size)):
                    await peer.send(sent)
                    assert await peer.recv() == sent, f"{type(sent)} of {size}"
            for i in range(50):
                await peer.send(f'{{"tick":{i},"price":101.25}}')
                assert await peer.recv() == f'{{"tick":{i},"price":101.25}}'


@test
async def fragments_become_one_message():
    # `websockets` ends them with an empty frame that lacks the tail of RFC 7692. With kept context
    # its own decoders stumble over that, so none is kept here.
    async with connect(client_no_context_takeover=True) as peer:
        for count, size in ((2, 10), (100, 1), (7, 70_000), (4096, 256)):
            piece = json(size).encode("ascii", "replace")
            await peer.send(piece for _ in range(count))
            assert await peer.recv() == piece * count, f"{count} x {size}"
        await peer.send(["Gr", "ü", "", "ße"])
        assert await peer.recv() == "Grüße"


@test
async def a_thousand_messages_at_once_come_back_in_order():
    async with connect() as peer:
        messages = [f"{i}:{json(i * 7)}" for i in range(1000)]
        for message in messages:
            await peer.send(message)
        for message in messages:
            assert await peer.recv() == message


@test
async def a_bomb_is_refused_with_1009():
    async with connect() as peer:
        try:
            await peer.send(bytes(16 << 20))
            await peer.recv()
        except websockets.ConnectionClosed:
            pass
        assert peer.close_code == 1009, peer.close_code


run()
