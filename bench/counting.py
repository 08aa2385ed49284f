# Exact counts of what a guest does: host calls by kind, and executed instructions by function and line.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A composed component is printed as text, and counters are put into its core modules: one in front of each call of an
import, and one at the start of each straight run of instructions. A counter is a global of its module. The runner's export
traps when it has ended, and the core dump that wasmtime then writes has the globals of all modules."""

import re
import subprocess
from collections import Counter, defaultdict

MAGIC = 0x5EED_0000_0000  # a module's first counter begins here: it finds the others in the core dump
FREE = {"nop", "drop", "block", "loop", "unreachable", "return", "else", "end"}  # of fuel, in wasmtime
PER_BYTE = {"memory.fill", "memory.copy"}  # and a unit of fuel a byte; one, too, for the entry of a function
# After these, the next instruction may be reached from elsewhere, or not reached.
BREAKS = {"loop", "if", "else", "end", "br_if", "br", "br_table", "return", "unreachable"}

IMPORT = re.compile(r'^\s*\(import "[^"]*" "([^"]*)" \(func (\$\S+) \(;\d+;\) \(type (\d+)\)(.*)\)\)$')
EXPORT = re.compile(r'^\s*\(export "(\[callback\])?\[async-lift\]([^"]*)" \(func (\$\S+)\)\)$')
FUNCTION = re.compile(r"^\s*\(func (\$\S+|\(;\d+;\))(?: \(;\d+;\))? \(type (\d+)\)((?: \(param[^)]*\))?)")
INSTRUCTION = re.compile(r"^\s*([a-z][a-z0-9_.]*)")


class NotCounted(Exception):
    """The component could not be counted; the text is the reason."""


def kind_of(name):
    """What a core import is called in the table: the built-in, or "call" for an import of the world."""
    builtin = re.match(r"\[([a-z-]+?)(?:-unit|-\d+)?\]", name.removeprefix("[async-lower]"))
    return builtin[1] if builtin else "call"


class Module:
    """A core module of the component, with its counters."""

    def __init__(self, number):
        self.number = number
        self.calls = []  # of each counter of an import or of a callback: its kind
        self.lines = []  # (function, line of text, counter or None, fuel)

    def rewrite(self, text, by_line, last):
        """The module's text with counters in it; by_line: of instructions, too. `last`: the export whose end is a trap."""
        imports, wrappers, callbacks, ends = {}, [], set(), set()
        for line in text:
            if found := IMPORT.match(line):
                name, function, kind, signature = found.groups()
                imports[function] = f"$count{len(self.calls)}"
                wrappers.append(
                    f"(func $count{len(self.calls)} (type {kind}) {self.bump(len(self.calls))} "
                    f"{self.arguments(signature)} call {function})"
                )
                self.calls.append(kind_of(name))
            elif found := EXPORT.match(line):
                callback, name, function = found.groups()
                callbacks |= {function} if callback else set()
                ends |= {function} if name == last else set()
        if not imports:
            raise NotCounted("a core module has no names: build it with STRIP debug")
        names = re.compile("|".join(re.escape(name) + r"(?![^\s()])" for name in sorted(imports, key=len, reverse=True)))
        counters = len(self.calls) + 1
        self.calls.append("callback")
        out, function, counter = [], None, None
        for line in text:
            started = FUNCTION.match(line)
            if started:
                function, counter = started[1], None
                if function in ends:  # 0 is EXIT
                    wrappers.append(
                        f'(func {function}-end (type {started[2]}) (local $answer i32) {self.arguments(started[3])} '
                        f"call {function} local.tee $answer i32.eqz if unreachable end local.get $answer)"
                    )
                pending = [self.bump(len(self.calls) - 1)] if function in callbacks else []
                if by_line:
                    counter, counters = counters, counters + 1
                    pending.append(self.bump(counter))
                    self.lines.append((function, "(entry)", counter, 1))
                if line.rstrip().endswith(")") and line.count("(") == line.count(")"):
                    pending = []  # an empty body
                out.append(line)
                continue
            word = INSTRUCTION.match(line)
            if function and word:
                out += pending
                pending = []
                line = names.sub(lambda found: imports[found[0]], line)
                self.lines.append((function, line.strip(), counter, 0 if word[1] in FREE else 1))
                if by_line and word[1] in PER_BYTE:
                    out.append(self.add_length(counters))
                    self.lines.append((function, "(bytes)", counters, 1))
                    counters += 1
                if by_line and word[1] in BREAKS:
                    counter, counters = counters, counters + 1
                    pending = [self.bump(counter)]
            elif EXPORT.match(line) and EXPORT.match(line)[3] in ends:
                line = line.replace("))", "-end))")
            elif line.lstrip().startswith("(elem"):
                line = names.sub(lambda found: imports[found[0]], line)
            elif line.strip() == ")":
                out += pending if function else []
                function, pending = None, []
            out.append(line)
        closing = out.pop()
        out += [f"(global $counter (mut i64) (i64.const {MAGIC + self.number}))"]
        out += [f"(global $counter{i} (mut i64) (i64.const 0))" for i in range(counters)]
        out += ["(global $length (mut i32) (i32.const 0))"]
        self.counters = counters
        return out + wrappers + [closing]

    @staticmethod
    def arguments(signature):
        count = sum(len(group.split()) for group in re.findall(r"\(param ([^)]*)\)", signature))
        return " ".join(f"local.get {i}" for i in range(count))

    @staticmethod
    def bump(counter):
        return f"global.get $counter{counter} i64.const 1 i64.add global.set $counter{counter}"

    @staticmethod
    def add_length(counter):
        count = f"global.get $counter{counter} global.get $length i64.extend_i32_u i64.add global.set $counter{counter}"
        return f"global.set $length {count} global.get $length"


