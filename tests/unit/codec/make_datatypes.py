#!/usr/bin/python3
"""Writes datatypes.h: elements as NumPy lays them out, and their values.

    tests/unit/codec/make_datatypes.py > tests/unit/codec/datatypes.h
"""

import numpy

HEAD = """
/* Written by make_datatypes.py. */


#ifndef KNN_TEST_DATATYPES_H
#define KNN_TEST_DATATYPES_H


#include <stdint.h>

#include "../../../codec/datatype.h"


/* the most elements, and those of floats that are finite */
#define MOST   20
#define FINITE 12


typedef struct {
    knn_datatype_e type;
    bool           swap;
    size_t         count;
    const char    *data;
    uint64_t       bits[MOST]; /* of the values, as doubles */
} element_t;


/* clang-format off */

static const element_t elements[] = {"""

INTEGERS = [f"{kind}{bits}" for bits in (8, 16, 32, 64)
            for kind in ("uint", "int")]
FLOATS = {"FP16": numpy.float16, "FP32": numpy.float32, "FP64": numpy.float64}


def integers(dtype, random):
    info = numpy.iinfo(dtype)
    edges = [info.min, info.min + 1, 0, 1, 2, info.max - 1, info.max]
    drawn = random.integers(info.min, info.max, 13, dtype, endpoint=True)

    return numpy.concatenate([numpy.array(edges, dtype), drawn])


def floats(dtype, random):
    info = numpy.finfo(dtype)
    edges = [0.0, -0.0, 1, -1, info.max, info.min, info.tiny,
             info.smallest_subnormal, -info.smallest_subnormal,
             info.tiny - info.smallest_subnormal, info.eps, 1 / 3,
             numpy.inf, -numpy.inf, numpy.nan]

    return numpy.concatenate([numpy.array(edges, dtype),
                              random.standard_normal(5).astype(dtype)])


def brains(array):
    """The upper halves of floats, which NumPy has no type of."""

    return (array.view(numpy.uint32) >> 16).astype(numpy.uint16)


def brain_values(bits):
    return (bits.astype(numpy.uint32) << 16).view(numpy.float32)


def words(values):
    """The bits of values as doubles, the same for every NaN."""

    values = values.astype(numpy.float64)
    values[numpy.isnan(values)] = numpy.nan

    return values.view(numpy.uint64)


def put(name, elements, values):
    for swap, order in ((0, "<"), (1, ">")):
        data = elements.astype(elements.dtype.newbyteorder(order)).tobytes()
        text = "".join(f"\\x{byte:02x}" for byte in data)
        bits = ", ".join(f"{int(word):#x}u" for word in words(values))
        print(f"    {{KNN_{name}, {swap}, {len(values)},\n"
              f"     \"{text}\",\n     {{{bits}}}}},")


def digest(values):
    """FNV-1a of the words."""

    result = 14695981039346656037

    for word in words(values):
        result = (result ^ int(word)) * 1099511628211 % 2 ** 64

    return result


def main():
    random = numpy.random.default_rng(5)
    every = numpy.arange(65536, dtype=numpy.uint16)

    print(HEAD)

    booleans = numpy.array([True, False, False, True, True])
    put("BOOL", booleans, booleans)

    for name in INTEGERS:
        array = integers(name, random)
        put(name.upper(), array, array)

    for name, dtype in FLOATS.items():
        array = floats(dtype, random)
        put(name, array, array)

    bits = brains(floats(numpy.float32, random))
    put("BF16", bits, brain_values(bits))

    print("};\n\n"
          "/* FNV-1a of all 65536 values, by ascending bits */\n\n"
          f"#define ALL_HALVES {digest(every.view(numpy.float16)):#x}u\n"
          f"#define ALL_BRAINS {digest(brain_values(every)):#x}u\n\n"
          "/* clang-format on */\n\n\n"
          "#endif /* KNN_TEST_DATATYPES_H */")


if __name__ == "__main__":
    main()
