#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The same measurement in a machine that QEMU starts (tests/guest), where as many files may be open
as it takes: for counts that this machine's limit does not allow. It is slow there, and counts the
same bytes. 50,000 connections take 10 GiB of memory and 15 minutes.

usage: benchmarks/idle/in_guest.py [option of run.py...]        after ./dev build
"""

import os
import pathlib
import sys
import sysconfig

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/guest"), str(ROOT / "tests/wire/support")]
from debian_kernel import DebianKernel  # noqa: E402
from guest import Guest  # noqa: E402

MEMORY_MIB = 10_000
LONGEST = 3600  # seconds
NEEDED = (
    pathlib.Path(sysconfig.get_path("stdlib")),
    ROOT / "build/release/examples/ws_echo",
    ROOT / "benchmarks",
    pathlib.Path("/usr/bin/openssl"),
    pathlib.Path("/usr/lib/ssl/openssl.cnf"),
)


def main():
    os.chdir(ROOT)
    guest = Guest(DebianKernel(ROOT / "build/guest"))
    command = [os.path.realpath(sys.executable), "benchmarks/idle/run.py", *sys.argv[1:]]
    servers = (ROOT / "build/release/benchmarks/echo").glob("*")
    copies = [path for path in NEEDED if path.exists()]
    copies += [path for path in servers if path.is_file()]
    return guest.run(command, timeout=LONGEST, memory_mib=MEMORY_MIB, copies=copies)


if __name__ == "__main__":
    sys.exit(main())
