# A world as `wasm-tools component wit --json` tells it: what it imports and exports, and its types. A type is the name of a
# primitive, or a number.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

from unsupported import Unsupported


def is_async(function):
    kind = function["kind"]
    return (kind if isinstance(kind, str) else next(iter(kind))).startswith("async-")


NO_WIT = {"types": [], "interfaces": [], "packages": []}
EMPTY = {"imports": {}, "exports": {}}


class World:
    """`imported` and `exported` are {interface: {name: function}}, as core modules name them; the world's own are in None."""

    def __init__(self, wit, name):
        self.types, self.interfaces, self.packages = wit["types"], wit["interfaces"], wit["packages"]
        found = [world for world in wit["worlds"] if world["name"] == name] if wit is not NO_WIT else [EMPTY]
        if len(found) != 1:
            raise Unsupported(f"the WIT has {len(found)} worlds named {name}, and there must be one")
        self.name, self.world = name, found[0]
        self.imported, self.exported = self.side("imports"), self.side("exports")

    def side(self, key):
        interfaces = {None: {}}
        for name, item in self.world[key].items():
            if "interface" in item:
                number = item["interface"]["id"]
                interface = name if not re.fullmatch(r"interface-\d+", name) else self.interface_name(number)
                interfaces[interface] = self.interfaces[number]["functions"]
            elif "function" in item:
                interfaces[None][name] = item["function"]
        return interfaces

    def interface_name(self, number):
        interface = self.interfaces[number]
        if interface["name"] is None:
            keys = [*self.world["imports"].items(), *self.world["exports"].items()]
            return next(key for key, item in keys if item.get("interface", {}).get("id") == number)
        package, at, version = self.packages[interface["package"]]["name"].partition("@")
        return f"{package}/{interface['name']}{at}{version}"

    def owner(self, number):
        """The interface that a type is in, None for the world itself."""
        owner = self.types[number]["owner"] or {}
        return self.interface_name(owner["interface"]) if "interface" in owner else None

    def resolve(self, wit_type):
        """The type behind aliases."""
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

    def parts(self, number):
        """[(label, type)] of what is inside of a type, None for a label or a type that is not there."""
        word, of = self.kind(number)
        if word in ("list", "option", "stream", "future"):
            return [(None, of)]
        if word == "record":
            return [(field["name"], field["type"]) for field in of["fields"]]
        if word == "tuple":
            return [(None, wit_type) for wit_type in of["types"]]
        if word in ("variant", "enum"):
            return [(case["name"], case.get("type")) for case in of["cases"]]
        if word == "flags":
            return [(flag["name"], None) for flag in of["flags"]]
        if word == "result":
            return [("ok", of["ok"]), ("error", of["err"])]
        if word in ("handle", "resource"):
            return []
        raise Unsupported(f"the WIT has a {word}, which wit-bindgen c and the native host do not know")

    def within(self, wit_type):
        """A type and all that are inside of it, as often as they are there, inner ones first."""
        wit_type = self.resolve(wit_type)
        if isinstance(wit_type, int):
            for _, part in self.parts(wit_type):
                yield from self.within(part)
            yield wit_type

    def has_resource(self, wit_type):
        return any(self.kind(number)[0] == "handle" for number in self.within(wit_type))

    def ends(self, function):
        """The stream and future types of a function as its core imports count them."""
        types = [*(param["type"] for param in function["params"]), function.get("result")]
        return [it for wit_type in types for it in self.within(wit_type) if self.kind(it)[0] in ("stream", "future")]

    def spelled(self, wit_type):
        """A type as the WIT has it."""
        if wit_type is None:
            return "_"
        if not isinstance(wit_type, int):
            return wit_type
        if self.types[wit_type]["name"] is not None:
            return self.types[wit_type]["name"]
        word, of = self.kind(wit_type)
        if word == "handle":
            own, number = next(iter(of.items()))
            name = self.types[number]["name"]
            return name if own == "own" else f"borrow<{name}>"
        inner = ", ".join(self.spelled(part) for _, part in self.parts(wit_type))
        return word if word in ("stream", "future", "result") and set(inner) <= set("_, ") else f"{word}<{inner}>"
