// The collection that Postman has, run by newman.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import newman from "newman";
import { ROOT, ask, serve } from "./server.mjs";

const COLLECTION = JSON.parse(fs.readFileSync(path.join(
    ROOT, "tests/postman/nginx-knn.postman_collection.json")));
const REQUESTS = COLLECTION.item.flatMap(({ item }) => item);
const ERRORS = [400, 403, 404, 405, 406, 413, 415, 422];

let server;
let executions;

before(async () => {
    server = await serve();
    executions = await new Promise((done, failed) => newman.run({
        collection: COLLECTION,
        envVar: [{ key: "baseUrl", value: server.url.replace(/\/$/, "") }],
    }, (error, summary) => error ? failed(error)
        : done(summary.run.executions)));
});

after(() => server?.stop());

describe("the Postman collection", () => {
    for (const { name } of REQUESTS) {
        it(name, () => {
            const found = executions.filter(({ item }) => item.name === name);
            assert.equal(found.length, 1, "its name is unique");
            const [{ assertions, requestError }] = found;
            assert.ifError(requestError);
            assert.ok(assertions.length > 0);

            for (const { assertion, error } of assertions) {
                assert.ok(!error, `${assertion}: ${error?.message}`);
            }
        });
    }

    it("has every operation of openapi.json", async () => {
        const { body } = await ask(server.url, "openapi.json");

        for (const [template, item] of Object.entries(body.paths)) {
            const pattern = new RegExp(`^${template.replace(
                /\{[^}]*\}/g, "[^/:]+")}$`);

            for (const method of ["get", "post"]) {
                assert.ok(!item[method] || REQUESTS.some(({ request }) =>
                    request.method === method.toUpperCase()
                    && pattern.test(`/${request.url.path.join("/")}`)),
                          `${method} ${template}`);
            }
        }
    });

    it("has every kind of error", () => {
        const codes = new Set(executions.map(({ response }) =>
            response?.code));

        for (const code of ERRORS) {
            assert.ok(codes.has(code), String(code));
        }
    });
});
