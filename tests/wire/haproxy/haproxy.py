# SPDX-License-Identifier: Apache-2.0
"""HAProxy with the proxies that a test gives it, and what it has counted."""

import csv
import socket

from configured_process import ConfiguredProcess
from requirements import need_command

MAIN = """
global
    maxconn 1000
    ssl-server-verify required
    tune.ssl.default-dh-param 2048
    stats socket @FOLDER@/counts
defaults
    mode http
    timeout connect 10s
    timeout client 7d
    timeout server 7d
    timeout check 10s
@PROXIES@
"""


class HAProxy(ConfiguredProcess):
    """Listens on `ports`."""

    def __init__(self, ports, proxies, **values):
        need_command("haproxy")
        super().__init__("haproxy", lambda file: ["-db", "-f", file],
                         MAIN.replace("@PROXIES@", proxies), ports, **values)

    def count(self, proxy, server, column):
        """One of its statistics; `server` may be "FRONTEND" or "BACKEND"."""
        with socket.socket(socket.AF_UNIX) as asked:
            asked.connect(f"{self.place.name}/counts")
            asked.sendall(b"show stat\n")
            text = asked.makefile().read()
        for row in csv.DictReader(text.removeprefix("# ").splitlines()):
            if (row["pxname"], row["svname"]) == (proxy, server):
                return row[column]
        raise KeyError((proxy, server))
