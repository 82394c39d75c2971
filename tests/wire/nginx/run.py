# SPDX-License-Identifier: Apache-2.0
"""weir behind nginx, and weir's client in front of it.

run.py HTTP_ECHO WS_ECHO PROXIED_ECHO ECHO_CLIENT NPM_FOLDER
"""

import asyncio
import http.client
import pathlib
import ssl
import sys

sys.dont_write_bytecode = True  # the tests leave nothing in the source tree
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from nginx import nginx
from proxied_talks import curl, echo_client, echo_everything, echo_messages, hear_of_ourselves
from proxy_place import ProxyPlace, npm_server, python_server, run_in
from server_process import ServerProcess
from steady_client import SteadyClient
from suite import test

HTTP_ECHO, WS_ECHO, PROXIED_ECHO, ECHO_CLIENT, NPM_FOLDER = sys.argv[1:]

PLAIN = """
upstream weir { server 127.0.0.1:@BACK@; keepalive 16; }
server {
    listen 127.0.0.1:@FRONT@ reuseport;
    listen 127.0.0.1:@SECURE@ reuseport ssl;
    ssl_certificate @CERT@;
    ssl_certificate_key @KEY@;
    location / {
        proxy_pass http://weir;
        proxy_set_header Connection "";
    }
}
"""

SECURED = """
upstream weir { server 127.0.0.1:@BACK@; keepalive 16; }
server {
    listen 127.0.0.1:@FRONT@ reuseport;
    location / {
        proxy_pass https://weir;
        proxy_set_header Connection "";
        proxy_ssl_trusted_certificate @TRUSTED@;
        proxy_ssl_verify on;
        proxy_ssl_server_name on;
        proxy_ssl_name @NAME@;
    }
}
"""

WEBSOCKET = """
server {
    listen 127.0.0.1:@FRONT@ reuseport;
    listen 127.0.0.1:@SECURE@ reuseport ssl;
    ssl_certificate @CERT@;
    ssl_certificate_key @KEY@;
    location / {
        proxy_pass @SCHEME@://127.0.0.1:@BACK@;
        proxy_ssl_trusted_certificate @TRUSTED@;
        proxy_ssl_verify on;
        proxy_ssl_name localhost;
        proxy_set_header Host $http_host;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection "upgrade";
        proxy_cache off;
        proxy_read_timeout 7d;
        proxy_send_timeout 7d;
    }
}
"""


class Place(ProxyPlace):
    """The configurations that the tests need."""

    def plain(self, back):
        return nginx(["FRONT", "SECURE"], PLAIN, BACK=back.address[1], CERT=self.front[0],
                     KEY=self.front[1])

    def secured(self, back, name="localhost"):
        return nginx(["FRONT"], SECURED, BACK=back.address[1], NAME=name,
                     TRUSTED=self.authority.file)

    def websocket(self, back, scheme="http"):
        return nginx(["FRONT", "SECURE"], WEBSOCKET, BACK=back.address[1], CERT=self.front[0],
                     KEY=self.front[1], SCHEME=scheme, TRUSTED=self.authority.file)


@test
def every_body_comes_back_through_nginx(place):
    with ServerProcess([HTTP_ECHO]) as back, place.plain(back) as front:
        echo_everything(place.authority, front.url("http", "FRONT"))
        echo_everything(place.authority, front.url("https", "SECURE"))
        assert "[error]" not in front.output(), front.output()


@test
def every_body_comes_back_when_nginx_speaks_tls_to_us(place):
    with ServerProcess([HTTP_ECHO, *place.tls_arguments()]) as back, place.secured(back) as front:
        echo_everything(place.authority, front.url("http", "FRONT"))
        assert "[error]" not in front.output(), front.output()


@test
def nginx_refuses_a_certificate_for_another_name_and_we_go_on(place):
    with ServerProcess([HTTP_ECHO, *place.tls_arguments()]) as back:
        with place.secured(back, "elsewhere.example") as front:
            url = front.url("http", "FRONT")
            assert curl(place.authority, "-o", "/dev/null", "-w", "%{http_code}", url) == b"502"
            assert "upstream SSL certificate does not match" in front.output(), front.output()
        with place.secured(back) as front:
            url = front.url("http", "FRONT")
            assert curl(place.authority, "-d", "x", url) == b"x"


@test
def a_thousand_requests_need_few_connections(place):
    with ServerProcess([HTTP_ECHO]) as back, place.plain(back) as front:
        peer = http.client.HTTPConnection(*front.address("FRONT"), timeout=60)
        for number in range(999):  # nginx ends a connection after a thousand
            body = b"%d" % number
            peer.request("POST", "/", body)
            answer = peer.getresponse()
            assert (answer.status, answer.read()) == (200, body), number
            if number == 0:
                ours = peer.sock.getsockname()
                opened = back.descriptors()
        assert peer.sock.getsockname() == ours, "nginx has ended the connection"
        assert back.descriptors() == opened, "nginx has opened further ones"
        peer.close()


@test
def ending_a_kept_connection_never_costs_a_request(place):
    # Each connection of nginx to us ends after nine or ten requests, hundreds of times.
    for arguments, through in (([], place.plain), (place.tls_arguments(), place.secured)):
        with ServerProcess([HTTP_ECHO, "--max-requests", "10", *arguments]) as back:
            with through(back) as front, SteadyClient(front.address("FRONT")) as client:
                client.wait_for(4000)
        assert not client.failures, client.failures[:5]


@test
def nginx_tells_us_of_its_clients(place):
    streams = """
        server {
            listen 127.0.0.1:@FRONT@ reuseport;
            proxy_protocol on;
            proxy_pass 127.0.0.1:@BACK@;
        }"""
    with ServerProcess([PROXIED_ECHO]) as back:
        with nginx(["FRONT"], streams=streams, BACK=back.address[1]) as front:
            for _ in range(3):
                hear_of_ourselves(front)


@test
def websockets_pass_through_nginx(place):
    trusted = ssl.create_default_context(cafile=place.authority.file)
    for scheme, arguments in (("http", []), ("https", place.tls_arguments())):
        with ServerProcess([WS_ECHO, *arguments]) as back, place.websocket(back, scheme) as front:
            asyncio.run(echo_messages(front.url("ws", "FRONT"), compression=None))
            asyncio.run(echo_messages(front.url("wss", "SECURE"), ssl=trusted))
    with ServerProcess([WS_ECHO, "--deflate"]) as back, place.websocket(back) as front:
        asyncio.run(echo_messages(front.url("ws", "FRONT")))


def client_through(place, other_server):
    """weir's client, plain and over TLS, through nginx to somebody else's server."""
    with ServerProcess(other_server) as back, place.websocket(back) as front:
        echo_client(ECHO_CLIENT, place.authority, front)


@test
def our_client_talks_through_nginx_to_npm_ws(place):
    client_through(place, npm_server(NPM_FOLDER))


@test
def our_client_talks_through_nginx_to_python_websockets(place):
    client_through(place, python_server())


run_in(Place)
