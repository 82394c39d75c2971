// SPDX-License-Identifier: Apache-2.0
// npm `ws` as the server that echo_client.cpp talks to: npm_server.cjs [deflate]. Prints `listening on HOST:PORT`, echoes,
// and obeys the text messages "!fragments COUNT SIZE", "!ping PAYLOAD" and "!close CODE REASON".
'use strict';

const { WebSocketServer } = require('ws');

const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    maxPayload: 32 << 20,
    perMessageDeflate: process.argv[2] === 'deflate' ? { threshold: 0 } : false,
    handleProtocols: (offered) => (offered.has('chat.v1') ? 'chat.v1' : false),
});
server.on('listening', () => console.log(`listening on 127.0.0.1:${server.address().port}`));

async function sendFragments(peer, count, size) {
    const piece = Buffer.alloc(size, 'f');
    for (let i = 0; i < count; ++i) {
        peer.send(piece, { binary: true, fin: i === count - 1 });
        if (peer.bufferedAmount > 4 << 20) await new Promise(setImmediate);
    }
}

server.on('connection', (peer) => {
    peer.on('error', () => {});
    peer.on('pong', (payload) => peer.send(`pong ${payload}`));
    peer.on('message', (data, isBinary) => {
        const words = isBinary || data[0] !== 0x21 ? [] : data.toString().split(' ');
        if (words[0] === '!fragments') sendFragments(peer, Number(words[1]), Number(words[2]));
        else if (words[0] === '!ping') peer.ping(words[1]);
        else if (words[0] === '!close') peer.close(Number(words[1]), words[2]);
        else peer.send(data, { binary: isBinary });
    });
});
