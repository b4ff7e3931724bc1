// The training rows in two of their features, the question among them, and
// lines to its neighbours.

import { show, snap, ticks } from "./numbers.js";
import { svg } from "./dom.js";

const MARGIN = { top: 14, right: 16, bottom: 42, left: 52 };
const MOST_LINES = 200;

const KEYS = {
    ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1],
    ArrowUp: [0, 1],
};

// Draws into a node; move(x, y) hears where the user puts the question. The
// picture is drawn anew with every view that is given to draw().
export function picture(node, move) {
    const root = svg("svg", {
        role: "group", "aria-labelledby": "picture-title picture-desc",
    });
    const title = svg("title", { id: "picture-title" });
    const desc = svg("desc", { id: "picture-desc" });
    const back = svg("g", { "aria-hidden": "true" });
    const front = svg("g", { "aria-hidden": "true" });
    const query = svg("g", {
        id: "query", class: "query", tabindex: 0, role: "slider",
        "aria-label": "The question; the arrow keys move it",
    }, [svg("circle", { class: "reach", r: 22 }),
        svg("circle", { class: "halo", r: 7 }),
        svg("circle", { class: "ring", r: 7 }),
        svg("path", { class: "cross", d: "M-3 0h6M0-3v6" })]);

    root.append(title, desc, back, front, query);
    node.replaceChildren(root);

    let view = null;
    let scales = null;
    let points = null;

    listen();

    // Draws a view: {features, axes, samples, looks, row, neighbors, at}.
    function draw(next) {
        const size = measure(node);
        const same = view && points && next.samples === view.samples
            && next.features === view.features
            && next.axes.join() === view.axes.join()
            && size.width === scales.width
            && size.height === scales.height;
        const domains = next.axes.map((axis) => domain(next, axis));

        if (!same || domains.join() !== scales.domains.join()) {
            scales = layout(size, domains, next);
            root.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
            root.setAttribute("width", size.width);
            root.setAttribute("height", size.height);
            points = cloud(next, scales);
            back.replaceChildren(...axes(next, scales), points);
        }

        view = next;
        front.replaceChildren(...near(next, scales));
        place();
        tell();
    }

    // Puts the mark of the question where the row says.
    function place() {
        const [x, y] = view.axes.map((axis) => view.row[axis]);
        const at = spot(view, scales, view.row, -1);

        query.toggleAttribute("hidden", at === null);
        query.setAttribute("transform", at ? `translate(${at})` : "");
        query.setAttribute("aria-valuenow",
                           typeof x === "number" ? x
                               : Math.max(0, scales.domains[0].indexOf(x)));
        query.setAttribute("aria-valuetext",
                           `${view.features[view.axes[0]].name} ${show(x)}, `
                           + `${view.features[view.axes[1]].name} ${show(y)}`);
    }

    function tell() {
        const [x, y] = view.axes.map((axis) => view.features[axis].name);

        title.textContent = `Training rows by ${x} and ${y}`;
        desc.textContent = `${view.samples.rows.length} training rows, `
            + `${x} across and ${y} up, with the question among them and `
            + "lines to its nearest neighbours. The table of neighbours and "
            + "the fields of the question say the same.";
    }

    function listen() {
        let held = false;

        root.addEventListener("pointerdown", (event) => {
            // a finger elsewhere scrolls the page
            if (event.button === 0 && (event.pointerType === "mouse"
                                       || query.contains(event.target)))
            {
                held = true;
                root.setPointerCapture(event.pointerId);
                event.preventDefault();
                query.focus({ preventScroll: true });
                follow(event);
            }
        });

        root.addEventListener("pointermove", (event) => {
            if (held) {
                follow(event);
            }
        });

        for (const name of ["pointerup", "pointercancel"]) {
            root.addEventListener(name, () => {
                held = false;
            });
        }

        root.addEventListener("click", follow);

        query.addEventListener("keydown", (event) => {
            const by = KEYS[event.key];

            if (by) {
                event.preventDefault();
                move(...view.axes.map((axis, i) => step(
                    view.features[axis], view.row[axis],
                    by[i] * (event.shiftKey ? 10 : 1))));
            }
        });
    }

    function follow(event) {
        if (!view || event.detail === 0 && event.type === "click") {
            return;
        }

        const box = root.getBoundingClientRect();
        move(value(view, scales, 0, event.clientX - box.left),
             value(view, scales, 1, event.clientY - box.top));
    }

    return draw;
}

function measure(node) {
    return { width: Math.max(200, node.clientWidth),
             height: Math.max(200, node.clientHeight) };
}

// What an axis spans: categories, or a range that holds the question too.
function domain({ features, row }, axis) {
    const feature = features[axis];

    if (feature.kind !== "number") {
        return feature.categories;
    }

    const value = typeof row[axis] === "number" ? row[axis] : feature.min;
    const min = Math.min(feature.min, value);
    const max = Math.max(feature.max, value);
    const margin = (max - min || 1) * 0.05;

    return [min - margin, max + margin];
}

