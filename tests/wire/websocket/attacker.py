# SPDX-License-Identifier: Apache-2.0
"""Attacks a WebSocket echo server over raw sockets: attacker.py PROGRAM [--seed N] [--only WORD].

Each attack is a function whose name says what must hold. After each one the server must still serve
a well-behaved client, must have closed every descriptor, and must not have grown.
"""

import argparse
import pathlib
import sys
import time
import traceback

sys.dont_write_bytecode = True  # the tests leave nothing in the source tree
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import break_attacks  # noqa: F401 - each of these adds its attacks to the list
import flood_attacks  # noqa: F401
import frame_attacks  # noqa: F401
import payload_attacks  # noqa: F401
from attack import ATTACKS, FAILURES, MIB, expect, serve_one
from handshake_attacks import SlowHandshakes
from server_process import ServerProcess


def run_one(server, function, base_descriptors):
    begin = time.monotonic()
    try:
        function(server)
        serve_one(server)
        left = server.wait_for_descriptors(base_descriptors, 15)
        expect(f"{function.__name__}: descriptors left", left - base_descriptors, *range(-99, 1))
    except Exception:  # noqa: BLE001 - whatever went wrong is a failure of this attack
        FAILURES.append(f"{function.__name__}: {traceback.format_exc()}")
        print(FAILURES[-1])
    memory = server.resident_bytes() / MIB if server.is_alive() else 0
    print(f"{time.monotonic() - begin:6.2f} s {memory:6.1f} MiB  {function.__name__}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--only", default="", help="run the attacks whose name contains this")
    options = parser.parse_args()
    with ServerProcess([options.program, "--listen", "127.0.0.1:0"]) as server:
        server.seed = options.seed
        serve_one(server)
        base = server.descriptors()
        chosen = [each for each in ATTACKS if options.only in each.__name__]
        slow = SlowHandshakes(server.address, 40) if not options.only else None
        time.sleep(0.1)
        with_slow = server.descriptors()
        for each in chosen:
            run_one(server, each, with_slow)
            if not server.is_alive():
                FAILURES.append(f"the server died of {each.__name__}")
                break
        if slow:
            slow.check()
        if server.is_alive():
            expect("descriptors left", server.wait_for_descriptors(base, 10) - base, 0)
    print(f"{len(FAILURES)} failures" if FAILURES else "all attacks were repelled")
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
