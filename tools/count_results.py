#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Adds up test logs of Meson and ends with one plain line: `N passed, N failed`.

A Boost.Test program counts by its cases, which it reports at the end; every other test counts as
one. A program that dies before its report counts as one failure.

usage: count_results.py kind=testlog.json... [--broken kind...]
"""

import json
import re
import sys
from pathlib import Path

# Written by --report_level=short.
CASES = re.compile(r"(\d+) test cases? out of \d+ (passed|failed|aborted)")
SKIPPED = ("SKIP", "EXPECTEDFAIL")


def count_test(entry):
    """(passed, failed) of one line of a log."""
    output = entry.get("stdout", "") + entry.get("stderr", "")
    by_outcome = {"passed": 0, "failed": 0, "aborted": 0}
    for number, outcome in CASES.findall(output):
        by_outcome[outcome] += int(number)
    is_ok = entry["result"] == "OK"
    if not any(by_outcome.values()):
        return (1, 0) if is_ok else (0, 1)
    failed = by_outcome["failed"] + by_outcome["aborted"]
    return by_outcome["passed"], max(failed, 0 if is_ok else 1)


def count_log(kind, path):
    """(passed, failed, names of what failed) of one log."""
    passed, failed, names = 0, 0, []
    if not Path(path).is_file():
        return 0, 1, [f"{kind}: no test ran"]  # then Meson writes no log
    for line in Path(path).read_text("utf-8").splitlines():
        entry = json.loads(line)
        if entry["result"] in SKIPPED:
            print(f"skipped: {kind}: {entry['name']}")
            continue
        good, bad = count_test(entry)
        passed, failed = passed + good, failed + bad
        names += [f"{kind}: {entry['name']} ({entry['result']})"] if bad else []
    return passed, failed, names


def main(arguments):
    split = arguments.index("--broken") if "--broken" in arguments else len(arguments)
    broken = arguments[split + 1 :]
    passed, failed = 0, len(broken)
    lines = [f"{kind}: does not build" for kind in broken]
    print()
    for argument in arguments[:split]:
        kind, path = argument.split("=", 1)
        good, bad, names = count_log(kind, path)
        print(f"{kind}: {good} passed, {bad} failed")
        passed, failed, lines = passed + good, failed + bad, lines + names
    for line in lines:
        print(f"FAILED {line}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
