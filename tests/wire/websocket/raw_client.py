# SPDX-License-Identifier: Apache-2.0
"""A WebSocket client that can break every rule: bytes on a plain socket. RFC 6455."""

import os
import socket
import struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # RFC 6455 1.3


def request(*extra, target="/", method="GET", version="HTTP/1.1", without=(), **fields):
    """An upgrade request; `fields` replace the usual ones, `extra` are whole lines."""
    usual = {
        "Host": "127.0.0.1",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": KEY,
        "Sec-WebSocket-Version": "13",
    }
    usual.update({name.replace("_", "-"): value for name, value in fields.items()})
    lines = [f"{method} {target} {version}"]
    lines += [f"{name}: {value}" for name, value in usual.items() if name not in without]
    return "\r\n".join([*lines, *extra, "", ""]).encode("latin-1")


def mask(payload, key):
    size = len(payload)
    if size == 0:
        return b""
    repeated = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(size, "big")


def frame(opcode, payload=b"", fin=True, reserved=0, masked=True, length=None, length_bytes=None):
    """One frame; `length` and `length_bytes` (0, 2, 8) let the header lie."""
    length = len(payload) if length is None else length
    if length_bytes is None:
        length_bytes = 0 if length < 126 else 2 if length < 65536 else 8
    head = bytes([(0x80 if fin else 0) | (reserved << 4) | opcode])
    bit = 0x80 if masked else 0
    if length_bytes == 0:
        head += bytes([bit | length])
    elif length_bytes == 2:
        head += bytes([bit | 126]) + struct.pack(">H", length)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", length)
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + mask(payload, key)


def close_frame(code, reason=b""):
    return frame(CLOSE, struct.pack(">H", code) + reason)


class Ended(Exception):
    """The server ended the stream; `was_reset` tells how."""

    def __init__(self, was_reset):
        super().__init__("reset" if was_reset else "end of stream")
        self.was_reset = was_reset


class RawClient:
    """One connection; every read ends within `timeout` seconds."""

    def __init__(self, address, timeout=20.0, handshake=True):
        self.socket = socket.create_connection(address, timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        if handshake:
            self.send(request())
            status, fields, _ = self.response()
            if status != 101 or fields.get("sec-websocket-accept") != ACCEPT:
                raise RuntimeError(f"the handshake was answered with {status} {fields}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Sends what the server will take; its early end is for the reader to see."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def half_close(self):
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def _more(self):
        try:
            data = self.socket.recv(1 << 18)
        except ConnectionResetError:
            raise Ended(True) from None
        if not data:
            raise Ended(False)
        self.received += data

    def take(self, size):
        while len(self.received) < size:
            self._more()
        taken, self.received = self.received[:size], self.received[size:]
        return taken

    def response(self):
        """Status, fields in lower case, and what followed the head."""
        while b"\r\n\r\n" not in self.received:
            self._more()
        head, _, self.received = self.received.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        return int(lines[0].split()[1]), fields, self.received

    def frame(self):
        """Opcode and payload of the next frame; a server's frames are whole and unmasked."""
        first, second = self.take(2)
        if first & 0x70 or second & 0x80:
            raise RuntimeError(f"a server's frame begins with {first:02x} {second:02x}")
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack(">H", self.take(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", self.take(8))
        return first & 0x0F, self.take(size)

    def close_code(self):
        """Reads up to the close frame, then to the end; what the server said, or how it ended."""
        try:
            opcode, payload = self.frame()
            while opcode != CLOSE:
                opcode, payload = self.frame()
        except Ended as end:
            return str(end)
        code = struct.unpack(">H", payload[:2])[0] if payload else 1005
        payload[2:].decode()
        self.half_close()
        try:
            self.take(1)
            return "bytes after the close frame"
        except Ended:
            return code

    def wait_for_end(self):
        """Reads and drops until the stream ends."""
        try:
            while True:
                self._more()
                self.received = b""
        except Ended:
            pass
