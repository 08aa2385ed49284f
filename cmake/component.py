#!/usr/bin/env python3
# Makes a component of a core module, by `wasm-tools component new`. If the module asks for WASI preview 1, which no world of a
# component has, it says which functions of libc do so, who calls them, and what to use instead. preview1.json has what is
# known of libc: the functions, the imports that they lead to, and what Weft has for the same.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from asyncify import Catches, asyncify

MODULE = "wasi_snapshot_preview1"


class Core:
    """A core module: what it imports of preview 1, and where each of its functions calls which."""

    def __init__(self, wasm_tools, path):
        self.wasm_tools, self.path = wasm_tools, path
        self.text = self.run("print", "--print-offsets", "--name-unnamed")
        named = r'\$("(?:[^"\\]|\\.)*"|[^\s()]+)'
        self.imports = {
            self.plain(name): what
            for what, name in re.findall(rf'\(import "{MODULE}" "(\w+)" \(func {named}', self.text)
        }
        self.calls = []  # (caller, callee, address)
        self.by_pointer = set()  # who calls what a pointer says
        caller = None
        call = rf"(?:return_)?call(?: {named}|_indirect)"
        for line in re.finditer(rf"^\(;@(\w+) *;\) *(?:\(func {named}|{call})", self.text, re.M):
            if line[2]:
                caller = self.plain(line[2])
            elif caller and line[3]:
                self.calls.append((caller, self.plain(line[3]), line[1]))
            elif caller:
                self.by_pointer.add(caller)

    def run(self, *arguments):
        command = [self.wasm_tools, arguments[0], self.path, *arguments[1:]]
        return subprocess.run(list(map(str, command)), text=True, errors="replace", stdout=subprocess.PIPE).stdout

    @staticmethod
    def plain(name):
        """The name of a function in C: zig calls those of libc that are its own c.unistd.writeWasi and alike."""
        zigs = re.fullmatch(r"c\.\w+\.(\w+?)(?:Wasi)?", name)
        return zigs[1] if zigs else name.strip('"')

    def place(self, caller, address):
        """A call in words: the function, and the line if the module tells it."""
        line = re.match(r"0x\w+: (\S+) .*?([^/\s]+:\d+):\d+$", self.run("addr2line", f"0x{address}"), re.M)
        return f"{line[1]} ({line[2]})" if line else caller.removeprefix("__wasm_export_")

    def may_ask(self, function):
        """Whether it leads to preview 1. A function that has the name of one of libc's, and does not, is none of libc's."""
        seen, rest = set(), {function}
        while rest:
            if rest & (self.by_pointer | set(self.imports)):
                return True
            seen |= rest
            rest = {callee for caller, callee, _ in self.calls if caller in rest} - seen
        return False

    def leads_to(self, imported):
        """The functions by which an import is reached, from the inside."""
        callers, found = {name for name, what in self.imports.items() if what == imported}, []
        while callers:
            found += sorted(callers)
            callers = {caller for caller, callee, _ in self.calls if callee in callers} - set(found)
        return found[1:]


def explained(core, name):
    """Why `core` cannot become a component, a line for each function of libc that leads to preview 1."""
    rows = json.loads((Path(__file__).parent / "preview1.json").read_text())
    known = {function for row in rows for function in row["functions"]}
    left = set(core.imports.values())

    def of_libc(caller):
        return caller in known or caller.startswith("__") and not caller.startswith("__wasm_export_")

    def named(callee):
        return callee if callee in known else callee.lstrip("_")  # __clock_gettime and alike

    asks = {name for name in {callee for _, callee, _ in core.calls} if named(name) in known and core.may_ask(name)}
    users = [(by, named(callee), at) for by, callee, at in core.calls if callee in asks and not of_libc(by)]
    lines = [f"weft: {name} cannot be a component: its libc asks for WASI preview 1, which the world of a component has not:"]
    for row in rows:
        if not set(core.imports.values()) & set(row["imports"]) or row.get("only_with", "") not in core.text:
            continue
        calls = [call for call in users if call[1] in row["functions"]]
        for function in sorted({callee for _, callee, _ in calls}):
            places = [core.place(caller, address) for caller, callee, address in calls if callee == function]
            lines.append(f"  {row.get('shown', function)}, called by {', '.join(dict.fromkeys(places))}")
        if calls:
            lines.append(f"    instead: {row['instead']}")
            left -= set(row["imports"])
    for imported in sorted(left):
        lines.append(f"  {imported}, called by {', '.join(core.leads_to(imported)) or 'way of a pointer'}")
    lines.append("  or, where plain C is to wait as it is: weft_add_component(... LIBC), or LIBRARIES weft::libc; see docs/libc.md")
    return "\n".join(lines)


def without_fibers(name):
    return "\n".join(
        [
            f"weft: {name} cannot be a component: it has fibers (WEFT_FIBER), and nothing that switches them:",
            f"    write weft_add_component({name} ... FIBERS asyncify), or FIBERS threads; see docs/fibers.md",
        ]
    )


def catching(core, name, functions):
    """Why fibers on asyncify cannot be in `core`, a line for each function that stands in the way."""
    lines = [f"weft: {name} cannot have FIBERS asyncify: these catch exceptions of WebAssembly, and may be on a fiber's stack when it waits:"]
    for function in functions:
        address = next((address for caller, _, address in core.calls if caller == core.plain(function)), None)
        lines.append(f"  {core.place(function, address) if address else function}")
    lines.append("    instead: leave out what makes them (-mllvm -wasm-enable-sjlj, which setjmp does not need here, or -fwasm-exceptions),")
    lines.append("    or FIBERS threads")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wasm-tools", default="wasm-tools")
    parser.add_argument("--wasm-opt", help="for fibers on asyncify")
    parser.add_argument("--wasm-opt-option", action="append", default=[])
    parser.add_argument("module", type=Path)
    parser.add_argument("component", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        module = arguments.module
        if arguments.wasm_opt:
            try:
                module = asyncify(arguments.wasm_tools, arguments.wasm_opt, arguments.wasm_opt_option, module, Path(folder))
            except Catches as found:
                sys.exit(catching(Core(arguments.wasm_tools, module), arguments.component.stem, found.args))
        command = [arguments.wasm_tools, "component", "new", str(module), "-o", str(arguments.component)]
        done = subprocess.run(command, text=True, stderr=subprocess.PIPE)
    if done.returncode == 0:
        return
    if re.search("`weft`", done.stderr):
        sys.exit(without_fibers(arguments.component.stem))
    if MODULE not in done.stderr:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    sys.exit(explained(Core(arguments.wasm_tools, arguments.module), arguments.component.stem))


if __name__ == "__main__":
    main()
