#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The client of examples/exchange_client against an exchange that is killed under it.

check.py CONCERN PROGRAM NPM_FOLDER
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the tests leave nothing in the source tree

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import npm_packages  # noqa: E402
from server_process import ServerProcess  # noqa: E402

KEY, SECRET = "weir-key", "weir-secret"
CHANNELS = ["ticker.BTC", "trades.BTC", "book.ETH"]
BURST, RATE = 120, 10
ORDERS = 16


def expect(condition, what):
    if not condition:
        sys.exit(f"failed: {what}")


class Exchange(ServerProcess):
    """One life of it, and what it has written down."""

    def __init__(self, folder, life, port=0):
        self.log = pathlib.Path(folder) / f"life-{life}"
        super().__init__(["node", str(HERE / "fake_exchange.cjs"), str(port), str(self.log),
                          KEY, SECRET])

    def end(self):
        """Lets it write down what it still has to say."""
        self.process.terminate()
        self.process.wait(timeout=60)

    def messages(self):
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    def subscribed(self):
        return [name for each in self.messages() for name in each.get("channels") or []]


class Client:
    def __init__(self, program, exchange, orders, secret=SECRET):
        self.process = subprocess.Popen(
            [program, f"{exchange.url}ws/api/v2", KEY, secret, str(orders)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def read_until(self, wanted, count=1):
        """Reads lines until `count` have `wanted` in them."""
        while count > 0:
            line = self.process.stdout.readline()
            expect(line, f"the client ended before it said {wanted!r}: {self.lines}")
            self.lines.append(line.strip())
            count -= wanted in line

    def read_to_end(self):
        self.lines += self.process.stdout.read().splitlines()
        return self.process.wait()

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


def judge_rate(messages):
    """In no window does more arrive than the burst and the rate allow, but for what the network
    may have pushed together: half a second's worth."""
    for first, begin in enumerate(messages):
        cost = 0
        for each in messages[first:]:
            cost += each["cost"]
            allowed = BURST + RATE * (each["time"] - begin["time"] + 0.5)
            expect(cost <= allowed, f"{cost} were spent where {allowed:.1f} are allowed")


def judge_restart(program):
    """Killed and started again: one handle, its channels as before, its rate kept, no order sent
    twice, and no reply given to another request."""
    with tempfile.TemporaryDirectory() as folder:
        with Exchange(folder, 1) as first, Client(program, first, ORDERS) as client:
            client.read_until("is placed", 4)
            before = client.descriptors()
            first.process.send_signal(signal.SIGKILL)
            first.process.wait()
            client.read_until("down")
            with Exchange(folder, 2, first.address[1]) as second:
                client.read_until("reconnected")
                client.read_until("is placed", 2)
                expect(client.descriptors() == before, "as many descriptors as before the break")
                expect(client.read_to_end() == 0, f"an orderly end: {client.lines}")
                second.end()
        judge_orders(client.lines[-1], [first, second])
        for life in (first, second):
            judge_life(life)
        judge_rate([each for life in (first, second) for each in life.messages()
                    if "method" in each])
        expect(second.messages()[-1]["closed"] == 1000, "the client said goodbye")
        expect(any(each.get("method") == "public/test" for each in second.messages()),
               "a test request was answered")


def judge_orders(summary, lives):
    expect("0 wrong" in summary and "2 connections" in summary, summary)
    placed, lost = (int(word.split()[0]) for word in summary.split(", ")[:2])
    expect(placed + lost == ORDERS, f"every order has an end: {summary}")
    expect(lost <= 8, f"only what was on its way is lost: {summary}")
    orders = [each["label"] for life in lives for each in life.messages()
              if each.get("method") == "private/buy"]
    expect(len(set(orders)) == len(orders), f"no order was sent twice: {orders}")
    expect(placed <= len(orders) <= ORDERS, f"what was placed was sent: {orders}")


def judge_life(life):
    messages = life.messages()
    expect(messages[0]["method"] == "public/auth" and messages[0]["isKnown"],
           f"a signature that holds comes first: {messages[0]}")
    expect(life.subscribed() == CHANNELS, f"each channel once, in order: {life.subscribed()}")
    expect(not any("broken" in each for each in messages), "no test request was left unanswered")


def judge_refusal(program):
    """A wrong secret is told once, and not tried again."""
    with tempfile.TemporaryDirectory() as folder, Exchange(folder, 1) as server, \
            Client(program, server, 1, secret="wrong") as client:
        expect(client.read_to_end() == 1, f"an error: {client.lines}")
        expect(any("refused the authentication" in line for line in client.lines),
               f"the reason: {client.lines}")
        logins = [each for each in server.messages() if each.get("method") == "public/auth"]
        expect(len(logins) == 1 and not logins[0]["isKnown"], f"one login: {logins}")


def main():
    concern, program, npm_folder = sys.argv[1:]
    os.environ.update(npm_packages.environment_with(HERE.parent / "websocket", npm_folder))
    {"restart": judge_restart, "refusal": judge_refusal}[concern](program)


main()
