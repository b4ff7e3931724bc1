// Any PRENOM is a text on the page and nothing else.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launch } from "./browser.mjs";
import { serve } from "./server.mjs";

// as given, and as the page shows it
const NAMES = [
    [undefined, "Unknown"],
    ["", "Unknown"],
    ["Ada", "Ada"],
    ["Zoë 李 🦊", "Zoë 李 🦊"],
    ["$host ${hostname} $prenom", "$host ${hostname} $prenom"],
    ['a "b" \'c\' \\ \\" \\n', 'a "b" \'c\' \\ \\" \\n'],
    ["<script>alert(1)</script>", "<script>alert(1)</script>"],
    ["<img src=x onerror=alert(1)> &amp; <!--# echo var=\"host\" -->",
     "<img src=x onerror=alert(1)> &amp; <!--# echo var=\"host\" -->"],
    ["a; } server { listen 1; } #", "a; } server { listen 1; } #"],
    ["tab\tline\nreturn\rescape\u001b[31mend",
     "tablinereturnescape[31mend"],
    ["x".repeat(5000), "x".repeat(200)],
    ["é".repeat(5000), "é".repeat(100)],
    ["'%s%n$(id)`id`", "'%s%n$(id)`id`"],
];

let browser;

before(async () => {
    browser = await launch();
});

after(() => browser?.close());

describe("a greeting", () => {
    for (const [given, shown] of NAMES) {
        it(`of ${JSON.stringify(given)?.slice(0, 40)}`, async () => {
            const server = await serve({ prenom: given });

            try {
                const page = await browser.open(server.url);
                let alerted = false;
                page.on("dialog", (dialog) => {
                    alerted = true;
                    dialog.dismiss();
                });
                assert.equal(await page.locator("#prenom").textContent(),
                             shown);
                assert.equal(await page.locator("#prenom > *").count(), 0);
                assert.ok(await page.evaluate(
                    () => document.documentElement.scrollWidth
                        <= document.documentElement.clientWidth));
                assert.ok(!alerted);
                assert.deepEqual(page.faults, []);
                await page.context().close();

            } finally {
                await server.stop();
            }
        });
    }
});
