#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the messages that PROGRAM prints, and holds every field against opentelemetry-proto.

A field that the protocol does not know, or that has another JSON type than its JSON encoding
wants, is a failure. Then what must be in them is looked for.

usage: check.py PROGRAM
"""

import json
import re
import subprocess
import sys


def expect(condition, what):
    if not condition:
        sys.exit(f"failed: {what}")


# ---- the protocol: a message is its fields; a list of one is "repeated"
def hexadecimal(digits):
    return lambda value: isinstance(value, str) and re.fullmatch(f"[0-9a-f]{{{digits}}}", value)


def text(value):
    return isinstance(value, str)


def number(value):
    return value in ("NaN", "Infinity", "-Infinity") or (
        isinstance(value, (int, float)) and not isinstance(value, bool))


def boolean(value):
    return isinstance(value, bool)


def int64(value):
    return isinstance(value, str) and re.fullmatch(r"-?\d+", value) and -2**63 <= int(value) < 2**63


def fixed64(value):
    return isinstance(value, str) and re.fullmatch(r"\d+", value) and int(value) < 2**64


def uint32(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**32


def enum(*values):
    return lambda value: not isinstance(value, bool) and value in values


ANY = {"stringValue": text, "boolValue": boolean, "intValue": int64, "doubleValue": number}
ATTRIBUTES = [{"key": text, "value": ANY}]
RESOURCE = {"attributes": ATTRIBUTES}
SCOPE = {"name": text}
STATUS = {"code": enum(0, 1, 2), "message": text}
EVENT = {"timeUnixNano": fixed64, "name": text, "attributes": ATTRIBUTES}
SPAN = {
    "traceId": hexadecimal(32), "spanId": hexadecimal(16), "parentSpanId": hexadecimal(16),
    "flags": uint32, "name": text, "kind": enum(0, 1, 2, 3, 4, 5), "startTimeUnixNano": fixed64,
    "endTimeUnixNano": fixed64, "attributes": ATTRIBUTES, "droppedAttributesCount": uint32,
    "events": [EVENT], "droppedEventsCount": uint32, "status": STATUS,
}
LOG = {
    "timeUnixNano": fixed64, "observedTimeUnixNano": fixed64, "severityNumber": enum(*range(25)),
    "severityText": text, "body": ANY, "attributes": ATTRIBUTES, "traceId": hexadecimal(32),
    "spanId": hexadecimal(16), "flags": uint32,
}
TIMES = {"attributes": ATTRIBUTES, "startTimeUnixNano": fixed64, "timeUnixNano": fixed64}
POINT = {**TIMES, "asDouble": number, "asInt": int64}
BUCKETS = {**TIMES, "count": fixed64, "sum": number, "min": number, "max": number,
           "bucketCounts": [fixed64], "explicitBounds": [number]}
METRIC = {
    "name": text, "unit": text, "gauge": {"dataPoints": [POINT]},
    "sum": {"dataPoints": [POINT], "aggregationTemporality": enum(1, 2), "isMonotonic": boolean},
    "histogram": {"dataPoints": [BUCKETS], "aggregationTemporality": enum(1, 2)},
}
REQUESTS = {
    "/v1/traces": {"resourceSpans": [
        {"resource": RESOURCE, "scopeSpans": [{"scope": SCOPE, "spans": [SPAN]}]}]},
    "/v1/logs": {"resourceLogs": [
        {"resource": RESOURCE, "scopeLogs": [{"scope": SCOPE, "logRecords": [LOG]}]}]},
    "/v1/metrics": {"resourceMetrics": [
        {"resource": RESOURCE, "scopeMetrics": [{"scope": SCOPE, "metrics": [METRIC]}]}]},
}


def hold(value, wanted, where):
    if isinstance(wanted, list):
        expect(isinstance(value, list), f"{where} is no list: {value}")
        for index, each in enumerate(value):
            hold(each, wanted[0], f"{where}[{index}]")
    elif isinstance(wanted, dict):
        expect(isinstance(value, dict), f"{where} is no object: {value}")
        for name, field in value.items():
            expect(name in wanted, f"{where}.{name} is no field")
            hold(field, wanted[name], f"{where}.{name}")
        if wanted is ANY:
            expect(len(value) == 1, f"{where} has not one value: {value}")
    else:
        expect(wanted(value), f"{where} is {value!r}")


def no_twins(pairs):
    expect(len(pairs) == len(dict(pairs)), f"a field stands twice: {pairs}")
    return dict(pairs)


def attributes(of):
    return {each["key"]: next(iter(each["value"].values())) for each in of["attributes"]}


# ---- what was recorded
NASTY = "quote \" backslash \\ line \n nul \x01 bad \ufffd\ufffd euro \u20ac"
TRACE, REMOTE = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def check_spans(spans):
    by_name = {span["name"]: span for span in spans}
    expect(set(by_name) == {"request", "fail", "throw"}, f"three spans, not {set(by_name)}")
    expect(all(span["traceId"] == TRACE for span in spans), "all belong to the trace from outside")
    request = by_name["request"]
    expect(request["parentSpanId"] == REMOTE, "the outermost is a child of the remote span")
    for name in ("fail", "throw"):
        expect(by_name[name]["parentSpanId"] == request["spanId"], f"{name} is in the request")
        expect(by_name[name]["status"]["code"] == 2, f"{name} has failed")
    expect(by_name["throw"]["status"]["message"] == NASTY, "an exception tells its text")
    expect(request["status"] == {}, "the request went well")
    took = int(by_name["throw"]["endTimeUnixNano"]) - int(by_name["throw"]["startTimeUnixNano"])
    expect(2e6 <= took < 60e9, f"a span is as long as its sleep, not {took} ns")
    failed = by_name["fail"]
    expect(failed["events"][0]["name"] == NASTY, "events tell their names")
    expect(attributes(failed["events"][0]) == {NASTY: NASTY}, "attributes tell their texts")
    expect(attributes(failed) == {"user": "7", "least": str(-2**63), "none": "NaN",
                                  "endless": "Infinity", "yes": True, "part": 0.125},
           f"attributes of each kind, not {attributes(failed)}")


def check_logs(logs):
    expect([log["body"]["stringValue"] for log in logs] == [NASTY, "outside"], "two logs")
    expect(logs[0]["traceId"] == TRACE and "traceId" not in logs[1], "one of them in the trace")
    expect([log["severityText"] for log in logs] == ["ERROR", "INFO"], "levels")


def check_metrics(metrics):
    by_name = {metric["name"]: metric for metric in metrics}
    expect(len(by_name) == len(metrics) == 3, "each name stands once")
    rows = {attributes(point)["table"]: point["asDouble"]
            for point in by_name["rows"]["sum"]["dataPoints"]}
    expect(rows == {"users": 3, "orders": 4}, f"a series for each table, not {rows}")
    expect(by_name["depth"]["gauge"]["dataPoints"][0]["asDouble"] == 0.5, "a gauge")
    wait = by_name["wait"]["histogram"]["dataPoints"][0]
    expect(len(wait["bucketCounts"]) == len(wait["explicitBounds"]) + 1, "one more bucket")
    expect(sum(map(int, wait["bucketCounts"])) == int(wait["count"]) == 3, "all in some bucket")
    expect(by_name["wait"]["unit"] == "s", "times are seconds")


def main():
    done = subprocess.run([sys.argv[1]], stdout=subprocess.PIPE, check=True, timeout=60)
    items = {}
    for line in done.stdout.decode("utf-8").splitlines():
        path, body = line.split(" ", 1)
        request = json.loads(body, object_pairs_hook=no_twins)
        hold(request, REQUESTS[path], path)
        (resources,) = request.values()
        expect(attributes(resources[0]["resource"]) == {"service.name": "shop " + NASTY}, "service")
        scopes = resources[0][next(key for key in resources[0] if key.startswith("scope"))]
        items[path] = next(value for key, value in scopes[0].items() if key != "scope")
    expect(set(items) == set(REQUESTS), f"a message of each kind, not {set(items)}")
    check_spans(items["/v1/traces"])
    check_logs(items["/v1/logs"])
    check_metrics(items["/v1/metrics"])


if __name__ == "__main__":
    main()
