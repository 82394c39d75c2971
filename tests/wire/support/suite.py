# SPDX-License-Identifier: Apache-2.0
"""The tests of one program: functions, async or not, whose names say what must hold, run as they
stand."""

import asyncio
import inspect
import pathlib
import subprocess
import sys
import time
import traceback

TESTS = []


def test(function):
    TESTS.append(function)
    return function


def run(*arguments):
    """Runs each with `arguments` and ends the process: with 1 if any of them failed."""
    failed = 0
    for each in TESTS:
        begin = time.monotonic()
        try:
            outcome = each(*arguments)
            if inspect.isawaitable(outcome):
                asyncio.run(asyncio.wait_for(outcome, 60))
            print(f"ok    {time.monotonic() - begin:5.1f} s  {each.__name__}", flush=True)
        except Exception as error:  # all of them are reported
            failed += 1
            what = f"{type(error).__name__}: {place_of(error)} {error}"
            print(f"FAIL  {each.__name__}: {what}"[:2000], flush=True)
    sys.exit(1 if failed else 0)


def place_of(error):
    """The innermost line of ours that led to it: an assertion has no words of its own."""
    lines = traceback.extract_tb(error.__traceback__)
    here = [each for each in lines if "/wire/" in each.filename]
    return f"{pathlib.Path(here[-1].filename).name}:{here[-1].lineno}" if here else ""


def output_of(command, seconds=60, **options):
    """What `command` prints on both streams; whether it succeeds is for the caller to see."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=seconds, check=False, **options)
    return done.stdout
