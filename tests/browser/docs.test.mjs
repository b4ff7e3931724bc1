// Swagger UI, with the document of this server.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launch, shoot } from "./browser.mjs";
import { ask, serve } from "./server.mjs";

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch"];

let server;
let browser;
let context;
let page;
let faults;

before(async () => {
    server = await serve();
    browser = await launch();
});

after(async () => {
    await browser?.close();
    await server?.stop();
});

async function open(options = {}) {
    context = await browser.plain({ viewport: { width: 1280, height: 900 },
                                    ...options });
    page = await context.newPage();
    faults = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => message.type() === "error"
            && faults.push(message.text()));
    page.on("request", (request) => {
        if (!/^(data|blob):/.test(request.url())
            && !request.url().startsWith(server.url))
        {
            faults.push(`asked ${request.url()}`);
        }
    });
    await page.goto(`${server.url}docs/`);
    await page.locator(".opblock").first().waitFor();
}

async function close() {
    assert.deepEqual(faults, []);
    await context.close();
}

function operations(document) {
    return Object.entries(document.paths).flatMap(([path, item]) =>
        METHODS.filter((method) => item[method])
            .map((method) => `${method.toUpperCase()} ${path}`));
}

describe("Swagger UI", () => {
    it("shows every operation of openapi.json", async () => {
        await open();
        const { body } = await ask(server.url, "openapi.json");
        const shown = await page.locator(".opblock-summary").evaluateAll(
            (all) => all.map((each) => [".opblock-summary-method",
                                        ".opblock-summary-path"].map((name) =>
                // it lets a browser break long paths
                each.querySelector(name).textContent
                    .replaceAll("\u200b", "")).join(" ")));

        assert.deepEqual(shown.sort(), operations(body).sort());
        assert.equal(await page.locator(".errors-wrapper").count(), 0);
        await shoot(page, "docs");
        await close();
    });

    it("opens every operation", async () => {
        await open();

        for (const summary of await page.locator(
            ".opblock-summary-control").all())
        {
            await summary.click();
        }

        const { body } = await ask(server.url, "openapi.json");
        assert.equal(await page.locator(".opblock.is-open").count(),
                     operations(body).length);
        assert.equal(await page.locator(".errors-wrapper").count(), 0);
        await close();
    });

    for (const colorScheme of ["light", "dark"]) {
        it(`executes a prediction, ${colorScheme}`, async () => {
            await open({ colorScheme });
            const block = page.locator(".opblock-post").filter({
                has: page.locator('[data-path="/predict"]'),
            });
            await block.locator(".opblock-summary-control").click();
            const edit = block.locator("textarea.body-param__text");
            await edit.fill('{"X": [5.1, 3.5, 1.4, 0.2]}');
            await block.getByRole("button", { name: "Execute" }).click();
            const live = block.locator(".live-responses-table");
            await live.waitFor();
            assert.match(await live.locator("tbody .response-col_status").first()
                .textContent(), /200/);
            assert.match(await live.textContent(), /setosa/);
            await shoot(page, `docs-executed-${colorScheme}`);
            await close();
        });
    }

    it("executes the example of each operation that predicts", async () => {
        await open();
        const blocks = page.locator(".opblock-post");

        for (let i = 0; i < await blocks.count(); i++) {
            const block = blocks.nth(i);
            const path = await block.locator(".opblock-summary-path")
                .getAttribute("data-path");

            // those with parameters to fill in have tests of their own
            if (path.includes("{")) {
                continue;
            }

            await block.locator(".opblock-summary-control").click();
            await block.getByRole("button", { name: "Execute" }).click();
            const live = block.locator(".live-responses-table");
            await live.waitFor();
            assert.match(await live.locator("tbody .response-col_status").first()
                .textContent(), /^200/, path);
        }

        await close();
    });
});
