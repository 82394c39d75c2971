// SPDX-License-Identifier: Apache-2.0
#include "page.hpp"

const std::string_view page = R"page(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>weir chat</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 40rem; padding: 1.5rem; font: 16px/1.5 system-ui, sans-serif; }
form { display: flex; gap: .5rem; margin-bottom: 1rem; }
input { flex: 1; min-width: 0; padding: .4rem .6rem; font: inherit; }
button { padding: .4rem .9rem; font: inherit; }
#lines { list-style: none; padding: 0; }
</style>
</head>
<body>
<form id="enter">
  <input id="name" required maxlength="16" placeholder="your name" aria-label="your name">
  <input id="room" required maxlength="16" value="lobby" aria-label="room">
  <button>Enter</button>
</form>
<form id="say" hidden>
  <input id="text" required maxlength="250" autocomplete="off" aria-label="what you say">
  <button>Say</button>
</form>
<p id="state"></p>
<ul id="lines"></ul>
<script>
"use strict";
const at = id => document.getElementById(id);
let socket, pause = 500;

function show(text) {
  const item = document.createElement("li");
  item.textContent = text;
  at("lines").append(item);
  while (at("lines").children.length > 200) at("lines").firstChild.remove();
}
function enter() {
  const path = [at("room").value, at("name").value].map(encodeURIComponent).join("/");
  socket?.close();
  const here = socket = new WebSocket(`${location.origin.replace("http", "ws")}/rooms/${path}`);
  here.onopen = () => {
    pause = 500;
    at("lines").replaceChildren();  // the last lines come with it
    at("say").hidden = false;
    at("state").textContent = `in ${at("room").value}`;
  };
  here.onmessage = event => show(event.data);
  here.onclose = event => {
    if (here !== socket) return;  // it has entered another room
    at("state").textContent = `out: ${event.code} ${event.reason}`;
    setTimeout(() => here === socket && enter(), pause * (0.5 + Math.random()));
    pause = Math.min(pause * 2, 30000);
  };
}
at("enter").onsubmit = event => { event.preventDefault(); enter(); };
at("say").onsubmit = event => {
  event.preventDefault();
  if (socket.readyState === WebSocket.OPEN) socket.send(at("text").value);
  at("text").value = "";
};
</script>
</body>
</html>
)page";
