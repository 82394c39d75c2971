#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The gateway for devices against npm `ws`: check.py PROGRAM NPM_FOLDER.

Devices of npm_devices.cjs send crafted frames; here is looked at what the gateway has written when
it is told to end: every reading once, in batches of at most 100.
"""

import pathlib
import re
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import npm_packages  # noqa: E402
from server_process import ServerProcess  # noqa: E402

EXPECTED = [
    "device 2 #1: 23.45 C, 55 %, 1013 hPa",
    "device 2 #2: -12.34 C, 0 %, 0 hPa",
    "device 2 #3: -327.68 C, 255 %, 65535 hPa",
    "device 3 #9: -0.01 C, 33 %, 999 hPa",
]
FLOOD = re.compile(r"device (\d+) #(10\d\d): (\d+\.\d\d) C, (\d+) %, 1000 hPa")


def expect(condition, what):
    if not condition:
        sys.exit(f"failed: {what}")


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    packages = npm_packages.environment_with(HERE.parent / "websocket", folder)
    with ServerProcess([program, "--listen", "127.0.0.1:0"]) as server:
        node = subprocess.run(["node", str(HERE / "npm_devices.cjs"), server.url], check=False,
                              timeout=200, env=packages)
        expect(server.is_alive(), "the gateway lives")
        server.process.send_signal(signal.SIGTERM)
        written = server.process.stdout.read().splitlines()
        code = server.process.wait(timeout=20)
    expect(node.returncode == 0, "the devices are content")
    expect(code == 0, f"the gateway ends with 0, not {code}")
    readings = [line for line in written if line.startswith("device")]
    expect(readings[:len(EXPECTED)] == EXPECTED, f"the readings: {readings[:len(EXPECTED) + 1]}")
    flood = [FLOOD.fullmatch(line) for line in readings[len(EXPECTED):]]
    expect(all(flood), "nothing else was taken for a reading")
    expect(len(flood) == 1000, f"1000 readings of the hundred, not {len(flood)}")
    expect(len({found.groups()[:2] for found in flood}) == 1000, "each of them once")
    batches = [int(line.split()[-1]) for line in written if line.startswith("batch")]
    expect(max(batches) <= 100 and sum(batches) == len(readings), f"the batches: {batches}")
    print(f"ok {len(readings)} readings in {len(batches)} batches")


main()
