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
    """Fills `configuration` in, runs `command` with what `arguments_of(file)` gives, and is there
    once all `ports` accept connections. Each `@NAME@` stands for the value, or the port, of that
    name; `@FOLDER@` for a folder that is removed in the end. A context manager."""

    def __init__(self, command, arguments_of, configuration, ports, **values):
        self.ports = {name: ReservedPort() for name in ports}
        self.place = tempfile.TemporaryDirectory()
        file = pathlib.Path(self.place.name) / "configuration"
        for name, value in {"FOLDER": self.place.name, **self.ports, **values}.items():
            configuration = configuration.replace(f"@{name}@", str(value))
        file.write_text(configuration, encoding="ascii")
        self.log = file.with_name("output")
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen([command, *arguments_of(file)], stdout=output,
                                            stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        end = time.monotonic() + 30
        while not all(port.accepts() for port in self.ports.values()):
            if self.process.poll() is not None or time.monotonic() > end:
                said = self.output()
                self.__exit__()
                raise RuntimeError(f"{command} does not serve: {said}")
            time.sleep(0.01)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for port in self.ports.values():
            port.socket.close()
        self.place.cleanup()

    def address(self, name):
        return "127.0.0.1", self.ports[name].number

    def url(self, scheme, name):
        return f"{scheme}://localhost:{self.ports[name]}/"

    def output(self):
        return self.log.read_text(errors="replace")
