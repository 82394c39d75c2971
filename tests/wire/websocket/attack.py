# SPDX-License-Identifier: Apache-2.0
"""What the attacks share: their list, what they expect, and how they ask."""

from raw_client import BINARY, TEXT, Ended, RawClient, close_frame, frame

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


def serve_one(server):
    """A well-behaved client is served."""
    with RawClient(server.address) as client:
        for opcode, payload in ((TEXT, "Grüße".encode()), (BINARY, bytes(range(256)) * 64)):
            client.send(frame(opcode, payload))
            expect("echo", client.frame() == (opcode, payload), True)
        client.send(close_frame(1000))
        expect("close", client.close_code(), 1000)
