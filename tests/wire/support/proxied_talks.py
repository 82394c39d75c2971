# SPDX-License-Identifier: Apache-2.0
"""What is said through a proxy, whichever it is, to find out whether all of it arrives."""

import http.client
import os
import subprocess
import tempfile

from suite import output_of


def curl(authority, *arguments):
    done = subprocess.run(["curl", "-sS", "--cacert", authority.file, *arguments],
                          capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def echo_everything(authority, url):
    """Bodies of every framing, there and back; methods without any."""
    with tempfile.NamedTemporaryFile() as file:
        body = os.urandom(1_000_000)
        file.write(body)
        file.flush()
        for more in ([], ["-H", "Expect:"], ["-H", "Transfer-Encoding: chunked"], ["-0"]):
            assert curl(authority, "--data-binary", f"@{file.name}", *more, url) == body, more
    assert curl(authority, url) == b""
    assert curl(authority, "-X", "DELETE", url) == b""
    head = curl(authority, "-I", url)
    assert head.startswith(b"HTTP/1.1 200 OK\r\n") and b"\r\ndate: " in head.lower(), head


async def echo_messages(url, **options):
    """Python `websockets` through the proxy to weir."""
    import websockets

    async with websockets.connect(url, max_size=32 << 20, **options) as peer:
        for size in (0, 1, 125, 126, 65_535, 65_536, 1 << 20, 16 << 20):
            sent = os.urandom(size)
            await peer.send(sent)
            assert await peer.recv() == sent, size
        for number in range(1000):
            await peer.send(f"message {number}")
        for number in range(1000):
            assert await peer.recv() == f"message {number}"
        await (await peer.ping(b"through"))
        await peer.close(3999, "enough")
        assert peer.close_code == 3999, peer.close_code


def hear_of_ourselves(front):
    """proxied_echo behind `front`, a proxy that names its clients: it knows our address."""
    peer = http.client.HTTPConnection(*front.address("FRONT"), timeout=60)
    peer.connect()
    ours = peer.sock.getsockname()
    for _ in range(2):
        peer.request("GET", "/")
        said = peer.getresponse().read().decode()
        assert said == f"127.0.0.1:{ours[1]} 127.0.0.1:{front.ports['FRONT']}", said
    peer.close()


def echo_client(program, authority, front):
    """weir, plain and over TLS, through the proxy to somebody else's server: program is
    tests/wire/websocket's."""
    trusting = {**os.environ, "SSL_CERT_FILE": authority.file}
    for url in (front.url("ws", "FRONT"), front.url("wss", "SECURE")):
        said = output_of([program, url], env=trusting)
        assert said == "", f"{url}: {said}"
