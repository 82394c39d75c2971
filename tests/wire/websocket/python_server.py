# SPDX-License-Identifier: Apache-2.0
"""Python `websockets` as the server that echo_client.cpp talks to; as npm_server.cjs."""

import asyncio
import sys

import websockets


async def pieces(count, size):
    """`count` frames of `size` bytes on average: `websockets` adds the last one, an empty one."""
    yield b"f" * (2 * size)
    for _ in range(count - 2):
        yield b"f" * size


async def ping(peer, payload):
    await (await peer.ping(payload))
    await peer.send(f"pong {payload}")


async def serve_one(peer):
    async for message in peer:
        words = message.split() if isinstance(message, str) and message[:1] == "!" else [""]
        if words[0] == "!fragments":
            await peer.send(pieces(int(words[1]), int(words[2])))
        elif words[0] == "!ping":
            asyncio.ensure_future(ping(peer, words[1]))
        elif words[0] == "!close":
            await peer.close(int(words[1]), words[2])
        else:
            await peer.send(message)


async def main():
    options = {
        "max_size": 32 << 20,
        "subprotocols": ["chat.v1"],
        "compression": "deflate" if "deflate" in sys.argv else None,
    }
    async with websockets.serve(serve_one, "127.0.0.1", 0, **options) as server:
        print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await asyncio.Future()


asyncio.run(main())
