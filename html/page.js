// The front page: a question for a model, its answer and its neighbourhood.

import * as api from "./api.js";
import * as answers from "./answer.js";
import { looks as looksOf, swatch } from "./classes.js";
import { controls, describe, read, typical } from "./features.js";
import { element } from "./dom.js";
import { picture } from "./picture.js";
import { show } from "./numbers.js";
import { axesOf } from "./axes.js";

// requests are at least this many milliseconds apart
const PAUSE = 40;

const $ = (id) => document.getElementById(id);

const draw = picture($("picture"), move);

let models = [];

// the model with all that is known of it, and the question
let model = null;
let samples = null;
let features = null;
let looks = null;
let rows = null;
let setControls = null;
let row = null;
let axes = null;

// the last answer
let answer = null;

// what is under way: the pause, the question, the choice of a model
let timer = null;
let running = null;
let choosing = null;


// Begins with the models of the server.
async function start() {
    try {
        models = await api.models();

    } catch (error) {
        notice(error.message);
        return;
    }

    if (!models.length) {
        notice("This server has no models: name one with knn_model in its "
               + "configuration.");
        return;
    }

    $("model").replaceChildren(...models.map(
        ({ address }, i) => element("option", { value: i }, address)));

    $("main").hidden = false;
    await follow();
}

// Takes over what the fragment of the address says.
async function follow() {
    const fragment = new URLSearchParams(location.hash.slice(1));
    const wanted = fragment.get("model");
    const chosen = models.find(({ address }) => address === wanted)
        ?? models.find(({ name }) => name === wanted) ?? models[0];

    if (chosen !== model && !await choose(chosen)) {
        return;
    }

    const texts = fragment.getAll("X");

    if (texts.length === features.length) {
        row = features.map((feature, i) => read(feature, texts[i]));
    }

    const sides = ["x", "y"].map((side) => fragment.get(side))
        .map((text) => features.findIndex(({ name }) => name === text));

    axes = axes.map((axis, i) => sides[i] >= 0 ? sides[i] : axis);

    setControls(row);
    setAxes();
    changed();
}

// Learns what there is to know of a model; false if another was chosen in the
// meantime.
async function choose(chosen) {
    let found;

    choosing = chosen;
    $("main").dataset.settled = false;

    try {
        found = await api.samples(chosen);

    } catch {
        // a server without knn_samples draws no points
        found = { rows: [], index: [], total: chosen.samples };
    }

    if (choosing !== chosen) {
        return false;
    }

    running?.abort();
    running = null;

    model = chosen;
    samples = found;
    features = describe(model, samples);
    looks = looksOf(model, samples);
    rows = new Map(samples.rows.map((each, i) => [samples.index[i], each]));
    row = typical(features, samples);
    axes = axesOf(features, samples);
    answer = null;

    $("model").value = models.indexOf(model);
    $("about").textContent = about();
    $("random").hidden = samples.rows.length === 0;
    setControls = controls($("features"), features, (i, value) => {
        row = row.with(i, value);
        changed();
    });

    for (const id of ["axis-x", "axis-y"]) {
        $(id).replaceChildren(...features.map(
            ({ name }, i) => element("option", { value: i }, name)));
    }

    legend();

    return true;
}

function about() {
    const reach = model.n_neighbors ? `${model.n_neighbors} neighbours`
        : model.radius ? `all within ${show(model.radius)}` : "";

    return [model.estimator, reach, model.metric,
            `${model.samples} training rows`].filter((part) => part)
        .join(" · ");
}

function legend() {
    const entries = looks.entries.slice(0, 24).map((entry) => element(
        "li", {}, [swatch(entry.look), "text" in entry
            ? entry.text : `${show(entry.from)} to ${show(entry.to)}`]));

    $("legend").replaceChildren(...entries);
}

function setAxes() {
    $("axis-x").value = axes[0];
    $("axis-y").value = axes[1];
}

// The user has put the question elsewhere in the picture.
function move(...values) {
    const next = row.slice();

    axes.forEach((axis, i) => {
        next[axis] = values[i];
    });

    row = next;
    setControls(row);
    changed();
}

