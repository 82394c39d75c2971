# SPDX-License-Identifier: Apache-2.0
"""What every table of numbers must say about where it comes from; and how a server is started."""

import json
import os
import pathlib
import re
import select
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]


def command_output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10,
                              check=False).stdout.strip()
    except OSError:
        return ""


def read_first(path, pattern, otherwise="unknown"):
    try:
        found = re.search(pattern, pathlib.Path(path).read_text(), re.MULTILINE)
    except OSError:
        return otherwise
    return found.group(1).strip() if found else otherwise


def machine():
    """name -> fact, for the head of a table."""
    commit = command_output("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD") or "none"
    dirty = command_output("git", "-C", str(ROOT), "status", "--porcelain")
    return {
        "machine": f"{os.cpu_count()} cores, {read_first('/proc/cpuinfo', 'model name.*: (.*)')}",
        "kernel": f"{os.uname()[0]} {os.uname()[2]}",
        "commit": commit + (" with local changes" if dirty else ""),
        "date": time.strftime("%Y-%m-%d %H:%M %Z"),
    }


def compiler(build, source):
    """The compiler, and the flags that a source of that name was compiled with, without paths."""
    try:
        entries = json.loads((pathlib.Path(build) / "compile_commands.json").read_text())
    except OSError:
        return "unknown (no compile_commands.json in the build directory)"
    for entry in entries:
        if entry["file"].endswith(source):
            words = shlex.split(entry["command"])
            program = next(w for w in words if not w.endswith("ccache"))
            version = command_output(program, "--version").split("\n")[0]
            kept = [w for w in words if re.match(r"-(O|std|m|f|g|D|pthread)", w)]
            return f"{version}; {' '.join(kept)}"
    return f"unknown ({source} isn't in compile_commands.json)"


def start_server(command, seconds=30, complaints=None):
    """Starts a server that says `listening on HOST:PORT` first; returns it and its port.
    `complaints`: where its stderr goes, as for Popen."""
    process = subprocess.Popen(shlex.split(command), stdout=subprocess.PIPE, stderr=complaints,
                               text=True)
    readable, _, _ = select.select([process.stdout], [], [], seconds)
    line = process.stdout.readline() if readable else ""
    found = re.search(r"listening on \S*:(\d+)", line)
    if found is None:
        stop(process)
        sys.exit(f"{command}: its first line isn't `listening on HOST:PORT`")
    return process, int(found.group(1))


def stop(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    process.stdout.close()
