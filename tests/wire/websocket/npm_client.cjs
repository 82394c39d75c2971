// SPDX-License-Identifier: Apache-2.0
// npm `ws` as a client of weir's echo server: npm_client.cjs URL. Ends with 1 and a line for each
// expectation that did not hold.
'use strict';

const assert = require('node:assert');
const crypto = require('node:crypto');
const { once } = require('node:events');
const WebSocket = require('ws');
const { close, next, open } = require('../support/npm_websocket.cjs');
const { run } = require('../support/suite.cjs');

const url = process.argv[2];
const sizes = [0, 1, 125, 126, 127, 4096, 65535, 65536, 65537, 1 << 20, 16 << 20];
const options = { maxPayload: 32 << 20 };

const tests = {
    async binary_of_every_size_comes_back() {
        const client = await open(url, options);
        for (const size of sizes) {
            const sent = crypto.randomBytes(size);
            client.send(sent);
            const { data, isBinary } = await next(client);
            assert(isBinary && data.equals(sent), `binary of ${size}`);
        }
        await close(client, 1000);
    },
    async text_of_every_size_comes_back() {
        const client = await open(url, options);
        for (const size of sizes) {
            const sent = 'aß€𝄞'.repeat(size / 10) + 'x'.repeat(size % 10); // `size` bytes
            client.send(sent);
            const { data, isBinary } = await next(client);
            assert(!isBinary && data.toString() === sent, `text of ${size}`);
        }
        await close(client, 1000);
    },
    async fragments_become_one_message() {
        const client = await open(url, options);
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
        await close(client, 1000);
    },
    async a_thousand_messages_at_once_come_back_in_order() {
        const client = await open(url, options);
        for (let i = 0; i < 1000; ++i) client.send(`${i}:${'x'.repeat(i * 7)}`);
        for (let i = 0; i < 1000; ++i) {
            const { data } = await next(client);
            assert(data.toString() === `${i}:${'x'.repeat(i * 7)}`, `message ${i}`);
        }
        await close(client, 1000);
    },
    async pings_are_answered_with_their_payload() {
        const client = await open(url, options);
        for (const payload of ['', 'a', 'p'.repeat(125)]) {
            client.ping(payload);
            const [pong] = await once(client, 'pong');
            assert(pong.toString() === payload);
        }
        await close(client, 1000);
    },
    async close_codes_come_back() {
        for (const code of [1000, 1001, 1002, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 4999]) {
            const client = await open(url, options);
            const received = await close(client, code, 'why €');
            assert(received === code, `sent ${code}, received ${received}`);
        }
        const client = await open(url, options);
        const received = await close(client);
        assert(received === 1005, `sent none, received ${received}`);
    },
    async too_large_a_message_is_refused_with_1009() {
        const client = await open(url, options);
        client.on('error', () => {});
        client.send(Buffer.alloc((16 << 20) + 1));
        const [code] = await once(client, 'close');
        assert(code === 1009, `closed with ${code}`);
    },
    async compression_is_declined() {
        const client = await open(url, { ...options, perMessageDeflate: true });
        assert(client.extensions === '');
        await close(client, 1000);
    },
    async sub_protocols_are_declined_by_silence() {
        const client = new WebSocket(url, ['chat.v1']);
        const [error] = await once(client, 'error');
        assert(/subprotocol/.test(error.message), error.message);
    },
};

run(tests);
