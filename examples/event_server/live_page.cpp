// SPDX-License-Identifier: Apache-2.0
#include "live_page.hpp"

const std::string_view live_page = R"page(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>weir event server</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark;
  --page: light-dark(#f6f7f9, #14171c); --card: light-dark(#fff, #1d222a);
  --ink: light-dark(#1b2430, #e4e9f0); --soft: light-dark(#667385, #8d99a8);
  --line: light-dark(#e1e5ea, #2c333d); --mark: light-dark(#0b6e99, #4fc3f7);
  --good: light-dark(#1f8a4c, #58d68d); --bad: light-dark(#c0392b, #ff7b6b); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem; background: var(--page);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header { display: flex; align-items: baseline; gap: .8rem; margin-bottom: 1.2rem; }
h1 { font-size: 1.35rem; margin: 0; }
h2 { font-size: .8rem; margin: 0 0 .6rem; color: var(--soft); font-weight: 600;
  text-transform: uppercase; letter-spacing: .06em; }
#state { font-size: .85rem; color: var(--soft); }
#state::before { content: "\25CF\00A0"; color: var(--bad); }
#state.open::before { color: var(--good); }
.cards { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); }
.card, section { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: .9rem 1rem; }
.card b { display: block; font-size: 1.55rem; line-height: 1.2;
  font-variant-numeric: tabular-nums; }
.card span { color: var(--soft); font-size: .82rem; }
.columns { display: grid; gap: .8rem; margin-top: .8rem; grid-template-columns: 2fr 1fr; }
@media (max-width: 44rem) { .columns { grid-template-columns: 1fr; } }
svg { width: 100%; height: 70px; display: block; margin-top: .8rem; }
polyline { fill: none; stroke: var(--mark); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
form { display: flex; gap: .5rem; margin-bottom: .6rem; }
input { flex: 1; min-width: 0; padding: .45rem .6rem; border-radius: 7px; color: inherit;
  background: var(--page); border: 1px solid var(--line); font: inherit; }
button { padding: .45rem .9rem; border: 0; border-radius: 7px; background: var(--mark);
  color: var(--card); font: inherit; font-weight: 600; cursor: pointer; }
#events { list-style: none; margin: 0; padding: 0; height: 15rem; overflow: auto;
  font: 13px/1.6 ui-monospace, monospace; }
#events li { border-top: 1px solid var(--line); padding: .1rem 0; overflow-wrap: anywhere; }
#events i { color: var(--mark); font-style: normal; margin-right: .6em; }
#events .error { color: var(--bad); }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
td { border-top: 1px solid var(--line); padding: .2rem 0; overflow-wrap: anywhere; }
td:last-child { text-align: right; }
</style>
</head>
<body>
<header><h1>weir event server</h1><span id="state">connecting</span></header>
<div class="cards">
  <div class="card"><b id="connections">–</b><span>connections</span></div>
  <div class="card"><b id="published">–</b><span>published a second</span></div>
  <div class="card"><b id="delivered">–</b><span>delivered a second</span></div>
  <div class="card"><b id="latency">–</b><span>round trip, ms</span></div>
  <div class="card"><b id="memory">–</b><span>resident, MiB</span></div>
</div>
<section style="margin-top:.8rem"><h2>Delivered a second, last two minutes</h2>
  <svg viewBox="0 0 120 70" preserveAspectRatio="none"><polyline id="line"/></svg></section>
<div class="columns">
  <section>
    <h2>Take part</h2>
    <form id="join"><input id="room" value="lobby" maxlength="128" aria-label="room">
      <button>Join</button></form>
    <form id="send"><input id="text" placeholder="a message to the room" aria-label="message">
      <button>Publish</button></form>
    <ul id="events"></ul>
  </section>
  <section><h2>Rooms</h2><table><tbody id="rooms"></tbody></table></section>
</div>
<script>
"use strict";
const at = id => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const number = value => Math.round(value).toLocaleString("en");
let socket, room = asked.get("room"), pause = 500, pinged = 0;

function show(label, text, kind) {
  const item = document.createElement("li"), mark = document.createElement("i");
  mark.textContent = label;
  item.append(mark, text);
  item.className = kind;
  at("events").prepend(item);
  while (at("events").children.length > 200) at("events").lastChild.remove();
}
function say(message) {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}
function ping() { pinged = performance.now(); say({type: "ping"}); }
function publish(text) { say({type: "publish", room, data: text}); }

const heard = {
  pong() { at("latency").textContent = (performance.now() - pinged).toFixed(1); },
  subscribed(message) {
    show("joined", message.room, "subscribed");
    if (asked.has("publish")) { publish(asked.get("publish")); asked.delete("publish"); }
  },
  unsubscribed(message) { show("left", message.room, "unsubscribed"); },
  event(message) {
    const text = typeof message.data === "string" ? message.data : JSON.stringify(message.data);
    show(message.room, text, "event");
    document.title = "event: " + text;
  },
  error(message) { show("error", message.message, "error"); },
};

function connect() {
  socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/ws");
  socket.onopen = () => {
    pause = 500;
    at("state").textContent = "connected";
    at("state").className = "open";
    if (room) say({type: "subscribe", room});
    ping();
  };
  socket.onmessage = received => {
    const message = JSON.parse(received.data);
    (heard[message.type] || (() => {}))(message);
  };
  socket.onclose = closed => {
    at("state").textContent = "closed (" + closed.code + "), connecting again";
    at("state").className = "";
    // Doubling, with jitter: a server that comes back must not be met by everybody at once.
    setTimeout(connect, pause * (0.5 + Math.random()));
    pause = Math.min(pause * 2, 15000);
  };
}

at("join").onsubmit = submitted => {
  submitted.preventDefault();
  if (room) say({type: "unsubscribe", room});
  room = at("room").value;
  say({type: "subscribe", room});
};
at("send").onsubmit = submitted => {
  submitted.preventDefault();
  if (!room) { show("error", "join a room first", "error"); return; }
  publish(at("text").value);
  at("text").value = "";
};

let before, history = [];
async function refresh() {
  try {
    const now = await (await fetch("/stats")).json();
    now.at = performance.now();
    at("connections").textContent = number(now.connections);
    at("memory").textContent = (now.memory / 1048576).toFixed(1);
    if (before) {
      const rate = name => (now[name] - before[name]) / (now.at - before.at) * 1000;
      at("published").textContent = number(rate("published"));
      at("delivered").textContent = number(rate("delivered"));
      history = [...history.slice(-119), rate("delivered")];
      const top = Math.max(1, ...history);
      at("line").setAttribute("points",
        history.map((value, i) => i + "," + (68 - 64 * value / top)).join(" "));
    }
    before = now;
    at("rooms").replaceChildren(...now.rooms.map(each => {
      const row = document.createElement("tr");
      for (const text of [each.name, number(each.members)]) row.insertCell().textContent = text;
      return row;
    }));
    ping();
  } catch { before = undefined; }
}
if (room) at("room").value = room;
connect();
refresh();
setInterval(refresh, 1000);
</script>
</body>
</html>
)page";
