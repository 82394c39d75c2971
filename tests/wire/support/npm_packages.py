# SPDX-License-Identifier: Apache-2.0
"""Packages of npm for a test: what a package-lock.json names, installed once a build folder."""

import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

from requirements import need_command


def environment_with(source, folder):
    """The environment in which Node finds what `source`/package-lock.json names, in `folder`."""
    source, folder = pathlib.Path(source), pathlib.Path(folder)
    need_command("node", "nodejs")
    need_command("npm")
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several tests may want the same at once
        wanted = (source / "package-lock.json").read_bytes()
        done = folder / "installed.json"
        if not done.exists() or done.read_bytes() != wanted:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(source / name, folder)
            quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
            if subprocess.run(["npm", "ci", *quiet], cwd=folder, check=False).returncode != 0:
                sys.exit(f"npm could not install its packages; try: cd {folder} && npm ci")
            done.write_bytes(wanted)
    return {**os.environ, "NODE_PATH": str(folder / "node_modules")}
