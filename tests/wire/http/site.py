# SPDX-License-Identifier: Apache-2.0
"""Other people's clients at weir's web server: site.py HTTPS_SERVER WORK_FOLDER

Files, packed answers, events, proxies and pages of other origins, plainly and over TLS.
WORK_FOLDER is where npm installs what package-lock.json names, once.
"""

import gzip
import os
import pathlib
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import zlib

sys.dont_write_bytecode = True  # the tests leave nothing in the source tree
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import npm_packages
from authority import Authority
from requirements import need_command
from server_process import ServerProcess
from suite import run, test

PROGRAM, NPM = sys.argv[1], pathlib.Path(sys.argv[2])


class Site:
    """A folder of files, and servers of it."""

    def __init__(self, folder):
        self.folder = folder
        self.root = folder / "root"
        (self.root / "docs").mkdir(parents=True)
        self.large = os.urandom(3_000_000)
        self.text = b"".join(b"line %d\n" % i for i in range(20_000))
        for name, content in (("large.bin", self.large), ("text.txt", self.text),
                              ("docs/index.html", b"<p>docs</p>\n"), ("small.txt", b"0123456789")):
            (self.root / name).write_bytes(content)
        with open(self.root / "huge.bin", "wb") as huge:
            huge.truncate(256 << 20)
        os.utime(self.root / "small.txt", (1_600_000_000, 1_600_000_000))
        self.authority = Authority(folder)
        self.chain, self.key = self.authority.issue("localhost", "IP:127.0.0.1")

    def server(self, *flags):
        return ServerProcess([PROGRAM, "--listen", "127.0.0.1:0", "--root", str(self.root), *flags])

    def tls_server(self, *flags):
        return self.server("--tls-cert", self.chain, "--tls-key", self.key, *flags)

    def curl(self, *arguments, code=0):
        done = subprocess.run(["curl", "-sS", "--cacert", self.authority.file, *arguments],
                              capture_output=True, timeout=60, check=False)
        assert done.returncode == code, done
        return done.stdout


def address(server, path, scheme="http"):
    return f"{scheme}://{server.address[0]}:{server.address[1]}{path}"


def both(site):
    """A plain server and one over TLS, with their schemes."""
    for scheme, begin in (("http", site.server), ("https", site.tls_server)):
        with begin() as server:
            yield server, scheme


@test
def files_arrive_whole_and_in_parts(site):
    for server, scheme in both(site):
        large = address(server, "/large.bin", scheme)
        assert site.curl(large) == site.large, scheme
        assert site.curl("-r", "1000-", large) == site.large[1000:], scheme
        assert site.curl("-r", "-70000", large) == site.large[-70000:], scheme
        assert site.curl("-r", "5-5", large) == site.large[5:6], scheme
        status = ["-o", "/dev/null", "-w", "%{http_code}"]
        assert site.curl("-r", "3000000-", *status, large) == b"416", scheme
        parts = site.curl("-r", "0-9,2000000-2099999", large)
        begin = parts.index(b"Content-Range: bytes 2000000-2099999/3000000\r\n\r\n")
        begin = parts.index(b"\r\n\r\n", begin) + 4
        assert parts[begin:begin + 100_000] == site.large[2_000_000:2_100_000], scheme
        assert parts.startswith(b"--") and parts.rstrip().endswith(b"--"), scheme


@test
def a_download_goes_on_where_it_broke_off(site):
    with site.server() as server:
        half = site.folder / "half"
        half.write_bytes(site.large[:1_234_567])
        site.curl("-C", "-", "-o", str(half), address(server, "/large.bin"))
        assert half.read_bytes() == site.large


@test
def what_a_client_has_is_not_sent_again(site):
    with site.server() as server:
        small = address(server, "/small.txt")
        code = ["-o", "/dev/null", "-w", "%{http_code}"]
        head = site.curl("-I", small).decode()
        tag = next(line.split(": ")[1] for line in head.splitlines() if line.startswith("ETag"))
        assert "Content-Length: 10" in head and tag.startswith('"'), head
        assert site.curl("-H", f"If-None-Match: {tag}", *code, small) == b"304"
        assert site.curl("-z", "Mon, 14 Sep 2020 00:00:00 GMT", *code, small) == b"304"
        assert site.curl("-z", "Sat, 12 Sep 2020 00:00:00 GMT", *code, small) == b"200"
        assert site.curl("-H", 'If-Match: "other"', *code, small) == b"412"
        assert site.curl("-r", "2-3", "-H", f"If-Range: {tag}", small) == b"23"
        assert site.curl("-r", "2-3", "-H", 'If-Range: "other"', small) == b"0123456789"


