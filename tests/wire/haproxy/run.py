# SPDX-License-Identifier: Apache-2.0
"""weir behind HAProxy, and weir's client in front of it.

run.py HTTP_ECHO WS_ECHO PROXIED_ECHO ECHO_CLIENT NPM_FOLDER
"""

import asyncio
import pathlib
import signal
import ssl
import sys
import time

sys.dont_write_bytecode = True  # the tests leave nothing in the source tree
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from haproxy import HAProxy
from proxied_talks import curl, echo_client, echo_everything, echo_messages, hear_of_ourselves
from proxy_place import ProxyPlace, npm_server, python_server, run_in
from server_process import ServerProcess
from steady_client import SteadyClient
from suite import test

HTTP_ECHO, WS_ECHO, PROXIED_ECHO, ECHO_CLIENT, NPM_FOLDER = sys.argv[1:]

ONE = """
frontend front
    bind 127.0.0.1:@FRONT@
    bind 127.0.0.1:@SECURE@ ssl crt @CERT@
    default_backend weir
backend weir
    option httpchk
    http-check send meth GET uri /health ver HTTP/1.1 hdr Host localhost
    http-check expect @EXPECTED@
    default-server inter 50ms fall 1000000
    server one 127.0.0.1:@BACK@ check @MORE@
"""

TWO = """
frontend front
    bind 127.0.0.1:@FRONT@
    default_backend weir
backend weir
    balance leastconn
    option redispatch
    option httpchk GET /health
    http-check expect status 200
    default-server check inter 50ms fall 1 rise 1
    server one 127.0.0.1:@BACK_ONE@
    server two 127.0.0.1:@BACK_TWO@
"""


class Place(ProxyPlace):
    """The configurations that the tests need."""

    def __init__(self, folder):
        super().__init__(folder)
        chain, key = (pathlib.Path(each) for each in self.front)
        self.front_with_key = folder / "front_with_key.pem"
        self.front_with_key.write_text(chain.read_text() + key.read_text(), encoding="ascii")

    def before(self, back, more="", expected="status 200"):
        return HAProxy(["FRONT", "SECURE"], ONE, BACK=back.address[1],
                       CERT=self.front_with_key, MORE=more, EXPECTED=expected)

    def verifying(self, name="localhost"):
        return (f"ssl verify required ca-file {self.authority.file} sni str({name}) "
                f"verifyhost {name} check-sni {name} alpn http/1.1 check-alpn http/1.1")


def wait_until(condition, what):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.005)


def status_of(proxy, server):
    return proxy.count("weir", server, "status")


def wait_for_check(proxy, outcome):
    """A check that fails on a busy machine ends nothing here: what counts is the next one."""
    wait_until(lambda: proxy.count("weir", "one", "check_status").startswith(outcome), outcome)


@test
def every_body_comes_back_through_haproxy(place):
    for arguments, more in (([], ""), (place.tls_arguments(), place.verifying())):
        with ServerProcess([HTTP_ECHO, *arguments]) as back, place.before(back, more) as front:
            echo_everything(place.authority, front.url("http", "FRONT"))
            echo_everything(place.authority, front.url("https", "SECURE"))
            wait_for_check(front, "L7OK")
            for column in ("econ", "eresp", "wretr", "hrsp_5xx"):
                assert front.count("weir", "BACKEND", column) == "0", column


@test
def haproxy_refuses_a_certificate_for_another_name_and_we_go_on(place):
    with ServerProcess([HTTP_ECHO, *place.tls_arguments()]) as back:
        with place.before(back, place.verifying("elsewhere.example")) as front:
            url = front.url("http", "FRONT")
            status = curl(place.authority, "-o", "/dev/null", "-w", "%{http_code}", url)
            assert status == b"503", status
            wait_for_check(front, "L6RSP")
        with place.before(back, place.verifying()) as front:
            url = front.url("http", "FRONT")
            assert curl(place.authority, "-d", "x", url) == b"x"


@test
def ending_a_kept_connection_never_costs_a_request(place):
    for arguments, more in (([], ""), (place.tls_arguments(), place.verifying())):
        command = [HTTP_ECHO, "--max-requests", "10", *arguments]
        with ServerProcess(command) as back:
            with place.before(back, f"{more} pool-low-conn 8") as front:
                with SteadyClient(front.address("FRONT")) as client:
                    client.wait_for(4000)
                assert not client.failures, client.failures[:5]
                # HAProxy has not helped by trying again, either.
                assert front.count("weir", "BACKEND", "wretr") == "0"
                assert int(front.count("weir", "one", "connect")) >= 400


@test
def haproxy_tells_us_of_its_clients(place):
    for kind in ("send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options unique-id,crc32c"):
        with ServerProcess([PROXIED_ECHO]) as back:
            with place.before(back, kind) as front:
                hear_of_ourselves(front)
                wait_for_check(front, "L7OK")


@test
def a_drained_server_loses_no_request(place):
    command = [HTTP_ECHO, "--idle-drain-ms", "500", "--listen"]
    servers = [ServerProcess([*command, "127.0.0.1:0"]) for _ in range(2)]
    one, two = (each.address[1] for each in servers)
    try:
        with HAProxy(["FRONT"], TWO, BACK_ONE=one, BACK_TWO=two) as front:
            for turn in range(6):
                wait_until(lambda: {status_of(front, n) for n in ("one", "two")} == {"UP"}, "up")
                with SteadyClient(front.address("FRONT"), 8) as client:
                    client.wait_for(200)
                    leaving = servers[turn % 2]
                    leaving.process.send_signal(signal.SIGTERM)
                    assert leaving.process.wait(20) == 0
                    client.wait_for(200)
                assert not client.failures, client.failures[:5]
                wait_until(lambda: "DOWN" in {status_of(front, n) for n in ("one", "two")}, "down")
                leaving.__exit__()
                address = f"127.0.0.1:{leaving.address[1]}"
                servers[turn % 2] = ServerProcess([*command, address])
            for column in ("eresp", "hrsp_5xx"):
                assert front.count("weir", "BACKEND", column) == "0", column
            shares = [int(front.count("weir", each, "stot")) for each in ("one", "two")]
            assert min(shares) > 400, f"both have served: {shares}"
    finally:
        for each in servers:
            each.__exit__()


@test
def websockets_pass_through_haproxy(place):
    trusted = ssl.create_default_context(cafile=place.authority.file)
    for arguments, more in (([], ""), (place.tls_arguments(), place.verifying())):
        with ServerProcess([WS_ECHO, *arguments]) as back:
            # Its answer to a check: here are no pages.
            with place.before(back, more, "status 426") as front:
                asyncio.run(echo_messages(front.url("ws", "FRONT"), compression=None))
                asyncio.run(echo_messages(front.url("wss", "SECURE"), ssl=trusted))


def client_through(place, other_server):
    """weir's client, plain and over TLS, through HAProxy to somebody else's server."""
    with ServerProcess(other_server) as back, place.before(back, expected="rstatus 4..") as front:
        echo_client(ECHO_CLIENT, place.authority, front)


@test
def our_client_talks_through_haproxy_to_npm_ws(place):
    client_through(place, npm_server(NPM_FOLDER))


@test
def our_client_talks_through_haproxy_to_python_websockets(place):
    client_through(place, python_server())


run_in(Place)
