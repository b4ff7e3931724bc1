// Which two features a picture begins with.

// Those that tell the labels or the values of the training rows apart best,
// flags last; the first two where there is nothing to tell.
export function axesOf(features, samples) {
    const outcomes = (samples.labels ?? samples.values ?? []).map(
        (outcome) => Array.isArray(outcome) ? outcome[0] : outcome);
    const judge = samples.labels ? separation : correlation;

    const scores = features.map((feature, i) => {
        if (feature.kind !== "number" || !outcomes.length) {
            return { i, score: 0 };
        }

        const pairs = samples.rows.map((row, n) => [row[i], outcomes[n]])
            .filter(([value]) => typeof value === "number");

        const flag = new Set(pairs.map(([value]) => value)).size < 3;

        return { i, score: (judge(pairs) || 0) - (flag ? 1 : 0) };
    });

    scores.sort((a, b) => b.score - a.score || a.i - b.i);

    const best = scores.slice(0, 2).map(({ i }) => i).sort((a, b) => a - b);

    return best.length === 2 ? best : [0, 0];
}

function mean(values) {
    return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function squares(values) {
    const middle = mean(values);

    return values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
}

// The share of the variance that lies between the classes.
function separation(pairs) {
    const classes = new Map();

    for (const [value, label] of pairs) {
        if (!classes.has(label)) {
            classes.set(label, []);
        }

        classes.get(label).push(value);
    }

    const within = [...classes.values()].map(squares)
        .reduce((a, b) => a + b, 0);

    return 1 - within / squares(pairs.map(([value]) => value));
}

// The squared coefficient of correlation.
function correlation(pairs) {
    const [xs, ys] = [0, 1].map((i) => pairs.map((pair) => pair[i]));
    const [x, y] = [mean(xs), mean(ys)];
    const both = pairs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);

    return both ** 2 / (squares(xs) * squares(ys));
}
