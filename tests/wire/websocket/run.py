# SPDX-License-Identifier: Apache-2.0
"""Puts weir's programs and another implementation at the two ends of a connection.

run.py npm|python server|client PROGRAM WORK_FOLDER [deflate]

`server`: PROGRAM is weir's echo server, the other side the client; `client`: the other way round.
`deflate`: both compress; the server once without and once with kept context.
WORK_FOLDER is where npm installs what package-lock.json names, once.
"""

import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True  # the tests leave nothing in the source tree
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import npm_packages
from requirements import need_module
from server_process import ServerProcess


def other_side(kind, role, folder):
    """The command of the other implementation."""
    if kind == "npm":
        os.environ.update(npm_packages.environment_with(HERE, folder))
        return ["node", str(HERE / f"npm_{role}.cjs")]
    need_module("websockets")
    return [sys.executable, str(HERE / f"python_{role}.py")]


def run_clients(command, program, flags):
    with ServerProcess([program, "--listen", "127.0.0.1:0", *flags]) as server:
        code = subprocess.run([*command, server.url], check=False, timeout=200).returncode
        if not server.is_alive():
            sys.exit("the server has died")
    return code


def main():
    kind, role, program, folder, *deflate = sys.argv[1:]
    folder = pathlib.Path(folder)
    if role == "client":
        with ServerProcess([*other_side(kind, "server", folder), *deflate]) as server:
            command = [program, server.url, *deflate]
            sys.exit(subprocess.run(command, check=False, timeout=200).returncode)
    command = other_side(kind, "deflate_client" if deflate else "client", folder)
    variants = [["--deflate"], ["--keep-context"]] if deflate else [[]]
    codes = [run_clients(command, program, flags) for flags in variants]
    sys.exit(max(codes, key=abs))


main()
