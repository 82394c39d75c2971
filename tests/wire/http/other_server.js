// SPDX-License-Identifier: Apache-2.0
// Node's HTTP servers, plain and over TLS: other_server.js CERTIFICATE KEY. Prints both ports.
'use strict';
const fs = require('fs');
const http = require('http');
const https = require('https');
const zlib = require('zlib');

const text = Array.from({ length: 20000 }, (_, i) => `line ${i}`).join('\n');
let ports = [];

function large(answer) {
    // Chunked, since nobody says how long it is.
    for (let i = 0; i < 50; ++i) answer.write('x'.repeat(20000));
    answer.end();
}

function slow(answer) {
    answer.writeHead(200, { 'Content-Length': 10 });
    let sent = 0;
    const timer = setInterval(() => {
        answer.write('y');
        if (++sent < 10) return;
        clearInterval(timer);
        answer.end();
    }, 20);
}

const pages = {
    '/hello': (answer) => answer.end('hello'),
    '/large': large,
    '/slow': slow,
    '/gzip': (answer) => {
        answer.setHeader('Content-Encoding', 'gzip');
        answer.end(zlib.gzipSync(text));
    },
    '/deflate': (answer) => {
        answer.setHeader('Content-Encoding', 'deflate');
        answer.end(zlib.deflateSync(text));
    },
    '/bomb': (answer) => {
        answer.setHeader('Content-Encoding', 'gzip');
        answer.end(zlib.gzipSync(Buffer.alloc(50000000)));
    },
    '/truncated': (answer) => {
        answer.writeHead(200, { 'Content-Length': 100 });
        answer.write('half');
        setTimeout(() => answer.destroy(), 50);
    },
    '/until-close': (answer) => {
        answer.shouldKeepAlive = false;
        answer.useChunkedEncodingByDefault = false;
        answer.removeHeader('Transfer-Encoding');
        answer.write('to the end');
        answer.end();
    },
    '/hints': (answer) => {
        answer.writeEarlyHints({ link: '</style.css>; rel=preload' });
        answer.end('hello');
    },
    '/none': (answer) => { answer.writeHead(204); answer.end(); },
    '/silent': () => {},
    '/loop': (answer) => { answer.writeHead(302, { Location: '/loop' }); answer.end(); },
    '/there': (answer) => { answer.writeHead(301, { Location: 'back/../hello' }); answer.end('!'); },
    '/to-plain': (answer) => {
        answer.writeHead(307, { Location: `http://localhost:${ports[0]}/hello` });
        answer.end();
    },
    '/to-secure': (answer) => {
        answer.writeHead(307, { Location: `https://localhost:${ports[1]}/hello` });
        answer.end();
    },
};

function serve(request, answer) {
    if (request.url === '/echo') return request.pipe(answer);
    if (request.url === '/accept') return answer.end(request.headers['accept-encoding']);
    if (request.url === '/port') return answer.end(String(request.socket.remotePort));
    const page = pages[request.url];
    if (page) return page(answer);
    answer.writeHead(404);
    answer.end('nothing');
}

const plain = http.createServer(serve);
const secure = https.createServer(
    { cert: fs.readFileSync(process.argv[2]), key: fs.readFileSync(process.argv[3]) }, serve);
plain.listen(0, '127.0.0.1', () => secure.listen(0, '127.0.0.1', () => {
    ports = [plain.address().port, secure.address().port];
    console.log(ports.join(' '));
}));