def sleb128(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return (value - (1 << shift) if byte & 0x40 else value), at


def leb128(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, at


def globals_of(dump):
    """The values of all globals in a core dump, in order; None for those that are not integers."""
    at, values = 8, []
    while at < len(dump):
        section = dump[at]
        size, at = leb128(dump, at + 1)
        if section == 6:
            count, here = leb128(dump, at)
            for _ in range(count):
                opcode = dump[here + 2]
                here += 3
                value = None
                if opcode in (0x41, 0x42):
                    value, here = sleb128(dump, here)
                elif opcode in (0x43, 0x44):
                    here += 4 if opcode == 0x43 else 8
                elif opcode == 0xD0:
                    _, here = sleb128(dump, here)
                else:
                    raise NotCounted(f"the core dump has a global of an unknown kind, {opcode:#x}")
                here += 1
                values.append(value)
        at += size
    return values


class Counted:
    """A component with counters, ready to run. export: "name({})"."""

    def __init__(self, tools, component, export, folder, by_line=False):
        self.tools, self.export, self.folder = tools, export, folder
        name = export.partition("(")[0]
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
            if any('"cabi_realloc"' in line and "(export" in line for line in body):  # else an adapter
                self.modules.append(Module(len(self.modules)))
                body = self.modules[-1].rewrite(body, by_line, name)
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
            [self.tools.wasmtime, "run", *options, "-D", f"coredump={core}", "--invoke", self.export.format(argument)]
            + [self.wasm],
            capture_output=True,
            text=True,
        )
        if not core.exists():
            raise NotCounted(f"no core dump of {self.export.format(argument)}: {done.stderr[:500]}")
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

    def host_calls(self, sizes, options):
        """Host calls by kind for one more of the argument, of all modules together; "callback" is the host's."""
        kinds = Counter()
        for module, counts in zip(self.modules, self.slope(sizes, options)):
            for kind, count in zip(module.calls, counts):
                kinds[kind] += count
        return {kind: count for kind, count in sorted(kinds.items()) if abs(count) > 1e-9}

    def profile(self, sizes, options):
        """Of each module, of each function: (instructions, [(count, line)]), for one more of the argument."""
        modules = []
        for module, counts in zip(self.modules, self.slope(sizes, options)):
            functions = defaultdict(lambda: [0, []])
            for function, line, counter, fuel in module.lines:
                functions[function][0] += fuel * counts[counter]
                functions[function][1].append((counts[counter], line))
            modules.append(functions)
        return modules
