// SPDX-License-Identifier: Apache-2.0
// What a page of the HTTP echo server says to it and to the WebSocket echo server; each function
// gives the list of what did not hold.
'use strict';

function bytesOf(size) {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 65536) {
        crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65536)));
    }
    return bytes;
}

function areEqual(one, other) {
    return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

async function fetchBodies() {
    const wrong = [];
    const empty = await fetch('/', { cache: 'no-store' });
    if (empty.status !== 200 || (await empty.text()) !== '') wrong.push('GET');
    for (const size of [0, 1, 65536, 1048576]) {
        const body = bytesOf(size);
        const answer = await fetch('/', { method: 'POST', body });
        const got = new Uint8Array(await answer.arrayBuffer());
        if (answer.status !== 200 || !areEqual(got, body)) wrong.push(`POST of ${size}`);
    }
    const atOnce = Array.from({ length: 100 }, async (_, number) => {
        const answer = await fetch(`/${number}`, { method: 'POST', body: `${number}` });
        if ((await answer.text()) !== `${number}`) wrong.push(`${number} of a hundred at once`);
    });
    await Promise.all(atOnce);
    return wrong;
}

// How many of ten requests in turn had a connection of their own.
async function countConnections() {
    performance.clearResourceTimings();
    for (let i = 0; i < 10; ++i) await (await fetch(`/kept/${i}`, { cache: 'no-store' })).text();
    const timings = performance.getEntriesByType('resource').filter((each) =>
        each.name.includes('/kept/'));
    if (timings.length !== 10) return -1;
    return timings.filter((each) => each.connectStart !== each.fetchStart
        && each.connectEnd > each.connectStart).length;
}

function openSocket(url) {
    return new Promise((opened, failed) => {
        const socket = new WebSocket(url);
        socket.binaryType = 'arraybuffer';
        socket.onopen = () => opened(socket);
        socket.onerror = () => failed(new Error(`no connection to ${url}`));
    });
}

function next(socket) {
    return new Promise((come, failed) => {
        socket.onmessage = (event) => come(event.data);
        socket.onclose = (event) => failed(new Error(`closed with ${event.code}`));
    });
}

function closed(socket) {
    return new Promise((end) => {
        socket.onclose = (event) => end([event.code, event.reason, event.wasClean]);
    });
}

async function sendMessages(url) {
    const wrong = [];
    const socket = await openSocket(url);
    for (const size of [0, 1, 125, 126, 65535, 65536, 1048576]) {
        const bytes = bytesOf(size);
        socket.send(bytes);
        if (!areEqual(new Uint8Array(await next(socket)), bytes)) wrong.push(`binary of ${size}`);
        const text = Array.from(bytes.subarray(0, size / 2), (byte) =>
            String.fromCodePoint(0x20 + byte)).join('');
        socket.send(text);
        if ((await next(socket)) !== text) wrong.push(`text of ${size}`);
    }
    const heard = [];
    const all = new Promise((done) => {
        socket.onmessage = (event) => heard.push(event.data) === 1000 && done();
    });
    for (let number = 0; number < 1000; ++number) socket.send(`${number}`);
    await all;
    if (heard.some((text, number) => text !== `${number}`)) wrong.push('the order of a thousand');
    socket.close();
    const end = await closed(socket);
    if (end[0] !== 1005 || !end[2]) wrong.push(`a close without a code ended with ${end}`);
    return { extensions: socket.extensions, wrong };
}

async function closeCodes(url) {
    const ends = [];
    for (const [code, reason] of [[1000, ''], [3000, 'why €'], [4999, 'x'.repeat(123)]]) {
        const socket = await openSocket(url);
        socket.close(code, reason);
        ends.push([code, ...(await closed(socket))]);
    }
    const large = await openSocket(url);
    large.send(new Uint8Array(16777217));
    ends.push(['too large', (await closed(large))[0]]);
    return ends;
}

function isRefused(url) {
    return openSocket(url).then(() => false, () => true);
}
