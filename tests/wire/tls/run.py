# SPDX-License-Identifier: Apache-2.0
"""weir's TLS at both ends of connections with others.

run.py TCP_ECHO TLS_CLIENT TLS_SERVER [HTTP_ECHO [WS_ECHO]]
"""

import asyncio
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True  # the tests leave nothing in the source tree
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from authority import Authority
from requirements import need_command
from server_process import ServerProcess
from suite import output_of, run, test

TCP_ECHO, TLS_CLIENT, TLS_SERVER, *MORE = sys.argv[1:]
HTTP_ECHO, WS_ECHO = [*MORE, None, None][:2]

class Place:
    """The files of a run, and the ends that weir's programs make."""

    def __init__(self, folder):
        self.authority = Authority(folder)
        names = "DNS:localhost,IP:127.0.0.1"
        self.server = self.authority.issue("server", names)
        curve = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")
        self.curve_server = self.authority.issue("curve", names, curve)
        self.client = self.authority.issue("client", "DNS:client")
        self.expired = self.authority.issue("expired", names, days="-1")

    def echo(self, program=TCP_ECHO, pair=None):
        chain, key = pair or self.server
        return ServerProcess([program, "--tls-cert", chain, "--tls-key", key])

    def s_client(self, address, *options, text="Q\n"):
        """The output of OpenSSL's client, with both of its streams."""
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"{address[0]}:{address[1]}", "-CAfile",
             self.authority.file, "-verify_return_error", *options],
            input=text, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout + done.stderr

    def s_line(self, address, *options, text="ping\n"):
        """The same, up to the answer to a line: what comes with the first bytes has come then."""
        command = ["openssl", "s_client", "-connect", f"{address[0]}:{address[1]}", "-CAfile",
                   self.authority.file, "-verify_return_error", "-no_ign_eof", *options]
        said = ""
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) as client:
            client.stdin.write(text)
            client.stdin.flush()
            for line in client.stdout:
                said += line
                if line.endswith(text):  # its own lines do not always end before
                    break
            client.stdin.close()
        return said

    def server_with(self, *options):
        return ServerProcess([TLS_SERVER, *self.server, *options])

    def python_client(self, address, **options):
        context = ssl.create_default_context(cafile=self.authority.file)
        for name, value in options.items():
            setattr(context, name, value)
        plain = socket.create_connection(address, timeout=60)
        return context.wrap_socket(plain, server_hostname="localhost")


