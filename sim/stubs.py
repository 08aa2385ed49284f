#!/usr/bin/env python3
# Makes the native stubs of a component: one C file that defines what wit-bindgen's output leaves undefined, and describes
# the component's world to the native host. Everything follows from two things: the WIT, and the names of the core imports
# and exports that the component's sources declare, which the canonical ABI fixes.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

POINTER = "i32"
MAX_FLAT_PARAMS, MAX_FLAT_ASYNC_PARAMS, MAX_FLAT_RESULTS = 16, 4, 1

PRIMITIVES = {
    "bool": "i32",
    "s8": "i32",
    "u8": "i32",
    "s16": "i32",
    "u16": "i32",
    "s32": "i32",
    "u32": "i32",
    "s64": "i64",
    "u64": "i64",
    "f32": "f32",
    "f64": "f64",
    "char": "i32",
    "error-context": "i32",
}

C_TYPES = {"i32": "uint32_t", "i64": "uint64_t", "f32": "float", "f64": "double"}


class Unsupported(Exception):
    """What the native host does not have; the text says what, and what to do."""


# ---- What the sources declare. ----

STRINGS = r'"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*'
ATTRIBUTE = re.compile(
    r"__attribute__\s*\(\(\s*(?:__weak__\s*,\s*)?(?:"
    rf"(?:__)?import_module(?:__)?\s*\(\s*(?P<module>{STRINGS})\s*\)\s*,\s*(?:__)?import_name(?:__)?\s*\(\s*(?P<name>{STRINGS})\s*\)"
    rf"|(?:__)?export_name(?:__)?\s*\(\s*(?P<export>{STRINGS})\s*\)"
    r")\s*\)\)\s*(?P<result>[\w\s*]*?)(?P<symbol>\w+)\s*\((?P<params>[^()]*)\)"
)
FORCE_LINK = re.compile(r"\bextern\s+void\s+(__component_type_object_force_link_\w+)\s*\(void\)")


class Declared:
    """A core import or export: its C symbol and its core signature."""

    def __init__(self, symbol, params, results):
        self.symbol, self.params, self.results = symbol, params, results

    def __repr__(self):
        return f"({', '.join(self.params)}) -> ({', '.join(self.results)})"


def unquote(literals):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals))


INTEGERS = {"int64_t": "i64", "uint64_t": "i64", "int32_t": "i32", "uint32_t": "i32", "size_t": "i32"}
TYPEDEF = re.compile(r"\btypedef\s+(\w+)\s+(\w+)\s*;")


def core_type(c_type, names):
    """The core type of a C parameter or result; None for void."""
    words = [word for word in re.findall(r"\w+|\*", c_type) if word not in ("extern", "const", "static")]
    if "*" in words:
        return POINTER
    word = words[0] if words else "void"
    while word in names and word not in INTEGERS:
        word = names[word]
    if word == "void":
        return None
    if word not in INTEGERS and word not in ("float", "double"):
        raise Unsupported(f"{c_type.strip()!r} is no type of a core import or export")
    return INTEGERS.get(word) or {"float": "f32", "double": "f64"}[word]


def declarations(text):
    """The core imports, {(module, name): Declared}, the core exports, {name: Declared}, and the link guard."""
    imports, exports = {}, {}
    names = {name: of for of, name in TYPEDEF.findall(text)}
    for match in ATTRIBUTE.finditer(text):
        params = [core_type(param, names) for param in match["params"].split(",")]
        if params == [None]:
            params = []
        result = core_type(match["result"], names)
        declared = Declared(match["symbol"], params, [result] if result else [])
        if match["export"]:
            exports[unquote(match["export"])] = declared
        else:
            imports.setdefault((unquote(match["module"]), unquote(match["name"])), []).append(declared)
    unique = {key: list({one.symbol: one for one in several}.values()) for key, several in imports.items()}
    return unique, exports, sorted(set(FORCE_LINK.findall(text)))


# ---- The WIT. ----


