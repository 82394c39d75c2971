// SPDX-License-Identifier: Apache-2.0
// npm `ws` as a client of weir's compressing echo server: npm_deflate_client.cjs URL. Ends with 1
// and a line for each expectation that did not hold.
'use strict';

const assert = require('node:assert');
const crypto = require('node:crypto');
const { once } = require('node:events');
const { close, next, open } = require('../support/npm_websocket.cjs');
const { run } = require('../support/suite.cjs');

const url = process.argv[2];
const sizes = [0, 1, 125, 1023, 1024, 4096, 65535, 65536, 1 << 20];

/// Text of about `size` bytes that compresses as JSON does: to a fifth or so.
function json(size) {
    let text = '';
    for (let i = 0; text.length < size; ++i) {
        text += `{"id":${(i * 2654435761) % 4294967296},"name":"äpfel ${i % 97}"},`;
    }
    return text.slice(0, size);
}

async function openCompressing(offer) {
    const client = await open(url, { maxPayload: 32 << 20, perMessageDeflate: offer });
    assert(/permessage-deflate/.test(client.extensions), `agreed on: ${client.extensions}`);
    return client;
}

async function end(client) {
    const code = await close(client, 1000);
    assert(code === 1000, `closed with ${code}`);
}

async function exchange(client, sent) {
    client.send(sent);
    const { data, isBinary } = await next(client);
    assert(isBinary === (typeof sent !== 'string'), 'kind of the echo');
    assert(data.equals(Buffer.from(sent)), `echo of ${sent.length}`);
}

/// Every offer that `ws` can make of contexts and windows.
function offers() {
    const made = [];
    // `ws` takes false for "refuse it when the server says so", undefined for "as it likes".
    for (const serverNoContextTakeover of [undefined, true]) {
        for (const clientNoContextTakeover of [undefined, true]) {
            for (const bits of [undefined, 9, 12]) {
                made.push({
                    threshold: 0,
                    serverNoContextTakeover,
                    clientNoContextTakeover,
                    ...(bits && { serverMaxWindowBits: bits, clientMaxWindowBits: bits }),
                });
            }
        }
    }
    return made;
}

const tests = {
    async everything_comes_back_under_every_offer() {
        for (const offer of offers()) {
            const client = await openCompressing(offer);
            for (const size of sizes) {
                await exchange(client, json(size));
                await exchange(client, crypto.randomBytes(size));
            }
            for (let i = 0; i < 50; ++i) await exchange(client, `{"tick":${i},"price":101.25}`);
            await end(client);
        }
    },
    async fragments_become_one_message() {
        const client = await openCompressing({ threshold: 0 });
        for (const [count, size] of [[2, 10], [100, 1], [7, 70000], [4096, 256]]) {
            const piece = Buffer.from(json(size).replace(/[^ -~]/g, '?'));
            for (let i = 0; i < count; ++i) {
                client.send(piece, { binary: true, compress: true, fin: i === count - 1 });
            }
            const { data } = await next(client);
            assert(data.length === count * piece.length, `${count} fragments: ${data.length}`);
            assert(data.subarray(-piece.length).equals(piece));
        }
        await end(client);
    },
    async a_thousand_messages_at_once_come_back_in_order() {
        const client = await openCompressing({ threshold: 0 });
        for (let i = 0; i < 1000; ++i) client.send(`${i}:${json(i * 7)}`);
        for (let i = 0; i < 1000; ++i) {
            const { data } = await next(client);
            assert(data.toString() === `${i}:${json(i * 7)}`, `message ${i}`);
        }
        await end(client);
    },
    async compressed_and_plain_messages_mix() {
        const client = await openCompressing({ threshold: 0 });
        for (let i = 0; i < 200; ++i) {
            client.send(json(2000 + i), { compress: i % 3 !== 0 });
            const { data } = await next(client);
            assert(data.toString() === json(2000 + i), `message ${i}`);
        }
        await end(client);
    },
    async a_bomb_is_refused_with_1009() {
        const client = await openCompressing({ threshold: 0 });
        client.on('error', () => {});
        client.send(Buffer.alloc(16 << 20));
        const [code, reason] = await once(client, 'close');
        assert(code === 1009 && /ratio/.test(reason), `closed with ${code} ${reason}`);
    },
    async a_window_that_the_server_cannot_write_is_declined() {
        const client = await open(url, { perMessageDeflate: { serverMaxWindowBits: 8 } });
        assert(client.extensions === '', client.extensions);
        await end(client);
    },
};

run(tests);
