// How classes and values look: a colour and, beside it, a shape or a size.

import { svg } from "./dom.js";

const COLORS = 8;
const VALUE_STEPS = 5;

// shapes around the origin, all of about the same area
const SHAPES = [
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "M0-5 4.6 3.2H-4.6z",
    "M-3.5-3.5h7v7h-7z",
    "M0-5.2 5.2 0 0 5.2-5.2 0z",
    "M0 5-4.6-3.2H4.6z",
    "M-1.7-5h3.4v3.3H5v3.4H1.7V5h-3.4V1.7H-5v-3.4h3.3z",
    "M0-5.4 1.6-1.7 5.2-1.7 2.4.8 3.4 4.7 0 2.5-3.4 4.7-2.4.8-5.2-1.7-1.6-1.7z",
    "M-4.8-1.6-1.6-4.8 0-3.2 1.6-4.8 4.8-1.6 3.2 0 4.8 1.6 1.6 4.8 0 3.2"
        + "-1.6 4.8-4.8 1.6-3.2 0z",
];

// The first output's label or value of several.
function first(value) {
    return Array.isArray(value) ? value[0] : value;
}

// The looks of a model's labels or values: of(label) is the class of CSS, the
// shape and the size of its mark, entries are those of the legend.
export function looks(model, samples) {
    const output = model.outputs[0];

    if (output?.type === "class") {
        return ofClasses(output.classes, samples.labels ?? []);
    }

    return samples.values?.length ? ofValues(samples.values.map(first))
        : { of: () => look(0), entries: [] };
}

function look(index, color = `class-${index % COLORS}`, size = 1) {
    const shape = (index + Math.floor(index / COLORS)) % SHAPES.length;

    return { color, shape: SHAPES[shape], size };
}

function ofClasses(classes, labels) {
    const index = new Map(classes.map((label, i) => [String(label), i]));
    const counts = new Map();

    for (const label of labels.map(first).map(String)) {
        counts.set(label, (counts.get(label) ?? 0) + 1);
    }

    // JSON's 1.0 is 1 to JavaScript, but not as the name of a member
    const of = (label) => look(index.get(String(first(label)))
                               ?? index.get(String(Number(label))) ?? 0);

    return {
        of,
        entries: classes.map((label) => ({
            look: of(label),
            text: String(label),
            count: counts.get(String(label)) ?? 0,
        })),
    };
}

function ofValues(values) {
    const sorted = values.filter((value) => value !== null)
        .sort((a, b) => a - b);
    const bounds = [];

    for (let i = 1; i < VALUE_STEPS; i++) {
        bounds.push(sorted[Math.floor(i * sorted.length / VALUE_STEPS)]);
    }

    const ofStep = (step) => ({ ...look(0, `value-${step}`),
                                size: 0.7 + step * 0.15 });

    return {
        of: (value) => ofStep(bounds.filter((b) => first(value) >= b).length),
        entries: bounds.concat([null]).map((bound, i) => ({
            look: ofStep(i),
            from: i ? bounds[i - 1] : sorted[0],
            to: bound ?? sorted[sorted.length - 1],
        })),
    };
}

// The mark of a look for a text, beside which it says nothing new.
export function swatch({ color, shape, size }) {
    return svg("svg", { class: `swatch ${color}`, viewBox: "-6 -6 12 12",
                        "aria-hidden": "true" },
               svg("path", { d: shape, transform: `scale(${size})` }));
}
