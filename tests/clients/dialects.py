"""The same rows in every form of a request, and every form of a reply."""

import csv
import gzip
import io
import json
import struct
import zlib

import numpy

NPY = "application/x-npy"
ORDER = [2, 0, 3, 1]  # of shuffled columns
WIDTHS = {"BOOL": "?", "UINT8": "<u1", "UINT16": "<u2", "UINT32": "<u4",
          "UINT64": "<u8", "INT8": "<i1", "INT16": "<i2", "INT32": "<i4",
          "INT64": "<i8", "FP16": "<f2", "FP32": "<f4", "FP64": "<f8"}


# Requests: of rows and names to (body, headers)


def json_of(value):
    # Python's bare NaN is not JSON
    return json.dumps(value, allow_nan=False).encode(), {}


def shuffled(rows, names):
    return ([[row[i] for i in ORDER] for row in rows],
            [names[i] for i in ORDER])


def objects(rows, names):
    return [dict(zip(names, row)) for row in rows]


def columns(rows, names):
    return dict(zip(names, map(list, zip(*rows))))


def split(rows, names):
    rows, names = shuffled(rows, names)
    return {"columns": names, "index": list(range(len(rows))), "data": rows}


def lines(values):
    text = "".join(json.dumps(value) + "\n" for value in values)
    return text.encode(), {"Content-Type": "application/jsonlines"}


def table(rows, names=None, parameter=""):
    text = io.StringIO()
    csv.writer(text).writerows([names] * (names is not None) + rows)
    return text.getvalue().encode(), {"Content-Type": "text/csv" + parameter}


def npy(rows, dtype, version=(1, 0), fortran=False):
    array = numpy.array(rows, dtype)
    file = io.BytesIO()
    numpy.lib.format.write_array(
        file, numpy.asfortranarray(array) if fortran else array, version)
    return file.getvalue(), {"Content-Type": NPY}


def gzipped(request):
    return gzip.compress(request[0]), {**request[1],
                                       "Content-Encoding": "gzip"}


def deflated(request):
    return zlib.compress(request[0]), {**request[1],
                                       "Content-Encoding": "deflate"}


def tensor(datatype, values, name="x", nested=False):
    """One of V2, with data as JSON."""

    shape = list(numpy.shape(values))
    data = values if nested else [
        plain for plain in numpy.array(values, object).ravel().tolist()]

    if datatype == "BYTES":
        data = [str(value) for value in data]
    elif datatype == "BOOL":
        data = [bool(value) for value in data]

    return {"name": name, "shape": shape, "datatype": datatype, "data": data}


def packed(datatype, values):
    """The bytes of a binary tensor."""

    if datatype == "BF16":
        singles = numpy.array(values, "<f4").view("<u4")
        return (singles >> 16).astype("<u2").tobytes()

    if datatype == "BYTES":
        cells = [str(value).encode()
                 for value in numpy.array(values, object).ravel()]
        return b"".join(struct.pack("<I", len(cell)) + cell for cell in cells)

    return numpy.array(values, WIDTHS[datatype]).tobytes()


def binary(datatype, tensors, **members):
    """Tensors by name after a header of JSON."""

    parts = {name: packed(datatype, values)
             for name, values in tensors.items()}
    head = json.dumps({"inputs": [
        {"name": name, "datatype": datatype,
         "shape": list(numpy.shape(tensors[name])),
         "parameters": {"binary_data_size": len(part)}}
        for name, part in parts.items()], **members}).encode()

    return head + b"".join(parts.values()), {
        "Inference-Header-Content-Length": str(len(head))}


def v2(*inputs, **members):
    return json_of({"inputs": list(inputs), **members})


def by_column(rows, names, datatype):
    return [tensor(datatype, values, name)
            for name, values in columns(*shuffled(rows, names)).items()]


# what they hold exactly, and how they are written
PREDICT = {
    "X": ("double", lambda rows, names: json_of({"X": rows})),
    "instances": ("double", lambda rows, names: json_of({"instances": rows})),
    "inputs": ("double", lambda rows, names: json_of({"inputs": rows})),
    "data": ("double", lambda rows, names: json_of({"data": rows})),
    "a bare array": ("double", lambda rows, names: json_of(rows)),
    "JSON in chunks": ("double", lambda rows, names: chunked(
        json_of({"X": rows}))),
    "JSON Lines of arrays": ("double", lambda rows, names: lines(rows)),
    "JSON Lines of features": ("double", lambda rows, names: lines(
        {"features": row} for row in rows)),
    "CSV": ("double", lambda rows, names: table(rows)),
    "CSV that says it has no header": ("double", lambda rows, names: table(
        rows, parameter="; header=absent")),
    "NPY of float64": ("double", lambda rows, names: npy(rows, "<f8")),
    "NPY of float64, big-endian, Fortran order, version 2":
        ("double", lambda rows, names: npy(rows, ">f8", (2, 0), True)),
    "NPY of float32": ("single", lambda rows, names: npy(rows, "<f4")),
    "NPY of float32, big-endian, version 3":
        ("single", lambda rows, names: npy(rows, ">f4", (3, 0))),
    "NPY of int64": ("integer", lambda rows, names: npy(rows, "<i8")),
    "NPY of uint8, Fortran order":
        ("integer", lambda rows, names: npy(rows, "|u1", fortran=True)),
    "NPY of int16, big-endian":
        ("integer", lambda rows, names: npy(rows, ">i2")),
    "gzip of JSON": ("double", lambda rows, names: gzipped(
        json_of({"X": rows}))),
    "deflate of CSV": ("double", lambda rows, names: deflated(table(rows))),
    "gzip of NPY": ("double", lambda rows, names: gzipped(npy(rows, "<f8"))),
    "deflate of JSON Lines": ("double", lambda rows, names: deflated(
        lines(rows))),
}

