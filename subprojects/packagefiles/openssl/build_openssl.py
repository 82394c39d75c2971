#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Builds libcrypto.a and libssl.a out of OpenSSL's source tree, and gathers the made headers.

usage: build_openssl.py source build perl make
"""

import os
import pathlib
import shutil
import subprocess
import sys


def main():
    source, build = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    perl, make = sys.argv[3:5]
    work = build / "work"
    work.mkdir(exist_ok=True)
    subprocess.run([perl, source / "Configure", "no-shared", "no-tests", "no-legacy", "-fPIC"],
                   cwd=work, check=True)
    jobs = f"-j{len(os.sched_getaffinity(0))}"
    subprocess.run([make, "-s", jobs, "build_generated", "libcrypto.a", "libssl.a"],
                   cwd=work, check=True)
    for name in ("libcrypto.a", "libssl.a"):
        shutil.copy(work / name, build / name)
    shutil.copytree(work / "include", build / "include", dirs_exist_ok=True)
    (build / "openssl.headers").touch()


main()
