# The functions that a component's core imports are: each calls the native host.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

from abi import MAX_FLAT_PARAMS, POINTER, flat, signature
from tables import literal
from unsupported import Unsupported

# The call of the host that each is.
BUILTINS = {
    "[waitable-set-new]": "weft_sim_waitable_set_new(self)",
    "[waitable-set-drop]": "weft_sim_waitable_set_drop(self, a0)",
    "[waitable-set-wait]": "weft_sim_waitable_set_wait(self, a0, (uint32_t *)(uintptr_t)a1)",
    "[waitable-set-poll]": "weft_sim_waitable_set_poll(self, a0, (uint32_t *)(uintptr_t)a1)",
    "[waitable-join]": "weft_sim_waitable_join(self, a0, a1)",
    "[subtask-cancel]": "weft_sim_subtask_cancel(self, a0, false)",
    "[async-lower][subtask-cancel]": "weft_sim_subtask_cancel(self, a0, true)",
    "[subtask-drop]": "weft_sim_subtask_drop(self, a0)",
    "[backpressure-inc]": "weft_sim_backpressure_inc(self)",
    "[backpressure-dec]": "weft_sim_backpressure_dec(self)",
    "[context-get-0]": "weft_sim_context_get(self, 0)",
    "[context-set-0]": "weft_sim_context_set(self, 0, a0)",
    "[thread-yield]": "weft_sim_thread_yield(self)",
    "[task-cancel]": "weft_sim_task_cancel(self)",
    "[error-context-new-utf8]": "weft_sim_error_context_new(self, (const char *)(uintptr_t)a0, a1)",
    "[error-context-debug-message-utf8]": "weft_sim_error_context_debug_message(self, a0, (void *)(uintptr_t)a1)",
    "[error-context-drop]": "weft_sim_error_context_drop(self, a0)",
}

END = re.compile(
    r"(?P<form>\[async-lower\])?\[(?P<kind>stream|future)-(?P<what>new|read|write|cancel-read|cancel-write|"
    r"drop-readable|drop-writable)-(?P<index>\d+|unit)\](?P<function>.*)"
)


def arguments(core_types):
    """C that puts the parameters into `args`."""
    if not core_types:
        return "    const weft_sim_core *args = NULL;\n"
    values = ", ".join(f"{{.{core} = a{at}}}" for at, core in enumerate(core_types))
    return f"    const weft_sim_core args[] = {{{values}}};\n"


def place(module):
    """(interface, None for the world itself; whether it is the component's own), by the module of a core import."""
    interface = module.removeprefix("[export]")
    return None if interface == "$root" else interface, interface != module


class Imports:
    """`text` has the C of the functions, `rows` the initialisers of the functions of the WIT that are imported."""

    def __init__(self, world, tables, exports, core_imports):
        self.world, self.tables, self.exports, self.core_imports = world, tables, exports, core_imports
        self.text, self.rows = [], []
        for (module, name), several in core_imports.items():
            for declared in several.values():
                self.add(module, name, declared)

    def define(self, declared, call, before=""):
        call = f"return {call}" if declared.results else call
        # Weak: a library that the component is linked with may import the same.
        self.text.append(f"__attribute__((__weak__)) {declared.prototype};\n{declared.prototype}\n{{\n{before}    {call};\n}}\n")

    def add(self, module, name, declared):
        """The function of one core import."""
        interface, exported = place(module)
        function_name = name.removeprefix("[async-lower]")
        function = None if exported else self.world.imported.get(interface, {}).get(function_name)
        if end := END.fullmatch(name):
            self.end(module, end, declared)
        elif name.startswith("[task-return]"):
            self.task_return(interface, name.removeprefix("[task-return]"), declared)
        elif about := re.fullmatch(r"\[resource-(new|rep|drop)\](.*)", name):
            self.resource(module, *about.groups(), declared)
        elif function:
            self.call(interface, function_name, function, name != function_name, declared)
        elif interface is not None:
            raise Unsupported(
                f'{declared.symbol} imports "{name}" of "{module}", which is not in the world: is it in the WIT?'
            )
        elif name not in BUILTINS:
            raise Unsupported(f'{declared.symbol} imports "{name}", which the native host does not have')
        else:
            self.define(declared, BUILTINS[name])

    def call(self, interface, name, function, async_abi, declared):
        params, results = signature(self.world, function, True, async_abi)
        declared.check(params, results)
        call = f"weft_sim_import_call(self, &imports[{len(self.rows)}], args)" + (f".{results[0]}" if results else "")
        self.rows.append(self.tables.function(interface, name, function, False, async_abi))
        self.define(declared, call, arguments(params))

    def task_return(self, interface, name, declared):
        function = self.world.exported.get(interface, {}).get(name)
        if not function:
            raise Unsupported(f"{declared.symbol} returns from {name}, which the world does not export")
        params = flat(self.world, function.get("result"))
        declared.check([POINTER] if len(params) > MAX_FLAT_PARAMS else params, [])
        row = list(self.exports.rows).index((interface, name))
        self.define(declared, f"weft_sim_task_return(self, &exports[{row}].func, args)", arguments(declared.params))

    def resource(self, module, what, name, declared):
        interface, exported = place(module)
        types = enumerate(self.world.types)
        found = [it for it, known in types if known["name"] == name and self.world.owner(it) == interface]
        if not found:
            raise Unsupported(f'"{module}" has no resource {name} in the WIT')
        declared.check(["i32"], [] if what == "drop" else ["i32"])
        self.define(declared, f"weft_sim_resource_{what}(self, &{self.tables.resource(found[0], exported)}, a0)")

    def end(self, module, match, declared):
        """What is done with an end of a stream or future."""
        kind, what, form = match["kind"], match["what"], match["form"]
        if what in ("read", "write") and not form and (module, f"[async-lower]{match[0]}") in self.core_imports:
            raise Unsupported(
                f'"{match[0]}" of "{module}" is declared in both forms, and wit-component makes one of them, so that the '
                "async one waits for ever: declare only one"
            )
        length, count = (", a2", 3) if kind == "stream" else ("", 2)
        arguments, params, results = {
            "new": ("", 0, ["i64"]),
            "read": (f", a0, (void *)(uintptr_t)a1{length}, {literal(bool(form))}", count, ["i32"]),
            "write": (f", a0, (const void *)(uintptr_t)a1{length}, {literal(bool(form))}", count, ["i32"]),
            "cancel": (f", a0, {literal(bool(form))}", 1, ["i32"]),
            "drop": (", a0", 1, []),
        }[what.partition("-")[0]]
        declared.check(["i32"] * params, results)
        end_type = self.end_type(module, match, declared)
        self.define(declared, f"weft_sim_{kind}_{what.replace('-', '_')}(self, {end_type}{arguments})")

    def end_type(self, module, match, declared):
        if match["index"] == "unit":
            return self.tables.unit(match["kind"])
        interface, exported = place(module)
        side = self.world.exported if exported else self.world.imported
        function = side.get(interface, {}).get(match["function"])
        ends = self.world.ends(function)[int(match["index"]) :] if function else []
        if not ends or self.world.kind(ends[0])[0] != match["kind"]:
            raise Unsupported(
                f'{declared.symbol} imports "{match[0]}" of "{module}", but the WIT has no such {match["kind"]} there'
            )
        return self.tables.type(ends[0], exported and interface is not None)
