// SPDX-License-Identifier: Apache-2.0
// npm `eventsource` reads a stream through a relay that breaks: npm_reader.cjs HOST PORT
// What is published while the connection is broken must come after it, once and in order.
'use strict';
const net = require('node:net');
const { EventSource } = require('eventsource');

const [host, port] = [process.argv[2], Number(process.argv[3])];
const server = `http://${host}:${port}/events`;
const wanted = ['one', 'two\nlines', 'three', 'four'];
const heard = [];
const open = new Set();
let accepting = true;

const relay = net.createServer((ours) => {
    if (!accepting) return ours.destroy();
    const theirs = net.connect(port, host);
    for (const each of [ours, theirs]) {
        open.add(each);
        each.on('error', () => {});
        each.on('close', () => open.delete(each));
    }
    ours.pipe(theirs).pipe(ours);
});

async function publish(text) {
    const answer = await fetch(server, { method: 'POST', body: text });
    if (!answer.ok) throw new Error(`publishing was answered ${answer.status}`);
}

function fail(why) {
    console.error(why);
    process.exit(1);
}

relay.listen(0, '127.0.0.1', () => {
    const events = new EventSource(`http://127.0.0.1:${relay.address().port}/events`);
    events.onopen = () => {
        if (heard.length === 0) publish(wanted[0]).catch(fail);
    };
    events.addEventListener('gap', () => fail('a gap, although nothing is lost'));
    events.onmessage = async (event) => {
        heard.push(event.data);
        if (heard.length === 1) {
            accepting = false;
            for (const each of open) each.destroy();
            for (const text of wanted.slice(1)) await publish(text);
            accepting = true;
        }
        if (heard.length < wanted.length) return;
        if (JSON.stringify(heard) !== JSON.stringify(wanted)) fail(`heard ${heard}`);
        events.close();
        console.log('heard all');
        process.exit(0);
    };
});
