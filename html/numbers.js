// Numbers as people read them.

// The power of ten that is not above a positive number.
function power(number) {
    return 10 ** Math.floor(Math.log10(number));
}

// How many decimals a number is written with, up to a limit.
function decimals(number, limit = 9) {
    for (let n = 0; n < limit; n++) {
        const scaled = number * 10 ** n;

        if (Math.abs(scaled - Math.round(scaled)) < 1e-9 * Math.abs(scaled)) {
            return n;
        }
    }

    return limit;
}

// A step that reaches the values, but no finer than the range asks for.
export function stepOf(min, max, values) {
    const finest = max > min ? power((max - min) / 500) : 1;
    const most = Math.max(0, ...values.map((value) => decimals(value)));

    return Math.max(10 ** -most, finest);
}

// The multiple of a step that is nearest, without a tail of rounding.
export function snap(value, step) {
    const digits = Math.max(0, -Math.floor(Math.log10(step)));

    return Number((Math.round(value / step) * step)
        .toFixed(Math.min(digits, 20)));
}

// Round numbers that divide a range into about so many parts, no smaller than
// the least step.
export function ticks(min, max, parts, least) {
    const rough = Math.max((max - min) / parts, least);
    const unit = power(rough);
    const step = unit * [1, 2, 5, 10].find((n) => n * unit >= rough);
    const found = [];

    for (let i = Math.ceil(min / step); i * step <= max; i++) {
        found.push(snap(i * step, step));
    }

    return found;
}

// A number in few digits; a label or a text as it is.
export function show(value, digits = 4) {
    if (value === null || value === undefined) {
        return "–";
    }

    if (Array.isArray(value)) {
        return value.map((each) => show(each, digits)).join(", ");
    }

    if (typeof value !== "number" || Number.isInteger(value)) {
        return String(value);
    }

    return String(Number(value.toPrecision(digits)));
}

export function percent(share) {
    const value = share * 100;

    return `${Number.isInteger(value) ? value : value.toFixed(1)} %`;
}
