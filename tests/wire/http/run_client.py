# SPDX-License-Identifier: Apache-2.0
"""weir's HTTP client at other people's servers: run_client.py HTTP_FETCH"""

import pathlib
import subprocess
import sys
import tempfile
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

sys.dont_write_bytecode = True  # the tests leave nothing in the source tree
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from authority import Authority
from requirements import need_command
from suite import run, test

HTTP_FETCH = sys.argv[1]
HERE = pathlib.Path(__file__).resolve().parent
TEXT = "\n".join(f"line {i}" for i in range(20000)).encode()


def checksum(data):
    result = 2166136261
    for byte in data:
        result = ((result ^ byte) * 16777619) & 0xFFFFFFFF
    return result


def told(body, status=200):
    return f"{status} {len(body)} {checksum(body):08x}"


class Node:
    """Node's servers, and the client that asks them."""

    def __init__(self, folder):
        self.authority = Authority(folder)
        chain, key = self.authority.issue("server", "DNS:localhost,IP:127.0.0.1")
        self.process = subprocess.Popen(["node", str(HERE / "other_server.js"), chain, key],
                                        stdout=subprocess.PIPE, text=True)
        plain, secure = self.process.stdout.readline().split()
        self.plain, self.secure = f"http://localhost:{plain}", f"https://localhost:{secure}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def fetch(self, *urls, budget=30_000):
        """What the client says of each, and at last of its connections."""
        done = subprocess.run([HTTP_FETCH, self.authority.file, str(budget), *urls],
                              capture_output=True, text=True, timeout=120, check=True)
        return done.stdout.splitlines()


@test
def every_framing_of_node_is_read_plain_and_over_tls(node):
    for base in (node.plain, node.secure):
        seen = node.fetch(*(base + path for path in
                            ("/hello", "/large", "/slow", "/hints", "/none", "/missing")))
        assert seen == [told(b"hello"), told(b"x" * 1_000_000), told(b"y" * 10), told(b"hello"),
                        told(b"", 204), told(b"nothing", 404), "connections 1 retried 0"], seen


@test
def a_connection_is_kept(node):
    for base in (node.plain, node.secure):
        seen = node.fetch(*[base + "/port"] * 20)
        assert len(set(seen[:20])) == 1 and seen[20] == "connections 1 retried 0", seen


@test
def packed_bodies_are_unpacked(node):
    for base in (node.plain, node.secure):
        seen = node.fetch(base + "/gzip", base + "/deflate", base + "/accept", base + "/bomb")
        assert seen[:3] == [told(TEXT), told(TEXT), told(b"gzip, deflate")], seen
        assert seen[3] == "error body: limit passed: max_ratio of a content coding", seen


@test
def redirects_lead_where_they_may(node):
    seen = node.fetch(node.plain + "/there", node.plain + "/to-secure", node.secure + "/to-plain",
                      node.plain + "/loop")
    assert seen[:2] == [told(b"hello")] * 2, seen
    assert seen[2] == "error response: redirected from https to http", seen
    assert seen[3] == "error response: limit passed: max_redirects", seen


@test
def a_body_that_is_cut_off_is_an_error(node):
    for base in (node.plain, node.secure):
        seen = node.fetch(base + "/truncated", base + "/hello")
        assert seen[0].startswith("error body: "), seen
        assert seen[1] == told(b"hello"), seen


@test
def a_body_that_ends_with_the_stream_is_whole_when_it_ends_in_order(node):
    for base in (node.plain, node.secure):
        seen = node.fetch(base + "/until-close")
        assert seen[0] == told(b"to the end"), seen


@test
def a_budget_covers_a_server_that_says_nothing(node):
    began = time.monotonic()
    seen = node.fetch(node.plain + "/silent", budget=300)
    assert seen[0] == "error response: Connection timed out", seen
    assert time.monotonic() - began < 10


@test
def a_streamed_body_and_its_echo_pass_each_other(node):
    for base in (node.plain, node.secure):
        seen = node.fetch("POST=20000000", base + "/echo", "POST=0", base + "/echo")
        assert seen[0].startswith("200 20000000 "), seen
        assert seen[1:] == [told(b""), "connections 1 retried 0"], seen


@test
def a_certificate_of_nobody_is_refused(node):
    with tempfile.TemporaryDirectory() as folder:
        other = Authority(pathlib.Path(folder))
        done = subprocess.run([HTTP_FETCH, other.file, "5000", node.secure + "/hello"],
                              capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout.startswith("error tls: "), done.stdout


class Files(SimpleHTTPRequestHandler):
    """Python's own server of files; HTTP/1.0 by default."""

    def log_message(self, *_):
        pass


class LastingFiles(Files):
    protocol_version = "HTTP/1.1"


class Python:
    """A server of Python with that handler."""

    def __init__(self, handler, folder):
        def bound(*arguments):
            return handler(*arguments, directory=str(folder))
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), bound)
        self.thread = threading.Thread(target=self.server.serve_forever)

    def __enter__(self):
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@test
def python_serves_files_with_either_version(node):
    with tempfile.TemporaryDirectory() as folder:
        data = bytes(range(256)) * 1000
        (pathlib.Path(folder) / "file").write_bytes(data)
        for handler, connections in ((Files, 3), (LastingFiles, 1)):
            with Python(handler, folder) as base:
                seen = node.fetch(base + "/file", base + "/file", base + "/missing")
                assert seen[:2] == [told(data)] * 2 and seen[2].startswith("404 "), seen
                assert seen[3] == f"connections {connections} retried 0", seen


def main():
    need_command("node", "nodejs")
    with tempfile.TemporaryDirectory() as folder, Node(pathlib.Path(folder)) as node:
        run(node)


main()
