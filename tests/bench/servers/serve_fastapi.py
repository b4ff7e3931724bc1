"""scikit-learn behind FastAPI, run by uvicorn; MODELS names joblib files.

What predicts is a coroutine: for a row that is shorter than the switch to a
thread and back.
"""

import os

import joblib
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

MODELS = {os.path.splitext(os.path.basename(path))[0]: joblib.load(path)
          for path in os.environ["MODELS"].split(":")}

app = FastAPI()


class Rows(BaseModel):
    X: list[float] | list[list[float]]


class Prediction(BaseModel):
    prediction: str | int
    model: str
    version: str


class Predictions(BaseModel):
    predictions: list[str] | list[int]
    model: str
    version: str


@app.post("/{name}")
async def predict(name: str, rows: Rows) -> Prediction | Predictions:
    model = MODELS.get(name)

    if model is None:
        raise HTTPException(404, "there is no such model")

    single = not isinstance(rows.X[0], list)

    try:
        labels = model.predict([rows.X] if single else rows.X).tolist()
    except ValueError as error:
        raise HTTPException(422, str(error)) from error

    if single:
        return Prediction(prediction=labels[0], model=name, version="1.0.0")

    return Predictions(predictions=labels, model=name, version="1.0.0")
