# SPDX-License-Identifier: Apache-2.0
"""Where a proxy is tested: certificates for both of its sides, and servers of others behind it."""

import os
import pathlib
import sys
import tempfile

import npm_packages
from authority import Authority
from requirements import need_command, need_module
from suite import run

WEBSOCKET = pathlib.Path(__file__).resolve().parents[1] / "websocket"


class ProxyPlace:
    """`front` is the certificate and key of the proxy, `back` those of who stands behind it."""

    def __init__(self, folder):
        self.authority = Authority(folder)
        names = "DNS:localhost,IP:127.0.0.1"
        self.front = self.authority.issue("front", names)
        self.back = self.authority.issue("back", names)

    def tls_arguments(self):
        return ["--tls-cert", self.back[0], "--tls-key", self.back[1]]


def npm_server(npm_folder):
    """The command of an echo server."""
    os.environ.update(npm_packages.environment_with(WEBSOCKET, npm_folder))
    return ["node", str(WEBSOCKET / "npm_server.cjs")]


def python_server():
    """The command of another."""
    return [sys.executable, str(WEBSOCKET / "python_server.py")]


def run_in(place):
    """Runs the tests in a place of this class."""
    need_command("curl")
    need_command("openssl")
    need_module("websockets")
    with tempfile.TemporaryDirectory() as folder:
        run(place(pathlib.Path(folder)))
