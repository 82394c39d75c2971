#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What TLS costs a server of weir: handshakes beside a bare OpenSSL loop, bulk beside the cipher
alone, and WebSocket echoes beside raw io_uring with bare OpenSSL.

usage: benchmarks/tls/run.py [--build-dir build/release] [--rounds 5] [--duration 3]
                             [--only handshakes,bulk,echo]

One server thread on one core, the client on the other; servers take turns, ratios are taken inside
each round. A client of TLS works as hard as its server, often harder: so the ratios that count are
those of the processor time that the servers took; the rates are printed beside them.
"""

import argparse
import contextlib
import functools
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import facts  # noqa: E402
import pinned  # noqa: E402
import report  # noqa: E402

KEYS = {"RSA 2048": ("rsa:2048",), "P-256": ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")}
CIPHER = "TLS_AES_256_GCM_SHA384"  # what both ends choose by default
BULK_BYTES, DOWNLOADS = 1 << 20, 1500
CELLS = ((125, 64, 1), (1024, 64, 1), (16384, 64, 1), (125, 64, 16))  # bytes, connections, depth
TARGET = 0.9
middle = statistics.median


def make_certificate(folder, key):
    files = f"{folder}/chain.pem", f"{folder}/key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", *KEYS[key], "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-keyout", files[1], "-out", files[0]],
                   check=True, capture_output=True)
    return f"--tls-cert {files[0]} --tls-key {files[1]}"


def run_server(command, load):
    """What `load(port)` measured, and what the server's processor did meanwhile."""
    process, port = pinned.start(f"{command} --listen 127.0.0.1:0")
    try:
        run = pinned.Run(process)
        result = load(port)
        run.end()
    finally:
        facts.stop(process)
    user, system = (share * run.wall / result["count"] for share in (run.user, run.system))
    return result | {"foreign_cpu": run.foreign, "cost": user + system, "user_cost": user,
                     "rate": result.get("rate", result["count"] / run.wall)}


def rounds_of(options, attempts):
    """name -> results, one a round."""
    results = {name: [] for name in attempts}
    for _ in range(options.rounds):
        for name, attempt in attempts.items():
            results[name].append(pinned.undisturbed(attempt))
    return results


# ---- handshakes ----


def shake_hands(options, version, resumes, port):
    done = pinned.load(["openssl", "s_time", "-connect", f"127.0.0.1:{port}", "-www", "/",
                        "-reuse" if resumes else "-new", f"-tls1_{version}",
                        "-time", str(options.duration)], options.duration + 30)
    marks = re.findall(r"^[rt*]+$", done, re.MULTILINE)
    wrong = sum(len(line) - line.count("r") for line in marks) if resumes else 0
    count = int(re.search(r"^(\d+) connections in [\d.]+ real", done, re.MULTILINE).group(1))
    if count == 0 or wrong > 1:
        raise pinned.Failed(f"{wrong} of {count} connections were not resumed")
    return {"count": count}


def handshakes(options, tables):
    columns = ("handshake", "weir, handshakes/s", "bare OpenSSL", "ratio of rates",
               "weir, CPU us", "bare OpenSSL", "ratio of costs")
    start(columns)
    rows, bars = [], []
    for key in KEYS:
        with tempfile.TemporaryDirectory() as folder:
            certificate = make_certificate(folder, key)
            for version, resumes in ((3, False), (3, True), (2, False), (2, True)):
                load = functools.partial(shake_hands, options, version, resumes)
                results = rounds_of(options, {
                    who: functools.partial(
                        run_server, f"{options.build_dir}/benchmarks/{program} {certificate}", load)
                    for who, program in (("weir", "http/weir_http"), ("bare", "tls/raw_tls"))})
                name = f"{key}, TLS 1.{version}, {'resumed' if resumes else 'full'}"
                rows.append(comparison(name, results, 1e6))
                bars += bars_of(name, results)
    tables.add("Handshakes, with one request each", columns, rows, bars)


# ---- bulk ----


def download(port, scheme):
    url = f"{scheme}://127.0.0.1:{port}/"
    pinned.load(["curl", "-sk", "--tls13-ciphers", CIPHER, "-w", "%{size_download}\n"]
                + ["-o", "/dev/null", url] * DOWNLOADS, 120)
    return {"count": BULK_BYTES * DOWNLOADS}


def cipher(cpu, seconds):
    return ["taskset", "-c", str(cpu), "openssl", "speed", "-aead", "-evp", "aes-256-gcm",
            "-bytes", "16384", "-seconds", str(seconds)]