class OtherServer:
    """OpenSSL's server, which answers each line with its letters reversed."""

    def __init__(self, pair, *options):
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            self.port = str(reserved.getsockname()[1])
        self.process = subprocess.Popen(
            ["openssl", "s_server", "-accept", f"127.0.0.1:{self.port}", "-cert", pair[0], "-key",
             pair[1], "-rev", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in self.process.stdout:
            if line.startswith("ACCEPT"):
                break
        # It would wait for somebody to read what it has to say.
        self.reader = threading.Thread(target=self.process.stdout.read, daemon=True)
        self.reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()

    def talk(self, authority, *more, name="localhost"):
        done = subprocess.run([TLS_CLIENT, "127.0.0.1", self.port, name, authority.file, *more],
                              capture_output=True, text=True, timeout=60, check=False)
        return done.stdout + done.stderr


@test
def openssl_connects_with_each_version(place):
    for pair in (place.server, place.curve_server):
        with place.echo(pair=pair) as server:
            for version in ("-tls1_2", "-tls1_3"):
                said = place.s_client(server.address, version, "-quiet", "-no_ign_eof",
                                      "-servername", "localhost", text="hello weir\nQ\n")
                assert "verify return:1" in said, said
            for version in ("-tls1", "-tls1_1"):
                said = place.s_client(server.address, version, "-cipher", "ALL:@SECLEVEL=0")
                assert "alert protocol version" in said, said


@test
def openssl_gets_records_as_short_as_it_asks_for(place):
    line = "x" * 3000 + "\n"
    with place.echo() as server:
        for version in ("-tls1_2", "-tls1_3"):
            said = place.s_line(server.address, version, "-maxfraglen", "512", text=line)
            assert said.endswith(line), said


@test
def openssl_resumes_a_session(place):
    with place.echo() as server, tempfile.TemporaryDirectory() as folder:
        for version in ("-tls1_2", "-tls1_3"):
            session = f"{folder}/session{version}"
            place.s_line(server.address, version, "-sess_out", session)
            said = place.s_client(server.address, version, "-sess_in", session)
            assert "Reused, TLSv1" in said, said


def key_in(text):
    """The name of the key that has sealed a session's ticket: its first 16 bytes (RFC 5077 4)."""
    return text.split("TLS session ticket:\n")[1].split("0000 - ")[1][:47]


def key_of_ticket(session):
    return key_in(output_of(["openssl", "sess_id", "-in", session, "-text", "-noout"]))


@test
def a_ticket_is_good_when_its_key_was_replaced_meanwhile(place):
    with place.server_with("ticket-seconds=2") as server, tempfile.TemporaryDirectory() as folder:
        for version in ("-tls1_2", "-tls1_3"):
            before, after = f"{folder}/before", f"{folder}/after"
            place.s_line(server.address, version, "-sess_out", after)
            while True:  # until two tickets in a row were sealed by different keys
                os.replace(after, before)
                place.s_line(server.address, version, "-sess_out", after)
                if key_of_ticket(before) != key_of_ticket(after):
                    break
            said = place.s_line(server.address, version, "-sess_in", before, "-sess_out", before)
            assert "Reused, TLSv1" in said, said
            # Of TLS 1.2 the client shows the new ticket, but does not write it down.
            renewed = key_in(said) if version == "-tls1_2" else key_of_ticket(before)
            assert renewed == key_of_ticket(after), "it is sealed anew"


@test
def a_client_that_speaks_nothing_of_ours_is_told_so(place):
    with place.server_with("alpn=weir/2", "alpn=http/1.1") as server:
        for offered, chosen in (("http/1.1", "http/1.1"), ("http/1.1,weir/2", "weir/2"),
                                ("h2,http/1.1", "http/1.1")):
            said = place.s_line(server.address, "-alpn", offered)
            assert f"ALPN protocol: {chosen}\n" in said, said
        said = place.s_line(server.address)
        assert "No ALPN negotiated" in said and "ping\n" in said, said
        for version in ("-tls1_2", "-tls1_3"):
            said = place.s_client(server.address, version, "-alpn", "h2,spdy/3")
            assert "alert no application protocol" in said, said


@test
def only_clients_with_a_good_certificate_are_served(place):
    with tempfile.TemporaryDirectory() as folder:
        stranger = Authority(pathlib.Path(folder)).issue("client", "DNS:client")
        refused = ((None, "certificate required", "handshake failure"),
                   (place.expired, "certificate expired", "certificate expired"),
                   (stranger, "unknown ca", "unknown ca"))
        with place.server_with(f"requires={place.authority.file}") as server:
            for version in ("-tls1_3", "-tls1_2"):
                chain, key = place.client
                said = place.s_line(server.address, version, "-cert", chain, "-key", key)
                assert "ping\n" in said, said
                for pair, *alerts in refused:
                    shown = ["-cert", pair[0], "-key", pair[1]] if pair else []
                    said = place.s_line(server.address, version, *shown)
                    assert f"alert {alerts[version == '-tls1_2']}" in said, said
                    assert "ping\n" not in said, said
        with place.server_with(f"asks={place.authority.file}") as server:
            assert "ping\n" in place.s_line(server.address)
            said = place.s_line(server.address, "-cert", stranger[0], "-key", stranger[1])
            assert "alert unknown ca" in said and "ping\n" not in said, said


@test
def renegotiation_is_refused_and_survived(place):
    with place.echo() as server:
        said = place.s_client(server.address, "-tls1_2", "-legacy_renegotiation", text="R\n")
        assert "no renegotiation" in said, said
        assert "ping" in place.s_line(server.address)


def echoed(client, sent):
    """What comes back; by one thread, because Python's ssl has no lock around a connection."""
    got = bytearray()
    for begin in range(0, len(sent), 60_000):
        piece = sent[begin:begin + 60_000]
        client.sendall(piece)
        while len(got) < begin + len(piece):
            got += client.recv(70_000)
    return bytes(got)


@test
def what_python_sends_comes_back_and_ends_are_said(place):
    with place.echo() as server:
        for most in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with place.python_client(server.address, maximum_version=most) as client:
                for size in (1, 16384, 16385, 100_000, 3_000_000):
                    sent = os.urandom(size)
                    assert echoed(client, sent) == sent, size
                # Its end is answered by ours: anything else is an exception.
                client.unwrap().close()


@test
def whoever_is_no_client_leaves_nothing_behind(place):
    with place.echo() as server:
        before = server.descriptors()
        for nonsense in (b"", b"GET / HTTP/1.1\r\n\r\n", os.urandom(3000), b"\x16\x03\x01\x40\x00"):
            with socket.create_connection(server.address, timeout=60) as peer:
                peer.sendall(nonsense)
                peer.shutdown(socket.SHUT_WR)
                try:
                    while peer.recv(1000):
                        pass
                except ConnectionResetError:
                    pass
        assert server.wait_for_descriptors(before, 30) <= before
        with place.python_client(server.address) as client:
            client.sendall(b"still there")
            assert client.recv(100) == b"still there"


@test
def weir_connects_to_openssl_with_each_version(place):
    for version in ("1_2", "1_3"):
        with OtherServer(place.server, f"-tls{version}", "-alpn", "http/1.1") as server:
            said = server.talk(place.authority, "hello", "2")
            first, answer, second, again = said.splitlines()
            assert answer == again == "olleh", said
            start = version.replace("_", ".")
            assert first.startswith(f"{start} TLS_") and "protocol=http/1.1" in first, said
            assert "resumed=0 peer=CN=server" in first and "resumed=1" in second, said


@test
def weir_refuses_whom_it_cannot_believe(place):
    with OtherServer(place.server) as server:
        said = server.talk(place.authority, name="elsewhere.example")
        assert "for another host" in said, said
    with OtherServer(place.expired) as server:
        said = server.talk(place.authority)
        assert "has expired" in said, said
    with tempfile.TemporaryDirectory() as folder:
        stranger = Authority(pathlib.Path(folder))
        with OtherServer(stranger.issue("server", "DNS:localhost")) as server:
            said = server.talk(place.authority)
            assert "nobody who is trusted" in said, said


@test
def weir_shows_its_certificate_to_who_asks(place):
    with OtherServer(place.server, "-Verify", "1", "-verify_return_error", "-CAfile",
                     place.authority.file) as server:
        said = server.talk(place.authority, "hello", "1", *place.client)
        assert "olleh" in said, said
        said = server.talk(place.authority, "hello")
        assert "the peer refused: certificate required" in said, said


@test
def python_websockets_talk_over_tls(place):
    if not WS_ECHO:
        return
    import websockets  # from the distribution, see the tests of WebSocket

    async def talk(url):
        context = ssl.create_default_context(cafile=place.authority.file)
        async with websockets.connect(url, ssl=context, max_size=32 << 20) as peer:
            for size in (0, 1, 126, 65_536, 1 << 20):
                sent = os.urandom(size)
                await peer.send(sent)
                assert await peer.recv() == sent, size

    with place.echo(WS_ECHO) as server:
        asyncio.run(talk(f"wss://localhost:{server.address[1]}/"))


@test
def curl_speaks_http_over_tls(place):
    if not HTTP_ECHO:
        return
    with place.echo(HTTP_ECHO) as server, tempfile.NamedTemporaryFile() as file:
        file.write(os.urandom(700_000))
        file.flush()
        url = f"https://localhost:{server.address[1]}/"
        curl = ["curl", "-sS", "--cacert", place.authority.file]
        for version in (["--tls-max", "1.2"], ["--tlsv1.3"]):
            done = subprocess.run([*curl, *version, "-d", "hello", url, url], capture_output=True,
                                  timeout=60, check=True)
            assert done.stdout == b"hellohello", done
            done = subprocess.run([*curl, *version, "--data-binary", f"@{file.name}", url],
                                  capture_output=True, timeout=60, check=True)
            assert done.stdout == pathlib.Path(file.name).read_bytes()
        done = subprocess.run(["curl", "-sS", url], capture_output=True, timeout=60, check=False)
        assert done.returncode == 60, done  # it does not know the authority


def main():
    need_command("openssl")
    need_command("curl")
    with tempfile.TemporaryDirectory() as folder:
        run(Place(pathlib.Path(folder)))


main()
