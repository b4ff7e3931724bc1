// For everybody: by keyboard, on a phone, in the dark, on paper.

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, afterEach, before, describe, it } from "node:test";
import { launch, question, settled, shoot } from "./browser.mjs";
import { serve } from "./server.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url)
    .resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
const PHONE = { viewport: { width: 320, height: 640 }, hasTouch: true,
                isMobile: true, deviceScaleFactor: 2 };

let server;
let browser;
let page;

before(async () => {
    server = await serve({
        models: { regressor: "regressor.joblib", nearest: "nearest.joblib",
                  two: "labels_two_outputs.joblib" },
    });
    browser = await launch();
});

after(async () => {
    await browser?.close();
    await server?.stop();
});

afterEach(async () => {
    assert.deepEqual(page.faults, []);
    await page.context().close();
});

async function open(fragment = "", options = {}) {
    page = await browser.open(server.url + fragment, options);
}

async function audit() {
    // evaluated by the debugger, which no policy of the page concerns
    await page.evaluate(AXE);
    const { violations } = await page.evaluate((values) => axe.run(
        document, { runOnly: { type: "tag", values } }), RULES);

    assert.deepEqual(violations.map(({ id, nodes }) => [
        id, nodes.map(({ html }) => html)]), []);
}

describe("the checker of accessibility", () => {
    for (const colorScheme of ["light", "dark"]) {
        for (const fragment of ["", "#model=clients&y=agent",
                                "#model=regressor", "#model=nearest",
                                "#model=two"])
        {
            it(`finds nothing, ${colorScheme} ${fragment}`, async () => {
                await open(fragment, { colorScheme });
                await audit();
            });
        }

        it(`finds nothing in a refusal, ${colorScheme}`, async () => {
            await open("", { colorScheme });
            await page.getByLabel("sepal_width", { exact: true }).fill("");
            await settled(page);
            await audit();
        });

        it(`finds nothing beyond the data, ${colorScheme}`, async () => {
            await open("#model=iris&X=99&X=99&X=99&X=99", { colorScheme });
            await audit();
        });

        it(`finds nothing on a phone, ${colorScheme}`, async () => {
            await open("", { ...PHONE, colorScheme });
            await audit();
            await shoot(page, `phone-${colorScheme}`);
        });
    }
});

describe("a keyboard", () => {
    it("is all that it takes", async () => {
        await open();
        const reached = [];

        for (let i = 0; i < 60; i++) {
            await page.keyboard.press("Tab");
            const name = await page.evaluate(() => {
                const at = document.activeElement;
                return at.id || at.getAttribute("aria-label")
                    || at.textContent;
            });

            if (name === reached[0] || !name.trim()) {
                break;
            }

            reached.push(name);
        }

        for (const name of ["API docs", "model", "feature-0", "feature-3",
                            "petal_width, slider", "random", "axis-x",
                            "axis-y", "query", "neighbors", "copy", "curl"])
        {
            assert.ok(reached.includes(name), `${name} of ${reached}`);
        }
    });

    it("shows where it is", async () => {
        await open();

        for (const id of ["model", "feature-0", "random", "query", "copy"]) {
            const before = await page.screenshot();
            await page.locator(`#${id}`).focus();
            // what is focused by the keyboard has an outline
            await page.keyboard.press("Tab");
            await page.keyboard.press("Shift+Tab");
            assert.ok(!before.equals(await page.screenshot()), id);
        }
    });

    it("changes values, model and picture", async () => {
        await open("#model=iris&X=5&X=3&X=4&X=1");
        await page.getByLabel("sepal_length", { exact: true }).focus();
        await page.keyboard.press("ArrowUp");
        await page.keyboard.press("ArrowUp");
        await page.keyboard.press("ArrowUp");
        await page.keyboard.press("Tab");
        await page.keyboard.press("ArrowLeft");
        await settled(page);
        assert.deepEqual((await question(page)).body.X, [5.2, 3, 4, 1]);

        await page.getByLabel("Model").focus();
        await page.keyboard.press("ArrowDown");
        await page.waitForFunction(() => document.getElementById("served")
            .textContent.startsWith("clients"));
    });
});

describe("a phone", () => {
    it("needs no scrolling to the side", async () => {
        await open("", PHONE);

        for (const fragment of ["#model=iris", "#model=clients&y=agent",
                                "#model=two"])
        {
            await page.evaluate((to) => { location.hash = to; }, fragment);
            await page.waitForTimeout(200);
            await settled(page);
            assert.equal(await page.evaluate(
                () => document.documentElement.scrollWidth), 320, fragment);
        }
    });

    it("moves the question by a touch", async () => {
        await open("#model=iris&X=5.1&X=3.5&X=1.4&X=0.2", PHONE);
        const picture = page.locator("#picture svg");
        await picture.scrollIntoViewIfNeeded();
        const box = await picture.boundingBox();
        await page.touchscreen.tap(box.x + box.width - 30, box.y + 30);
        await settled(page);
        const { X } = (await question(page)).body;
        assert.ok(X[2] > 5 && X[3] > 2, String(X));
    });

    it("has controls that a finger can meet", async () => {
        await open("", PHONE);

        for (const control of await page.locator(
            "select, button, input[type=number]").all())
        {
            const { height } = await control.boundingBox();
            assert.ok(height >= 32, `${height} px`);
        }
    });
});

describe("a reader", () => {
    it("is told the answer", async () => {
        await open("#model=iris&X=5.1&X=3.5&X=1.4&X=0.2");
        assert.equal(await page.getByRole("status").first().textContent(),
                     "setosa");
        assert.match(await page.locator("#told").textContent(),
                     /150 training rows, the 5 nearest \(5 × setosa\)/);
        const bars = page.getByRole("list", { name: "Probabilities" });
        assert.match(await bars.getByRole("listitem").first().textContent(),
                     /setosa.*100 %/);
        assert.equal(await page.getByRole("meter", { name: "Novelty" })
            .count(), 1);
        assert.equal(await page.getByRole("table").count(), 1);
        assert.equal(await page.getByRole("columnheader").count(), 7);
    });
});

describe("those who ask for it", () => {
    it("see nothing move", async () => {
        await open("", { reducedMotion: "reduce" });
        assert.deepEqual(await page.evaluate(() => [
            ...document.querySelectorAll("*")].filter(
            (node) => parseFloat(getComputedStyle(node).transitionDuration)
                && getComputedStyle(node).transitionProperty !== "none")
            .map((node) => node.className)), []);
    });

    it("print the answer, without controls", async () => {
        await open();
        await page.emulateMedia({ media: "print" });
        assert.ok(await page.locator("nav").isHidden());
        assert.ok(await page.locator("#random").isHidden());
        assert.ok(await page.locator("#prediction").isVisible());
        assert.ok(await page.locator("#points").isVisible());
        const pdf = await page.pdf({ format: "A4", printBackground: false });
        assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
        await shoot(page, "print");
    });
});