@contextlib.contextmanager
def as_with_a_client():
    """Keeps the client's processor at the same work, as a client does: where both are halves of one
    core, a program that has it for itself is faster."""
    client = subprocess.Popen(cipher(pinned.GENERATOR_CPU, 60), stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        facts.stop(client)


def cipher_speed(options):
    """Bytes a second of the cipher alone, in records of TLS's size."""
    with as_with_a_client():
        done = subprocess.run(cipher(pinned.SERVER_CPU, options.duration), capture_output=True,
                              text=True, check=True)
    return 1000 * float(re.findall(r"([\d.]+)k\s*$", done.stdout)[-1])


def record_speed(options, certificate):
    """Bytes a second of OpenSSL's records, without a socket."""
    with as_with_a_client():
        return float(pinned.load(
            [f"{options.build_dir}/benchmarks/tls/raw_seal", *certificate.split(), "--cipher",
             CIPHER, "--cpu", str(pinned.SERVER_CPU)], 60))


def bulk(options, tables):
    columns = ("round", "cipher alone, GB/s", "records of bare OpenSSL",
               "weir, less the socket", "of the cipher", "of bare OpenSSL")
    start(columns)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        certificate = make_certificate(folder, "P-256")
        program = f"{options.build_dir}/benchmarks/http/weir_http --size {BULK_BYTES}"
        for number in range(options.rounds):
            alone, bare = cipher_speed(options), record_speed(options, certificate)
            plain, sealed = (
                pinned.undisturbed(functools.partial(
                    run_server, command, functools.partial(download, scheme=scheme)))
                for command, scheme in ((program, "http"), (f"{program} {certificate}", "https")))
            # The socket's part is the kernel's; with it, the difference would be that of two
            # large numbers.
            ours = 1 / (sealed["user_cost"] - plain["user_cost"])
            rows.append([str(number + 1), f"{alone / 1e9:.2f}", f"{bare / 1e9:.2f}",
                         f"{ours / 1e9:.2f}", f"{ours / alone:.2f}", f"{ours / bare:.2f}"])
            print("| " + " | ".join(rows[-1]) + " |", flush=True)
    print("median ratios: " + " and ".join(
        f"{middle(float(row[column]) for row in rows):.2f}" for column in (4, 5)))
    tables.add("Bulk: bytes for each second in user space, TLS less plain TCP", columns, rows)


# ---- echo ----


def echo_load(options, cell, port):
    size, connections, depth = cell
    done = json.loads(pinned.load(
        [f"{options.build_dir}/benchmarks/tls/wss_load", "--url", f"wss://127.0.0.1:{port}",
         "--size", str(size), "--connections", str(connections), "--depth", str(depth),
         "--duration", str(options.duration)], options.duration + 30))
    return {"count": done["messages"], "rate": done["rate"]}


def echoes(options, tables):
    columns = ("cell", "weir, messages/s", "raw io_uring + OpenSSL", "ratio of rates",
               "weir, CPU us", "raw io_uring + OpenSSL", "ratio of costs")
    start(columns)
    rows, bars = [], []
    with tempfile.TemporaryDirectory() as folder:
        certificate = make_certificate(folder, "P-256")
        for cell in CELLS:
            load = functools.partial(echo_load, options, cell)
            results = rounds_of(options, {
                who: functools.partial(run_server, f"{options.build_dir}/{program} {certificate}",
                                       load)
                for who, program in (("weir", "examples/ws_echo"),
                                     ("bare", "benchmarks/tls/raw_wss"))})
            name = f"{cell[0]} B x {cell[1]}, depth {cell[2]}"
            rows.append(comparison(name, results, 1e6))
            bars += bars_of(name, results)
    tables.add("WebSocket echo over TLS", columns, rows, bars)


# ---- tables ----


def start(columns):
    print("\n| " + " | ".join(columns) + " |\n|---|" + "---:|" * (len(columns) - 1))


def comparison(name, results, unit):
    """A row: rates, costs, and how much of the bare program's performance is reached."""
    pairs = list(zip(results["weir"], results["bare"]))
    disturbed = sum(run["disturbed"] for runs in results.values() for run in runs)
    row = [name + (f" ({disturbed} disturbed)" if disturbed else "")]
    for key, scale, digits in (("rate", 1, 0), ("cost", unit, 2)):
        own, bare = ([run[key] for run in results[who]] for who in ("weir", "bare"))
        # More is better for a rate, less for a cost.
        ratio = middle(a[key] / b[key] if key == "rate" else b[key] / a[key] for a, b in pairs)
        row += [f"{middle(own) * scale:.{digits}f}", f"{middle(bare) * scale:.{digits}f}",
                f"{ratio:.2f}"]
    print("| " + " | ".join(row) + " |", flush=True)
    return row


def bars_of(name, results):
    rates = {who: [run["rate"] for run in runs] for who, runs in results.items()}
    return [report.bar(name, who, min(each), middle(each), max(each), "/s")
            for who, each in rates.items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--build-dir", default=str(facts.ROOT / "build/release"))
    parser.add_argument("--only", default="handshakes,bulk,echo")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--duration", type=int, default=3, metavar="SECONDS")
    report.add_option(parser)
    options = parser.parse_args()
    found = facts.machine() | {
        "openssl": facts.command_output("openssl", "version"),
        "kernel TLS": "on" if pathlib.Path("/proc/net/tls_stat").exists() else "not in this kernel",
        "flags": facts.compiler(options.build_dir, "raw_wss.cpp"),
        "method": f"{options.rounds} interleaved rounds of {options.duration} s; to be reached of "
        f"the bare programs: {TARGET}",
    }
    for name, fact in found.items():
        print(f"{name}: {fact}")
    tables = report.Tables(__file__, __doc__, options, found)
    for name, measure in (("handshakes", handshakes), ("bulk", bulk), ("echo", echoes)):
        if name in options.only.split(","):
            measure(options, tables)


if __name__ == "__main__":
    main()
