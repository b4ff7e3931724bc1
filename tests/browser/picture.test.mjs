// The picture, by what is in it and by its pixels.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { count, launch, question, settled, shoot } from "./browser.mjs";
import { ask, serve } from "./server.mjs";

// --class-0, 1 and 2 of page.css, and --text
const COLORS = {
    light: ["#1f6fb4", "#c2501a", "#16795a", "#1d2126"],
    dark: ["#6fb1f2", "#f08c58", "#53c49b", "#e9e8e4"],
};

let server;
let browser;
let page;
let samples;

before(async () => {
    server = await serve();
    browser = await launch();
    samples = (await ask(server.url, "samples?model=iris&limit=1000")).body;
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

// Where a mark is drawn, in pixels of the picture.
async function place(selector) {
    const transform = await page.locator(selector).first()
        .getAttribute("transform");

    return transform.match(/translate\(([^)]*)\)/)[1].split(",").map(Number);
}

// How far the question is from where it should be, from the training row that
// has the same values.
async function check(row) {
    const at = samples.rows.findIndex(
        (each) => each[2] === row[2] && each[3] === row[3]);
    assert.ok(at >= 0);
    assert.deepEqual(await place("#query"), await place(
        `#points [data-index="${samples.index[at]}"]`));
}

describe("the picture", () => {
    it("has a mark for each training row, of its class", async () => {
        await open();
        const marks = await page.locator("#points path").evaluateAll(
            (paths) => paths.map((path) => [Number(path.dataset.index),
                                            path.getAttribute("class"),
                                            path.getAttribute("d")]));
        assert.equal(marks.length, samples.total);
        const kinds = new Map();

        for (const [index, color, shape] of marks) {
            const label = samples.labels[samples.index.indexOf(index)];
            assert.deepEqual(kinds.get(label) ?? [color, shape],
                             [color, shape]);
            kinds.set(label, [color, shape]);
        }

        assert.equal(kinds.size, 3);
        assert.equal(new Set([...kinds.values()].flat()).size, 6,
                     "classes differ by colour and by shape");
    });

    it("puts the marks where the values are", async () => {
        await open("#model=iris&x=petal_length&y=petal_width");
        const at = samples.index.map((index, i) => [index, samples.rows[i]])
            .filter((_, i) => i % 10 === 0);
        const places = [];

        for (const [index, row] of at) {
            places.push([row, await place(`#points [data-index="${index}"]`)]);
        }

        for (const [a, [xa, ya]] of places) {
            for (const [b, [xb, yb]] of places) {
                assert.ok((a[2] - b[2]) * (xa - xb) >= 0);
                assert.ok((a[3] - b[3]) * (ya - yb) <= 0);
                assert.equal(a[2] === b[2], xa === xb);
            }
        }
    });

    it("leads a line to each neighbour", async () => {
        await open("#model=iris&X=6.1&X=2.8&X=4.7&X=1.2");
        const { body, url } = await question(page);
        const { body: { neighbors } } = await ask(server.url, url, {
            method: "POST", body: JSON.stringify(body),
        });
        const lines = await page.locator("#lines line").evaluateAll(
            (all) => all.map((line) => ["x1", "y1", "x2", "y2"].map(
                (name) => Number(line.getAttribute(name)))));
        const query = await place("#query");

        assert.equal(lines.length, neighbors.length);
        assert.equal(await page.locator("#near path").count(),
                     neighbors.length);

        for (const [i, { index }] of neighbors.entries()) {
            const [x1, y1, ...end] = lines[i];
            assert.deepEqual([x1, y1], query);
            assert.deepEqual(end, await place(
                `#points [data-index="${index}"]`));
        }
    });

    it("has the question where the sliders say", async () => {
        await open("#model=iris&X=5.1&X=3.5&X=1.4&X=0.2");
        await check([5.1, 3.5, 1.4, 0.2]);

        for (const [name, value] of [["petal_length", "5.1"],
                                     ["petal_width", "1.8"]])
        {
            await page.getByLabel(`${name}, slider`).fill(value);
        }

        await settled(page);
        await check([5.1, 3.5, 5.1, 1.8]);
    });

    it("moves the question by a click", async () => {
        await open("#model=iris&X=5.1&X=3.5&X=1.4&X=0.2");
        const at = samples.rows.findIndex((row) => row[2] === 6.9);
        const [x, y] = await place(
            `#points [data-index="${samples.index[at]}"]`);
        await page.locator("#picture svg").click({ position: { x, y } });
        await settled(page);
        assert.deepEqual((await question(page)).body.X,
                         [5.1, 3.5, ...samples.rows[at].slice(2)]);
        assert.equal(await page.getByLabel("petal_length", { exact: true })
            .inputValue(), "6.9");
    });

    it("moves the question when it is dragged", async () => {
        await open("#model=iris&X=5.1&X=3.5&X=1.4&X=0.2");
        const box = await page.locator("#picture svg").boundingBox();
        const [x, y] = await place("#query");
        await page.mouse.move(box.x + x, box.y + y);
        await page.mouse.down();
        await page.mouse.move(box.x + x + 100, box.y + y - 80, { steps: 5 });
        await page.mouse.move(box.x + box.width + 500, box.y - 300);
        await page.mouse.up();
        await settled(page);
        assert.deepEqual((await question(page)).body.X, [5.1, 3.5, 6.9, 2.5],
                         "and stays within the training data");
    });

    it("moves the question by the arrow keys", async () => {
        await open("#model=iris&X=5.1&X=3.5&X=1.4&X=0.2");
        await page.locator("#query").focus();
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("ArrowUp");
        await page.keyboard.press("ArrowUp");
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Shift+ArrowRight");
        await page.keyboard.press("ArrowLeft");
        await settled(page);
        assert.deepEqual((await question(page)).body.X, [5.1, 3.5, 2.4, 0.3]);
        assert.match(await page.locator("#query")
            .getAttribute("aria-valuetext"),
                     /petal_length 2\.4, petal_width 0\.3/);
    });

    it("shows other features", async () => {
        await open("#model=iris&X=5.1&X=3.5&X=1.4&X=0.2");
        await page.getByLabel("across", { exact: true })
            .selectOption("sepal_width");
        assert.match(await page.locator("#picture-title").textContent(),
                     /sepal_width and petal_width/);
        const box = await page.locator("#picture svg").boundingBox();
        await page.mouse.click(box.x + box.width - 20, box.y + 30);
        await settled(page);
        const { X } = (await question(page)).body;
        assert.deepEqual([X[0], X[2]], [5.1, 1.4]);
        assert.ok(X[1] > 4 && X[3] > 2);
    });

    it("spreads texts over bands", async () => {
        await open("#model=clients&y=agent");
        assert.equal(await page.locator("#points path").count(), 120);
        const texts = await page.locator("#picture text")
            .allTextContents();

        for (const category of ["browser", "none", "tool"]) {
            assert.ok(texts.includes(category));
        }

        const places = await page.locator("#points path").evaluateAll(
            (all) => all.map((path) => path.getAttribute("transform")));
        assert.ok(new Set(places).size > 110);

        await page.locator("#query").focus();
        await page.keyboard.press("ArrowUp");
        await settled(page);
        assert.equal((await question(page)).body.X[5], "none");
    });

    it("follows the width of the window", async () => {
        await open();
        await page.setViewportSize({ width: 360, height: 700 });
        await page.waitForFunction(() => document.querySelector(
            "#picture svg").getBoundingClientRect().right <= 360);
        assert.equal(await page.locator("#points path").count(), 150);
    });

    for (const colorScheme of ["light", "dark"]) {
        it(`has the colours of its classes, ${colorScheme}`, async () => {
            // opaque, far from each other
            await open("#model=iris&X=6.1&X=2.8&X=4.7&X=1.2",
                       { colorScheme });
            await page.waitForTimeout(300);
            await shoot(page, `scheme-${colorScheme}`);
            const png = await page.locator("#picture").screenshot();

            for (const color of COLORS[colorScheme]) {
                assert.ok(await count(page, png, color) > 20, color);
            }

            assert.equal(await count(page, png, "#ff00ff"), 0);
        });
    }
});
