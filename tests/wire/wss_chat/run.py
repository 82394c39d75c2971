# SPDX-License-Identifier: Apache-2.0
"""The chat of the examples, with two tabs of Chromium and with Python `websockets`.

run.py WSS_CHAT
"""

import asyncio
import json
import pathlib
import signal
import socket
import ssl
import sys
import tempfile

sys.dont_write_bytecode = True  # the tests leave nothing in the source tree
WIRE = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(WIRE / "support"), str(WIRE / "websocket")]

from authority import Authority
from browser import Browser
from raw_client import RawClient, request
from requirements import need_command, need_module
from server_process import ServerProcess
from suite import run, test

WSS_CHAT = sys.argv[1]
PATIENCE = 30


class Place:
    """Certificates, and visitors."""

    def __init__(self, folder):
        self.authority = Authority(folder)
        chain, key = self.authority.issue("server", "DNS:localhost,IP:127.0.0.1")
        self.command = [WSS_CHAT, "--tls-cert", chain, "--tls-key", key]
        self.trusting = ssl.create_default_context(cafile=self.authority.file)

    def enter(self, server, room, name, **options):
        import websockets

        url = f"wss://localhost:{server.address[1]}/rooms/{room}/{name}"
        return websockets.connect(url, ssl=self.trusting, **options)


async def hear(peer):
    return await asyncio.wait_for(peer.recv(), PATIENCE)


async def enter_by_page(browser, server, room, name):
    tab = await browser.open(f"https://localhost:{server.address[1]}/")
    assert tab.error is None, tab.error
    await tab.evaluate(f"at('room').value = {json.dumps(room)}; at('name').value = "
                       f"{json.dumps(name)}; at('enter').requestSubmit()")
    return tab


async def say(tab, text):
    await tab.evaluate(f"at('text').value = {json.dumps(text)}; at('say').requestSubmit()")


async def lines_of(tab, count):
    """The lines that the page shows once there are so many."""
    return await tab.evaluate(f"""new Promise((done) => {{
        const look = () => {{
            const lines = [...at('lines').children].map((each) => each.textContent);
            if (lines.length >= {count}) done(lines);
        }};
        new MutationObserver(look).observe(at('lines'), {{ childList: true }});
        look();
    }})""")


@test
def two_tabs_talk_to_each_other(place):
    async def conversation(server):
        async with Browser(place.authority) as browser:
            one = await enter_by_page(browser, server, "tea & cake", "Zoë")
            assert await lines_of(one, 1) == ["* Zoë has come"]
            await say(one, "is <b>anybody</b> here?")
            await lines_of(one, 2)
            two = await enter_by_page(browser, server, "tea & cake", "Max")
            await lines_of(two, 3)
            await say(two, "I am 👋")
            said = ["* Zoë has come", "Zoë: is <b>anybody</b> here?", "* Max has come",
                    "Max: I am 👋"]
            assert await lines_of(one, 4) == said
            assert await lines_of(two, 4) == said  # the first two are from before
            await two.evaluate("at('room').value = 'elsewhere'; at('enter').requestSubmit()")
            assert (await lines_of(one, 5))[-1] == "* Max has gone"
            server.process.send_signal(signal.SIGTERM)
            told = await one.evaluate("""new Promise((done) => {
                const look = () => at('state').textContent.startsWith('out') && done(
                    at('state').textContent);
                new MutationObserver(look).observe(at('state'), { childList: true });
                look();
            })""")
            assert told == "out: 1001 closing time", told
        assert server.process.wait(PATIENCE) == 0

    with ServerProcess(place.command) as server:
        asyncio.run(conversation(server))


@test
def a_newcomer_hears_the_last_fifty_lines_of_the_room_alone(place):
    async def conversation(server):
        async with place.enter(server, "r", "a") as one, place.enter(server, "s", "b") as other:
            assert await hear(one) == "* a has come"
            for number in range(60):
                await one.send(f"{number}")
            for number in range(60):
                assert await hear(one) == f"a: {number}"
            assert await hear(other) == "* b has come"
            await other.send("hello")
            assert await hear(other) == "b: hello"
            async with place.enter(server, "r", "late") as late:
                for number in range(10, 60):
                    assert await hear(late) == f"a: {number}"
                assert await hear(late) == "* late has come"

    with ServerProcess(place.command) as server:
        asyncio.run(conversation(server))


@test
def what_is_no_visit_is_refused(place):
    import websockets

    async def conversation(server):
        for room, name in (("r", "x" * 33), ("r", "%0Anews"), ("r", "%FF"), ("a%00", "b")):
            try:
                async with place.enter(server, room, name):
                    raise AssertionError("it was let in")
            except websockets.InvalidStatusCode as refused:
                assert refused.status_code == 400, refused
        try:
            async with place.enter(server, "r", "a", origin="https://elsewhere.example"):
                raise AssertionError("it was let in")
        except websockets.InvalidStatusCode as refused:
            assert refused.status_code == 403, refused
        async with place.enter(server, "r", "a") as peer:
            await peer.send("x" * 1025)
            await peer.wait_closed()
            assert peer.close_code == 1009, peer.close_code

    with ServerProcess(place.command) as server:
        asyncio.run(conversation(server))


@test
def who_does_not_listen_has_to_go_and_nobody_else_waits(place):
    import websockets

    async def conversation(server):
        slow = RawClient(server.address, handshake=False)
        slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.send(request(target="/rooms/r/slow"))
        assert slow.response()[0] == 101
        url = f"ws://localhost:{server.address[1]}/rooms/r/fast"
        async with websockets.connect(url) as fast:
            assert "* slow has come" == await hear(fast)
            assert "* fast has come" == await hear(fast)
            heard, number = "", 0
            while heard != "* slow has gone":
                number += 1
                assert number < 20_000, "it may stay"
                await fast.send(f"{number} " + "x" * 1000)
                heard = await hear(fast)
                assert heard.startswith(f"fast: {number} ") or heard == "* slow has gone", heard
        slow.socket.settimeout(PATIENCE)
        slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        code = slow.close_code()
        assert code == 1013, code

    with ServerProcess([WSS_CHAT]) as server:
        asyncio.run(conversation(server))


@test
def at_the_end_everybody_is_told_to_go(place):
    async def conversation(server):
        visitors = [await place.enter(server, f"r{number % 3}", f"{number}")
                    for number in range(50)]
        server.process.send_signal(signal.SIGTERM)
        for each in visitors:
            await asyncio.wait_for(each.wait_closed(), PATIENCE)
            assert (each.close_code, each.close_reason) == (1001, "closing time")
        assert server.process.wait(PATIENCE) == 0

    with ServerProcess(place.command) as server:
        asyncio.run(conversation(server))


def main():
    need_command("openssl")
    need_module("websockets")
    with tempfile.TemporaryDirectory() as folder:
        run(Place(pathlib.Path(folder)))


main()
