// What this page asks the server for, by the addresses that are open to all.
// They are relative, so the page works behind any prefix.

// Fetches JSON; what the server refuses is thrown in its own words.
async function ask(path, options) {
    let reply;

    try {
        reply = await fetch(path, options);

    } catch (error) {
        if (error.name === "AbortError") {
            throw error;
        }

        throw new Error("The server cannot be reached.");
    }

    const body = await reply.json().catch(() => null);

    if (!reply.ok || body === null) {
        throw new Error(body?.detail
                        ?? `The server answered with status ${reply.status}.`);
    }

    return { body, headers: reply.headers };
}

// All models, as knn_info describes them, each with the address it is asked
// by: its name, and its version if several share the name.
export async function models() {
    const { models: all } = (await ask("models")).body;

    return all.map((model) => ({
        ...model,
        address: all.filter(({ name }) => name === model.name).length > 1
            ? `${model.name}@${model.version}` : model.name,
    }));
}

// Training rows: those of the indices or, without, a picture of them all.
export async function samples(model, index) {
    const query = new URLSearchParams({ model: model.address });

    if (index) {
        query.set("index", index.join(","));
    } else {
        query.set("limit", "1000");
    }

    return (await ask(`samples?${query}`)).body;
}

// What predict() sends, also shown as a command.
export function question(model, row) {
    return {
        path: `predict/${encodeURIComponent(model.address)}`,
        body: JSON.stringify({ X: row, outputs: model.serves }),
    };
}

// The answer for one row, and the milliseconds that it took to compute.
export async function predict(model, row, signal) {
    const { path, body } = question(model, row);
    const { body: answer, headers } = await ask(path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
        signal,
    });

    return { ...answer, took: duration(headers.get("Server-Timing") ?? "") };
}

// The sum of a Server-Timing header's durations.
function duration(timing) {
    return [...timing.matchAll(/dur=([\d.]+)/g)]
        .reduce((sum, [, dur]) => sum + Number(dur), 0);
}

// The same question for a shell.
export function command(model, row) {
    const { path, body } = question(model, row);
    const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

    return `curl -H 'Content-Type: application/json' \\\n`
        + `  -d ${quote(body)} \\\n`
        + `  ${quote(new URL(path, document.baseURI).href)}`;
}