class World:
    """A world of `wasm-tools component wit --json`, with what it imports and exports by the names of core modules."""

    def __init__(self, wit, name):
        self.types, self.interfaces, self.packages = wit["types"], wit["interfaces"], wit["packages"]
        found = [world for world in wit["worlds"] if world["name"] == name]
        if len(found) != 1:
            raise Unsupported(f"the WIT has {len(found)} worlds named {name}, and there must be one")
        self.world = found[0]
        self.imported, self.exported = self.side("imports"), self.side("exports")

    def side(self, key):
        """{module: {function: JSON}}; the world's own are in module None."""
        modules = {None: {}}
        for name, item in self.world[key].items():
            if "interface" in item:
                number = item["interface"]["id"]
                module = name if not re.fullmatch(r"interface-\d+", name) else self.interface_name(number)
                modules[module] = self.interfaces[number]["functions"]
            elif "function" in item:
                modules[None][name] = item["function"]
        return modules

    def interface_name(self, number):
        interface = self.interfaces[number]
        if interface["name"] is None:
            keys = [*self.world["imports"].items(), *self.world["exports"].items()]
            return next(key for key, item in keys if item.get("interface", {}).get("id") == number)
        package, _, version = self.packages[interface["package"]]["name"].partition("@")
        return f"{package}/{interface['name']}" + (f"@{version}" if version else "")

    def resolve(self, wit_type):
        """The type behind aliases: the name of a primitive, or a number."""
        while isinstance(wit_type, int):
            kind = self.types[wit_type]["kind"]
            if not (isinstance(kind, dict) and "type" in kind):
                break
            wit_type = kind["type"]
        return wit_type

    def kind(self, number):
        """(word, what comes with it) of a type."""
        kind = self.types[number]["kind"]
        return (kind, None) if isinstance(kind, str) else next(iter(kind.items()))

    def children(self, number):
        """The types inside of a type, None where there is none."""
        word, of = self.kind(number)
        if word in ("list", "option", "stream", "future"):
            return [of]
        if word == "record":
            return [field["type"] for field in of["fields"]]
        if word == "tuple":
            return of["types"]
        if word == "variant":
            return [case.get("type") for case in of["cases"]]
        if word == "result":
            return [of["ok"], of["err"]]
        if word in ("enum", "flags", "handle", "resource"):
            return []
        raise Unsupported(f"the WIT has a {word}, which wit-bindgen c and the native host do not know")

    def has_resource(self, wit_type):
        wit_type = self.resolve(wit_type)
        if not isinstance(wit_type, int):
            return False
        return self.kind(wit_type)[0] == "handle" or any(self.has_resource(child) for child in self.children(wit_type))

    def ends(self, function):
        """The stream and future types of a function as its core imports count them: inner types first."""
        found = []

        def visit(wit_type):
            wit_type = self.resolve(wit_type)
            if not isinstance(wit_type, int):
                return
            for child in self.children(wit_type):
                visit(child)
            if self.kind(wit_type)[0] in ("stream", "future"):
                found.append(wit_type)

        for param in function["params"]:
            visit(param["type"])
        visit(function.get("result"))
        return found

    def spelled(self, wit_type):
        """A type as the WIT has it."""
        if wit_type is None:
            return "_"
        if not isinstance(wit_type, int):
            return wit_type
        name = self.types[wit_type]["name"]
        word, of = self.kind(wit_type)
        if name is not None:
            return name
        if word == "handle":
            own, number = next(iter(of.items()))
            name = self.types[number]["name"]
            return name if own == "own" else f"borrow<{name}>"
        inner = ", ".join(self.spelled(child) for child in self.children(wit_type))
        return word if word in ("stream", "future", "result") and set(inner) <= set("_, ") else f"{word}<{inner}>"

    def flat(self, wit_type):
        """The core types of a value."""
        wit_type = self.resolve(wit_type)
        if wit_type is None:
            return []
        if not isinstance(wit_type, int):
            if wit_type == "string":
                return [POINTER, POINTER]
            if wit_type not in PRIMITIVES:
                raise Unsupported(f"the WIT has a {wit_type}, which the native host does not know")
            return [PRIMITIVES[wit_type]]
        word, _ = self.kind(wit_type)
        if word == "list":
            return [POINTER, POINTER]
        if word in ("record", "tuple"):
            return [core for child in self.children(wit_type) for core in self.flat(child)]
        if word in ("variant", "option", "result"):
            joined = []
            for child in self.children(wit_type):
                for at, core in enumerate(self.flat(child)):
                    if at == len(joined):
                        joined.append(core)
                    elif joined[at] != core:
                        joined[at] = "i32" if {joined[at], core} == {"i32", "f32"} else "i64"
            return ["i32", *joined]
        return ["i32"]

    def signature(self, function, lowered, async_abi):
        """The core (params, results) of a function's lift or lower."""
        params = [core for param in function["params"] for core in self.flat(param["type"])]
        results = self.flat(function.get("result"))
        limit = MAX_FLAT_ASYNC_PARAMS if lowered and async_abi else MAX_FLAT_PARAMS
        if len(params) > limit:
            params = [POINTER]
        if async_abi:
            return params + ([POINTER] if lowered and results else []), ["i32"]
        if len(results) > MAX_FLAT_RESULTS:
            return (params + [POINTER], []) if lowered else (params, [POINTER])
        return params, results


