#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The demonstration: the event server under a fan-out, an echo server under load, and an orderly
# end. Takes about ten seconds. `--stay` leaves the event server running until Ctrl-C.
# Usage: demo.sh [--stay] [--build DIRECTORY]
set -euo pipefail

root=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../..
build=$root/build/release
stay=no
while (($# > 0)); do
    case $1 in
        --stay) stay=yes ;;
        --build) build=$2 && shift ;;
        *) echo "usage: demo.sh [--stay] [--build DIRECTORY]" >&2 && exit 2 ;;
    esac
    shift
done

load=$build/benchmarks/load/weir-load
logs=$(mktemp -d)
servers=()
clean_up() {
    if ((${#servers[@]} > 0)); then
        kill -KILL "${servers[@]}" 2>/dev/null || true
        wait "${servers[@]}" 2>/dev/null || true
    fi
    rm -rf "$logs"
}
trap clean_up EXIT

say() { printf '\n== %s\n' "$*"; }

# start <name> <program> <argument...>: leaves its address in $address and its process in $server.
start() {
    local name=$1
    shift
    : >"$logs/$name" # the child that opens it may come later than the first look at it
    "$@" >"$logs/$name" 2>"$logs/$name.err" &
    server=$!
    servers+=("$server")
    for _ in $(seq 100); do
        address=$(sed -n 's/^listening on //p' "$logs/$name")
        [[ -z $address ]] || return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.05
    done
    echo "$name did not start:" >&2
    cat "$logs/$name.err" >&2
    exit 1
}

# end <name>: SIGTERM, and 0 is expected.
end() {
    local status=0
    kill -TERM "$server"
    wait "$server" || status=$?
    sed 's/^/  /' <(tail -n +2 "$logs/$1")
    ((status == 0)) || { echo "$1 ended with $status" >&2 && exit 1; }
    servers=()
    echo "  exit 0"
}

shards=$(nproc)
shards=$((shards > 2 ? shards / 2 : 1))

start event_server "$build/examples/event_server/event_server" --shards "$shards"
events=$address events_server=$server
say "event server: live page at http://$events/  (room: demo)"

say "fan-out: one publisher, 1000 subscribers in one room, 50 events a second"
"$load" --url "ws://$events/ws" --mode fanout --connections 1000 --rate 50 --size 200 \
    --duration 4 --room demo --server-pid "$events_server"

start ws_echo "$build/examples/ws_echo" --shards "$shards"
say "echo: 64 WebSocket connections, 125 bytes, one message in flight on each"
"$load" --url "ws://$address/" --connections 64 --duration 3 --server-pid "$server"
kill "$server"
wait "$server" 2>/dev/null || true
servers=("$events_server")

server=$events_server
if [[ $stay == yes ]]; then
    say "the event server stays: http://$events/?room=demo  (Ctrl-C ends it)"
    trap : INT
    wait "$server" || wait "$server" || true
    sed 's/^/  /' <(tail -n +2 "$logs/event_server")
    servers=()
    exit 0
fi

say "SIGTERM: the event server drains"
end event_server
say "done; './dev demo --stay' keeps the live page up"
