// What the server answered, in words, bars and a table.

import { element } from "./dom.js";
import { percent, show } from "./numbers.js";
import { swatch } from "./classes.js";

const MOST_BARS = 12;
const MOST_ROWS = 50;
const MOST_COLUMNS = 8;

// novelty's levels, from the least on
const READINGS = [
    [0.5, "familiar", "Much like the training data."],
    [0.95, "ordinary", "Within what the training data shows."],
    [0.99, "unusual", "Rare in the training data; look at the neighbours."],
    [Infinity, "strange", "Unlike nearly all of the training data; "
        + "do not rely on the prediction."],
];

// The prediction, large, with its mark if it is a class.
export function prediction(node, model, answer, looks) {
    if (!("prediction" in answer)) {
        node.replaceChildren("Neighbours only");
        return;
    }

    const text = show(answer.prediction, 6);
    const mark = model.outputs[0]?.type === "class"
        ? swatch(looks.of(answer.prediction)) : null;

    node.replaceChildren(...[mark, element("span", {}, text)]
        .filter((child) => child));
}

// A bar for each class, or the most probable; one list for each output.
export function probabilities(node, answer, looks) {
    const lists = answer.probabilities === undefined ? []
        : [answer.probabilities].flat();

    node.replaceChildren(...lists.map((list, i) => element("ul", {
        class: "bars",
        "aria-label": lists.length > 1 ? `Probabilities of output ${i}`
            : "Probabilities",
    }, bars(list, i ? null : looks))));
}

function bars(list, looks) {
    const entries = Object.entries(list);

    // a few stay where they are, however the question moves
    if (entries.length > MOST_BARS) {
        entries.sort((a, b) => b[1] - a[1]);
    }

    const items = entries.slice(0, MOST_BARS).map(([label, share]) => {
        const bar = element("div", { class: "bar-of", "aria-hidden": "true" },
                            element("div"));
        bar.firstChild.style.width = `${share * 100}%`;

        return element("li", {
            class: looks ? looks.of(label).color : "class-0",
        }, [element("span", { class: "label" },
                    [looks ? swatch(looks.of(label)) : null, label]),
            element("span", { class: "share" }, percent(share)), bar]);
    });

    if (entries.length > MOST_BARS) {
        items.push(element("li", { class: "quiet" },
                           `and ${entries.length - MOST_BARS} more classes`));
    }

    return items;
}

// The novelty as a meter, with what it means.
export function novelty(node, model, answer) {
    if (typeof answer.novelty !== "number") {
        node.replaceChildren();
        return;
    }

    const value = answer.novelty;
    const [, level, meaning] = READINGS.find(([most]) => value <= most);
    const meter = element("div", {
        class: `meter ${level}`, role: "meter", "aria-labelledby":
        "novelty-label", "aria-valuemin": 0, "aria-valuemax": 1,
        "aria-valuenow": value, "aria-valuetext": `${show(value, 3)}, ${level}`,
    }, element("div"));
    meter.firstChild.style.width = `${value * 100}%`;

    node.replaceChildren(
        element("p", { class: "novelty" }, [
            element("span", { id: "novelty-label", class: "label" },
                    "Novelty"),
            element("span", { class: "share" },
                    `${show(value, 3)} · ${level}`)]),
        meter,
        element("p", { class: "quiet" }, `${meaning} ${comparison(value)}`));
}

function comparison(value) {
    if (value === 0) {
        return "No training row is nearer to another than the question is to "
            + "its nearest.";
    }

    return "The question is farther from its nearest training row than "
        + `${percent(Math.round(value * 1000) / 1000)} of the training rows `
        + "are from theirs.";
}

// The neighbours with their training rows, of which row(index) knows.
export function neighbors(node, model, features, answer, looks, row) {
    const list = answer.neighbors ?? [];

    if (!list.length) {
        node.replaceChildren(element("p", { class: "quiet" },
                                     "No training row is near enough."));
        return;
    }

    const told = features.slice(0, MOST_COLUMNS);
    const outcome = "label" in list[0] ? "label"
        : "value" in list[0] ? "value" : null;
    const head = ["row", outcome, "distance", ...told.map((f) => f.name)]
        .filter((name) => name)
        .map((name) => element("th", { scope: "col" }, name));
    const body = list.slice(0, MOST_ROWS).map((neighbor) => element("tr", {}, [
        element("th", { scope: "row" }, String(neighbor.index)),
        outcome ? element("td", { class: "outcome" },
                          [swatch(looks.of(neighbor[outcome])),
                           show(neighbor[outcome])]) : null,
        element("td", {}, show(neighbor.distance)),
        ...told.map((_, i) => element("td", {},
                                      show(row(neighbor.index)?.[i]))),
    ]));

    node.replaceChildren(element("table", {}, [
        element("thead", {}, element("tr", {}, head)),
        element("tbody", {}, body)]));

    if (list.length > MOST_ROWS) {
        node.append(element("p", { class: "quiet" },
                            `and ${list.length - MOST_ROWS} more`));
    }
}

// The same in one sentence.
export function summary(model, answer, total) {
    const list = answer.neighbors ?? [];

    if (!list.length) {
        return `None of the ${total} training rows is near enough.`;
    }

    const counts = new Map();

    for (const { label } of list) {
        if (label !== undefined) {
            const text = show(label);
            counts.set(text, (counts.get(text) ?? 0) + 1);
        }
    }

    const labels = [...counts].sort((a, b) => b[1] - a[1])
        .map(([label, n]) => `${n} × ${label}`).join(", ");

    return `Of ${total} training rows, the ${list.length} nearest`
        + `${labels ? ` (${labels})` : ""} are at distances from `
        + `${show(list[0].distance)} to `
        + `${show(list[list.length - 1].distance)}.`;
}
