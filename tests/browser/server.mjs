// "make run" in a tree of its own, on free ports.

import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const MODULE = path.resolve(process.env.KNN_MODULE
    ?? path.join(ROOT, "build", "ngx_http_knn_module.so"));
const NGINX = process.env.NGINX ?? "/usr/sbin/nginx";

export async function freePort() {
    const probe = net.createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address();
    probe.close();
    await once(probe, "close");

    return port;
}

// Starts scripts/run with a name to greet and, beside those of nginx.conf,
// models: {name: file below tests/models/1.2.1}.
export async function serve({ prenom, models = {} } = {}) {
    const tree = layOut(models);
    const port = await freePort();
    const log = path.join(tree, "log");
    const env = { ...process.env, METRICS_PORT: String(await freePort()) };

    delete env.NGINX;
    delete env.PRENOM;

    if (prenom !== undefined) {
        env.PRENOM = prenom;
    }

    const output = fs.openSync(log, "w");
    const nginx = spawn(path.join(tree, "scripts", "run"),
                        [NGINX, String(port)],
                        { env, stdio: ["ignore", output, output] });
    const ended = once(nginx, "exit");
    const url = `http://127.0.0.1:${port}/`;

    try {
        await started(nginx, url, log);

    } catch (error) {
        fs.rmSync(tree, { recursive: true });
        throw error;
    }

    return {
        url,
        tree,
        async stop() {
            nginx.kill("SIGTERM");
            await ended;
            const said = fs.readFileSync(log, "utf8");
            fs.rmSync(tree, { recursive: true });

            if (/\[(alert|emerg|crit|error)\]/.test(said)) {
                throw new Error(said);
            }
        },
    };
}

function layOut(models) {
    const tree = fs.mkdtempSync(path.join(os.tmpdir(), "knn-browser-"));

    for (const name of ["conf", "examples", "html"]) {
        fs.symlinkSync(path.join(ROOT, name), path.join(tree, name));
    }

    fs.mkdirSync(path.join(tree, "build"));
    fs.symlinkSync(MODULE, path.join(tree, "build", path.basename(MODULE)));
    fs.mkdirSync(path.join(tree, "scripts"));
    fs.copyFileSync(path.join(ROOT, "scripts", "run"),
                    path.join(tree, "scripts", "run"));

    const lines = Object.entries(models).map(([name, file]) =>
        `knn_model ${name} ${path.join(ROOT, "tests/models/1.2.1", file)};\n`);
    const conf = fs.readFileSync(path.join(ROOT, "nginx.conf"), "utf8");

    fs.writeFileSync(path.join(tree, "nginx.conf"), conf.replace(
        /^ *knn_zone /m, (zone) => lines.join("") + zone));

    return tree;
}

async function started(nginx, url, log) {
    for (let i = 0; i < 200; i++) {
        if (nginx.exitCode !== null) {
            break;
        }

        try {
            await fetch(`${url}health`);
            return;

        } catch {
            await new Promise((done) => setTimeout(done, 50));
        }
    }

    throw new Error(fs.readFileSync(log, "utf8"));
}

// What the server answers to a question, asked without the page.
export async function ask(url, where, options) {
    const reply = await fetch(new URL(where, url), options);

    return { status: reply.status, headers: reply.headers,
             body: await reply.json() };
}
