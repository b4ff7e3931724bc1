"""Every committed model, asked through nginx."""

import os
import sys

import pytest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                             os.pardir, "parity"))

import fixtures                                                 # noqa: E402

RELEASES = sorted({os.path.dirname(case) for case in fixtures.CASES})

MEMBERS = {"predictions": "prediction", "probabilities": "probabilities",
           "neighbors": "neighbors", "novelty": "novelty"}


def body(oracle):
    """The rows of a frame go by the names of its columns."""
    rows = oracle["queries"]

    if "header" in oracle:
        rows = [dict(zip(oracle["header"], row)) for row in rows]

    return {"X": rows, "outputs": fixtures.outputs(oracle)}


def by_row(reply, rows):
    """The members of a reply about rows as one answer a row."""
    return [{single: reply[several][row]
             for several, single in MEMBERS.items() if several in reply}
            for row in range(rows)]


@pytest.mark.parametrize("release", RELEASES, ids=os.path.basename)
def test_release(serve, release):
    oracles = [fixtures.load(case) for case in fixtures.CASES
               if os.path.dirname(case) == release]
    server = serve(
        "".join(f"knn_model m{i} {oracle['file']};\n"
                for i, oracle in enumerate(oracles)),
        "location ~ ^/(?<model>.+)$ { knn_predict $model; }")

    with server.connect() as connection:
        for i, oracle in enumerate(oracles):
            response = connection.post(f"/m{i}", body(oracle))
            assert response.status == 200, (oracle["file"], response.body)
            fixtures.check(oracle, by_row(response.json,
                                          len(oracle["queries"])))