def is_async(function):
    kind = function["kind"]
    return (kind if isinstance(kind, str) else next(iter(kind))).startswith("async-")


# ---- The C file. ----


def quoted(text):
    return "NULL" if text is None else json.dumps(text)


def parameters(core_types):
    return ", ".join(f"{C_TYPES[core]} a{at}" for at, core in enumerate(core_types)) or "void"


class Stubs:
    """The C file of one component."""

    def __init__(self, world, imports, exports, guards):
        self.world, self.core_imports, self.core_exports, self.guards = world, imports, exports, guards
        self.descriptions = []  # C: types and resources, each before its first use
        self.known_types = {}  # (type, side) -> C expression
        self.resources = {}  # (resource, is_export) -> C name
        self.functions = []  # C: the stubs
        self.import_rows, self.export_rows = [], []
        self.export_index = {}  # (module, function) -> row
        self.shared_declarations = []

    # Types.

    def is_exported_resource(self, resource, exported):
        """Whether a resource that a function of that side names is the component's own."""
        owner = self.world.types[resource]["owner"] or {}
        return exported and "interface" in owner and self.world.interface_name(owner["interface"]) in self.world.exported

    def resource(self, resource, exported):
        resource = self.world.resolve(resource)
        own = self.is_exported_resource(resource, exported)
        if (resource, own) not in self.resources:
            owner = self.world.types[resource]["owner"] or {}
            interface = self.world.interface_name(owner["interface"]) if "interface" in owner else None
            name = self.world.types[resource]["name"]
            destructor = "NULL"
            declared = self.core_exports.get(f"{interface}#[dtor]{name}") if own else None
            index = len(self.resources)
            if declared:
                destructor = f"destroy_{index}"
                self.descriptions.append(
                    f"void {declared.symbol}(uint32_t rep);\n"
                    f"static void {destructor}(uint32_t rep)\n{{\n    {declared.symbol}(rep);\n}}\n"
                )
            self.resources[resource, own] = f"resource_{index}"
            self.descriptions.append(
                f"static const weft_sim_resource resource_{index} = {{{quoted(interface)}, {quoted(name)}, {index}, "
                f"{'true' if own else 'false'}, {destructor}}};\n"
            )
        return self.resources[resource, own]

    def type(self, wit_type, exported):
        """The C expression for a type's description."""
        if wit_type is None:
            return "NULL"
        spelled = self.world.spelled(wit_type)
        wit_type = self.world.resolve(wit_type)
        key = (wit_type, exported and self.world.has_resource(wit_type))
        if key not in self.known_types:
            self.known_types[key] = self.describe(wit_type, exported, spelled)
        return self.known_types[key]

    def describe(self, wit_type, exported, spelled):
        element = parts = resource = None
        count = 0
        if not isinstance(wit_type, int):
            kind = wit_type
            self.world.flat(wit_type)
        else:
            kind, of = self.world.kind(wit_type)
            children = self.world.children(wit_type)
            if kind == "handle":
                kind, number = next(iter(of.items()))
                resource = self.resource(number, exported)
            elif kind in ("list", "option", "stream", "future"):
                element = self.type(children[0], exported)
            else:
                labels = {
                    "record": lambda: [field["name"] for field in of["fields"]],
                    "tuple": lambda: [None] * len(children),
                    "result": lambda: ["ok", "error"],
                    "flags": lambda: [flag["name"] for flag in of["flags"]],
                }.get(kind, lambda: [case["name"] for case in of["cases"]])()
                children = children or [None] * len(labels)
                if kind == "flags" and len(labels) > 32:
                    raise Unsupported(f"the flags {spelled} are more than 32")
                parts = self.parts(zip(labels, children), exported)
                count = len(labels)
        name = f"type_{len(self.descriptions)}"
        self.descriptions.append(
            f"static const weft_sim_type {name} = {{WEFT_SIM_{kind.upper().replace('-', '_')}, {quoted(spelled)}, "
            f"{element or 'NULL'}, {parts or 'NULL'}, {count}, {'&' + resource if resource else 'NULL'}}};\n"
        )
        return f"&{name}"

    def parts(self, pairs, exported):
        rows = [f"{{{quoted(label)}, {self.type(wit_type, exported)}}}" for label, wit_type in pairs]
        if not rows:
            return "NULL"
        name = f"parts_{len(self.descriptions)}"
        self.descriptions.append(f"static const weft_sim_part {name}[] = {{\n    " + ",\n    ".join(rows) + "};\n")
        return name

    def func(self, module, name, function, exported, async_abi):
        """The initialiser of a weft_sim_func."""
        side = exported and module is not None
        params = self.parts([(param["name"], param["type"]) for param in function["params"]], side)
        result = self.type(function.get("result"), side)
        flags = ["true" if flag else "false" for flag in (is_async(function), async_abi)]
        return f"{{{quoted(module)}, {quoted(name)}, {params}, {len(function['params'])}, {result}, {', '.join(flags)}}}"

    # Stubs.

    def define(self, declared, body, params=None, results=None):
        """A stub of a declared import, whose signature is compared with the one that is expected, if that is given."""
        if params is not None and (declared.params, declared.results) != (params, results):
            raise Unsupported(
                f"{declared.symbol} is declared as {declared}, but its WIT makes it {Declared('', params, results)}: "
                "are the bindings of this WIT?"
            )
        result = C_TYPES[declared.results[0]] if declared.results else "void"
        lines = body.replace("\n", "\n    ")
        prototype = f"{result} {declared.symbol}({parameters(declared.params)})"
        self.functions.append(f"{prototype};\n{prototype}\n{{\n    {lines}\n}}\n")

    def array(self, core_types):
        """C that puts the parameters into `args`."""
        if not core_types:
            return "const weft_sim_core *args = NULL;"
        values = ", ".join(f"{{.{core} = a{at}}}" for at, core in enumerate(core_types))
        return f"const weft_sim_core args[] = {{{values}}};"

    BUILTINS = {
        "[waitable-set-new]": "return weft_sim_waitable_set_new(self);",
        "[waitable-set-drop]": "weft_sim_waitable_set_drop(self, a0);",
        "[waitable-set-wait]": "return weft_sim_waitable_set_wait(self, a0, (uint32_t *)(uintptr_t)a1);",
        "[waitable-set-poll]": "return weft_sim_waitable_set_poll(self, a0, (uint32_t *)(uintptr_t)a1);",
        "[waitable-join]": "weft_sim_waitable_join(self, a0, a1);",
        "[subtask-cancel]": "return weft_sim_subtask_cancel(self, a0, false);",
        "[async-lower][subtask-cancel]": "return weft_sim_subtask_cancel(self, a0, true);",
        "[subtask-drop]": "weft_sim_subtask_drop(self, a0);",
        "[backpressure-inc]": "weft_sim_backpressure_inc(self);",
        "[backpressure-dec]": "weft_sim_backpressure_dec(self);",
        "[context-get-0]": "return weft_sim_context_get(self, 0);",
        "[context-set-0]": "weft_sim_context_set(self, 0, a0);",
        "[thread-yield]": "return weft_sim_thread_yield(self);",
        "[task-cancel]": "weft_sim_task_cancel(self);",
        "[error-context-new-utf8]": "return weft_sim_error_context_new(self, (const char *)(uintptr_t)a0, a1);",
        "[error-context-debug-message-utf8]": "weft_sim_error_context_debug_message(self, a0, (void *)(uintptr_t)a1);",
        "[error-context-drop]": "weft_sim_error_context_drop(self, a0);",
    }

    def builtin(self, name, declared):
        if name not in self.BUILTINS:
            raise Unsupported(f'{declared.symbol} imports "{name}", which the native host does not have')
        self.define(declared, self.BUILTINS[name])

    END = re.compile(
        r"(?P<form>\[async-lower\])?\[(?P<kind>stream|future)-(?P<what>new|read|write|cancel-read|cancel-write|"
        r"drop-readable|drop-writable)-(?P<index>\d+|unit)\](?P<function>.*)"
    )

    def end(self, module, match, declared):
        exported = module.startswith("[export]")
        interface = module.removeprefix("[export]")
        kind, what = match["kind"], match["what"]
        if match["index"] == "unit":
            key = (kind, "unit")
            if key not in self.known_types:
                self.known_types[key] = f"&{kind}_unit"
                self.descriptions.append(
                    f"static const weft_sim_type {kind}_unit = {{WEFT_SIM_{kind.upper()}, {quoted(kind)}, NULL, NULL, 0, "
                    "NULL};\n"
                )
            end_type = self.known_types[key]
        else:
            interface = None if interface == "$root" else interface
            function = (self.world.exported if exported else self.world.imported).get(interface, {}).get(match["function"])
            ends = self.world.ends(function) if function else []
            if int(match["index"]) >= len(ends) or self.world.kind(ends[int(match["index"])])[0] != kind:
                raise Unsupported(
                    f'{declared.symbol} imports "{match[0]}" of "{module}", but the WIT has no such {kind} there'
                )
            end_type = self.type(ends[int(match["index"])], exported and interface is not None)
        call = f"weft_sim_{kind}_{what.replace('-', '_')}(self, {end_type}"
        asynchronous = "true" if match["form"] else "false"
        if what in ("read", "write") and not match["form"] and (module, f"[async-lower]{match[0]}") in self.core_imports:
            raise Unsupported(
                f'"{match[0]}" of "{module}" is declared in both forms, and wit-component makes one of them, so that the '
                "async one waits for ever: declare only one"
            )
        if what == "new":
            self.define(declared, f"return {call});", [], ["i64"])
        elif what in ("read", "write"):
            buffer = "(const void *)(uintptr_t)a1" if what == "write" else "(void *)(uintptr_t)a1"
            length = ", a2" if kind == "stream" else ""
            arguments = ["i32"] * (3 if kind == "stream" else 2)
            self.define(declared, f"return {call}, a0, {buffer}{length}, {asynchronous});", arguments, ["i32"])
        elif what.startswith("cancel"):
            self.define(declared, f"return {call}, a0, {asynchronous});", ["i32"], ["i32"])
        else:
            self.define(declared, f"{call}, a0);", ["i32"], [])

    def resource_named(self, module, name):
        exported = module.startswith("[export]")
        interface = module.removeprefix("[export]")
        for number, wit_type in enumerate(self.world.types):
            owner = wit_type["owner"] or {}
            place = self.world.interface_name(owner["interface"]) if "interface" in owner else "$root"
            if place == interface and wit_type["name"] == name:
                return self.resource(number, exported)
        raise Unsupported(f'"{interface}" has no resource {name} in the WIT')

    def imported(self, module, name, declared):
        """The stub of one core import."""
        end = self.END.fullmatch(name)
        if end:
            return self.end(module, end, declared)
        if name.startswith("[task-return]"):
            interface, name = module.removeprefix("[export]"), name.removeprefix("[task-return]")
            interface = None if interface == "$root" else interface
            function = self.world.exported.get(interface, {}).get(name)
            if not function:
                raise Unsupported(f"{declared.symbol} returns from {name}, which the world does not export")
            flat = self.world.flat(function.get("result"))
            row = self.export_row(interface, name)
            body = f"{self.array(declared.params)}\nweft_sim_task_return(self, &exports[{row}].func, args);"
            return self.define(declared, body, [POINTER] if len(flat) > MAX_FLAT_PARAMS else flat, [])
        about = re.fullmatch(r"\[resource-(new|rep|drop)\](.*)", name)
        if about:
            resource = self.resource_named(module, about[2])
            call = f"weft_sim_resource_{about[1]}(self, &{resource}, a0);"
            results = [] if about[1] == "drop" else ["i32"]
            return self.define(declared, call if about[1] == "drop" else f"return {call}", ["i32"], results)
        interface = None if module == "$root" else module
        asynchronous = name.startswith("[async-lower]")
        function = self.world.imported.get(interface, {}).get(name.removeprefix("[async-lower]"))
        if not function:
            if module in ("$root", "[export]$root"):
                return self.builtin(name, declared)
            raise Unsupported(
                f'{declared.symbol} imports "{name}" of "{module}", which is not in the world: is it in the WIT?'
            )
        row = len(self.import_rows)
        self.import_rows.append(
            self.func(interface, name.removeprefix("[async-lower]"), function, False, asynchronous)
        )
        params, results = self.world.signature(function, True, asynchronous)
        call = f"weft_sim_import_call(self, &imports[{row}], args)"
        call = f"return {call}.{results[0]};" if results else f"{call};"
        return self.define(declared, f"{self.array(declared.params)}\n{call}", params, results)

    def export_row(self, module, name):
        """The row of an export in the table; makes it and its trampolines."""
        if (module, name) in self.export_index:
            return self.export_index[module, name]
        function = self.world.exported[module][name]
        core_name = name if module is None else f"{module}#{name}"
        asynchronous = f"[async-lift]{core_name}" in self.core_exports
        declared = self.core_exports.get(("[async-lift]" if asynchronous else "") + core_name)
        if not declared:
            raise Unsupported(f"the world exports {core_name}, but the sources do not define it")
        params, results = self.world.signature(function, False, asynchronous)
        if (declared.params, declared.results) != (params, results):
            raise Unsupported(
                f"{declared.symbol} is declared as {declared}, but its WIT makes it {Declared('', params, results)}: "
                "are the bindings of this WIT?"
            )
        row = len(self.export_rows)
        self.export_index[module, name] = row
        arguments = ", ".join(f"args[{at}].{core}" for at, core in enumerate(params))
        call = f"{declared.symbol}({arguments});"
        unused = ([] if params else ["(void)args;"]) + ([] if results else ["(void)result;"])
        lines = [*unused, f"result->{results[0]} = {call}" if results else call]
        result = C_TYPES[results[0]] if results else "void"
        self.functions.append(
            f"{result} {declared.symbol}({parameters(params)});\n"
            f"static void enter_{row}(const weft_sim_core *args, weft_sim_core *result)\n"
            "{\n    " + "\n    ".join(lines) + "\n}\n"
        )
        callback = post_return = "NULL"
        if asynchronous:
            called_back = self.core_exports.get(f"[callback][async-lift]{core_name}")
            if not called_back:
                raise Unsupported(f"the async export {core_name} has no callback")
            callback = called_back.symbol
            self.shared_declarations.append(f"uint32_t {callback}(uint32_t event, uint32_t waitable, uint32_t code);\n")
        after = self.core_exports.get(f"cabi_post_{core_name}")
        if after:
            post_return = f"leave_{row}"
            self.functions.append(
                f"void {after.symbol}({parameters(results)});\n"
                f"static void leave_{row}(const weft_sim_core *result)\n{{\n    {after.symbol}(result->{results[0]});\n}}\n"
            )
        func = self.func(module, name, function, True, asynchronous)
        self.export_rows.append(f"{{{func}, enter_{row}, {callback}, {post_return}}}")
        return row

    def text(self):
        for module, functions in self.world.exported.items():
            for name in functions:
                self.export_row(module, name)
        for (module, name), several in self.core_imports.items():
            for declared in several:
                self.imported(module, name, declared)
        for guard in self.guards:
            self.functions.append(f"void {guard}(void);\nvoid {guard}(void)\n{{\n}}\n")
        realloc = self.core_exports.get("cabi_realloc")
        if realloc:
            self.shared_declarations.append(
                f"void *{realloc.symbol}(void *old, size_t old_size, size_t alignment, size_t new_size);\n"
            )

        def table(kind, name, rows):
            if not rows:
                return ""
            return f"static const {kind} {name}[] = {{\n    " + ",\n    ".join(rows) + ",\n};\n"

        resources = [f"&{name}" for name in self.resources.values()]
        return "".join(
            [
                "// Native stubs, made by stubs.py from the component's WIT and sources.\n",
                "#include <stub.h>\n\n",
                "static weft_sim_instance *self;\n\n",
                *self.shared_declarations,
                "\n",
                *self.descriptions,
                f"\nstatic const weft_sim_export exports[{len(self.export_rows) or 1}];\n",
                table("weft_sim_func", "imports", self.import_rows),
                table("weft_sim_resource *const", "resources", resources),
                "\n",
                "\n".join(self.functions),
                "\n",
                table("weft_sim_export", "exports", self.export_rows),
                # By its label, because the type has that name in C.
                '\nextern const weft_sim_component component __asm__("weft_sim_component");\n',
                '__attribute__((__visibility__("default"))) const weft_sim_component component = {\n',
                f"    {quoted(self.world.world['name'])},\n",
                f"    {'exports' if self.export_rows else 'NULL'}, {len(self.export_rows)},\n",
                f"    {'imports' if self.import_rows else 'NULL'}, {len(self.import_rows)},\n",
                f"    {'resources' if resources else 'NULL'}, {len(resources)},\n",
                f"    {realloc.symbol if realloc else 'NULL'},\n",
                "    &self,\n};\n",
            ]
        )


