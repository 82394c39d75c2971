# SPDX-License-Identifier: Apache-2.0
"""Other people's clients, and nobody's, at weir's HTTP server: run.py HTTP_ECHO"""

import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the tests leave nothing in the source tree
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from requirements import need_command
from server_process import ServerProcess
from suite import run, test

HTTP_ECHO = sys.argv[1]


def curl(*arguments):
    done = subprocess.run(["curl", "-sS", *arguments], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done
    return done.stdout


def url(server):
    return f"http://{server.address[0]}:{server.address[1]}/some/path?query"


@test
def curl_sends_with_each_method(server):
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert curl("-X", method, "--data-binary", "hello", url(server)) == b"hello", method
    assert curl(url(server)) == b""
    head = curl("-I", url(server))
    assert head.startswith(b"HTTP/1.1 200 OK\r\n") and b"\r\nDate: " in head, head


@test
def curl_keeps_one_connection(server):
    counted = curl("-w", "%{num_connects} ", "-o", "/dev/null", url(server), "-o", "/dev/null",
                   url(server), "-o", "/dev/null", url(server))
    assert counted.split() == [b"1", b"0", b"0"], counted


@test
def large_bodies_come_back_however_they_are_sent(server):
    with tempfile.NamedTemporaryFile() as file:
        file.write(os.urandom(1_000_000))
        file.flush()
        body = pathlib.Path(file.name).read_bytes()
        sent = f"@{file.name}"
        assert curl("--data-binary", sent, url(server)) == body  # asks with Expect
        assert curl("--data-binary", sent, "-H", "Expect:", url(server)) == body
        assert curl("--data-binary", sent, "-H", "Transfer-Encoding: chunked", url(server)) == body
        assert curl("-0", "--data-binary", sent, url(server)) == body  # HTTP/1.0


@test
def a_body_over_the_limit_is_refused_by_status(server):
    with tempfile.NamedTemporaryFile() as file:
        file.write(bytes(2_000_000))
        file.flush()
        status = curl("-o", "/dev/null", "-w", "%{http_code}", "--data-binary", f"@{file.name}",
                      url(server))
        assert status == b"413", status


@test
def python_goes_on_with_one_connection(server):
    peer = http.client.HTTPConnection(*server.address, timeout=60)
    for size in (0, 1, 1000, 100_000):
        body = os.urandom(size)
        peer.request("POST", "/", body)
        answer = peer.getresponse()
        assert (answer.status, answer.read()) == (200, body), size
        peer.request("POST", "/", iter([body[:10], body[10:]]), encode_chunked=True,
                     headers={"Transfer-Encoding": "chunked"})
        answer = peer.getresponse()
        assert (answer.status, answer.read()) == (200, body), size
    peer.close()


@test
def node_fetches_at_once_and_in_turn(server):
    script = """
        const url = process.argv[1];
        const ask = async (n) => {
            const body = 'x'.repeat(n);
            const answer = await fetch(url, { method: 'POST', body });
            return answer.status === 200 && (await answer.text()) === body;
        };
        (async () => {
            const sizes = [0, 1, 1000, 70000, 900000];
            const atOnce = await Promise.all([...sizes, ...sizes].map(ask));
            const inTurn = [];
            for (const n of sizes) inTurn.push(await ask(n));
            console.log(JSON.stringify([...atOnce, ...inTurn]));
        })();"""
    done = subprocess.run(["node", "-e", script, url(server)], capture_output=True, timeout=120,
                          check=True)
    assert all(json.loads(done.stdout)), done.stdout


@test
def pipelined_requests_are_answered_in_order(server):
    text = b"".join(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n%04d" % i
                    for i in range(500))
    answers = server.say(text)
    assert answers.count(b"HTTP/1.1 200 OK\r\n") == 500
    bodies = [each.split(b"\r\n\r\n")[1][:4] for each in answers.split(b"HTTP/1.1 200 OK\r\n")[1:]]
    assert bodies == [b"%04d" % i for i in range(500)]


@test
def what_could_be_read_in_two_ways_is_refused(server):
    start = b"POST / HTTP/1.1\r\nHost: h\r\n"
    for head in (b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                 b"Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
                 b"Content-Length: +1\r\n\r\nx",
                 b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                 b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                 b"X: a\r\n b\r\n\r\n",
                 b"X: a\nY: b\r\n\r\n",
                 b"Transfer-Encoding: chunked\r\n\r\n0x1\r\nx\r\n0\r\n\r\n"):
        answer = server.say(start + head + b"GET /next HTTP/1.1\r\nHost: h\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 400 "), (head, answer)
        assert answer.count(b"HTTP/1.1 ") == 1 and b"Connection: close" in answer, (head, answer)


@test
def nothing_is_left_behind(server):
    for text in (b"", b"GET", b"GET / HTTP/1.1\r\nHost: h\r\n", os.urandom(5000),
                 b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nshort"):
        server.say(text)
    assert server.wait_for_descriptors(server.before, 30) <= server.before


@test
def sigterm_ends_it_in_order(server):
    with socket.create_connection(server.address, timeout=60) as idle:
        idle.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert idle.recv(1000).startswith(b"HTTP/1.1 200 OK")
        server.process.send_signal(signal.SIGTERM)
        assert idle.recv(1000) == b""  # at once: nothing was under way
    assert server.process.wait(timeout=60) == 0


def main():
    need_command("curl")
    need_command("node", "nodejs")
    with ServerProcess([HTTP_ECHO]) as server:
        server.say(b"GET / HTTP/1.0\r\n\r\n")  # by then it has opened all that it needs
        server.before = server.descriptors()
        run(server)


main()
