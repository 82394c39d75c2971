#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The same answer to everybody over HTTP/1.1: weir, beside nginx and beside the least that answers
at all (raw io_uring, no parser). Kept connections, plain and pipelined; wrk asks.

usage: benchmarks/http/run.py [--build-dir build/release] [--rounds 5] [--duration 2]
                              [--sizes 13,1024] [--connections 64,512] [--quick]
                              [--generators wrk,epoll_load]

One server thread on one core, the generator on the other. The servers take turns; ratios are taken
inside each round, and the median of the rounds is printed. wrk costs more a request than a server
does, so without pipelining it is what is full, and all servers look alike: epoll_load (of the echo
benchmark) costs less, and the processor time that a server spent on a request is printed, too.
"""

import argparse
import functools
import itertools
import json
import pathlib
import re
import shutil
import statistics
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import facts  # noqa: E402
import pinned  # noqa: E402
import report  # noqa: E402

DEPTHS = {"plain": 1, "pipelined": 16}
BASELINES = {"nginx": 1.3, "raw": 0.9}  # and what weir is to reach of each
NGINX = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 2048; use epoll; multi_accept on; }}
http {{
  access_log off; keepalive_requests 1000000000; tcp_nodelay on; default_type text/plain;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ return 200 "{body}"; }} }}
}}
"""
# wrk has no option for it: a request of its own making, that many times.
PIPELINE = """
init = function(args)
  local one, all = wrk.format(nil, "/"), {}
  for i = 1, tonumber(args[1]) do all[i] = one end
  request_text = table.concat(all)
end
request = function() return request_text end
"""


def command_of(options, who, size, folder, port):
    build = options.build_dir
    if who == "raw":
        return f"{build}/benchmarks/http/raw_http --listen 127.0.0.1:0 --size {size}"
    if who == "weir":
        return f"{build}/benchmarks/http/weir_http --listen 127.0.0.1:0 --size {size}"
    configuration = pathlib.Path(folder) / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, port=port, body="x" * size))
    return f"{shutil.which('nginx')} -c {configuration} -p {folder}"


def measured(text):
    """What wrk said: requests a second and the latencies in microseconds."""
    if "Non-2xx" in text or "Socket errors" in text:
        raise pinned.Failed(" ".join(line.strip() for line in text.splitlines()
                                     if "Non-2xx" in line or "errors" in line))
    units = {"us": 1, "ms": 1e3, "s": 1e6}
    found = {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))}
    for share, name in (("50%", "p50_us"), ("99%", "p99_us")):
        value, unit = re.search(rf"{share}\s+([\d.]+)(us|ms|s)", text).groups()
        found[name] = float(value) * units[unit]
    return found


def ask_with_wrk(options, folder, url, connections, depth, seconds):
    command = ["wrk", "-t1", f"-c{connections}", "--latency", f"-d{seconds}s"]
    if depth == 1:
        return measured(pinned.load([*command, url], seconds + 30))
    script = pathlib.Path(folder) / "pipeline.lua"
    script.write_text(PIPELINE)
    return measured(pinned.load([*command, "-s", str(script), url, "--", str(depth)],
                                seconds + 30))


def ask_with_epoll_load(options, folder, url, connections, depth, seconds):
    command = [f"{options.build_dir}/benchmarks/echo/epoll_load", "--url", url, "--warmup", "0.2",
               "--connections", str(connections), "--depth", str(depth), "--duration", str(seconds)]
    return json.loads(pinned.load(command, seconds + 30))


ASKING = {"wrk": ask_with_wrk, "epoll_load": ask_with_epoll_load}


def run_once(options, who, cell):
    generator, size, connections, depth = cell
    with tempfile.TemporaryDirectory() as folder:
        port = pinned.free_port() if who == "nginx" else None
        process, port = pinned.start(command_of(options, who, size, folder, port), port)
        ask = functools.partial(ASKING[generator], options, folder, f"http://127.0.0.1:{port}",
                                connections, depth)
        try:
            ask(1)  # warm
            run = pinned.Run(process)
            result = ask(options.duration)
            run.end()
        finally:
            facts.stop(process)
    result["foreign_cpu"] = run.foreign
    result["cost_us"] = 1e6 * (run.user + run.system) / result["rate"]
    return result


def run_cell(options, cell):
    results = {who: [] for who in ("raw", "nginx", "weir")}
    for _ in range(options.rounds):
        for who, runs in results.items():
            runs.append(pinned.undisturbed(functools.partial(run_once, options, who, cell)))
    return results


def row(results, who):
    def middle(key):
        return statistics.median(run[key] for run in results[who])

    ratios = []
    for baseline in BASELINES:
        pairs = zip(results[who], results[baseline])
        ratios.append(statistics.median(a["rate"] / b["rate"] for a, b in pairs))
    rates = [run["rate"] for run in results[who]]
    disturbed = sum(run["disturbed"] for run in results[who])
    return (who + (f" ({disturbed} disturbed)" if disturbed else ""),
            f"{middle('rate') / 1e3:.0f} K ({min(rates) / 1e3:.0f}-{max(rates) / 1e3:.0f})",
            *(f"{ratio:.2f}" for ratio in ratios), f"{middle('cost_us'):.2f}",
            f"{middle('p50_us'):.0f} / {middle('p99_us'):.0f}")


HEADINGS = ("server", "requests/s: median (min-max)", *(f"x {who}" for who in BASELINES),
            "server us/request", "p50 / p99 us")


def hand_over(tables, title, results):
    print(f"\n### {title}\n\n| " + " | ".join(HEADINGS) + " |")
    print("|---|" + "---:|" * (len(HEADINGS) - 1))
    rows = [row(results, who) for who in results]
    for cells in rows:
        print("| " + " | ".join(cells) + " |", flush=True)
    bars = []
    for who, runs in results.items():
        rates = [run["rate"] for run in runs]
        bars.append(report.bar("requests/s", who, min(rates), statistics.median(rates),
                               max(rates)))
    tables.add(title, HEADINGS, rows, bars)


def numbers(text):
    return [int(word) for word in text.split(",")]


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--build-dir", default=str(facts.ROOT / "build/release"))
    parser.add_argument("--sizes", type=numbers, default=[13, 1024])
    parser.add_argument("--connections", type=numbers, default=[64, 512])
    parser.add_argument("--generators", default="wrk,epoll_load")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--duration", type=int, default=2, metavar="SECONDS")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 1 s")
    report.add_option(parser)
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.duration = 3, 1
    return options


def main():
    options = parse_options()
    for program, package in (("wrk", "wrk"), ("nginx", "nginx-light")):
        if shutil.which(program) is None:
            sys.exit(f"{program} is missing: apt-get install -y {package}")
    found = facts.machine() | {
        "nginx": facts.command_output("sh", "-c", "nginx -v 2>&1"),
        "flags": facts.compiler(options.build_dir, "raw_http.cpp"),
        "method": f"{options.rounds} interleaved rounds of {options.duration} s; weir is to reach "
        + " and ".join(f"{share} of {who}" for who, share in BASELINES.items()),
    }
    for name, fact in found.items():
        print(f"{name}: {fact}")
    tables = report.Tables(__file__, __doc__, options, found)
    for generator in options.generators.split(","):
        for size, connections, name in itertools.product(options.sizes, options.connections,
                                                         DEPTHS):
            results = run_cell(options, (generator, size, connections, DEPTHS[name]))
            hand_over(tables, f"{generator}: {size} B, {connections} connections, {name}", results)


if __name__ == "__main__":
    main()
