# SPDX-License-Identifier: Apache-2.0
"""Somebody else's server, run in the foreground on ports that were chosen for it."""

import pathlib
import signal
import socket
import subprocess
import tempfile
import time


class ReservedPort:
    """A free port of 127.0.0.1 that stays ours: bound, but nobody listens on this socket. Whoever
    is to serve it binds to it too, with SO_REUSEPORT."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.socket.bind(("127.0.0.1", 0))
        self.number = self.socket.getsockname()[1]

    def __str__(self):
        return str(self.number)

    def accepts(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.number)) == 0


class ConfiguredProcess:
    """Writes `configuration` to a file of a folder of its own, runs `command(folder, file)`, and is
    there once all of `ports` accept connections. A context manager."""

    def __init__(self, command, configuration, ports):
        self.ports = ports
        self.place = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.place.name)
        self.log = self.folder / "output"
        file = self.folder / "configuration"
        file.write_text(configuration.replace("FOLDER", self.place.name), encoding="ascii")
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(command(self.folder, file), stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=subprocess.STDOUT)
        end = time.monotonic() + 30
        while not all(port.accepts() for port in ports):
            if self.process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                raise RuntimeError(f"{self.process.args[0]} does not serve: {self.said}")
            time.sleep(0.01)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.said = self.log.read_text(errors="replace")
        self.place.cleanup()

    def output(self):
        return self.log.read_text(errors="replace")
