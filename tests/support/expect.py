#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a command that must fail in the way that the source's first line states.

The first line of the source is `// expect: <regular expression>`, looked for in what the command
prints. A compiler must refuse the source (and not crash); a program must abort.

usage: expect.py refused|aborted source command...
"""

import re
import resource
import signal
import subprocess
import sys


def wanted_message(source):
    with open(source, encoding="utf-8") as lines:
        found = re.match(r"// expect: (.+)", lines.readline())
    if not found:
        sys.exit(f"{source}: the first line must be // expect: <regular expression>")
    return found.group(1).strip()


def complaint(how, done, message):
    """What is wrong with how the command ended, or None."""
    if how == "aborted" and done.returncode != -signal.SIGABRT:
        return f"must abort, but ended with {done.returncode}"
    if how == "refused" and (done.returncode == 0 or "internal compiler error" in done.stdout):
        return "must not compile" if done.returncode == 0 else "the compiler crashed"
    if not re.search(message, done.stdout):
        return f"the message does not match: {message}"
    return None


def main():
    how, source, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", check=False, timeout=110,
    )
    wrong = complaint(how, done, wanted_message(source))
    if wrong:
        print(f"{source}: {wrong}\n--- {' '.join(command)}\n{done.stdout}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
