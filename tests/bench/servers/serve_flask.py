"""scikit-learn behind Flask, run by gunicorn; MODELS names joblib files."""

import os

import joblib
from flask import Flask, jsonify, request

MODELS = {os.path.splitext(os.path.basename(path))[0]: joblib.load(path)
          for path in os.environ["MODELS"].split(":")}

app = Flask(__name__)


@app.post("/<name>")
def predict(name):
    model = MODELS.get(name)

    if model is None:
        return jsonify(error="there is no such model"), 404

    rows = request.get_json()["X"]
    single = not isinstance(rows[0], list)

    try:
        labels = model.predict([rows] if single else rows).tolist()
    except ValueError as error:
        return jsonify(error=str(error)), 422

    reply = {"prediction": labels[0]} if single else {"predictions": labels}
    return jsonify(**reply, model=name, version="1.0.0")
