// The features of a model: what they are called, what they may be, and the
// controls for them.

import { show, snap, stepOf } from "./numbers.js";
import { element } from "./dom.js";

// Each column with its range or its categories, from knn_info and the samples.
export function describe(model, samples) {
    return model.columns.map((column, i) => {
        const values = samples.rows.map((row) => row[i])
            .filter((value) => value !== null);
        const feature = {
            name: column.name ?? `feature ${i}`,
            missing: column.missing === true,
        };

        if (column.categories) {
            return { ...feature, kind: "choice",
                     categories: column.categories };
        }

        if (column.type !== "number" && values.some(isText)) {
            return { ...feature, kind: "text",
                     categories: [...new Set(values)] };
        }

        return { ...feature, kind: "number", ...range(column, values) };
    });
}

function isText(value) {
    return typeof value === "string";
}

function range(column, values) {
    const numbers = values.map(Number);
    const min = column.minimum ?? (numbers.length ? Math.min(...numbers) : 0);
    const max = column.maximum ?? (numbers.length ? Math.max(...numbers) : 1);

    return { min, max, step: stepOf(min, max, numbers) };
}

// A row to begin with: medians, and the most frequent of texts.
export function typical(features, samples) {
    return features.map((feature, i) => {
        const values = samples.rows.map((row) => row[i])
            .filter((value) => value !== null);

        if (feature.kind !== "number") {
            return mode(values) ?? feature.categories[0] ?? "";
        }

        values.sort((a, b) => a - b);

        return values.length
            ? Number(values[values.length >> 1])
            : snap((feature.min + feature.max) / 2, feature.step);
    });
}

function mode(values) {
    const counts = new Map();

    for (const value of values) {
        counts.set(value, (counts.get(value) ?? 0) + 1);
    }

    return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

// A value of a fragment: the text of a number is a number where one is due.
export function read(feature, text) {
    if (text === "") {
        return feature.kind === "number" || feature.missing ? null : "";
    }

    return feature.kind === "number" && Number.isFinite(Number(text))
        ? Number(text) : text;
}

// Builds a control for each feature; change(i, value) hears of its user.
// Returns what sets them all to a row.
export function controls(form, features, change) {
    const setters = features.map((feature, i) => {
        const make = { number, choice, text }[feature.kind];
        const { nodes, set } = make(feature, `feature-${i}`,
                                    (value) => change(i, value));

        return { node: element("div", { class: "feature" }, nodes), set };
    });

    form.replaceChildren(...setters.map(({ node }) => node));

    return (row) => setters.forEach(({ set }, i) => set(row[i]));
}

function number(feature, id, change) {
    const { name, min, max, step } = feature;
    const hint = element("span", { id: `${id}-hint`, class: "hint" });
    const field = element("input", {
        id, type: "number", step: "any", inputmode: "decimal",
        "aria-describedby": hint.id,
    });
    const slider = element("input", {
        type: "range", min, max, step, "aria-label": `${name}, slider`,
    });

    // the arrows would go by whole numbers
    field.addEventListener("keydown", (event) => {
        const by = { ArrowUp: step, ArrowDown: -step }[event.key];

        if (by !== undefined) {
            event.preventDefault();
            field.value = snap(Number(field.value) + by, step);
            field.dispatchEvent(new Event("input"));
        }
    });

    field.addEventListener("input", () => {
        slider.value = field.value;
        tell();
        change(field.value === "" ? null : Number(field.value));
    });

    slider.addEventListener("input", () => {
        field.value = slider.value;
        tell();
        change(Number(slider.value));
    });

    function tell() {
        const value = Number(field.value);
        const beyond = field.value !== "" && (value < min || value > max);

        hint.textContent = (beyond ? "beyond " : "")
            + `${show(min)} to ${show(max)}`;
        hint.classList.toggle("beyond", beyond);
    }

    return {
        nodes: [element("label", { for: id }, name), hint, field, slider],
        set(value) {
            field.value = value ?? "";
            slider.value = value ?? "";
            tell();
        },
    };
}

function choice(feature, id, change) {
    const options = feature.categories.map(
        (category, i) => element("option", { value: i }, String(category)));

    if (feature.missing) {
        options.push(element("option", { value: "" }, "(missing)"));
    }

    const select = element("select", { id }, options);

    select.addEventListener("change", () => change(
        select.value === "" ? null : feature.categories[select.value]));

    return {
        nodes: [element("label", { for: id }, feature.name), select],
        set(value) {
            const at = feature.categories.indexOf(value);
            select.value = at < 0 ? "" : at;
        },
    };
}

function text(feature, id, change) {
    const list = element("datalist", { id: `${id}-list` },
                         feature.categories.slice(0, 200).map(
                             (value) => element("option", { value })));
    const field = element("input", { id, type: "text", list: list.id });

    field.addEventListener("input", () => change(
        field.value === "" && feature.missing ? null : field.value));

    return {
        nodes: [element("label", { for: id }, feature.name), field, list],
        set(value) {
            field.value = value ?? "";
        },
    };
}
