// SPDX-License-Identifier: Apache-2.0
// suite.py for Node: async functions whose names say what must hold, run as they stand.
'use strict';

const longestMs = 60000;

/// Runs each of `tests` and ends the process: with 1 if any of them failed or does not end.
async function run(tests) {
    let failures = 0;
    for (const [name, test] of Object.entries(tests)) {
        const limit = setTimeout(() => {
            console.log(`${name} does not end`);
            process.exit(1);
        }, longestMs);
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

module.exports = { run };
