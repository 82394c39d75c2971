# SPDX-License-Identifier: Apache-2.0
"""The client of the examples asks their server: http_client.py HTTP_CLIENT HTTP_ECHO"""

import pathlib
import socket
import subprocess
import sys

sys.dont_write_bytecode = True  # the tests leave nothing in the source tree
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "wire" / "support"))

from server_process import ServerProcess

HTTP_CLIENT, HTTP_ECHO = sys.argv[1:]


def fetch(*urls):
    done = subprocess.run([HTTP_CLIENT, *urls], capture_output=True, text=True, timeout=60,
                          check=False)
    return done.returncode, sorted(done.stdout.splitlines())


with ServerProcess([HTTP_ECHO]) as server, socket.socket() as nobody:
    nobody.bind(("127.0.0.1", 0))  # and does not listen
    good = f"http://127.0.0.1:{server.address[1]}/"
    bad = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
    status, lines = fetch(good + "a", good + "b")
    assert (status, lines) == (0, [f"{good}a: 200, 0 bytes", f"{good}b: 200, 0 bytes"]), lines
    status, lines = fetch(good, bad)
    assert status == 1, lines
    told = [line for line in lines if line.startswith(bad + ": Connection refused in connect ")]
    assert len(told) == 1, lines
