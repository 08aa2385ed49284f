# Exact counts of what a guest does: host calls by kind, and executed instructions by function and line.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A composed component is printed as text, and counters are put into its core modules: one in front of each call of an
import, and one at the start of each straight run of instructions (by line), or one of all instructions that is read at each
call of an import (by path). A counter is a global of its module. The runner's export traps when it has ended, and the core
dump that wasmtime then writes has the globals of all modules."""

import re
import subprocess
from collections import Counter, defaultdict

import core_dump
from worlds import invoked

MAGIC = 0x5EED_0000_0000  # a module's first counter begins here: it finds the others in the core dump
FREE = {"nop", "drop", "block", "loop", "unreachable", "return", "else", "end"}  # of fuel, in wasmtime
PER_BYTE = {"memory.fill", "memory.copy"}  # and a unit of fuel a byte; one, too, for the entry of a function
# After these, the next instruction may be reached from elsewhere, or not reached.
BREAKS = {"loop", "if", "else", "end", "br_if", "br", "br_table", "return", "unreachable"}
CALLS = {"call", "call_indirect"}

NAME = r'\$(?:"[^"]*"|\S+?)'
IMPORT = re.compile(rf'^\s*\(import "[^"]*" "([^"]*)" \(func ({NAME}) \(;\d+;\) \(type (\d+)\)(.*)\)\)$')
EXPORT = re.compile(rf'^\s*\(export "(\[callback\])?\[async-lift\]([^"]*)" \(func ({NAME})\)\)$')
FUNCTION = re.compile(rf"^\s*\(func ({NAME}|\(;\d+;\))(?: \(;\d+;\))? \(type (\d+)\)((?: \(param[^)]*\))?)")
EXPORTED = re.compile(r'^\s*\(export "(cabi_realloc"|\[async-lift\])')
INSTRUCTION = re.compile(r"^\s*([a-z][a-z0-9_.]*)")


class NotCounted(Exception):
    """The component could not be counted; the text is the reason."""


def counted_name(function):
    """What is called in place of a function that the host calls."""
    return function[:-1] + '-end"' if function.endswith('"') else function + "-end"


def kind_of(name):
    """What a core import is called in the table: the built-in, or "call" for an import of the world."""
    builtin = re.match(r"\[([a-z-]+?)(?:-unit|-\d+)?\]", name.removeprefix("[async-lower]"))
    return builtin[1] if builtin else "call"


class Steps:
    """Counts the instructions of a straight run, once they are known."""

    def __init__(self, fuel=0):
        self.fuel = fuel

    def __str__(self):
        return f"global.get $done i64.const {self.fuel} i64.add global.set $done" if self.fuel else ""


class Module:
    """A core module of the component, with its counters: of calls of imports, and by "line" or by "path"."""

    def __init__(self, number):
        self.number = number
        self.calls = []  # of each counter of an import or of a callback: its kind
        self.lines = []  # by line: (function, line of text, counter, fuel)
        self.paths = []  # by path: of each further counter, the kind of the call that it leads to, or "return"

    def rewrite(self, text, by, last):
        """The module's text with counters in it. `last`: the export whose end is a trap."""
        imports, wrappers, exports, callbacks = {}, [], {}, set()
        for line in text:
            if found := IMPORT.match(line):
                name, function, kind, signature = found.groups()
                imports[function] = (f"$count{len(self.calls)}", kind, signature)
                self.calls.append(kind_of(name))
            elif found := EXPORT.match(line):
                callback, name, function = found.groups()
                callbacks |= {function} if callback else set()
                if name == last or by == "path":
                    exports[function] = name == last
        if not imports:
            raise NotCounted("a core module has no names: build it with STRIP debug")
        self.paths = [*self.calls, "return"] if by == "path" else []
        self.calls.append("callback")
        counters = len(self.calls) + len(self.paths)
        for number, (function, (wrapper, kind, signature)) in enumerate(imports.items()):
            arrived, went_on = (self.arrived(number), self.MARK) if by == "path" else ("", "")
            wrappers.append(
                f"(func {wrapper} (type {kind}) {self.bump(number)} {arrived} {self.arguments(signature)} "
                f"call {function} {went_on})"
            )
        names = re.compile("|".join(re.escape(name) + r"(?![^\s()])" for name in sorted(imports, key=len, reverse=True)))

        def redirect(line):
            return names.sub(lambda found: imports[found[0]][0], line)

        out, function, counter, steps = [], None, None, Steps()
        for line in text:
            started = FUNCTION.match(line)
            if started:
                function, counter = started[1], None
                if function in exports:
                    wrappers.append(self.of_export(function, started[2], started[3], by, exports[function]))
                pending = [self.bump(len(self.calls) - 1)] if function in callbacks else []
                if by == "line":
                    counter, counters = counters, counters + 1
                    pending.append(self.bump(counter))
                    self.lines.append((function, "(entry)", counter, 1))
                elif by == "path":
                    steps = Steps(1)
                    pending.append(steps)
                if line.rstrip().endswith(")") and line.count("(") == line.count(")"):
                    pending = []  # an empty body
                out.append(line)
                continue
            word = INSTRUCTION.match(line)
            if function and word:
                out += pending
                pending = []
                line = redirect(line)
                fuel = 0 if word[1] in FREE else 1
                self.lines.append((function, line.strip(), counter, fuel))
                steps.fuel += fuel
                if by == "line" and word[1] in PER_BYTE:
                    out.append(self.add_length(f"$counter{counters}"))
                    self.lines.append((function, "(bytes)", counters, 1))
                    counters += 1
                elif by == "path" and word[1] in PER_BYTE:
                    out.append(self.add_length("$done"))
                if by == "line" and word[1] in BREAKS:
                    counter, counters = counters, counters + 1
                    pending = [self.bump(counter)]
                elif by == "path" and word[1] in BREAKS | CALLS:
                    steps = Steps()
                    pending = [steps]
            elif EXPORT.match(line) and EXPORT.match(line)[3] in exports:
                line = line.replace(f"{EXPORT.match(line)[3]}))", f"{counted_name(EXPORT.match(line)[3])}))")
            elif line.lstrip().startswith("(elem"):
                line = redirect(line)
            elif line.strip() == ")":
                out += pending if function else []
                function, pending = None, []
            out.append(line)
        closing = out.pop()
        out += [f"(global $counter (mut i64) (i64.const {MAGIC + self.number}))"]
        out += [f"(global $counter{i} (mut i64) (i64.const 0))" for i in range(counters)]
        out += ["(global $length (mut i32) (i32.const 0))"]
        out += [f"(global ${name} (mut i64) (i64.const 0))" for name in ("done", "mark")]
        self.counters = counters
        return [str(line) for line in out + wrappers + [closing]]

    MARK = "global.get $done global.set $mark"

    def arrived(self, number):
        """The instructions since the last call of an import, or since the host's, led here."""
        counter = f"$counter{len(self.calls) + number}"
        return f"global.get {counter} global.get $done global.get $mark i64.sub i64.add global.set {counter}"

    def of_export(self, function, kind, signature, by, last):
        """What is called in place of an async export, or of its callback."""
        before, after = (self.MARK, self.arrived(len(self.paths) - 1)) if by == "path" else ("", "")
        end = "local.get $answer i32.eqz if unreachable end" if last else ""  # 0 is EXIT
        return (
            f"(func {counted_name(function)} (type {kind}) (local $answer i32) {before} {self.arguments(signature)} "
            f"call {function} local.set $answer {after} {end} local.get $answer)"
        )

    @staticmethod
    def arguments(signature):
        count = sum(len(group.split()) for group in re.findall(r"\(param ([^)]*)\)", signature))
        return " ".join(f"local.get {i}" for i in range(count))

    @staticmethod
    def bump(counter):
        return f"global.get $counter{counter} i64.const 1 i64.add global.set $counter{counter}"

    @staticmethod
    def add_length(counter):
        count = f"global.get {counter} global.get $length i64.extend_i32_u i64.add global.set {counter}"
        return f"global.set $length {count} global.get $length"


