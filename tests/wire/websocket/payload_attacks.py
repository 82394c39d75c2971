# SPDX-License-Identifier: Apache-2.0
"""Text that is no UTF-8, and every way to close. RFC 6455 7, 8.1."""

import os

from attack import answer_to, attack, expect
from raw_client import BINARY, CLOSE, CONTINUATION, PING, TEXT, RawClient, close_frame, frame


GOOD_TEXT = "aß€𝄞".encode() * 3
BAD_PARTS = [b"\xff", b"\xc0\xaf", b"\xe0\x80\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
             b"\xf8\x88\x80\x80\x80", b"\x80", b"\xc3\x28", b"\xe2\x82\x28", b"\xf0\x9d\x84\x28"]


@attack
def bad_utf8_is_refused_in_every_position(server):
    for place in range(len(GOOD_TEXT)):
        text = GOOD_TEXT[:place] + b"\xff" + GOOD_TEXT[place + 1:]
        expect(f"0xff at {place}", answer_to(server, frame(TEXT, text)), 1007)
    for part in BAD_PARTS:
        for padding in (0, 1, 7, 31, 63, 200, 5000):
            text = b"a" * padding + part + b"b" * 9
            expect(f"{part} after {padding}", answer_to(server, frame(TEXT, text)), 1007)
    for part in ("ß", "€", "𝄞"):
        for cut in range(1, len(part.encode())):
            text = b"abc" + part.encode()[:cut]
            expect(f"cut {part} at {cut}", answer_to(server, frame(TEXT, text)), 1007)


@attack
def bad_utf8_is_refused_across_fragments(server):
    for part in BAD_PARTS:
        text = GOOD_TEXT[:10] + part + b"tail"
        for cut in range(1, len(text)):
            got = answer_to(server, frame(TEXT, text[:cut], fin=False),
                            frame(CONTINUATION, text[cut:]))
            expect(f"{part} cut at {cut}", got, 1007)
    for cut in range(1, len(GOOD_TEXT)):
        with RawClient(server.address) as client:
            client.send(frame(TEXT, GOOD_TEXT[:cut], fin=False))
            client.send(frame(CONTINUATION, GOOD_TEXT[cut:]))
            expect(f"good text cut at {cut}", client.frame(), (TEXT, GOOD_TEXT))


@attack
def bad_utf8_ends_the_connection_before_the_message_is_whole(server):
    expect("in an unfinished fragment", answer_to(server, frame(TEXT, b"ok\xff", fin=False)), 1007)
    whole = frame(TEXT, b"\xff" + b"a" * 100_000)
    expect("in a part of a frame", answer_to(server, whole[:60_000]), 1007)


@attack
def every_close_code_gets_its_answer(server):
    valid = {1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)}
    codes = [*range(0, 5001), 5001, 9999, 32767, 32768, 65535]
    for code in codes:
        wanted = code if code in valid else 1002
        expect(f"close {code}", answer_to(server, close_frame(code)), wanted)


@attack
def close_reasons_are_checked(server):
    expect("none", answer_to(server, frame(CLOSE, b"")), 1005)
    expect("one byte", answer_to(server, frame(CLOSE, b"\x03")), 1002)
    expect("longest", answer_to(server, close_frame(1000, b"r" * 123)), 1000)
    expect("good text", answer_to(server, close_frame(1000, GOOD_TEXT)), 1000)
    for place in range(len(GOOD_TEXT)):
        reason = GOOD_TEXT[:place] + b"\xff" + GOOD_TEXT[place + 1:]
        expect(f"0xff at {place}", answer_to(server, close_frame(1000, reason)), 1007)
        whole = close_frame(1000, reason)
        with RawClient(server.address) as client:
            for index in range(len(whole)):
                client.send(whole[index:index + 1])
            expect(f"0xff at {place}, bytewise", client.close_code(), 1007)


@attack
def nothing_is_answered_after_a_close(server):
    late = [frame(TEXT, b"late"), frame(PING, b"late"), close_frame(1001), b"\xff" * 50_000]
    for more in late:
        expect(f"{more[:4]}", answer_to(server, close_frame(1000) + more), 1000)
        expect(f"{more[:4]} after an error", answer_to(server, frame(3, b"") + more), 1002)


@attack
def messages_before_a_close_are_still_echoed(server):
    with RawClient(server.address) as client:
        payload = os.urandom(300_000)
        client.send(frame(BINARY, payload) * 3 + close_frame(4999, b"bye"))
        for _ in range(3):
            expect("echo", client.frame() == (BINARY, payload), True)
        expect("close", client.close_code(), 4999)
