#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks one concern of the event server: check.py CONCERN PROGRAM."""

import asyncio
import http.client
import json
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from server_process import ServerProcess  # noqa: E402

try:
    import websockets
except ImportError:
    sys.exit("missing: websockets for /usr/bin/python3\n"
             "  apt-get install -y --no-install-recommends python3-websockets")

PATIENCE = 10


def expect(condition, what):
    if not condition:
        sys.exit(f"failed: {what}")


async def join(server, room=None):
    client = await websockets.connect(server.url + "ws", open_timeout=PATIENCE)
    if room is not None:
        answer = await ask(client, {"type": "subscribe", "room": room})
        expect(answer == {"type": "subscribed", "room": room}, f"subscribed, not {answer}")
    return client


async def hear(client):
    return json.loads(await asyncio.wait_for(client.recv(), PATIENCE))


async def ask(client, message):
    await client.send(message if isinstance(message, (str, bytes)) else json.dumps(message))
    return await hear(client)


async def conversation(program):
    """Each command has its answer, and nothing a client says ends its connection but size."""
    with ServerProcess([program]) as server:
        client = await join(server, 'r"é\n')
        expect(await ask(client, {"type": "ping"}) == {"type": "pong"}, "a pong")
        raw = '{"a" : [1, 2.50, -0.0, 1e5, "\\u00e9\\n"] , "b":{} }'
        for data in (raw, "12", '"text"', "null", "true", "[]", " [ 1 ] "):
            await client.send('{"room":"r\\"\\u00e9\\n","data":' + data + ',"type":"publish"}')
            text = await asyncio.wait_for(client.recv(), PATIENCE)
            expect(text.endswith(f'"data":{data.strip()}}}'), f"{data} as it came, not {text}")
            expect(json.loads(text)["room"] == 'r"é\n', "the room's name in an event")
        for wrong in ("", "{", "[]", "12", '"publish"', "{}", '{"type":1}', '{"type":"fly"}',
                      '{"type":"subscribe"}', '{"type":"subscribe","room":""}',
                      '{"type":"subscribe","room":7}', '{"type":"publish","room":"r"}',
                      '{"type":"ping"} x', '{"type":"publish","room":"r","data":[1,]}',
                      '{"type":"publish","room":"r","data":{"a":nul}}',
                      '{"type":"publish","room":"r","data":' + "[" * 100 + "]" * 100 + "}",
                      json.dumps({"type": "subscribe", "room": "x" * 129}),
                      '{"type":"unsubscribe","room":"never joined"}', b'{"type":"ping"}'):
            answer = await ask(client, wrong)
            expect(answer["type"] == "error" and answer["message"], f"an error for {wrong!r}")
        for i in range(99):
            await ask(client, {"type": "subscribe", "room": str(i)})
        expect((await ask(client, {"type": "subscribe", "room": "101st"}))["type"] == "error",
               "a limit of rooms")
        answer = await ask(client, {"type": "unsubscribe", "room": "7"})
        expect(answer == {"type": "unsubscribed", "room": "7"}, "unsubscribed")
        await client.send('{"type":"publish","room":"7","data":1}')
        expect(await ask(client, {"type": "ping"}) == {"type": "pong"}, "no event after leaving")
        try:
            await client.send('{"type":"publish","room":"8","data":"' + "x" * 70_000 + '"}')
            await hear(client)
            expect(False, "a message beyond the limit to end the connection")
        except websockets.ConnectionClosed as closed:
            expect(closed.code == 1009, f"1009, not {closed.code}")


async def shards(program):
    """Members on every shard get every message, once, in order."""
    with ServerProcess([program, "--shards", "2"]) as server:
        clients = [await join(server, "r") for _ in range(20)]
        for i in range(200):
            await clients[0].send(json.dumps({"type": "publish", "room": "r", "data": i}))
        for client in clients:
            for i in range(200):
                expect((await hear(client))["data"] == i, "messages in order, each once")
        for client in clients:
            await client.close()


