# SPDX-License-Identifier: Apache-2.0
"""The server under test as a process: its port, its descriptors, its memory, its orderly end."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path


class ServerProcess:
    """Runs `command`, which prints `listening on HOST:PORT` first; a context manager."""

    def __init__(self, command):
        # The run-time library is linked in, so the maps do not tell.
        self.is_sanitized = b"__asan_init" in Path(shutil.which(command[0])).read_bytes()
        # A sanitizer's quarantine would look like a leak.
        environment = dict(os.environ)
        options = environment.get("ASAN_OPTIONS", "")
        environment["ASAN_OPTIONS"] = f"{options}:quarantine_size_mb=8".lstrip(":")
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            self.process.kill()
            raise RuntimeError(f"{command[0]} printed {line!r} instead of where it listens")
        host, _, port = line.split()[-1].rpartition(":")
        self.address = (host, int(port))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.is_alive():
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    @property
    def url(self):
        return f"ws://{self.address[0]}:{self.address[1]}/"

    def say(self, text):
        """Everything that the server answers to `text`, after which nothing more is sent."""
        with socket.create_connection(self.address, timeout=60) as peer:
            peer.sendall(text)
            peer.shutdown(socket.SHUT_WR)
            answer = b""
            while piece := peer.recv(65536):
                answer += piece
            return answer

    def is_alive(self):
        return self.process.poll() is None

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def wait_for_descriptors(self, at_most, seconds):
        """How many there are once they are few enough, or after `seconds`."""
        end = time.monotonic() + seconds
        while self.descriptors() > at_most and time.monotonic() < end:
            time.sleep(0.01)
        return self.descriptors()

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
        return 0