function layout(size, domains, { features, axes }) {
    const { width, height } = size;
    const ends = [[MARGIN.left, width - MARGIN.right],
                  [height - MARGIN.bottom, MARGIN.top]];

    // from a value to pixels; a category is in the middle of its band
    const to = ends.map(([from, until], i) => {
        if (features[axes[i]].kind === "number") {
            const [min, max] = domains[i];
            return (v) => from + (v - min) / (max - min) * (until - from);
        }

        return (v) => from + (domains[i].indexOf(v) + 0.5)
            / domains[i].length * (until - from);
    });

    return { width, height, domains, ends, to };
}

// Where a row is drawn, or null if it has no such value. Rows of one category
// are spread over its band, by their index, so that they do not hide another.
function spot({ features, axes }, { domains, ends, to }, row, index) {
    const at = axes.map((axis, i) => {
        const value = row[axis];

        if (features[axis].kind === "number") {
            return typeof value === "number" ? to[i](value) : NaN;
        }

        if (!domains[i].includes(value)) {
            return NaN;
        }

        const band = (ends[i][1] - ends[i][0]) / domains[i].length;
        const spread = index < 0 ? 0
            : ((index + 1) * (i ? 0.7548776662 : 0.5698402910)) % 1 - 0.5;

        return to[i](value) + band * 0.7 * spread;
    });

    return at.some(Number.isNaN) ? null : at.map((n) => n.toFixed(1));
}

// The value at a pixel: within the axis, at the feature's step.
function value({ features, axes }, { domains, ends }, i, pixel) {
    const feature = features[axes[i]];
    const [from, until] = ends[i];
    const share = Math.min(1, Math.max(0, (pixel - from) / (until - from)));

    if (feature.kind !== "number") {
        return domains[i][Math.min(domains[i].length - 1,
                                   Math.floor(share * domains[i].length))];
    }

    const [min, max] = domains[i];
    const found = snap(min + share * (max - min), feature.step);

    return Math.min(feature.max, Math.max(feature.min, found));
}

// The value some steps on: of a number, or the next category.
function step(feature, from, by) {
    if (feature.kind !== "number") {
        const last = feature.categories.length - 1;
        const at = feature.categories.indexOf(from) + Math.sign(by);

        return by ? feature.categories[Math.min(last, Math.max(0, at))] : from;
    }

    return by ? snap((from ?? feature.min) + by * feature.step, feature.step)
        : from;
}

function axes({ features, axes: chosen }, { width, height, domains, ends,
                                            to }) {
    const parts = [];

    chosen.forEach((axis, i) => {
        const feature = features[axis];
        const values = feature.kind === "number"
            ? ticks(...domains[i], i ? height / 60 : width / 70, feature.step)
            : domains[i];

        for (const each of values) {
            const at = to[i](each).toFixed(1);

            parts.push(i ? svg("path", { class: "grid",
                                         d: `M${ends[0][0]} ${at}H${ends[0][1]}` })
                : svg("path", { class: "grid",
                                d: `M${at} ${ends[1][0]}V${ends[1][1]}` }));
            parts.push(svg("text", i
                ? { x: ends[0][0] - 8, y: at, dy: "0.35em",
                    "text-anchor": "end" }
                : { x: at, y: ends[1][0] + 16, "text-anchor": "middle" },
                           shorten(show(each))));
        }
    });

    const [x, y] = chosen.map((axis) => features[axis].name);

    parts.push(svg("text", { class: "name", x: ends[0][1],
                             y: height - 6, "text-anchor": "end" },
                   `${x} →`));
    parts.push(svg("text", { class: "name", transform: `translate(12 ${
        ends[1][1]}) rotate(-90)`, "text-anchor": "end" }, `${y} →`));

    return parts;
}

function shorten(text) {
    return text.length > 8 ? `${text.slice(0, 7)}…` : text;
}

// A mark for each training row.
function cloud(view, scales) {
    const outcomes = view.samples.labels ?? view.samples.values ?? [];

    return svg("g", { id: "points", class: "points" },
               view.samples.rows.map((row, i) => mark(
                   view, scales, row, view.samples.index[i], outcomes[i])));
}

function mark(view, scales, row, index, outcome) {
    const at = spot(view, scales, row, index);
    const { color, shape, size } = view.looks.of(outcome);

    return at && svg("path", {
        class: color, d: shape, "data-index": index,
        transform: `translate(${at}) scale(${size})`,
    });
}

// The neighbours and the lines that lead to them.
function near(view, scales) {
    const from = spot(view, scales, view.row, -1);
    const lines = svg("g", { id: "lines", class: "lines" });
    const marks = svg("g", { id: "near", class: "near" });

    for (const { row, index, outcome } of view.near.slice(0, MOST_LINES)) {
        const to = spot(view, scales, row, index);

        if (to) {
            marks.append(mark(view, scales, row, index, outcome));
        }

        if (from && to) {
            lines.append(svg("line", { x1: from[0], y1: from[1], x2: to[0],
                                       y2: to[1], "data-index": index }));
        }
    }

    return [lines, marks];
}
