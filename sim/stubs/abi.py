# The canonical ABI: the core types of WIT's values, and the core signatures of its functions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

from unsupported import Unsupported

POINTER = "i32"
MAX_FLAT_PARAMS, MAX_FLAT_ASYNC_PARAMS, MAX_FLAT_RESULTS = 16, 4, 1

PRIMITIVES = {name: ["i32"] for name in "bool s8 u8 s16 u16 s32 u32 char error-context".split()}
PRIMITIVES.update({"s64": ["i64"], "u64": ["i64"], "f32": ["f32"], "f64": ["f64"], "string": [POINTER, POINTER]})


def flat(world, wit_type):
    """The core types of a value; none, of no type."""
    wit_type = world.resolve(wit_type)
    if wit_type is None:
        return []
    if not isinstance(wit_type, int):
        if wit_type not in PRIMITIVES:
            raise Unsupported(f"the WIT has a {wit_type}, which the native host does not know")
        return PRIMITIVES[wit_type]
    word, _ = world.kind(wit_type)
    if word == "list":
        return [POINTER, POINTER]
    parts = [flat(world, part) for _, part in world.parts(wit_type)]
    if word in ("record", "tuple"):
        return [core for part in parts for core in part]
    joined = []
    if word in ("variant", "option", "result"):
        for part in parts:
            for at, core in enumerate(part):
                if at == len(joined):
                    joined.append(core)
                elif joined[at] != core:
                    joined[at] = "i32" if {joined[at], core} == {"i32", "f32"} else "i64"
    return ["i32", *joined]


def signature(world, function, lowered, async_abi):
    """The core (params, results) of a function's lift or lower."""
    params = [core for param in function["params"] for core in flat(world, param["type"])]
    results = flat(world, function.get("result"))
    if len(params) > (MAX_FLAT_ASYNC_PARAMS if lowered and async_abi else MAX_FLAT_PARAMS):
        params = [POINTER]
    if async_abi:
        return params + ([POINTER] if lowered and results else []), ["i32"]
    if len(results) > MAX_FLAT_RESULTS:
        return (params + [POINTER], []) if lowered else (params, [POINTER])
    return params, results
