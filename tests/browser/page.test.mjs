// What the page shows is what the server answers.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, afterEach, before, describe, it } from "node:test";
import { launch, question, settled, shoot } from "./browser.mjs";
import { ask, serve } from "./server.mjs";

const JSON_TYPE = { "Content-Type": "application/json" };

const MODELS = {
    regressor: "regressor.joblib",
    radius: "radius_classifier.pkl",
    outputs: "labels_two_outputs.joblib",
    unlabelled: "nearest.joblib",
    odd: "labels_odd_unicode.joblib",
    columns: "frame_columns.joblib",
};

let server;
let browser;
let page;

before(async () => {
    server = await serve({ prenom: "Ada", models: MODELS });
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

// The answer to the question on the page, asked without the page.
async function answer() {
    const { body, url } = await question(page);
    const reply = await ask(server.url, url, {
        method: "POST", headers: JSON_TYPE, body: JSON.stringify(body),
    });

    assert.equal(reply.status, 200, JSON.stringify(reply.body));

    return reply.body;
}

function texts(selector) {
    return page.locator(selector).allTextContents();
}

// Everything of the answer that has a place on the page.
async function compare() {
    await settled(page);
    const expected = await answer();

    if (typeof expected.prediction === "string") {
        assert.equal(await page.locator("#prediction").textContent(),
                     expected.prediction);
    } else if (typeof expected.prediction === "number") {
        const shown = Number(await page.locator("#prediction").textContent());
        assert.ok(Math.abs(shown - expected.prediction)
                  <= 1e-5 * Math.abs(expected.prediction));
    }

    if (expected.probabilities && !Array.isArray(expected.probabilities)) {
        const labels = await texts(".bars .label");
        const shares = await texts(".bars .share");
        assert.equal(labels.length,
                     Object.keys(expected.probabilities).length);

        for (const [label, share] of Object.entries(expected.probabilities)) {
            assert.ok(Math.abs(parseFloat(shares[labels.indexOf(label)])
                               - share * 100) <= 0.05, label);
        }
    }

    if (expected.neighbors) {
        assert.deepEqual(
            await texts("#neighbors tbody th"),
            expected.neighbors.map(({ index }) => String(index)));
        assert.equal(await page.locator("#lines line").count(),
                     expected.neighbors.length);
    }

    if (expected.novelty !== undefined) {
        assert.equal(await page.locator("[role=meter]")
            .getAttribute("aria-valuenow"), String(expected.novelty));
    }

    return expected;
}

describe("the page", () => {
    it("greets", async () => {
        await open();
        assert.equal(await page.locator("#prenom").textContent(), "Ada");
        await shoot(page, "page");
    });

    it("answers as soon as it is open", async () => {
        await open();
        await compare();
    });

    it("offers all models", async () => {
        await open();
        const { body } = await ask(server.url, "models");
        assert.deepEqual(await texts("#model option"),
                         body.models.map(({ name }) => name));
    });

    it("has a label for each feature", async () => {
        await open();
        const { body } = await ask(server.url, "models");

        for (const name of body.models[0].feature_names) {
            await page.getByLabel(name, { exact: true }).fill("3.25");
        }

        await settled(page);
        assert.deepEqual((await question(page)).body.X,
                         [3.25, 3.25, 3.25, 3.25]);
        await compare();
    });

    it("answers anew when a value is typed", async () => {
        await open("#model=iris&X=6.9&X=3.1&X=5.4&X=2.1");
        assert.equal((await compare()).prediction, "virginica");

        for (const [name, value] of [["sepal_length", "5.1"],
                                     ["sepal_width", "3.5"],
                                     ["petal_length", "1.4"],
                                     ["petal_width", "0.2"]])
        {
            await page.getByLabel(name, { exact: true }).fill(value);
        }

        assert.equal((await compare()).prediction, "setosa");
    });

    it("answers anew when a slider is moved", async () => {
        await open();
        const slider = page.getByLabel("petal_length, slider");
        await slider.fill(await slider.getAttribute("max"));
        await settled(page);
        assert.equal(await page.getByLabel("petal_length", { exact: true })
            .inputValue(), await slider.inputValue());
        await compare();
    });

    it("slides over the range of the training data", async () => {
        await open();
        const { body } = await ask(server.url, "samples?model=iris");
        const names = body.feature_names;

        for (const [i, name] of names.entries()) {
            const values = body.rows.map((row) => row[i]);
            const slider = page.getByLabel(`${name}, slider`);
            assert.equal(Number(await slider.getAttribute("min")),
                         Math.min(...values));
            assert.equal(Number(await slider.getAttribute("max")),
                         Math.max(...values));
        }
    });

    it("says when a value is beyond the training data", async () => {
        await open();
        await page.getByLabel("petal_width", { exact: true }).fill("90");
        const expected = await compare();
        assert.ok(expected.novelty > 0.99);
        assert.match(await page.locator("#novelty").textContent(),
                     /Unlike nearly all/);
        assert.equal(await page.locator(".hint.beyond").count(), 1);
        await shoot(page, "beyond");
    });

    it("offers the categories of texts", async () => {
        await open("#model=clients");
        const agent = page.getByLabel("agent", { exact: true });
        assert.deepEqual(await agent.locator("option").allTextContents(),
                         ["browser", "none", "tool", "(missing)"]);

        for (const label of ["tool", "(missing)"]) {
            await agent.selectOption({ label });
            await compare();
        }

        assert.equal((await question(page)).body.X.at(-1), null);
        await shoot(page, "clients");
    });

    it("changes the model", async () => {
        await open();
        await page.getByLabel("Model").selectOption("clients");
        assert.equal((await compare()).model, "clients");
        assert.equal(await page.locator("#points > *").count(), 120);
    });

    for (const name of Object.keys(MODELS)) {
        it(`asks the model "${name}"`, async () => {
            await open(`#model=${name}`);
            assert.equal(await page.getByLabel("Model").evaluate(
                (select) => select.selectedOptions[0].text), name);
            await compare();
            await page.getByRole("button", { name: "training row" }).click();
            await compare();
            await shoot(page, `model-${name}`);
        });
    }

    it("takes a training row, which is nearest to itself", async () => {
        await open();
        await page.getByRole("button", { name: "training row" }).click();
        const { neighbors, novelty } = await compare();
        assert.equal(neighbors[0].distance, 0);
        assert.equal(novelty, 0);
    });

    it("shows what the server refuses in its words", async () => {
        await open();
        await page.getByLabel("sepal_width", { exact: true }).fill("");
        await settled(page);
        const { body, url } = await question(page);
        assert.equal(body.X[1], null);
        const refused = await ask(server.url, url, {
            method: "POST", headers: JSON_TYPE, body: JSON.stringify(body),
        });
        assert.ok(refused.status >= 400);
        assert.equal(await page.getByRole("alert").textContent(),
                     refused.body.detail);
        assert.ok(await page.locator("#answer").isHidden());
        await shoot(page, "refused");

        await page.getByLabel("sepal_width", { exact: true }).fill("3");
        await compare();
        assert.ok(await page.locator("#problem").isHidden());
    });

    it("can be shared by its address", async () => {
        await open("#model=clients");
        await page.getByLabel("length", { exact: true }).fill("444");
        await page.getByLabel("agent", { exact: true })
            .selectOption("tool");
        await page.getByLabel("up", { exact: true }).selectOption("agent");
        await settled(page);
        const shared = page.url();
        const expected = await question(page);
        await page.context().close();

        page = await browser.open(shared);
        assert.deepEqual(await question(page), expected);
        assert.equal(await page.getByLabel("up", { exact: true }).evaluate(
            (select) => select.selectedOptions[0].text), "agent");
        await compare();
    });

    it("follows the address", async () => {
        await open();
        await page.evaluate(() => {
            location.hash = "#model=clients&X=700&X=1&X=1&X=1&X=1&X=browser";
        });
        await page.waitForFunction(() => document.getElementById("curl")
            .textContent.includes("700,1,1,1,1"));
        assert.equal((await compare()).prediction, "person");
    });

    it("has a command that answers the same", async () => {
        await open();
        const command = await page.locator("#curl").textContent();
        const said = execFileSync("sh", ["-c",
                                         command.replace("curl", "curl -sS")]);
        assert.deepEqual(JSON.parse(said), await answer());
    });

    it("copies the command", async () => {
        await open("", { permissions: ["clipboard-read",
                                       "clipboard-write"] });
        await page.getByRole("button", { name: "Copy" }).click();
        await page.getByText("Copied.").waitFor();
        assert.equal(await page.evaluate(
            () => navigator.clipboard.readText()),
                     await page.locator("#curl").textContent());
    });

    it("leads to what programs read", async () => {
        await open();

        for (const name of ["API docs", "openapi.json", "models", "metrics"]) {
            const link = page.getByRole("link", { name });
            const to = await link.evaluate(({ href }) => href);
            assert.equal((await fetch(to)).status, 200, to);
        }
    });
});
