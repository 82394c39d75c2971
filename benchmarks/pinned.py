# SPDX-License-Identifier: Apache-2.0
"""A server on one core, its load on the other, and how much of the machine others took meanwhile.

    process, port = pinned.start("server --listen 127.0.0.1:0")
    run = pinned.Run(process)                    # counts from here
    ... load it ...
    run.end()                                    # .user, .system, .wall, .foreign
"""

import os
import pathlib
import re
import select
import shlex
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import facts  # noqa: E402

SERVER_CPU, GENERATOR_CPU = 0, 1
MAX_FOREIGN_CPU = 0.12  # of one core, during a run
MAX_TRIES = 3
TICKS = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A run that gave no number; the text says why."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def first_line(process, seconds):
    readable, _, _ = select.select([process.stdout], [], [], seconds)
    line = process.stdout.readline() if readable else ""
    if not line:
        raise Failed(f"said nothing within {seconds} s (exit code {process.poll()})")
    return line


def await_port(port, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise Failed(f"port {port} did not open within {seconds} s")


def start(command, port=None, environment=None):
    """Starts a server on its core. It says `listening on HOST:PORT` first, unless its port is
    given: then it is waited for. Returns the process and the port."""
    process = subprocess.Popen(
        shlex.split(command), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=environment, preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CPU}))
    try:
        if port is not None:
            await_port(port, 10)
            return process, port
        found = re.search(r"listening on \S*:(\d+)", first_line(process, 10))
        if found is None:
            raise Failed("its first line isn't `listening on HOST:PORT`")
        return process, int(found.group(1))
    except Failed:
        facts.stop(process)
        raise


def load(command, seconds):
    """What a load generator printed, from the other core."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds, check=False,
            preexec_fn=lambda: os.sched_setaffinity(0, {GENERATOR_CPU}))
    except subprocess.TimeoutExpired:
        raise Failed(f"the generator took more than {seconds} s") from None
    if done.returncode != 0 or not done.stdout:
        raise Failed(done.stderr.strip().splitlines()[0] if done.stderr else "generator failed")
    return done.stdout


def process_cpu(pid):
    """User and system seconds of all the process's threads."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        raise Failed("the server died during the run") from None
    return int(fields[11]) / TICKS, int(fields[12]) / TICKS


def machine_cpu():
    fields = [int(x) for x in open("/proc/stat").readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


class Run:
    """What the processors did from its making to its end, as parts of one core."""

    def __init__(self, process):
        self._pid = process.pid
        self._begin = time.monotonic()
        self._server = process_cpu(self._pid)
        self._machine, self._children = machine_cpu(), sum(os.times()[:4])

    def end(self):
        self.wall = time.monotonic() - self._begin
        now = process_cpu(self._pid)
        user, system = (now[i] - self._server[i] for i in (0, 1))
        # The generator is a waited-for child by now; the server isn't, and is added by hand.
        ours = user + system + sum(os.times()[:4]) - self._children
        self.user, self.system = user / self.wall, system / self.wall
        self.foreign = (machine_cpu() - self._machine - ours) / self.wall
        return self


def undisturbed(attempt):
    """The result of `attempt()`, tried again while others took the machine; its `disturbed` says
    whether they did to the last."""
    for _ in range(MAX_TRIES):
        result = attempt()
        result["disturbed"] = result["foreign_cpu"] > MAX_FOREIGN_CPU
        if not result["disturbed"]:
            break
        time.sleep(1)
    return result
