// Exact nearest neighbours in nginx's JavaScript: a scan of the training rows
// into the k best so far, then a vote.  js_preload_object has parsed the
// models once, for all requests.

function predict(model, row) {
    const X = model.X, k = model.k, d = row.length;
    const distances = new Array(k).fill(Infinity);
    const nearest = new Array(k).fill(0);

    for (let i = 0; i < X.length; i++) {
        const x = X[i];
        let sum = 0;

        for (let j = 0; j < d; j++) {
            const difference = x[j] - row[j];
            sum += difference * difference;
        }

        if (sum < distances[k - 1]) {
            let at = k - 1;

            while (at > 0 && distances[at - 1] > sum) {
                distances[at] = distances[at - 1];
                nearest[at] = nearest[at - 1];
                at--;
            }

            distances[at] = sum;
            nearest[at] = i;
        }
    }

    const votes = new Array(model.classes.length).fill(0);

    nearest.forEach(i => { votes[model.y[i]]++; });

    return model.classes[votes.indexOf(Math.max.apply(null, votes))];
}


function isRow(model, row) {
    return Array.isArray(row) && row.length === model.X[0].length
           && row.every(value => typeof value === 'number');
}


function serve(r, model) {
    const X = JSON.parse(r.requestText).X;
    const single = typeof X[0] === 'number';

    r.headersOut['Content-Type'] = 'application/json';

    if (!(single ? isRow(model, X) : X.every(row => isRow(model, row)))) {
        r.return(422, JSON.stringify({error: 'rows of numbers are expected'}));
        return;
    }

    r.return(200, JSON.stringify(
        single ? {prediction: predict(model, X), model: model.name,
                  version: '1.0.0'}
               : {predictions: X.map(row => predict(model, row)),
                  model: model.name, version: '1.0.0'}));
}


export default {
    iris: r => serve(r, iris),
    digits: r => serve(r, digits)
};
