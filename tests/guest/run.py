#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What needs another kernel than the one of this machine: the one of Debian 12, Linux 6.1, which
can seal records (kTLS) and is older than some of what is used where it is there.

    run.py FOLDER UNIT_IO RING_TLS RING_HTTP

FOLDER keeps the kernel for the next time."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "wire/support"))

from debian_kernel import DebianKernel
from guest import Guest

# Linux looks for the ciphers by name, and nobody in the guest would load them then.
MODULES = (
    *("tls", "gcm", "ctr", "ghash_generic"),
    *("chacha20poly1305", "chacha_generic", "poly1305_generic"),
)
ENVIRONMENT = {"WEIR_NEEDS_KERNEL_TLS": "1"}


def main(folder: str, unit_io: str, ring_tls: str, ring_http: str) -> int:
    guest = Guest(DebianKernel(pathlib.Path(folder)), MODULES)
    failed = 0
    for program, tests in (
        (unit_io, "page_cache_test"),  # without cachestat(2)
        (ring_tls, "kernel_tls_test,kernel_keys_test"),
        (ring_http, "file_service_ring_test"),
    ):
        options = ["--report_level=short", f"--run_test={tests}"]
        failed += guest.run([str(pathlib.Path(program).resolve()), *options], ENVIRONMENT) != 0
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
