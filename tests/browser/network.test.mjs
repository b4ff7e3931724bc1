// Nothing but the server is asked, wherever the server is.

import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { after, before, describe, it } from "node:test";
import { launch, question, settled } from "./browser.mjs";
import { ask, serve } from "./server.mjs";

let server;
let browser;

before(async () => {
    server = await serve();
    browser = await launch();
});

after(async () => {
    await browser?.close();
    await server?.stop();
});

// A proxy that has the server below /a/prefix/ and counts what it is asked.
async function proxy() {
    const asked = [];
    const front = http.createServer((request, reply) => {
        asked.push(request.url);

        if (!request.url.startsWith("/a/prefix/")) {
            reply.writeHead(404).end();
            return;
        }

        request.pipe(http.request(
            new URL(request.url.slice("/a/prefix/".length), server.url),
            { method: request.method,
              headers: { ...request.headers, connection: "close" } },
            (answer) => {
                reply.writeHead(answer.statusCode, answer.headers);
                answer.pipe(reply);
            }));
    }).listen(0, "127.0.0.1");

    await once(front, "listening");

    return { asked, front,
             url: `http://127.0.0.1:${front.address().port}/a/prefix/` };
}

describe("the network", () => {
    it("is not asked beyond the server, nor when others are cut off",
       async () => {
           const page = await browser.open(server.url);
           await page.route("**", (route) => new URL(route.request().url())
               .origin === new URL(server.url).origin
               ? route.continue() : route.abort());
           await page.reload();
           await settled(page);
           assert.equal(await page.locator("#points path").count(), 150);
           assert.deepEqual(page.faults, []);
           await page.context().close();
       });

    it("may have the server behind a prefix", async () => {
        const { asked, front, url } = await proxy();

        try {
            const page = await browser.open(url);
            await page.getByRole("button", { name: "training row" }).click();
            await settled(page);
            assert.equal(await page.locator("#points path").count(), 150);
            assert.ok((await question(page)).url.startsWith(url));
            assert.ok(asked.every((path) => path.startsWith("/a/prefix/")),
                      String(asked));
            await page.getByRole("link", { name: "API docs" }).click();
            await page.locator(".opblock").first().waitFor();
            assert.deepEqual(page.faults, []);
            await page.context().close();

        } finally {
            front.closeAllConnections?.();
            front.close();
        }
    });

    it("may lose the server and find it again", async () => {
        const page = await browser.open(server.url);
        await page.context().setOffline(true);
        await page.getByLabel("petal_width", { exact: true }).fill("1.5");
        await settled(page);
        assert.equal(await page.getByRole("alert").textContent(),
                     "The server cannot be reached.");
        await page.context().setOffline(false);
        await page.getByLabel("petal_width", { exact: true }).fill("1.6");
        await settled(page);
        assert.ok(await page.locator("#problem").isHidden());
        await page.context().close();
    });

    it("brings each file under a strict policy", async () => {
        for (const path of ["", "page.js", "page.css", "docs/",
                            "docs/docs.js"])
        {
            const reply = await fetch(server.url + path);
            assert.equal(reply.status, 200);
            const policy = reply.headers.get("content-security-policy");
            assert.match(policy, /default-src 'self'/);
            assert.ok(!/unsafe|\*|http/.test(policy), policy);
            assert.equal(reply.headers.get("x-content-type-options"),
                         "nosniff");
        }
    });

    it("is not flooded while a slider moves", async () => {
        const page = await browser.open(server.url);
        let asked = 0;
        page.on("request", (request) => {
            asked += request.url().includes("/predict/");
        });
        const slider = page.getByLabel("petal_length, slider");
        const began = Date.now();

        for (let i = 0; i < 60; i++) {
            await slider.fill(String(1 + i / 10 > 6.9 ? 6.9 : 1 + i / 10));
        }

        await settled(page);
        assert.ok(asked <= (Date.now() - began) / 40 + 2, `${asked} requests`);
        const { body, url } = await question(page);
        const { body: { prediction } } = await ask(server.url, url, {
            method: "POST", body: JSON.stringify(body),
        });
        assert.equal(await page.locator("#prediction").textContent(),
                     prediction, "the last question is answered");
        await page.context().close();
    });

    it("may be slow: late answers to earlier questions are not shown",
       async () => {
           const page = await browser.open(
               `${server.url}#model=iris&X=5.1&X=3.5&X=1.4&X=0.2`);
           await page.route("**/predict/*", async (route) => {
               const { X } = route.request().postDataJSON();

               if (X[2] === 6.5) {
                   await new Promise((done) => setTimeout(done, 600));
               }

               await route.continue().catch(() => {});
           });

           const field = page.getByLabel("petal_length", { exact: true });
           await field.fill("6.5");
           await page.waitForTimeout(150);
           await field.fill("1.3");
           await page.waitForTimeout(900);
           assert.equal(await page.locator("#prediction").textContent(),
                        "setosa");
           await page.context().close();
       });
});