// Shows the question at once, and asks it as soon as the pause is over.
function changed() {
    $("main").dataset.settled = false;
    $("curl").textContent = api.command(model, row);
    redraw();
    timer ??= setTimeout(askNow, PAUSE);
}

// Asks; an answer to an earlier question is no longer waited for.
async function askNow() {
    timer = null;
    remember();
    running?.abort();

    const mine = running = new AbortController();

    $("answer").setAttribute("aria-busy", "true");

    try {
        const found = await api.predict(model, row, mine.signal);
        await complete(found);

        if (mine === running) {
            answer = found;
            report();
        }

    } catch (error) {
        if (error.name !== "AbortError" && mine === running) {
            refuse(error.message);
        }
    }
}

// Fetches the training rows of neighbours that are not in the picture.
async function complete(found) {
    const missing = (found.neighbors ?? []).map(({ index }) => index)
        .filter((index) => !rows.has(index)).slice(0, 200);

    if (missing.length && samples.rows.length) {
        const more = await api.samples(model, missing);
        more.index.forEach((index, i) => rows.set(index, more.rows[i]));
    }
}

function report() {
    $("problem").hidden = true;
    $("answer").hidden = false;
    $("answer").removeAttribute("aria-busy");

    answers.prediction($("prediction"), model, answer, looks);
    answers.probabilities($("probabilities"), answer, looks);
    answers.novelty($("novelty"), model, answer);
    answers.neighbors($("neighbors"), model, features, answer, looks,
                      (index) => rows.get(index));

    $("served").textContent = `${answer.model} ${answer.version}, computed in `
        + `${answer.took.toFixed(3)} ms`;
    $("told").textContent = told();
    redraw();
    settle();
}

function told() {
    const shown = samples.rows.length < samples.total
        ? ` The picture shows ${samples.rows.length} of them.` : "";
    const all = features.length > 2
        ? ` Distances are of all ${features.length} features.` : "";

    return answers.summary(model, answer, samples.total) + shown + all;
}

function refuse(message) {
    answer = null;
    $("answer").hidden = true;
    $("answer").removeAttribute("aria-busy");
    $("problem").hidden = false;
    $("problem").textContent = message;
    $("neighbors").replaceChildren("None without an answer.");
    $("told").textContent = "";
    redraw();
    settle();
}

// Says, to whoever tests the page, that it waits for nothing.
function settle() {
    $("main").dataset.settled = timer === null;
}

function redraw() {
    const near = (answer?.neighbors ?? []).filter(
        ({ index }) => rows.has(index)).map((each) => ({
        index: each.index, row: rows.get(each.index),
        outcome: each.label ?? each.value,
    }));

    draw({ features, axes, samples, looks, row, near });
}

// The address holds the question, so that it can be shared.
function remember() {
    const fragment = new URLSearchParams();

    fragment.set("model", model.address);
    row.forEach((value) => fragment.append("X", value ?? ""));
    fragment.set("x", features[axes[0]].name);
    fragment.set("y", features[axes[1]].name);

    history.replaceState(null, "", `#${fragment}`);
}

function notice(text) {
    $("notice").textContent = text;
    $("notice").hidden = false;
}

// Copies the command; where the clipboard is closed to a page, selects it.
async function copy() {
    try {
        await navigator.clipboard.writeText($("curl").textContent);
        $("copied").textContent = "Copied.";

    } catch {
        getSelection().selectAllChildren($("curl"));
        $("copied").textContent = "Selected: copy it with the keyboard.";
    }
}


$("model").addEventListener("change", async () => {
    if (await choose(models[$("model").value])) {
        setControls(row);
        setAxes();
        changed();
    }
});

["axis-x", "axis-y"].forEach((id, i) => {
    $(id).addEventListener("change", () => {
        axes[i] = Number($(id).value);
        remember();
        redraw();
    });
});

$("random").addEventListener("click", () => {
    const at = Math.floor(Math.random() * samples.rows.length);

    row = samples.rows[at].slice();
    setControls(row);
    changed();
});

$("features").addEventListener("submit", (event) => event.preventDefault());
$("copy").addEventListener("click", copy);
addEventListener("hashchange", follow);
new ResizeObserver(() => row && redraw()).observe($("picture"));

start();
