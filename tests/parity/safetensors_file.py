"""safetensors files, read as strictly as its specification has them."""

import json
import struct

import numpy

DTYPES = {"F64": "<f8", "F32": "<f4", "I64": "<i8", "I32": "<i4"}


def read(path):
    """The metadata and the arrays; whatever is not in order is an error."""
    with open(path, "rb") as file:
        data = file.read()

    length, = struct.unpack("<Q", data[:8])
    assert data[8:9] == b"{" and 8 + length <= len(data)

    header = json.loads(data[8:8 + length], object_pairs_hook=unique)
    metadata = header.pop("__metadata__", {})
    assert all(isinstance(value, str) for value in metadata.values())

    tensors = {}
    at = 8 + length

    for name, tensor in sorted(header.items(),
                               key=lambda item: item[1]["data_offsets"]):
        assert set(tensor) == {"dtype", "shape", "data_offsets"}
        start, end = (8 + length + o for o in tensor["data_offsets"])
        dtype = numpy.dtype(DTYPES[tensor["dtype"]])
        assert start == at and start % dtype.itemsize == 0, name
        tensors[name] = numpy.frombuffer(data[start:end], dtype) \
            .reshape(tensor["shape"])
        at = end

    assert at == len(data)

    return metadata, tensors


def unique(pairs):
    names = [name for name, _ in pairs]
    assert len(set(names)) == len(names)

    return dict(pairs)


def write(path, tensors, metadata):
    """Writes arrays one after the other, as a plain script would."""
    names = {dtype: name for name, dtype in DTYPES.items()}
    header = {"__metadata__": metadata}
    body = b""

    for name, array in tensors.items():
        start = len(body)
        body += array.tobytes()
        header[name] = {"dtype": names[array.dtype.newbyteorder("<").str],
                        "shape": list(array.shape),
                        "data_offsets": [start, len(body)]}

    text = json.dumps(header).encode()

    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)