@test
def only_what_lies_beneath_the_root_is_there(site):
    (site.folder / "secret").write_text("secret", encoding="ascii")
    (site.root / "link").symlink_to("../secret")
    (site.root / ".hidden").write_text("secret", encoding="ascii")
    with site.server() as server:
        for path in ("/../secret", "/%2e%2e/secret", "/link", "/.hidden", "/docs/../../secret"):
            answer = site.curl("--path-as-is", "-i", address(server, path))
            assert answer[9:12] in (b"404", b"400") and b"secret" not in answer, answer
        assert site.curl("-L", address(server, "/docs")) == b"<p>docs</p>\n"


@test
def a_file_that_shrinks_is_never_taken_for_whole(site):
    log = site.root / "log"
    log.write_bytes(bytes(20_000_000))
    with site.server() as server:
        request = ["curl", "-sS", "--limit-rate", "4M", "-o", "/dev/null", address(server, "/log")]
        with subprocess.Popen(request, stderr=subprocess.PIPE) as reading:
            time.sleep(0.5)  # it has begun
            os.truncate(log, 1_000_000)
            reading.communicate(timeout=60)
        assert reading.returncode == 18, reading.returncode  # a partial file


@test
def refusals_are_counted_by_their_reason(site):
    with site.server("--shards", "2") as server:
        site.curl(address(server, "/small.txt"))
        site.curl("-H", "X: " + 20_000 * "x", "-o", "/dev/null", address(server, "/small.txt"))
        text = site.curl(address(server, "/metrics")).decode()
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")
    prefix = "weir_http_server_"
    assert values[prefix + 'refusals_total{reason="headers_over_limit"}'] == "1", text
    assert values[prefix + 'refusals_total{reason="nul_byte"}'] == "0", text
    assert values[prefix + 'responses_total{code="2xx"}'] == "1", text


@test
def text_is_packed_for_those_who_ask(site):
    for server, scheme in both(site):
        text = address(server, "/text.txt", scheme)
        assert site.curl("--compressed", text) == site.text
        assert site.curl(text) == site.text
        packed = site.curl("-H", "Accept-Encoding: gzip", text)
        assert len(packed) < len(site.text) / 2 and gzip.decompress(packed) == site.text
        zipped = site.curl("-H", "Accept-Encoding: deflate", text)
        assert zlib.decompress(zipped) == site.text
        head = site.curl("-I", "-H", "Accept-Encoding: gzip", text)
        assert b"\r\nContent-Encoding: gzip\r\n" in head and b"Accept-Encoding" in head, head
        assert site.curl("-H", "Accept-Encoding: gzip", "-r", "5-9", text) == site.text[5:10]
        binary = site.curl("-H", "Accept-Encoding: gzip", address(server, "/large.bin", scheme))
        assert binary == site.large


@test
def slow_clients_hold_no_files_in_memory(site):
    with site.server() as server:
        assert site.curl("-r", "0-99", address(server, "/huge.bin")) == bytes(100)
        before = server.resident_bytes()
        slow = []
        for _ in range(100):
            peer = socket.create_connection(server.address, timeout=60)
            peer.sendall(b"GET /huge.bin HTTP/1.1\r\nHost: h\r\n\r\n")
            peer.recv(1000)
            slow.append(peer)
        time.sleep(0.5)
        grown = server.resident_bytes() - before
        for peer in slow:
            peer.close()
        assert server.is_sanitized or grown < 8 << 20, grown


@test
def a_route_has_its_parameter_and_says_which_methods_it_has(site):
    with site.server() as server:
        assert site.curl(address(server, "/api/squares/12")) == b'{"number":12,"square":144}\n'
        refused = site.curl("-i", "-X", "DELETE", address(server, "/api/squares/12"))
        assert refused.startswith(b"HTTP/1.1 405") and b"Allow: GET, HEAD, OPTIONS" in refused


@test
def pages_of_one_other_origin_may_read(site):
    with site.server("--allow-origin", "https://app.example.org") as server:
        square = address(server, "/api/squares/2")
        allowed = b"\r\nAccess-Control-Allow-Origin: https://app.example.org\r\n"
        assert allowed in site.curl("-i", "-H", "Origin: https://app.example.org", square)
        assert b"Access-Control" not in site.curl("-i", "-H", "Origin: https://evil.org", square)
        asked = site.curl("-i", "-X", "OPTIONS", "-H", "Origin: https://app.example.org", "-H",
                          "Access-Control-Request-Method: POST", square)
        assert asked.startswith(b"HTTP/1.1 204") and allowed in asked, asked


