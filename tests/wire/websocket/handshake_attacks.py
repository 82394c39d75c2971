# SPDX-License-Identifier: Apache-2.0
"""Upgrade requests of every odd kind, and slow ones."""

import socket
import threading
import time

from attack import MIB, attack, expect, status_of
from raw_client import BINARY, KEY, PING, PONG, RawClient, frame, request


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