# those by the names of the features
NAMED = {
    "X of objects": ("double", lambda rows, names: json_of(
        {"X": objects(rows, names)})),
    "instances of shuffled objects": ("double", lambda rows, names: json_of(
        {"instances": objects(*shuffled(rows, names))})),
    "dataframe_records": ("double", lambda rows, names: json_of(
        {"dataframe_records": objects(*shuffled(rows, names))})),
    "dataframe_split": ("double", lambda rows, names: json_of(
        {"dataframe_split": split(rows, names)})),
    "input_data": ("double", lambda rows, names: json_of(
        {"input_data": split(rows, names)})),
    "inputs of columns": ("double", lambda rows, names: json_of(
        {"inputs": columns(*shuffled(rows, names))})),
    "instances of columns": ("double", lambda rows, names: json_of(
        {"instances": columns(*shuffled(rows, names))})),
    "JSON Lines of objects": ("double", lambda rows, names: lines(
        objects(*shuffled(rows, names)))),
    "CSV with header": ("double", lambda rows, names: table(
        *shuffled(rows, names))),
    "CSV that says it has a header": ("double", lambda rows, names: table(
        *shuffled(rows, names), "; header=present")),
}

V1 = {
    "V1 instances": ("double", lambda rows, names: json_of(
        {"signature_name": "serving_default", "instances": rows})),
    "V1 inputs": ("double", lambda rows, names: json_of({"inputs": rows})),
    "V1 gzip": ("double", lambda rows, names: gzipped(json_of(
        {"instances": rows}))),
}

V1_NAMED = {
    "V1 instances of objects": ("double", lambda rows, names: json_of(
        {"instances": objects(*shuffled(rows, names))})),
    "V1 inputs of columns": ("double", lambda rows, names: json_of(
        {"inputs": columns(*shuffled(rows, names))})),
}

V2 = {
    "V2 FP64": ("double", lambda rows, names: v2(tensor("FP64", rows))),
    "V2 FP64, nested": ("double", lambda rows, names: v2(
        tensor("FP64", rows, nested=True))),
    "V2 FP32": ("single", lambda rows, names: v2(tensor("FP32", rows))),
    "V2 BYTES": ("double", lambda rows, names: v2(tensor("BYTES", rows))),
    "V2 FP64, binary": ("double", lambda rows, names: binary(
        "FP64", {"x": rows})),
    "V2 FP32, binary": ("single", lambda rows, names: binary(
        "FP32", {"x": rows})),
    "V2 BYTES, binary": ("double", lambda rows, names: binary(
        "BYTES", {"x": rows})),
    "V2 BF16, binary": ("integer", lambda rows, names: binary(
        "BF16", {"x": rows})),
    "V2 FP16, binary": ("integer", lambda rows, names: binary(
        "FP16", {"x": rows})),
    "V2 gzip": ("double", lambda rows, names: gzipped(v2(
        tensor("FP64", rows)))),
    "V2 binary, deflate": ("double", lambda rows, names: deflated(binary(
        "FP64", {"x": rows}))),
    "V2 binary in chunks": ("double", lambda rows, names: chunked(binary(
        "FP64", {"x": rows}))),
    **{f"V2 {datatype}": ("integer", lambda rows, names, t=datatype: v2(
        tensor(t, rows))) for datatype in WIDTHS if "INT" in datatype},
    **{f"V2 {datatype}, binary":
       ("integer", lambda rows, names, t=datatype: binary(t, {"x": rows}))
       for datatype in WIDTHS if "INT" in datatype},
}

V2_NAMED = {
    "V2 columns": ("double", lambda rows, names: v2(
        *by_column(rows, names, "FP64"))),
    "V2 columns, pd": ("double", lambda rows, names: v2(
        *by_column(rows, names, "FP64"), parameters={"content_type": "pd"})),
    "V2 columns of texts": ("double", lambda rows, names: v2(
        *by_column(rows, names, "BYTES"))),
    "V2 binary columns": ("double", lambda rows, names: binary(
        "FP64", columns(*shuffled(rows, names)))),
    "V2 binary columns [N,1]": ("single", lambda rows, names: binary(
        "FP32", {name: [[value] for value in values] for name, values
                 in columns(*shuffled(rows, names)).items()})),
}


