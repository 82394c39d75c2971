# SPDX-License-Identifier: Apache-2.0
"""Chromium at weir's servers, over https and wss: run.py HTTP_ECHO WS_ECHO"""

import asyncio
import json
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True  # the tests leave nothing in the source tree
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from authority import Authority
from browser import Browser
from requirements import need_command
from server_process import ServerProcess
from suite import run, test

HTTP_ECHO, WS_ECHO = sys.argv[1:]
CONVERSATIONS = (HERE / "conversations.js").read_text(encoding="utf-8")


class Place:
    """Certificates, and a browser in which a page of our HTTP server is open."""

    def __init__(self, folder):
        self.authority = Authority(folder)
        self.tls = self.arguments("server", "DNS:localhost,IP:127.0.0.1")
        self.wrong_tls = self.arguments("wrong", "DNS:elsewhere.example")

    def arguments(self, name, alternatives):
        chain, key = self.authority.issue(name, alternatives)
        return ["--tls-cert", chain, "--tls-key", key]

    def visit(self, conversation, *programs):
        """`conversation(tab, address...)` on a page of the first server."""
        servers = [ServerProcess(each) for each in programs]
        try:
            asyncio.run(self.talk(conversation, [each.address[1] for each in servers]))
            assert all(each.is_alive() for each in servers)
        finally:
            for each in servers:
                each.__exit__()

    async def talk(self, conversation, ports):
        async with Browser(self.authority) as browser:
            tab = await browser.open(f"https://localhost:{ports[0]}/")
            assert tab.error is None, tab.error
            await tab.evaluate(CONVERSATIONS)
            await conversation(tab, *(f"wss://localhost:{port}/" for port in ports[1:]))


@test
def a_page_fetches_over_https(place):
    async def conversation(tab):
        wrong = await tab.evaluate("fetchBodies()")
        assert wrong == [], wrong
        connections = await tab.evaluate("countConnections()")
        assert connections == 0, f"{connections} of ten were not on a kept connection"

    place.visit(conversation, [HTTP_ECHO, *place.tls])


@test
def a_page_talks_over_wss(place):
    async def conversation(tab, plain, deflating, keeping):
        for url, words in ((plain, None), (deflating, "no_context_takeover"), (keeping, "deflate")):
            got = await tab.evaluate(f"sendMessages({json.dumps(url)})")
            assert got["wrong"] == [], got
            agreed = got["extensions"]
            assert words in agreed if words else agreed == "", agreed
        ends = await tab.evaluate(f"closeCodes({json.dumps(plain)})")
        # Our answer repeats the code and has no reason of its own.
        assert ends == [[1000, 1000, "", True], [3000, 3000, "", True], [4999, 4999, "", True],
                        ["too large", 1009]], ends

    place.visit(conversation, [HTTP_ECHO, *place.tls], [WS_ECHO, *place.tls],
                [WS_ECHO, *place.tls, "--deflate"], [WS_ECHO, *place.tls, "--keep-context"])


@test
def a_certificate_for_another_name_is_refused_and_we_go_on(place):
    async def conversation(tab, wrong_pages, wrong_messages):
        for _ in range(3):
            refused = await tab.browser.open(wrong_pages.replace("wss", "https"))
            assert refused.error == "net::ERR_CERT_COMMON_NAME_INVALID", refused.error
        assert await tab.evaluate(f"isRefused({json.dumps(wrong_messages)})")

    place.visit(conversation, [HTTP_ECHO, *place.tls], [HTTP_ECHO, *place.wrong_tls],
                [WS_ECHO, *place.wrong_tls])


def main():
    need_command("openssl")
    with tempfile.TemporaryDirectory() as folder:
        run(Place(pathlib.Path(folder)))


main()
