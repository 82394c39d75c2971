// SPDX-License-Identifier: Apache-2.0
// npm `undici` as a client of weir's echo server, ten requests at once on a connection:
// undici_client.cjs URL CA_FILE [REQUESTS_A_CONNECTION]. Ends with 1 and a line for each
// expectation that did not hold.
'use strict';

const assert = require('node:assert');
const crypto = require('node:crypto');
const fs = require('node:fs');
const { Readable } = require('node:stream');
const { Client, Pool } = require('undici');
const { run } = require('../support/suite.cjs');

const [url, caFile, most] = process.argv.slice(2);
const options = { pipelining: 10, connect: { ca: fs.readFileSync(caFile) } };

function open() {
    const client = new Client(url, options);
    client.connections = 0;
    client.on('connect', () => ++client.connections);
    return client;
}

// What undici puts into a pipeline has to be idempotent, as PUT is.
async function echo(client, body, method = 'PUT') {
    const answer = await client.request({ path: '/', method, body });
    const got = Buffer.from(await answer.body.arrayBuffer());
    assert.strictEqual(answer.statusCode, 200);
    assert(got.equals(Buffer.from(body ?? '')), `${got.length} bytes came back`);
}

const tests = {
    async pipelined_requests_get_their_own_answers() {
        const client = open();
        const all = [];
        for (let i = 0; i < 1000; ++i) all.push(echo(client, `${i} `.repeat(i % 200)));
        await Promise.all(all);
        const ends = most ? Math.floor(1000 / most) : 0;
        assert(client.connections > ends && (most || client.connections === 1),
            `${client.connections} connections`);
        await client.close();
    },
    async methods_without_body_stand_between_those_with_one() {
        const client = open();
        const all = [];
        for (let i = 0; i < 300; ++i) {
            if (i % 3 === 0) all.push(echo(client, `${i}`));
            else all.push(echo(client, null, i % 3 === 1 ? 'GET' : 'HEAD'));
        }
        await Promise.all(all);
        await client.close();
    },
    async large_bodies_come_back_counted_and_in_chunks() {
        const client = open();
        for (const size of [1, 65536, 1000000]) {
            const body = crypto.randomBytes(size);
            await echo(client, body);
            await echo(client, body, 'POST');
            const pieces = Readable.from([body.subarray(0, size / 2), body.subarray(size / 2)]);
            const answer = await client.request({ path: '/', method: 'POST', body: pieces });
            assert(Buffer.from(await answer.body.arrayBuffer()).equals(body), `${size} in chunks`);
        }
        await client.close();
    },
    async an_answer_that_is_not_wanted_any_more_harms_no_other() {
        const pool = new Pool(url, { ...options, connections: 4 });
        const all = [];
        for (let i = 0; i < 200; ++i) {
            const given = new AbortController();
            const body = crypto.randomBytes(50000);
            const asked = pool.request({ path: '/', method: 'PUT', body, signal: given.signal });
            if (i % 10 === 0) {
                given.abort();
                all.push(assert.rejects(asked));
            } else {
                all.push(asked.then(async (answer) =>
                    assert(Buffer.from(await answer.body.arrayBuffer()).equals(body))));
            }
        }
        await Promise.all(all);
        await pool.close();
    },
};

run(tests);