def chunked(request, size=7):
    """Sent in chunks that end anywhere."""

    body, headers = request
    return [body[i:i + size] for i in range(0, len(body), size)], headers


# Replies: to {tensor: list}


def pairs(rows):
    return {"kneighbors": [[pair["index"] for pair in row] for row in rows],
            "distances": [[pair["distance"] for pair in row] for row in rows]}


def side_by_side(row):
    """Probabilities by label, or those of several outputs."""

    outputs = row if isinstance(row, list) else [row]
    return [share for each in outputs for share in each.values()]


def from_rows(rows):
    """Of the objects that a row has in JSON and JSON Lines."""

    found = {}

    if "prediction" in rows[0]:
        found["predict"] = [row["prediction"] for row in rows]

    if "probabilities" in rows[0]:
        found["predict_proba"] = [side_by_side(row["probabilities"])
                                  for row in rows]

    if "neighbors" in rows[0]:
        found.update(pairs([row["neighbors"] for row in rows]))

    return found


def from_json(reply):
    body = reply.json

    if "prediction" in body or isinstance(body.get("novelty"), float):
        return from_rows([body])

    found = {}

    if "predictions" in body:
        found["predict"] = body["predictions"]

    if "probabilities" in body:
        found["predict_proba"] = [*map(side_by_side, body["probabilities"])]

    if "neighbors" in body:
        found.update(pairs(body["neighbors"]))

    return found


def from_lines(reply):
    assert reply.headers["content-type"] == "application/jsonlines"
    assert reply.body.endswith(b"\n")
    return from_rows([json.loads(line) for line in reply.body.splitlines()])


def cell(text):
    """A value of CSV, whose types are told by nothing."""

    try:
        return missing(float(text))
    except ValueError:
        return {"": None, "true": True, "false": False}.get(text, text)


def from_csv(reply):
    """By the names of its header."""

    head, *rows = csv.reader(io.StringIO(reply.body.decode(), newline=""))
    found = {}

    def take(tensor, prefix, convert):
        at = [i for i, name in enumerate(head) if name.startswith(prefix)]
        if at:
            found[tensor] = [[convert(row[i]) for i in at] for row in rows]

    take("predict", "prediction", cell)
    take("predict_proba", "probability_", float)
    take("kneighbors", "neighbor_", cell)
    take("distances", "distance_", cell)

    if "prediction" in head:
        found["predict"] = [value for value, in found["predict"]]

    for tensor in {"kneighbors", "distances"} & found.keys():
        found[tensor] = [[value for value in row if value is not None]
                         for row in found[tensor]]

    return found


def from_v1(reply):
    body = reply.json
    assert len(body) == 1

    if "outputs" in body:
        found = body["outputs"]
        found = dict(found) if isinstance(found, dict) else {"predict": found}
    else:
        rows = body["predictions"]
        found = {"predict": rows}

        if isinstance(rows[0], dict):
            found = {name: [row[name] for row in rows] for name in rows[0]}

    # of a model that finds neighbors and nothing else
    first = next(iter(found.values()))[0]

    if isinstance(first, list) and first and isinstance(first[0], dict):
        found = {"kneighbors": next(iter(found.values()))}

    found.pop("novelty", None)

    # of several outputs, one beside the other
    for row in found.get("predict_proba", []):
        if isinstance(row[0], list):
            row[:] = [share for output in row for share in output]

    if "kneighbors" in found:
        found.update(pairs(found["kneighbors"]))

    return found


def unpack(datatype, data):
    if datatype != "BYTES":
        return numpy.frombuffer(data, WIDTHS[datatype]).tolist()

    found = []

    while data:
        size, = struct.unpack_from("<I", data)
        assert len(data) >= 4 + size, "a text is cut off"
        found.append(data[4:4 + size].decode())
        data = data[4 + size:]

    return found


def missing(value):
    """None for NaN."""

    if isinstance(value, list):
        return [missing(each) for each in value]

    return None if value != value else value


def from_v2(reply):
    """Tensors of JSON or bytes, without the places that hold nothing."""

    size = int(reply.headers.get("inference-header-content-length",
                                 len(reply.body)))
    body, rest = json.loads(reply.body[:size]), reply.body[size:]
    found = {}

    for each in body["outputs"]:
        data = each.get("data")

        if data is None:
            width = each["parameters"]["binary_data_size"]
            data = unpack(each["datatype"], rest[:width])
            rest = rest[width:]

        found[each["name"]] = numpy.array(data, object).reshape(
            each["shape"]).tolist()

    assert not rest, "bytes of no tensor"
    found.pop("novelty", None)
    found = {name: missing(values) for name, values in found.items()}

    for name in {"kneighbors", "distances"} & found.keys():
        found[name] = [[value for value in row if value not in (-1, None)]
                       for row in found[name]]

    return found


def from_npy(reply):
    assert reply.headers["content-type"] == NPY
    return numpy.load(io.BytesIO(reply.body), allow_pickle=False)
