# Reads the core dumps that wasmtime writes: they have the form of a WebAssembly module.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

GLOBALS, DATA = 6, 11  # sections


def leb128(data, at, signed=False):
    """The number at a place, and the place behind it."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return (value - (1 << shift) if signed and byte & 0x40 else value), at


def entries(dump, wanted):
    """How many entries the wanted section has, and the place of the first; (0, 0) if there is no such section."""
    at = 8
    while at < len(dump):
        section = dump[at]
        size, at = leb128(dump, at + 1)
        if section == wanted:
            return leb128(dump, at)
        at += size
    return 0, 0
