# SPDX-License-Identifier: Apache-2.0
"""undici and autocannon of npm at weir's HTTP server: run.py HTTP_ECHO NPM_FOLDER"""

import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the tests leave nothing in the source tree
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import npm_packages
from authority import Authority
from requirements import need_command
from server_process import ServerProcess
from suite import output_of, run, test

HTTP_ECHO, NPM_FOLDER = sys.argv[1:]


class Place:
    """Certificates, and what npm has installed."""

    def __init__(self, folder):
        self.environment = npm_packages.environment_with(HERE, NPM_FOLDER)
        self.authority = Authority(folder)
        chain, key = self.authority.issue("server", "DNS:localhost,IP:127.0.0.1")
        self.kinds = {"http": [], "https": ["--tls-cert", chain, "--tls-key", key]}

    def undici(self, url, *more):
        command = ["node", HERE / "undici_client.cjs", url, self.authority.file, *more]
        done = subprocess.run(command, env=self.environment, stderr=subprocess.PIPE, text=True,
                              timeout=200, check=False)
        assert (done.returncode, done.stderr) == (0, ""), (url, done.stderr)

    def autocannon(self, url, *more):
        """What it has counted."""
        program = pathlib.Path(self.environment["NODE_PATH"]) / "autocannon/autocannon.js"
        command = ["node", program, "--json", "--no-progress", "--ca", self.authority.file]
        said = output_of([*command, *more, url], 200, env=self.environment)
        return json.loads(next(line for line in said.splitlines() if line.startswith("{")))


@test
def undici_pipelines_over_http_and_https(place):
    for scheme, arguments in place.kinds.items():
        with ServerProcess([HTTP_ECHO, "--max-requests", "100000", *arguments]) as server:
            place.undici(f"{scheme}://localhost:{server.address[1]}")


@test
def undici_repeats_what_was_pipelined_behind_the_last_answer(place):
    for scheme, arguments in place.kinds.items():
        with ServerProcess([HTTP_ECHO, "--max-requests", "25", *arguments]) as server:
            place.undici(f"{scheme}://localhost:{server.address[1]}", "25")


@test
def autocannon_gets_an_answer_for_each_request(place):
    for scheme, arguments in place.kinds.items():
        with ServerProcess([HTTP_ECHO, "--max-requests", "100000", *arguments]) as server:
            url = f"{scheme}://localhost:{server.address[1]}/"
            for more in ([], ["-m", "POST", "-b", "hello weir", "-E", "hello weir"]):
                counted = place.autocannon(url, "-a", "20000", "-c", "10", "-p", "10", *more)
                for name in ("non2xx", "errors", "timeouts", "mismatches", "resets"):
                    assert counted[name] == 0, counted
                requests = counted["requests"]
                assert requests["sent"] == 20_000, requests
                # It leaves with the last request of a connection, not with the last answer: of any
                # server it counts nine of ten in flight less.
                assert counted["2xx"] == requests["total"] == 20_000 - 10 * 9, counted


def main():
    need_command("openssl")
    with tempfile.TemporaryDirectory() as folder:
        run(Place(pathlib.Path(folder)))


main()
