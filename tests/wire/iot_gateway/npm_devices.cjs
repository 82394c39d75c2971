// SPDX-License-Identifier: Apache-2.0
// npm `ws` as devices of the gateway: npm_devices.cjs URL. Ends with 1 and a line for each
// expectation that did not hold. What it sends as readings, check.py looks for.
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const websocket = require('../support/npm_websocket.cjs');
const { run } = require('../support/suite.cjs');

const url = process.argv[2];

function open() {
    return websocket.open(url, { perMessageDeflate: false });
}

function ping(sequence) {
    const frame = Buffer.alloc(3);
    frame.writeUInt8(0x01, 0);
    frame.writeUInt16BE(sequence, 1);
    return frame;
}

function data(sequence, celsius, humidity, pressure) {
    const frame = Buffer.alloc(8);
    frame.writeUInt8(0x10, 0);
    frame.writeUInt16BE(sequence, 1);
    frame.writeInt16BE(Math.round(celsius * 100), 3);
    frame.writeUInt8(humidity, 5);
    frame.writeUInt16BE(pressure, 6);
    return frame;
}

async function expectPong(device, sequence) {
    device.send(ping(sequence));
    const { data: answer, isBinary } = await websocket.next(device);
    assert(isBinary, 'an answer is binary');
    assert(answer.equals(Buffer.from([0x02, sequence >> 8, sequence & 0xff])),
           `pong of ${sequence}: ${answer.toString('hex')}`);
}

async function end(device) {
    const code = await websocket.close(device, 1000);
    assert(code === 1000, `closed with ${code}`);
}

const tests = {
    async pings_are_answered_with_their_sequence() {
        const device = await open(); // device 1
        for (const sequence of [0, 1, 255, 256, 65535]) await expectPong(device, sequence);
        await end(device);
    },
    async readings_are_taken_and_what_is_crafted_wrong_is_not() {
        const device = await open(); // device 2
        device.send(data(1, 23.45, 55, 1013));
        device.send(data(2, -12.34, 0, 0));
        device.send(data(3, -327.68, 255, 65535));
        const whole = data(4, 1, 1, 1);
        for (let size = 0; size < whole.length; ++size) device.send(whole.subarray(0, size));
        device.send(Buffer.concat([whole, Buffer.from([0])]));
        for (const command of [0x00, 0x02, 0x03, 0x11, 0xff]) {
            device.send(Buffer.concat([Buffer.from([command]), whole.subarray(1)]));
        }
        // Whatever was sent before this has been handled when its answer comes.
        await expectPong(device, 7);
        await end(device);
    },
    async a_frame_in_fragments_is_one_message() {
        const device = await open(); // device 3
        const whole = data(9, -0.01, 33, 999);
        device.send(whole.subarray(0, 4), { fin: false });
        device.send(whole.subarray(4), { fin: true });
        await expectPong(device, 1);
        await end(device);
    },
    async text_ends_the_conversation() {
        const device = await open();
        const closed = once(device, 'close');
        device.send('hello');
        const [code] = await closed;
        assert(code === 1003, `closed with ${code}`);
    },
    async a_hundred_devices_send_at_once() {
        const devices = await Promise.all(Array.from({ length: 100 }, open));
        devices.forEach((device, i) => {
            for (let n = 0; n < 10; ++n) device.send(data(1000 + n, i / 100, n, 1000));
        });
        await Promise.all(devices.map((device) => expectPong(device, 2000)));
        await Promise.all(devices.map(end));
    },
};

run(tests);