def read_slowly(server):
    """A raw client that subscribes and then does not read."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect(server.address)
    raw.sendall(b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
    head = b""
    while b"\r\n\r\n" not in head:
        head += raw.recv(1)
    text = b'{"type":"subscribe","room":"r"}'
    raw.sendall(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)
    size = raw.recv(2)[1]
    raw.recv(size, socket.MSG_WAITALL)
    return raw


def last_close_code(raw):
    """Reads all frames up to the close frame; None when there is none."""
    raw.settimeout(PATIENCE)
    stream = raw.makefile("rb")
    while head := stream.read(2):
        size = head[1] & 127
        if size > 125:
            size = int.from_bytes(stream.read(2 if size == 126 else 8), "big")
        payload = stream.read(size)
        if head[0] & 15 == 8:
            return int.from_bytes(payload[:2], "big")
    return None


async def publish_much(server, fast):
    """24 MB to the room, all of which the fast get, while memory stays bounded."""
    before = server.resident_bytes()
    data = "x" * 16_000
    for i in range(1500):
        await fast[0].send(json.dumps({"type": "publish", "room": "r", "data": [i, data]}))
        for client in fast:
            expect((await hear(client))["data"][0] == i, "the fast to get every message")
    grown = server.resident_bytes() - before
    limit = 64 << 20 if server.is_sanitized else 16 << 20
    expect(grown < limit, f"bounded memory: it grew by {grown} bytes")


async def slow(program):
    """A client that does not read is closed with 1013; memory stays bounded, others unharmed."""
    with ServerProcess([program, "--shards", "2", "--budget", "262144"]) as server:
        fast = [await join(server, "r") for _ in range(4)]
        laggards = [read_slowly(server) for _ in range(8)]
        await publish_much(server, fast)
        expect(last_close_code(laggards[0]) == 1013, "1013 for a client that reads at last")
        for raw in laggards:
            raw.close()
        expect(await ask(fast[1], {"type": "ping"}) == {"type": "pong"}, "the server alive")
        for client in fast:
            await client.close()


async def listen(url):
    """A program of its own: joins the room, says so, and listens until its connection ends."""
    async with websockets.connect(url, ping_interval=None) as client:
        await ask(client, {"type": "subscribe", "room": "r"})
        print("joined", flush=True)
        try:
            while True:
                await client.recv()
        except websockets.ConnectionClosed:
            print("ended", flush=True)


async def stopped(program):
    """Client programs that are stopped by SIGSTOP are let go; memory stays bounded."""
    with ServerProcess([program, "--shards", "2", "--budget", "262144"]) as server:
        fast = [await join(server, "r") for _ in range(2)]
        listeners = [subprocess.Popen([sys.executable, __file__, "listen", server.url + "ws"],
                                      stdout=subprocess.PIPE, text=True) for _ in range(4)]
        try:
            for each in listeners:
                expect(each.stdout.readline() == "joined\n", "a listener that joins")
                each.send_signal(signal.SIGSTOP)
            await publish_much(server, fast)
            for each in listeners:
                each.send_signal(signal.SIGCONT)
                expect(each.stdout.readline() == "ended\n", "the end of who was stopped")
        finally:
            for each in listeners:
                each.kill()
                each.communicate()
        expect(await ask(fast[1], {"type": "ping"}) == {"type": "pong"}, "the server alive")
        for client in fast:
            await client.close()


async def drain(program):
    """SIGTERM: everybody hears 1001, the port is closed, /health says 503, and the exit is 0."""
    command = [program, "--shards", "2", "--drain-seconds", "8"]
    with ServerProcess(command) as server:
        clients = [await join(server, "r") for _ in range(200)]
        kept = http.client.HTTPConnection(*server.address, timeout=PATIENCE)
        kept.request("GET", "/health")
        expect(kept.getresponse().read() and True, "a body")
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        told = server.process.stdout.readline()
        expect(told == "draining 200 connections\n", f"the number of clients, not {told!r}")
        kept.request("GET", "/health")
        answer = kept.getresponse()
        expect(answer.status == 503 and b"draining" in answer.read(), "503 while draining")
        await asyncio.wait_for(asyncio.gather(*(each.wait_closed() for each in clients)), 20)
        codes = {each.close_code for each in clients}
        expect(codes == {1001}, f"1001 for all, not {codes}")
        expect(server.process.wait(PATIENCE) == 0, "exit code 0")
        expect(time.monotonic() - began < 8, "an end before the deadline")
        expect(server.process.stdout.read() == "drained\n", "drained")
        with socket.socket() as late:
            expect(late.connect_ex(server.address) != 0, "a closed port")
    with ServerProcess([program, "--drain-seconds", "60"]) as server:
        silent = read_slowly(server)  # answers no close frame
        server.process.send_signal(signal.SIGTERM)
        server.process.stdout.readline()
        server.process.send_signal(signal.SIGTERM)
        expect(server.process.wait(PATIENCE) == 1, "exit code 1 after a second signal")
        silent.close()


def fetch(server, method, path):
    connection = http.client.HTTPConnection(*server.address, timeout=PATIENCE)
    connection.request(method, path)
    answer = connection.getresponse()
    return answer.status, answer.getheader("Content-Type"), answer.read().decode()


async def pages(program):
    """The pages of plain HTTP, and the bounds of connections and of time."""
    with ServerProcess([program, "--max-connections", "2"]) as server:
        expect(fetch(server, "GET", "/health")[0::2] == (200, '{"status":"ok","connections":0}\n'),
               "/health")
        status, kind, body = fetch(server, "GET", "/")
        expect(status == 200 and kind.startswith("text/html") and "</html>" in body, "/")
        expect(fetch(server, "HEAD", "/")[0::2] == (200, ""), "HEAD without a body")
        expect(fetch(server, "GET", "/nothing")[0] == 404, "404")
        expect(fetch(server, "POST", "/")[0] == 405, "405")
        with socket.create_connection(server.address, PATIENCE) as rude:
            rude.sendall(b"GET / HTTP/1.1\r\n\r\n")
            expect(b" 400 " in rude.recv(4096), "400 without a Host")
        expect(fetch(server, "GET", "/ws")[0] == 426, "426 for a WebSocket path without upgrade")
        clients = [await join(server, "r") for _ in range(2)]
        try:
            await join(server)
            expect(False, "a third client to be refused")
        except websockets.InvalidStatusCode as refused:
            expect(refused.status_code == 503, f"503, not {refused.status_code}")
        await clients[0].send('{"type":"publish","room":"r","data":1}')
        await hear(clients[1])
        stats = json.loads(fetch(server, "GET", "/stats")[2])
        expect(stats["rooms"] == [{"name": "r", "members": 2}], f"the rooms, not {stats}")
        status, kind, text = fetch(server, "GET", "/metrics")
        expect(kind == "text/plain; version=0.0.4; charset=utf-8", "the type of /metrics")
        values = dict(line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")
        wanted = {"event_server_clients": "2", "weir_pubsub_published_total": "1",
                  "weir_pubsub_delivered_total": "2", "event_server_refused_total": "1",
                  'weir_http_server_responses_total{code="4xx"}': "4",
                  'weir_http_server_refusals_total{reason="host_missing_or_repeated"}': "1",
                  "weir_ws_connections_total": "2"}
        expect(wanted.items() <= values.items(), f"{wanted} in {values}")
        expect(int(values["process_resident_memory_bytes"]) > 0, "the memory")
        if shutil.which("curl") is None:
            sys.exit("missing: curl\n  apt-get install -y --no-install-recommends curl")
        url = f"http://{server.address[0]}:{server.address[1]}/health"
        got = subprocess.run(["curl", "-sSf", url, url], capture_output=True, check=False)
        expect(got.returncode == 0 and got.stdout.count(b'"ok"') == 2, "curl on one connection")
        for client in clients:
            await client.close()


async def page(program):
    """A browser joins a room, publishes and sees the event; Python in the same room sees it too."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        sys.exit("missing: chromium\n  apt-get install -y --no-install-recommends chromium")
    with ServerProcess([program]) as server, tempfile.TemporaryDirectory() as profile:
        watcher = await join(server, "lobby")
        url = f"http://{server.address[0]}:{server.address[1]}/?room=lobby&publish=hello%20page"
        done = await asyncio.create_subprocess_exec(
            browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            f"--user-data-dir={profile}", "--virtual-time-budget=8000", "--dump-dom", url,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
        event = json.loads(await asyncio.wait_for(watcher.recv(), 60))
        expect(event == {"type": "event", "room": "lobby", "data": "hello page"}, f"{event}")
        dom, _ = await asyncio.wait_for(done.communicate(), 60)
        text = dom.decode(errors="replace")
        for part in ("<title>event: hello page</title>", "<i>joined</i>lobby",
                     "<i>lobby</i>hello page", ">connected<"):
            expect(part in text, f"{part} in the page:\n{text[-3000:]}")
        await watcher.close()


def main():
    concern, program = sys.argv[1:]
    check = {"conversation": conversation, "shards": shards, "slow": slow, "stopped": stopped,
             "drain": drain, "listen": listen, "http": pages, "page": page}[concern]
    asyncio.run(asyncio.wait_for(check(program), 100))
    print(f"{concern}: passed")


if __name__ == "__main__":
    main()