CXX = (".cc", ".cpp", ".cxx")


def preprocessed(compiler, cxx, sources, includes):
    """The sources with weft's built-ins as they are declared on wasm, and the paths of all files that are in them."""
    builtin = "-DWEFT__BUILTIN(m,n)=__attribute__((__import_module__(m),__import_name__(n)))"
    texts, paths = [], set()
    with tempfile.TemporaryDirectory() as folder:
        rule, headers = Path(folder) / "rule.d", Path(folder) / "headers.c"
        headers.write_text("".join(f"#include <{include}>\n" for include in includes))
        for source in [*sources, headers]:
            driver = [cxx, "-std=gnu++20", *compiler[1:]] if Path(source).suffix in CXX else compiler
            command = [*driver, "-E", "-P", builtin, "-MD", "-MF", str(rule), "-MT", "it", str(source)]
            done = subprocess.run(command, text=True, stdout=subprocess.PIPE)
            if done.returncode != 0:
                raise Unsupported(f"{source} does not preprocess")
            texts.append(done.stdout)
            paths.update(rule.read_text().removeprefix("it:").replace("\\\n", " ").split())
            paths.discard(str(headers))
    return "\n".join(texts), paths


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wit", required=True, type=Path, help="the WIT, a file or folder")
    parser.add_argument("--world", required=True)
    parser.add_argument("--wasm-tools", default="wasm-tools")
    parser.add_argument("--source", action="append", default=[], help="a source of the component, bindings included")
    parser.add_argument("--cxx", help="the compiler of sources in C++, which takes the same options")
    parser.add_argument("--include", action="append", default=[], help="a header that declares more of what it imports")
    parser.add_argument("--output", required=True, type=Path)
    parser.add_argument("--depfile", type=Path, help="where to write what the output depends on, for make and ninja")
    parser.add_argument("compiler", nargs="+", help="behind --: the compiler and its options")
    arguments = parser.parse_args()
    try:
        command = [arguments.wasm_tools, "component", "wit", "--json", str(arguments.wit)]
        wit = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        text, paths = preprocessed(arguments.compiler, arguments.cxx, arguments.source, arguments.include)
        made = Stubs(World(wit, arguments.world), *declarations(text)).text()
    except Unsupported as unsupported:
        sys.exit(f"stubs of world {arguments.world}: {unsupported}")
    arguments.output.write_text(made)
    if arguments.depfile:
        arguments.depfile.write_text(f"{arguments.output}: {' '.join(sorted(paths))}\n")


if __name__ == "__main__":
    main()
