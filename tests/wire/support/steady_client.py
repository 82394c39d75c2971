# SPDX-License-Identifier: Apache-2.0
"""Requests that go on and on over kept connections, each answer looked at."""

import http.client
import threading


class SteadyClient:
    """Several threads that each POST and GET in turn on a connection that they keep as long as they
    may. What went wrong is in `failures`: an answer that is not 200 and the body that was sent, or
    a connection that breaks without an answer."""

    def __init__(self, address, threads=4):
        self.address = address
        self.failures = []
        self.answered = 0
        self.connections = 0
        self.changed = threading.Condition()
        self.enough = threading.Event()
        self.threads = [threading.Thread(target=self.ask) for _ in range(threads)]

    def __enter__(self):
        for each in self.threads:
            each.start()
        return self

    def __exit__(self, *_):
        self.enough.set()
        for each in self.threads:
            each.join()

    def wait_for(self, answers):
        """Until there have been so many more of them, or the first failure."""
        with self.changed:
            goal = self.answered + answers
            self.changed.wait_for(lambda: self.answered >= goal or self.failures, 60)
            assert self.answered >= goal, self.failures or "no answers any more"

    def ask(self):
        peer = http.client.HTTPConnection(*self.address, timeout=30)
        number = 0
        while not self.enough.is_set():
            number += 1
            body = b"%07d" % number * (number % 50) if number % 2 else None
            try:
                if peer.sock is None:
                    self.connections += 1
                peer.request("POST" if number % 2 else "GET", f"/{number}", body)
                answer = peer.getresponse()
                got = answer.read()
                is_right = answer.status == 200 and got == (body or b"")
                wrong = None if is_right else f"{answer.status}: {got[:100]!r}"
            except (OSError, http.client.HTTPException) as error:
                wrong = repr(error)
                peer.close()
            with self.changed:
                self.answered += 1
                if wrong:
                    self.failures.append(f"request {number}: {wrong}")
                self.changed.notify_all()
        peer.close()
