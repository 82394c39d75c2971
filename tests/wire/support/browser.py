# SPDX-License-Identifier: Apache-2.0
"""Chromium without a window, led by its DevTools protocol: pages are opened, and expressions
evaluated in them. It believes an authority because that one is in its user's NSS database, as an
administrator would do it: whoever ignored errors of certificates could not tell a wrong one."""

import asyncio
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from requirements import missing, need_command, need_module

PATIENCE = 60


class Browser:
    """An async context manager; its profile is empty in the beginning and removed in the end."""

    def __init__(self, authority):
        need_module("websockets")
        need_command("certutil", "libnss3-tools")
        self.program = shutil.which("chromium") or shutil.which("chromium-browser")
        if self.program is None:
            missing("chromium", "chromium")
        self.place = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.home = pathlib.Path(self.place.name)
        store = self.home / ".pki/nssdb"
        store.mkdir(parents=True)
        for arguments in (["-N", "--empty-password"],
                          ["-A", "-t", "C,,", "-n", "test", "-i", authority.file]):
            subprocess.run(["certutil", "-d", f"sql:{store}", *arguments], check=True,
                           capture_output=True)
        self.answers = {}
        self.asked = 0

    async def __aenter__(self):
        import websockets

        self.process = await asyncio.create_subprocess_exec(
            self.program, "--headless=new", "--disable-gpu", "--disable-dev-shm-usage",
            "--no-sandbox",  # which root may not have
            "--remote-debugging-port=0", f"--user-data-dir={self.home}/profile", "about:blank",
            env={**os.environ, "HOME": self.place.name}, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, start_new_session=True)
        self.sayings = asyncio.ensure_future(self.listen_for_address())
        self.address = asyncio.get_running_loop().create_future()
        self.wire = await websockets.connect(await asyncio.wait_for(self.address, PATIENCE),
                                             max_size=None, ping_interval=None)
        self.hearing = asyncio.ensure_future(self.hear())
        return self

    async def __aexit__(self, *_):
        await self.wire.close()
        await self.hearing
        os.killpg(self.process.pid, signal.SIGKILL)  # it is several processes: a session of its own
        await self.process.wait()
        await self.sayings
        self.place.cleanup()

    async def listen_for_address(self):
        """It has much to say, and would wait for somebody to read it."""
        async for line in self.process.stderr:
            if line.startswith(b"DevTools listening on "):
                self.address.set_result(line.split()[-1].decode())

    async def hear(self):
        async for text in self.wire:
            message = json.loads(text)
            if message.get("id") in self.answers:
                self.answers.pop(message["id"]).set_result(message)

    async def ask(self, method, session=None, **parameters):
        self.asked += 1
        message = {"id": self.asked, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        self.answers[self.asked] = asyncio.get_running_loop().create_future()
        answer = self.answers[self.asked]
        await self.wire.send(json.dumps(message))
        got = await asyncio.wait_for(answer, PATIENCE)
        assert "error" not in got, (method, got["error"])
        return got["result"]

    async def open(self, url):
        """A tab; `error` tells why the page could not be loaded."""
        target = (await self.ask("Target.createTarget", url="about:blank"))["targetId"]
        attached = await self.ask("Target.attachToTarget", targetId=target, flatten=True)
        tab = Tab(self, attached["sessionId"])
        went = await self.ask("Page.navigate", tab.session, url=url)
        tab.error = went.get("errorText")
        if tab.error is None:
            await tab.evaluate("new Promise((done) => document.readyState === 'complete' ? done() "
                               ": window.addEventListener('load', () => done()))")
        return tab


class Tab:
    """One page."""

    def __init__(self, browser, session):
        self.browser = browser
        self.session = session
        self.error = None

    async def evaluate(self, expression):
        """The value of an expression, or what its promise comes to; an exception is one here."""
        got = await self.browser.ask("Runtime.evaluate", self.session, expression=expression,
                                     awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in got:
            raise RuntimeError(got["exceptionDetails"])
        return got["result"].get("value")
