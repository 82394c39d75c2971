# SPDX-License-Identifier: Apache-2.0
"""What a test needs from the distribution; it ends with the line that installs what is missing."""

import importlib.util
import os
import pathlib
import shutil
import sys

# Servers are there, and not everybody looks there.
os.environ["PATH"] += ":/usr/sbin:/sbin"


def missing(what, *packages):
    sys.exit(f"missing: {what}\n  apt-get install -y --no-install-recommends {' '.join(packages)}")


def need_command(command, package=None):
    if shutil.which(command) is None:
        missing(command, package or command)


def need_module(name, package=None):
    if importlib.util.find_spec(name) is None:
        missing(f"{name} for {sys.executable}", package or f"python3-{name}")


def need_file(path, package):
    if not pathlib.Path(path).exists():
        missing(path, package)
