# SPDX-License-Identifier: Apache-2.0
"""The echo servers that are compared by what they do for a message: weir's and the hand-written."""

import os
import sys

RAW = "{build}/benchmarks/echo/%s --protocol {protocol} --listen 127.0.0.1:0"
COMMANDS = {
    "weir": "{build}/examples/{protocol}_echo --listen 127.0.0.1:0 --shards 1",
    "raw_uring": RAW % "raw_uring",
    "raw_epoll": RAW % "raw_epoll",
}


def commands(build, protocol):
    """Name -> command; ends the program where one is not built."""
    found = {name: command.format(build=build, protocol=protocol)
             for name, command in COMMANDS.items()}
    for command in found.values():
        if not os.access(command.split()[0], os.X_OK):
            sys.exit(f"{command.split()[0]} is missing: ./dev build")
    return found
