// SPDX-License-Identifier: Apache-2.0
// npm `ws` as a client of weir's echo server: npm_client.cjs URL. Ends with 1 and a line for each
// expectation that did not hold.
'use strict';

const assert = require('node:assert');
const crypto = require('node:crypto');
const { once } = require('node:events');
const WebSocket = require('ws');

const url = process.argv[2];
const sizes = [0, 1, 125, 126, 127, 4096, 65535, 65536, 65537, 1 << 20, 16 << 20];

async function open(protocols, options) {
    const client = new WebSocket(url, protocols, { maxPayload: 32 << 20, ...options });
    client.messages = [];
    client.waiting = [];
    client.on('message', (data, isBinary) => {
        const taker = client.waiting.shift();
        if (taker) taker({ data, isBinary });
        else client.messages.push({ data, isBinary });
    });
    await once(client, 'open');
    return client;
}

function next(client) {
    if (client.messages.length > 0) return Promise.resolve(client.messages.shift());
    return new Promise((resolve) => client.waiting.push(resolve));
}

async function end(client, code, reason) {
    const closed = once(client, 'close');
    client.close(code, reason);
    return closed;
}

const tests = {
    async binary_of_every_size_comes_back() {
        const client = await open();
        for (const size of sizes) {
            const sent = crypto.randomBytes(size);
            client.send(sent);
            const { data, isBinary } = await next(client);
            assert(isBinary && data.equals(sent), `binary of ${size}`);
        }
        await end(client, 1000);
    },
    async text_of_every_size_comes_back() {
        const client = await open();
        for (const size of sizes) {
            const sent = 'aß€𝄞'.repeat(size / 10) + 'x'.repeat(size % 10); // `size` bytes
            client.send(sent);
            const { data, isBinary } = await next(client);
            assert(!isBinary && data.toString() === sent, `text of ${size}`);
        }
        await end(client, 1000);
    },
    async fragments_become_one_message() {
        const client = await open();
        for (const [count, size] of [[2, 10], [100, 1], [7, 70000], [65536, 256]]) {
            const piece = crypto.randomBytes(size);
            for (let i = 0; i < count; ++i) {
                client.send(piece, { binary: true, fin: i === count - 1 });
                if (client.bufferedAmount > 4 << 20) await new Promise(setImmediate);
            }
            const { data } = await next(client);
            assert(data.length === count * size, `${count} fragments: ${data.length} bytes`);
            assert(data.subarray(-size).equals(piece) && data.subarray(0, size).equals(piece));
        }
        await end(client, 1000);
    },
    async a_thousand_messages_at_once_come_back_in_order() {
        const client = await open();
        for (let i = 0; i < 1000; ++i) client.send(`${i}:${'x'.repeat(i * 7)}`);
        for (let i = 0; i < 1000; ++i) {
            const { data } = await next(client);
            assert(data.toString() === `${i}:${'x'.repeat(i * 7)}`, `message ${i}`);
        }
        await end(client, 1000);
    },
    async pings_are_answered_with_their_payload() {
        const client = await open();
        for (const payload of ['', 'a', 'p'.repeat(125)]) {
            client.ping(payload);
            const [pong] = await once(client, 'pong');
            assert(pong.toString() === payload);
        }
        await end(client, 1000);
    },
    async close_codes_come_back() {
        for (const code of [1000, 1001, 1002, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 4999]) {
            const client = await open();
            const [received] = await end(client, code, 'why €');
            assert(received === code, `sent ${code}, received ${received}`);
        }
        const client = await open();
        const [received] = await end(client);
        assert(received === 1005, `sent none, received ${received}`);
    },
    async too_large_a_message_is_refused_with_1009() {
        const client = await open();
        client.on('error', () => {});
        client.send(Buffer.alloc((16 << 20) + 1));
        const [code] = await once(client, 'close');
        assert(code === 1009, `closed with ${code}`);
    },
    async compression_is_declined() {
        const client = await open([], { perMessageDeflate: true });
        assert(client.extensions === '');
        await end(client, 1000);
    },
    async sub_protocols_are_declined_by_silence() {
        const client = new WebSocket(url, ['chat.v1']);
        const [error] = await once(client, 'error');
        assert(/subprotocol/.test(error.message), error.message);
    },
};

async function main() {
    let failures = 0;
    for (const [name, test] of Object.entries(tests)) {
        const limit = setTimeout(() => {
            console.log(`${name} does not end`);
            process.exit(1);
        }, 60000);
        try {
            await test();
            console.log(`ok ${name}`);
        } catch (error) {
            ++failures;
            console.log(`failed ${name}: ${error.stack}`);
        }
        clearTimeout(limit);
    }
    process.exit(failures === 0 ? 0 : 1);
}

main();