def publish(site, server, text, scheme="http"):
    site.curl("-d", text, address(server, "/events", scheme))


@test
def curl_reads_events_and_what_it_has_missed(site):
    for server, scheme in both(site):
        reading = ["curl", "-sSN", "--cacert", site.authority.file]
        events = address(server, "/events", scheme)
        with subprocess.Popen([*reading, events], stdout=subprocess.PIPE) as first:
            heard = b""
            while b"data: one\n\n" not in heard:
                publish(site, server, "one", scheme)  # until the reader is there
                if select.select([first.stdout], [], [], 0.1)[0]:
                    heard += os.read(first.stdout.fileno(), 1000)
            first.kill()
        lines = heard[:heard.rindex(b"\n\n")].split(b"\n")
        last = next(line for line in reversed(lines) if line.startswith(b"id: "))
        publish(site, server, "two", scheme)
        more = [*reading, "-H", "Last-Event-ID: " + last[4:].decode(), "--max-time", "2", events]
        missed = subprocess.run(more, capture_output=True, timeout=60, check=False).stdout
        assert missed.endswith(b"data: two\n\n") and b"event: gap" not in missed, missed
        more[-4] = "Last-Event-ID: other-1"
        missed = subprocess.run(more, capture_output=True, timeout=60, check=False).stdout
        assert b"event: gap\n" in missed, missed


@test
def npm_eventsource_loses_nothing_when_its_connection_breaks(site):
    for shards in ("1", "2"):
        with site.server("--shards", shards) as server:
            done = subprocess.run(
                ["node", str(HERE / "npm_reader.cjs"), server.address[0], str(server.address[1])],
                env=npm_packages.environment_with(HERE, NPM), capture_output=True, timeout=120,
                check=False)
            assert done.returncode == 0, done


@test
def sigterm_ends_streams_of_events_in_order(site):
    with site.server() as server:
        request = ["curl", "-sSN", address(server, "/events")]
        with subprocess.Popen(request, stdout=subprocess.PIPE) as reading:
            publish(site, server, "one")
            time.sleep(0.3)
            server.process.send_signal(signal.SIGTERM)
            reading.communicate(timeout=60)
        assert reading.returncode == 0, reading.returncode  # the last chunk has come
        assert server.process.wait(timeout=60) == 0


def version_2(source):
    addresses = socket.inet_aton(source) + socket.inet_aton("127.0.0.1") + struct.pack("!HH", 5, 80)
    return b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + struct.pack("!H", len(addresses)) + addresses


@test
def a_proxy_header_comes_before_anything_else(site):
    get = b"GET /api/client HTTP/1.1\r\nHost: h\r\n\r\n"
    with site.server("--proxy", "127.0.0.0/8") as server:
        named = site.curl("--haproxy-protocol", address(server, "/api/client"))
        assert named == b'{"client":"127.0.0.1"}\n', named
        assert b'"203.0.113.7"' in server.say(version_2("203.0.113.7") + get)
        one = b"PROXY TCP4 203.0.113.8 127.0.0.1 5 80\r\n"
        assert b'"203.0.113.8"' in server.say(one + get)
        assert server.say(get) == b"", "a proxy that says nothing was answered"
        assert server.say(version_2("203.0.113.7")[:-1] + get)[:12] != b"HTTP/1.1 200"
    with site.tls_server("--proxy", "127.0.0.0/8") as server:
        secure = address(server, "/api/client", "https")
        assert site.curl("--haproxy-protocol", secure) == b'{"client":"127.0.0.1"}\n'
        site.curl(secure, code=35)  # no handshake without the header
    with site.server("--proxy", "10.0.0.0/8") as server:
        assert server.say(one + get).startswith(b"HTTP/1.1 400 ")
        assert site.curl(address(server, "/api/client")) == b'{"client":"127.0.0.1"}\n'


@test
def a_list_of_proxies_is_believed_as_far_as_it_is_trusted(site):
    list_of = ["-H", "X-Forwarded-For: 1.1.1.1, 203.0.113.7"]
    with site.server("--trust", "127.0.0.0/8") as server:
        named = site.curl(*list_of, address(server, "/api/client"))
        assert named == b'{"client":"203.0.113.7"}\n', named
    with site.server() as server:
        named = site.curl(*list_of, address(server, "/api/client"))
        assert named == b'{"client":"127.0.0.1"}\n', named


def main():
    need_command("curl")
    need_command("node", "nodejs")
    need_command("openssl")
    with tempfile.TemporaryDirectory() as folder:
        run(Site(pathlib.Path(folder)))


main()