def globals_of(dump):
    """The values of all globals in a core dump, in order; None for those that are not integers."""
    values = []
    count, at = core_dump.entries(dump, core_dump.GLOBALS)
    for _ in range(count):
        opcode = dump[at + 2]
        at += 3
        value = None
        if opcode in (0x41, 0x42):
            value, at = core_dump.leb128(dump, at, signed=True)
        elif opcode in (0x43, 0x44):
            at += 4 if opcode == 0x43 else 8
        elif opcode == 0xD0:
            _, at = core_dump.leb128(dump, at, signed=True)
        else:
            raise NotCounted(f"the core dump has a global of an unknown kind, {opcode:#x}")
        at += 1
        values.append(value)
    return values


class Counted:
    """A component with counters, ready to run. by: None, "line" or "path"."""

    def __init__(self, tools, component, world, folder, by=None):
        self.tools, self.world, self.folder = tools, world, folder
        text = subprocess.run([tools.wasm_tools, "print", component], capture_output=True, text=True, check=True)
        lines = text.stdout.splitlines()
        self.modules, out, at = [], [], 0
        while at < len(lines):
            line = lines[at]
            if not re.match(r"\s*\(core module ", line):
                out.append(line)
                at += 1
                continue
            indent = len(line) - len(line.lstrip())
            last = next(i for i in range(at + 1, len(lines)) if lines[i] == " " * indent + ")")
            body = lines[at : last + 1]
            if any(EXPORTED.match(line) for line in body):  # else an adapter
                self.modules.append(Module(len(self.modules)))
                body = self.modules[-1].rewrite(body, by, world.export)
            out += body
            at = last + 1
        self.wasm = folder / "counted.wasm"
        wat = folder / "counted.wat"
        wat.write_text("\n".join(out))
        subprocess.run([tools.wasm_tools, "parse", wat, "-o", self.wasm], check=True)

    def run(self, argument, options):
        """The counters of each module after a run."""
        core = self.folder / "core"
        core.unlink(missing_ok=True)
        done = subprocess.run(
            [self.tools.wasmtime, "run", *options, "-D", f"coredump={core}", *invoked(self.wasm, self.world.call(argument))],
            capture_output=True,
            text=True,
            cwd=self.folder,
        )
        if not core.exists():
            raise NotCounted(f"no core dump of {self.world.call(argument)}: {done.stderr[:500]}")
        values = globals_of(core.read_bytes())
        counts = []
        for module in self.modules:
            at = values.index(MAGIC + module.number) + 1
            counts.append(values[at : at + module.counters])
        return counts

    def slope(self, sizes, options):
        """The counters of each module, for one more of the argument."""
        small, big = (self.run(size, options) for size in sizes)
        step = sizes[1] - sizes[0]
        return [[(b - a) / step for a, b in zip(*pair)] for pair in zip(small, big)]

    def host_calls(self, sizes, options, side=None):
        """Host calls by kind for one more of the argument, of a module or all together; "callback" is the host's."""
        kinds = Counter()
        for number, (module, counts) in enumerate(zip(self.modules, self.slope(sizes, options))):
            for kind, count in zip(module.calls, counts) if side in (None, number) else ():
                kinds[kind] += count
        return {kind: count for kind, count in sorted(kinds.items()) if abs(count) > 1e-9}

    def profile(self, sizes, options):
        """Of each module, of each function: (instructions, [(count, fuel, line)]), for one more of the argument."""
        modules = []
        for module, counts in zip(self.modules, self.slope(sizes, options)):
            functions = defaultdict(lambda: [0, []])
            for function, line, counter, fuel in module.lines:
                functions[function][0] += fuel * counts[counter]
                functions[function][1].append((counts[counter], fuel, line))
            modules.append(functions)
        return modules

    def path(self, sizes, options):
        """Of each module, by kind of host call, and "return" to the host: (calls, instructions that lead there), for one
        more of the argument."""
        modules = []
        for module, counts in zip(self.modules, self.slope(sizes, options)):
            steps = defaultdict(lambda: [0, 0])
            for kind, count in zip(module.calls, counts):
                steps[kind][0] += count
            for kind, count in zip(module.paths, counts[len(module.calls) :]):
                steps[kind][1] += count
            modules.append({kind: step for kind, step in steps.items() if any(abs(it) > 1e-9 for it in step)})
        return modules
