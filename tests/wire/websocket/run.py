# SPDX-License-Identifier: Apache-2.0
"""Puts weir's programs and another implementation at the two ends of a connection.

run.py npm|python server|client PROGRAM WORK_FOLDER [deflate]

`server`: PROGRAM is weir's echo server, the other side the client; `client`: the other way round.
`deflate`: both compress; the server once without and once with kept context.
WORK_FOLDER is where npm installs what package-lock.json names, once.
"""

import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True  # the tests leave nothing in the source tree

from server_process import ServerProcess

HERE = pathlib.Path(__file__).resolve().parent
INSTALL = {
    "npm": "apt-get install -y --no-install-recommends nodejs npm",
    "python": "apt-get install -y --no-install-recommends python3-websockets",
}


def missing(kind, what):
    sys.exit(f"missing: {what}\n  {INSTALL[kind]}")


def npm_environment(folder):
    for command in ("node", "npm"):
        if shutil.which(command) is None:
            missing("npm", command)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two of these tests may run at once
        wanted = (HERE / "package-lock.json").read_bytes()
        done = folder / "installed.json"
        if not done.exists() or done.read_bytes() != wanted:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(HERE / name, folder)
            quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
            if subprocess.run(["npm", "ci", *quiet], cwd=folder, check=False).returncode != 0:
                sys.exit(f"npm could not install `ws`; try: cd {folder} && npm ci")
            done.write_bytes(wanted)
    return {**os.environ, "NODE_PATH": str(folder / "node_modules")}


def other_side(kind, role, folder):
    """The command of the other implementation."""
    if kind == "npm":
        os.environ.update(npm_environment(folder))
        return ["node", str(HERE / f"npm_{role}.cjs")]
    if subprocess.run(["/usr/bin/python3", "-c", "import websockets"], check=False).returncode != 0:
        missing("python", "websockets for /usr/bin/python3")
    return ["/usr/bin/python3", str(HERE / f"python_{role}.py")]


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
