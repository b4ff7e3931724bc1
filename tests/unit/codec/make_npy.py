#!/usr/bin/python3
"""Writes npy_arrays.h: arrays as numpy.save() lays them out, and their values.

    tests/unit/codec/make_npy.py > tests/unit/codec/npy_arrays.h
"""

import io

import numpy

HEAD = """
/* Written by make_npy.py. */


#ifndef KNN_TEST_NPY_ARRAYS_H
#define KNN_TEST_NPY_ARRAYS_H


#include <stdbool.h>
#include <stddef.h>


typedef struct {
    const char *name;
    size_t      rows;
    size_t      columns;
    bool        single;
    double      x[12];
    size_t      size;
    const char *data;
} npy_array_t;


/* clang-format off */

static const npy_array_t npy_arrays[] = {"""

TAIL = """};

/* clang-format on */


#endif /* KNN_TEST_NPY_ARRAYS_H */"""

TYPES = [order + kind for kind in ("f2", "f4", "f8", "i2", "i4", "i8", "u2",
                                   "u4", "u8") for order in "<>"]
TYPES += ["|b1", "|i1", "|u1"]

VALUES = [[5, 3, 1, 0], [4, 3, 100, 1], [7, 0, 6, 2]]


def saved(array, version):
    file = io.BytesIO()
    numpy.lib.format.write_array(file, array, version=version,
                                 allow_pickle=False)
    return file.getvalue()


def write(name, array, data, columns):
    single = array.ndim == 1 and columns > 1
    values = array.astype("<f8").ravel()
    text = "".join(f"\\x{byte:02x}" for byte in data)

    print(f"    {{{name}, {array.size // columns}, {columns}, "
          f"{str(single).lower()},")
    print(f"     {{{', '.join(value.hex() for value in values.tolist())}}},")
    print(f"     {len(data)},\n     \"{text}\"}},")


def arrays():
    for dtype in TYPES:
        array = numpy.array(VALUES, dtype=dtype)

        if array.dtype.kind == "f":
            array = (array / 8).astype(dtype)

        yield f"{dtype}", array, (1, 0), 4

    fortran = numpy.asfortranarray(numpy.array(VALUES) / 7)
    yield "Fortran order", fortran, (1, 0), 4
    yield "Fortran order, big-endian", fortran.astype(">f4"), (2, 0), 4
    yield "version 2", fortran.copy("C"), (2, 0), 4
    yield "version 3", fortran.copy("C"), (3, 0), 4
    yield "one row", numpy.array([5.1, 3.5, 1.4, 0.2]), (1, 0), 4
    yield "rows of one feature", numpy.array([5.1, 3.5, 1.4]), (1, 0), 1
    yield "a column", numpy.array([[5.1], [3.5]], dtype="f4"), (1, 0), 1


def main():
    print(HEAD)

    for name, array, version, columns in arrays():
        write(f'"{name}"', array, saved(array, version), columns)

    # as Python 2 wrote long integers, with white space as it liked
    array = numpy.array([[1.0, 2.0, 3.0, 4.0]])
    head = b'{"shape":( 1L ,4L),\t"fortran_order":False ,"descr":"<f8"}\n'
    data = b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head
    write('"another header"', array, data + array.tobytes(), 4)

    print(TAIL)


if __name__ == "__main__":
    main()
