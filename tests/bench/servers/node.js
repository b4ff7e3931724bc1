'use strict';

// Exact nearest neighbours in Node: fastify with a schema for bodies and
// replies, the training rows in one typed array.
//
//     node node.js PORT MODEL.json …

const fs = require('fs');
const fastify = require('fastify')({ bodyLimit: 64 << 20 });

const number = { type: 'number' };
const row = { type: 'array', items: number };
const text = { type: 'string' };
const label = { type: ['string', 'integer'] };


class Model {
    constructor(path) {
        const data = JSON.parse(fs.readFileSync(path));

        this.name = data.name;
        this.n = data.X.length;
        this.d = data.X[0].length;
        this.k = data.k;
        this.classes = data.classes;
        this.x = Float64Array.from(data.X.flat());
        this.y = Int32Array.from(data.y);
        this.distances = new Float64Array(data.k);
        this.nearest = new Int32Array(data.k);
        this.votes = new Int32Array(data.classes.length);
    }

    predict(row) {
        const { x, n, d, k, distances, nearest, votes } = this;

        distances.fill(Infinity);

        for (let i = 0, at = 0; i < n; i++) {
            let sum = 0;

            for (let j = 0; j < d; j++) {
                const difference = x[at++] - row[j];
                sum += difference * difference;
            }

            if (sum < distances[k - 1]) {
                let place = k - 1;

                while (place > 0 && distances[place - 1] > sum) {
                    distances[place] = distances[place - 1];
                    nearest[place] = nearest[place - 1];
                    place--;
                }

                distances[place] = sum;
                nearest[place] = i;
            }
        }

        votes.fill(0);

        for (let i = 0; i < k; i++) {
            votes[this.y[nearest[i]]]++;
        }

        let best = 0;

        for (let i = 1; i < votes.length; i++) {
            if (votes[i] > votes[best]) {
                best = i;
            }
        }

        return this.classes[best];
    }
}


function serve(model) {
    const fits = row => row.length === model.d;

    const schema = {
        body: {
            type: 'object',
            required: ['X'],
            properties: {
                X: { type: 'array',
                     items: { anyOf: [number, row] } }
            }
        },
        response: {
            200: {
                type: 'object',
                properties: {
                    prediction: label,
                    predictions: { type: 'array', items: label },
                    model: text,
                    version: text
                }
            }
        }
    };

    fastify.post('/' + model.name, { schema }, async (request, reply) => {
        const X = request.body.X;
        const single = typeof X[0] === 'number';

        if (!(single ? fits(X) : X.every(fits))) {
            reply.code(422);
            return { error: `a row has ${model.d} features` };
        }

        const about = { model: model.name, version: '1.0.0' };

        return single ? { prediction: model.predict(X), ...about }
                      : { predictions: X.map(row => model.predict(row)),
                          ...about };
    });
}


process.argv.slice(3).forEach(path => serve(new Model(path)));

fastify.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
