# What describes a world to the native host: C initialisers of its types, resources and functions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json

from abi import flat
from unsupported import Unsupported
from wit import is_async


def literal(value):
    """A string, a number, true or false in C; NULL for None."""
    return "NULL" if value is None else json.dumps(value)


def array(kind, name, rows):
    return f"static const {kind} {name}[] = {{\n    " + ",\n    ".join(rows) + ",\n};\n" if rows else ""


class Tables:
    """`text` has the C of types and resources, each before its first use. A type or resource that a function exports is
    another than that of the same name in what is imported."""

    def __init__(self, world, core_exports):
        self.world, self.core_exports = world, core_exports
        self.text = []
        self.resources = {}  # (resource, whether it is the component's own) -> C name
        self.types = {}  # (type, whether it is exported) -> C expression

    def resource(self, number, exported):
        number = self.world.resolve(number)
        interface, name = self.world.owner(number), self.world.types[number]["name"]
        own = exported and interface is not None and interface in self.world.exported
        if (number, own) not in self.resources:
            index, destructor = len(self.resources), "NULL"
            declared = self.core_exports.get(f"{interface}#[dtor]{name}") if own else None
            if declared:
                destructor = f"destroy_{index}"
                self.text.append(
                    f"void {declared.symbol}(uint32_t rep);\n"
                    f"static void {destructor}(uint32_t rep)\n{{\n    {declared.symbol}(rep);\n}}\n"
                )
            self.resources[number, own] = f"resource_{index}"
            self.text.append(
                f"static const weft_sim_resource resource_{index} = "
                f"{{{literal(interface)}, {literal(name)}, {index}, {literal(own)}, {destructor}}};\n"
            )
        return self.resources[number, own]

    def type(self, wit_type, exported):
        """The C expression for a type's description."""
        if wit_type is None:
            return "NULL"
        number = self.world.resolve(wit_type)
        key = (number, exported and self.world.has_resource(number))
        if key not in self.types:
            self.types[key] = self.describe(number, exported, self.world.spelled(wit_type))
        return self.types[key]

    def describe(self, wit_type, exported, spelled):
        kind, element, parts, resource = wit_type, "NULL", [], "NULL"
        if isinstance(wit_type, int):
            kind, of = self.world.kind(wit_type)
            parts = self.world.parts(wit_type)
        else:
            flat(self.world, wit_type)  # which knows the primitives
        if kind == "handle":
            kind, number = next(iter(of.items()))
            resource = f"&{self.resource(number, exported)}"
        elif kind in ("list", "option", "stream", "future"):
            element = self.type(parts[0][1], exported)
            parts = []
        elif kind == "flags" and len(parts) > 32:
            raise Unsupported(f"the flags {spelled} are more than 32")
        rows = self.parts(parts, exported)
        return self.described(f"type_{len(self.text)}", kind, spelled, element, rows, len(parts), resource)

    def described(self, name, kind, spelled, element="NULL", parts="NULL", count=0, resource="NULL"):
        word = kind.upper().replace("-", "_")
        self.text.append(
            f"static const weft_sim_type {name} = "
            f"{{WEFT_SIM_{word}, {literal(spelled)}, {element}, {parts}, {count}, {resource}}};\n"
        )
        return f"&{name}"

    def unit(self, kind):
        """The C expression for a stream or future of nothing."""
        if kind not in self.types:
            self.types[kind] = self.described(f"{kind}_unit", kind, kind)
        return self.types[kind]

    def parts(self, pairs, exported):
        """The C name of the descriptions of [(label, type)]."""
        rows = [f"{{{literal(label)}, {self.type(wit_type, exported)}}}" for label, wit_type in pairs]
        if not rows:
            return "NULL"
        name = f"parts_{len(self.text)}"
        self.text.append(array("weft_sim_part", name, rows))
        return name

    def function(self, interface, name, function, exported, async_abi):
        """The initialiser of a weft_sim_func."""
        exported = exported and interface is not None
        params = self.parts([(param["name"], param["type"]) for param in function["params"]], exported)
        result = self.type(function.get("result"), exported)
        flags = f"{literal(is_async(function))}, {literal(async_abi)}"
        return f"{{{literal(interface)}, {literal(name)}, {params}, {len(function['params'])}, {result}, {flags}}}"
