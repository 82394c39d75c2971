# SPDX-License-Identifier: Apache-2.0
"""Python's aiohttp at weir's servers: run.py HTTP_ECHO WS_ECHO"""

import asyncio
import os
import pathlib
import ssl
import sys
import tempfile

sys.dont_write_bytecode = True  # the tests leave nothing in the source tree
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from authority import Authority
from requirements import need_command, need_module
from server_process import ServerProcess
from suite import run, test

HTTP_ECHO, WS_ECHO = sys.argv[1:]


class Place:
    """Certificates, and a client that has to do with one of our servers."""

    def __init__(self, folder):
        self.authority = Authority(folder)
        chain, key = self.authority.issue("server", "DNS:localhost,IP:127.0.0.1")
        self.tls = ["--tls-cert", chain, "--tls-key", key]
        wrong_chain, wrong_key = self.authority.issue("wrong", "DNS:elsewhere.example")
        self.wrong_tls = ["--tls-cert", wrong_chain, "--tls-key", wrong_key]
        self.context = ssl.create_default_context(cafile=self.authority.file)

    def visit(self, conversation, program, *arguments, connections=1):
        """`conversation(session)` over http, and over https where a certificate is given."""
        with ServerProcess([program, *arguments]) as server:
            scheme = "https" if "--tls-cert" in arguments else "http"
            url = f"{scheme}://localhost:{server.address[1]}"
            asyncio.run(self.talk(url, conversation, connections))
            assert server.is_alive()

    async def talk(self, url, conversation, connections):
        import aiohttp

        connector = aiohttp.TCPConnector(limit=connections, ssl=self.context)
        opened = []
        tracing = aiohttp.TraceConfig()

        async def note(*_):
            opened.append(1)

        tracing.on_connection_create_end.append(note)
        async with aiohttp.ClientSession(url, connector=connector,
                                         trace_configs=[tracing]) as session:
            session.opened = opened
            await conversation(session)


async def pieces(body):
    for begin in range(0, len(body), 10_000):
        yield body[begin:begin + 10_000]


async def bodies_come_back(session):
    for size in (0, 1, 1000, 70_000, 1_000_000):
        body = os.urandom(size)
        for data in (body, pieces(body)):  # counted, and in chunks
            async with session.post("/", data=data) as answer:
                assert (answer.status, await answer.read()) == (200, body), size
        async with session.post("/", data=pieces(body), expect100=True) as answer:
            assert (answer.status, await answer.read()) == (200, body), size
    async with session.head("/") as answer:
        assert (answer.status, await answer.read()) == (200, b"")
    assert len(session.opened) == 1, "one connection is kept"


@test
def bodies_come_back_over_one_kept_connection(place):
    place.visit(bodies_come_back, HTTP_ECHO)
    place.visit(bodies_come_back, HTTP_ECHO, *place.tls)


@test
def a_hundred_at_once_get_their_own_answers(place):
    async def ask(session, number):
        body = b"%d " % number * 1000
        async with session.post("/", data=body) as answer:
            return answer.status == 200 and await answer.read() == body

    async def conversation(session):
        right = await asyncio.gather(*(ask(session, number) for number in range(1000)))
        assert all(right), right.count(False)
        assert len(session.opened) <= 100, len(session.opened)

    place.visit(conversation, HTTP_ECHO, connections=100)
    place.visit(conversation, HTTP_ECHO, *place.tls, connections=100)


@test
def ended_connections_are_opened_anew(place):
    async def conversation(session):
        for number in range(100):
            async with session.post("/", data=b"%d" % number) as answer:
                assert (answer.status, await answer.read()) == (200, b"%d" % number)
        assert len(session.opened) >= 10, len(session.opened)

    place.visit(conversation, HTTP_ECHO, "--max-requests", "10")


@test
def a_body_over_the_limit_is_refused_by_status(place):
    async def conversation(session):
        async with session.post("/", data=bytes(2_000_000)) as answer:
            assert answer.status == 413, answer.status

    place.visit(conversation, HTTP_ECHO)


@test
def a_certificate_for_another_name_is_refused_and_we_go_on(place):
    async def conversation(session):
        import aiohttp

        for _ in range(3):
            try:
                async with session.get("/"):
                    raise AssertionError("it was believed")
            except aiohttp.ClientConnectorCertificateError:
                pass

    place.visit(conversation, HTTP_ECHO, *place.wrong_tls)


async def messages_come_back(session, compress=0):
    import aiohttp

    async with session.ws_connect("/", max_msg_size=32 << 20, compress=compress) as peer:
        assert bool(peer.compress) == bool(compress)
        for size in (0, 1, 125, 126, 65_535, 65_536, 1 << 20, 16 << 20):
            sent = os.urandom(size)
            await peer.send_bytes(sent)
            assert await peer.receive_bytes() == sent, size
            text = sent[:size // 3].hex().replace("a", "ü")
            await peer.send_str(text)
            assert await peer.receive_str() == text, size
        for number in range(1000):
            await peer.send_str(f"message {number}")
        for number in range(1000):
            assert await peer.receive_str() == f"message {number}"
        await peer.close(code=3999, message=b"enough")
        assert peer.close_code == 3999, peer.close_code
    async with session.ws_connect("/", autoping=False) as peer:
        await peer.ping(b"payload")
        pong = await peer.receive()
        assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"payload"), pong


@test
def messages_come_back_over_ws_and_wss(place):
    place.visit(messages_come_back, WS_ECHO)
    place.visit(messages_come_back, WS_ECHO, *place.tls)


@test
def compressed_messages_come_back(place):
    for flags in (["--deflate"], ["--keep-context"]):
        place.visit(lambda session: messages_come_back(session, 15), WS_ECHO, *flags)


def main():
    need_command("openssl")
    need_module("aiohttp")
    with tempfile.TemporaryDirectory() as folder:
        run(Place(pathlib.Path(folder)))


main()
