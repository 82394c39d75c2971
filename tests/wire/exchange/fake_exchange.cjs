// SPDX-License-Identifier: Apache-2.0
// An exchange of npm `ws` for the client of examples/exchange_client:
//   fake_exchange.cjs PORT LOG KEY SECRET
// Prints `listening on HOST:PORT`. Writes a line of JSON for each message that it gets, with the
// time and the cost, so that whoever kills it can judge what came; answers orders in another order
// than they came; verifies signatures by itself. SIGTERM is its orderly end.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const { WebSocketServer } = require('ws');

const [port, logFile, key, secret] = process.argv.slice(2);
const costs = { 'public/auth': 10, 'private/subscribe': 5, 'private/buy': 10 };
const log = fs.openSync(logFile, 'a');
const note = (what) => fs.writeSync(log, JSON.stringify({ time: Date.now() / 1000, ...what }) + '\n');

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(port) });
server.on('listening', () => console.log(`listening on 127.0.0.1:${server.address().port}`));

function isSigned({ client_id: id, timestamp, signature }) {
    const right = crypto.createHmac('sha256', secret).update(id + timestamp).digest('hex');
    return id === key && Math.abs(Date.now() - timestamp) < 60000 && signature === right;
}

// Ends when the last connection has.
process.on('SIGTERM', () => server.close());

server.on('connection', (peer) => {
    const say = (what) => peer.send(JSON.stringify({ jsonrpc: '2.0', ...what }));
    const channels = [];
    const held = [];
    let isKnown = false;
    let testDue = false;
    let timers = [];

    function answer(id, method, params) {
        const needsLogin = method.startsWith('private/');
        if (needsLogin && !isKnown) return say({ id, error: { code: 13009, message: 'unauthorized' } });
        switch (method) {
            case 'public/auth':
                if (!isKnown) return say({ id, error: { code: 13004, message: 'invalid_credentials' } });
                return say({ id, result: { expires_in: 3600 } });
            case 'public/set_heartbeat':
                timers.push(setInterval(() => {
                    if (testDue) { note({ broken: 'no test' }); return peer.terminate(); }
                    testDue = true;
                    say({ method: 'heartbeat', params: { type: 'test_request' } });
                }, 1000 * params.interval));
                return say({ id, result: 'ok' });
            case 'public/test':
                testDue = false;
                return say({ id, result: { version: '1' } });
            case 'private/subscribe':
                channels.push(...params.channels);
                return say({ id, result: params.channels });
            case 'private/buy':
                // The newest first, a little later.
                held.unshift({ id, result: { order: { label: params.label } } });
                return undefined;
            default:
                return say({ id, error: { code: -32601, message: 'Method not found' } });
        }
    }

    timers.push(setInterval(() => held.splice(0).forEach(say), 50));
    timers.push(setInterval(() => channels.forEach((channel) =>
        say({ method: 'subscription', params: { channel, data: Date.now() } })), 100));
    peer.on('message', (data) => {
        const { id, method, params } = JSON.parse(data);
        if (method === 'public/auth') isKnown = isSigned(params);
        // Before the answer: whoever has that may look here at once.
        note({ method, cost: costs[method] ?? 1, channels: params.channels, label: params.label, isKnown });
        answer(id, method, params);
    });
    peer.on('error', () => {});
    peer.on('close', (code) => {
        note({ closed: code, left: held.length });
        timers.forEach(clearInterval);
        timers = [];
    });
});
