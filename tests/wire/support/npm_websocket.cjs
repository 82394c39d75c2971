// SPDX-License-Identifier: Apache-2.0
// npm `ws` as a client that is asked for one message after the other.
'use strict';

const { once } = require('node:events');
const WebSocket = require('ws');

/// An open one, which keeps what comes for `next`.
async function open(url, options) {
    const client = new WebSocket(url, options);
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

/// The next message: { data, isBinary }.
function next(client) {
    if (client.messages.length > 0) return Promise.resolve(client.messages.shift());
    return new Promise((resolve) => client.waiting.push(resolve));
}

/// The code that the server closes with when we have.
async function close(client, code, reason) {
    const closed = once(client, 'close');
    client.close(code, reason);
    const [received] = await closed;
    return received;
}

module.exports = { open, next, close };
