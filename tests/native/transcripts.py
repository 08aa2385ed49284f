# What a component's instances and their host say to each other, on wasmtime and in the native host, in the same words.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A transcript is, for each instance, its calls of built-ins and imports with integers and answers, and the host's calls of
its exports and callbacks. Handles are as they are: both hosts give the lowest that is free. Pointers are left out, and so
are values.

The native host tells them by itself. For wasmtime, each core module of a composed component is printed as text, and its
imports and exports are called through functions that write down what they pass on, in a memory of their own, which the host
cannot see. At the end `run` traps, and the core dump that wasmtime then writes has these memories."""

import re
import struct
import subprocess
import tempfile
from collections import defaultdict
from string import ascii_lowercase

import core_dump
from limits import limited
from native.composed import exported_by, parts, weft_sim

MAGIC = b"weft transcript "  # behind it, the module's letter
START = 24  # of the entries
ENTRY = struct.Struct("<6I")
FEATURES = ",".join(f"component-model-{it}" for it in ("async", "more-async-builtins", "error-context", "threading"))
BLOCKED = 0xFFFFFFFF

IMPORT = re.compile(r'^\s*\(import "([^"]*)" "([^"]*)" \(func (\$"[^"]*"|\$[^\s()]+) \(;\d+;\) \(type (\d+)\)(.*)\)\)$')
EXPORT = re.compile(r'^(\s*\(export "([^"]*)" \(func )(\$"[^"]*"|\$[^\s()]+)(\)\))$')
FUNCTION = re.compile(r'^\s*\(func (\$"[^"]*"|\$[^\s()]+) \(;\d+;\) \(type (\d+)\)((?: \((?:param|result)[^)]*\))*)')
BUILTIN = re.compile(
    r"(?:\[async-lower\])?\[(waitable-set|waitable|subtask|backpressure|context|thread|task|stream|future|error-context|resource)"
    r"-([a-z-]+?(?:-v0)?)(?:-unit|-utf8|-\d+)?\](.*)"
)
NOT_TOLD = re.compile(r"context\.|resource\.rep|thread\.(?!yield$)")  # by the native host


class Failed(Exception):
    """A host did not run the component; the text says what it said."""


# ---- On wasmtime ----


def types_of(signature, word):
    """The core types of the params or of the result in `(param i32 i32) (result i32)`."""
    groups = re.findall(rf"\({word} ([^)]*)\)", signature)
    return [core for group in groups for core in group.split() if not core.startswith("$")]


class Module:
    """A core module that writes down what goes in and out. Its entries are (2 * call, or 2 * call + 1 for its end,
    and 5 numbers)."""

    def __init__(self, letter):
        self.letter = letter  # in the component
        self.calls = []  # of each call: the words for it, and if it is async
        self.exports = ""  # the interface that it exports; "run" for that function

    def rewrite(self, text):
        imports, exports, signatures = [], [], {}
        for at, line in enumerate(text):
            stripped = line.lstrip()
            if stripped.startswith("(import "):
                if found := IMPORT.match(line):
                    imports.append((at, *found.groups()))
            elif stripped.startswith("(export "):
                found = EXPORT.match(line)
                if found and not re.match(r"_initialize|cabi_|.*\[dtor\]", found[2]):
                    exports.append((at, *found.groups()))
            elif stripped.startswith("(func $"):
                if found := FUNCTION.match(line):
                    signatures[found[1]] = (found[2], found[3])
        added = []
        for at, module, name, function, kind, signature in imports:
            if module.startswith("wasi:") and "monotonic-clock" not in module:
                continue  # Weft's messages
            if NOT_TOLD.match(words := self.words_of(name)):
                continue
            # The result of the test's own `run` is looked at, too.
            is_async = name.startswith("[async-lower]") or (module, name) == ("[export]$root", "[task-return]run")
            text[at] = text[at].replace(f"(func {function} ", f"(func $host{at} ", 1)
            added.append(self.wrapper(function, f"$host{at}", kind, signature, words, is_async))
        for at, before, name, function, after in exports:
            kind, signature = signatures[function]
            text[at] = f"{before}$transcribed{at}{after}"
            words, is_async = self.export_of(name), "[async-lift]" in name
            is_run = is_async and name.endswith("]run")
            added.append(self.wrapper(f"$transcribed{at}", function, kind, signature, words, is_async, is_run))
        text[-1:-1] = [MEMORY % self.letter, *added]
        return text

    @staticmethod
    def words_of(name):
        builtin = BUILTIN.match(name)
        if not builtin:
            return f"call {name.removeprefix('[async-lower]')}"
        kind, what, of = builtin.groups()
        return f"{kind}.{what} {of}" if what == "return" else f"{kind}.{what}"

    def export_of(self, name):
        called_back = name.startswith("[callback]")
        interface, _, function = name.removeprefix("[callback]").removeprefix("[async-lift]").rpartition("#")
        self.exports = self.exports or interface or function
        return f"{'callback' if called_back else 'start'} {function}"

    def wrapper(self, name, function, kind, signature, words, is_async, is_run=False):
        params, results = types_of(signature, "param"), types_of(signature, "result")
        call = 2 * (len(self.calls) + 1)
        self.calls.append((words, is_async))
        given = [f"local.get {i}" if core == "i32" else "i32.const 0" for i, core in enumerate(params[:5])]
        given += ["i32.const 0"] * (5 - len(given))
        came = [given[0], given[max(len(params) - 1, 0)] if len(params) < 6 else "i32.const 0", *["i32.const 0"] * 3]
        back = answer = ""
        if results:
            back, answer = "local.set $answer", "local.get $answer"
            if results[0] == "i32":
                came[2] = answer
            elif results[0] == "i64":
                came[2] = f"{answer} i32.wrap_i64"
                came[3] = f"{answer} i64.const 32 i64.shr_u i32.wrap_i64"
        if words in ("waitable-set.wait", "waitable-set.poll"):
            came[3:] = "local.get 1 i32.load", "local.get 1 i32.load offset=4"
        # The end of all: a trap, for a core dump.
        end = "local.get $answer i32.eqz if unreachable end" if is_run else ""
        return (
            f"(func {name} (type {kind}) (local $answer {results[0] if results else 'i32'}) "
            f"i32.const {call} {' '.join(given)} call $transcribe "
            f"{' '.join(f'local.get {i}' for i in range(len(params)))} call {function} {back} "
            f"i32.const {call + 1} {' '.join(came)} call $transcribe {end} {answer})"
        )


MEMORY = f"""
(memory $transcript 16)
(data (memory $transcript) (i32.const 0) "{MAGIC.decode()}%s")
(global $transcript_end (mut i32) (i32.const {START}))
(func $transcribe (param i32 i32 i32 i32 i32 i32) (local $at i32)
  global.get $transcript_end local.tee $at
  i32.const {ENTRY.size} i32.add global.set $transcript_end
  memory.size $transcript i32.const 16 i32.shl global.get $transcript_end i32.lt_u
  if i32.const 64 memory.grow $transcript drop end
  {" ".join(f"local.get $at local.get {i} i32.store $transcript offset={4 * i}" for i in range(6))})
"""


def transcribing(tools, component, folder):
    """The component with modules that write down, compiled in `folder`: its path, and its Modules."""
    wat, wasm, compiled = (folder / f"{component.stem}.{ending}" for ending in ("wat", "wasm", "cwasm"))
    subprocess.run([tools.wasm_tools, "print", component, "-o", wat], check=True)
    lines = wat.read_text().split("\n")
    modules, out, at = [], [], 0
    while at < len(lines):
        line = lines[at]
        if not line.lstrip().startswith("(core module $main "):
            out.append(line)
            at += 1
            continue
        last = lines.index(" " * (len(line) - len(line.lstrip())) + ")", at)
        modules.append(Module(ascii_lowercase[len(modules)]))
        out += modules[-1].rewrite(lines[at : last + 1])
        at = last + 1
    wat.write_text("\n".join(out))
    subprocess.run([tools.wasm_tools, "parse", wat, "-o", wasm], check=True)
    subprocess.run([tools.wasmtime, "compile", "-W", FEATURES, wasm, "-o", compiled], check=True)
    wat.unlink()
    wasm.unlink()
    return compiled, modules


def memories_of(dump):
    """The memories in a core dump that are transcripts, by letter."""
    found = {}
    count, at = core_dump.entries(dump, core_dump.DATA)
    for _ in range(count):
        flag = dump[at]
        memory, at = core_dump.leb128(dump, at + 1) if flag == 2 else (0, at + 1)
        offset, at = core_dump.leb128(dump, at + 1)  # behind i32.const; never negative
        length, at = core_dump.leb128(dump, at + 1)  # behind end
        if memory in found or dump.startswith(MAGIC, at):
            whole = found.setdefault(memory, bytearray())
            whole.extend(bytes(offset - len(whole)))
            whole.extend(dump[at : at + length])
        at += length
    return {chr(whole[len(MAGIC)]): bytes(whole) for whole in found.values()}


def number(value):
    return "BLOCKED" if value == BLOCKED else str(value)


def line_before(words, numbers):
    """The line for a call that begins, or None where its end is what counts."""
    if words.startswith("callback "):
        return f"{words} ({numbers[0]}, {numbers[1]}, {numbers[2]})"
    if words.startswith(("start ", "call ", "thread.yield")):
        return words
    if words.startswith(("subtask.cancel", "waitable-set.wait")):
        return f"{words} begins ({numbers[0]})"
    if words.startswith("resource.drop"):
        return f"{words} ({numbers[0]})"
    return None


def line_after(words, is_async, numbers):
    """The line for what came of a call, or None; numbers: its first and last argument, its answer, and two more."""
    first, last, answer, more, yet_more = numbers
    if words == "task.return run" and is_async and first != 0:
        return "task.return run err"
    if words.startswith(("start ", "callback ")):
        if not is_async:
            return "EXIT"
        code = answer & 0xF
        return ("EXIT", "YIELD", f"WAIT ({answer >> 4})")[code] if code < 3 else f"code {answer}"
    if words.startswith("call "):
        return f"{words} -> {answer}" if is_async else f"{words} returns"
    if words.startswith(("waitable-set.wait", "waitable-set.poll")):
        return f"{words} ({first}, {more}, {yet_more}) -> {answer}"
    if words in ("waitable-set.new", "resource.new", "error-context.new"):
        return f"{words} -> {answer}"
    if words.endswith(".new"):
        return f"{words} ({answer}, {more})"
    if words.endswith((".read", ".write")):
        return f"{words} ({first}, {last if words.startswith('stream') else 1}) -> {number(answer)}"
    if ".cancel" in words and not words.startswith("task."):
        return f"{words} ({first}) -> {number(answer)}"
    if words == "waitable.join":
        return f"{words} ({first}, {last})"
    if ".drop" in words or ".debug-message" in words:
        return None if words.startswith("resource") else f"{words} ({first})"
    return None if words == "thread.yield" else words


def lines_of(module, memory):
    """A module's transcript in words."""
    lines, known = [], {}
    memory += bytes(-(len(memory) - START) % ENTRY.size)  # a dump leaves out the zeros at the end
    for entry in ENTRY.iter_unpack(memory[START:]):
        if entry not in known:
            index, is_after = divmod(entry[0], 2)
            words, is_async = module.calls[index - 1]
            known[entry] = line_after(words, is_async, entry[1:]) if is_after else line_before(words, entry[1:])
        if known[entry]:
            lines.append(known[entry])
    return lines


class Wasmtime:
    """A composed component, ready to run on wasmtime with its modules writing down."""

    def __init__(self, tools, component, folder):
        self.tools, self.core = tools, folder / "core"
        self.compiled, self.modules = transcribing(tools, component, folder)

    def transcripts(self, test, options=()):
        """{what an instance exports: its lines} of a test that passes."""
        self.core.unlink(missing_ok=True)
        command = [self.tools.wasmtime, "run", "-W", FEATURES, "--allow-precompiled", *options]
        command += ["-D", f"coredump={self.core}", "--invoke", f'run("{test}")', self.compiled]
        done = limited(command, stderr=subprocess.PIPE)
        if not self.core.exists():
            raise Failed(f"wasmtime wrote no core dump: {done.stderr[:2000]}")
        memories = memories_of(self.core.read_bytes())
        self.core.unlink()
        found = {module.exports: lines_of(module, memories[module.letter]) for module in self.modules}
        if found["run"][-2:] != ["task.return run", "EXIT"]:
            raise Failed(f"on wasmtime, run ended with {found['run'][-2:]}: {done.stderr[:2000]}")
        return found


EVENT = re.compile(r"callback \S+ \(([1-5]), (\d+)|waitable-set\.(?:wait|poll) \(\d+, (\d+), \d+\) -> [1-5]$")


def event_order(transcripts):
    """Of each instance, the waitables whose events it got, in order."""
    return {
        instance: [found[2] or found[3] for line in lines if (found := EVENT.match(line))]
        for instance, lines in transcripts.items()
    }


# ---- In the native host ----

# Each line that the native host tells, and what it becomes here; others are not of an instance.
NATIVE = [
    (re.compile(pattern + "$"), to)
    for pattern, to in {
        r"task starts (\S+)": r"start \1",
        r"(callback \S+ \(.*\))": r"\1",
        r"task ends \S+": "EXIT",
        r"(YIELD|WAIT \(\d+\))": r"\1",
        r"call answers (\S+) -> (\w+)": r"call \1 -> \2",
        r"call returns (\S+)": r"call \1 returns",
        r"(call \S+)": r"\1",
        r"(task\.return \S+)": r"\1",
        r"task\.cancel \S+": "task.cancel",
        r"subtask\.cancel answers (.*)": r"subtask.cancel \1",
        r"subtask\.cancel (?:async )?\S+ (\(.*\))": r"subtask.cancel begins \1",
        r"(backpressure\.\w+) \(\d+\)": r"\1",
        r"(waitable-set\.wait begins \(\d+\))": r"\1",
        r"((?:stream|future|resource)\.\S+) .*?(\([^()]*\))?( -> \w+)?": r"\1 \2\3",
        r"((?:waitable-set|waitable|subtask|error-context)\.\S+|thread\.yield)( .*)?": r"\1\2",
    }.items()
]
INSTANCE = re.compile(r"(\d+)\.\d+")  # and the task
HEXADECIMAL = re.compile(r"0x[0-9a-f]+")


def native_line(line):
    for pattern, to in NATIVE:
        if pattern.match(line):
            return HEXADECIMAL.sub(lambda number: str(int(number[0], 16)), pattern.sub(to, line)).replace("  ", " ")
    return None


def in_native_host(build, component, test, order=None, folder=None):
    """The transcripts of a test that passes in the native host; it may be given the order of events."""
    exported = [exported_by(part.stem) for part in parts(component, build / "tests/guest")]
    options = ["--like-wasmtime", "--transcript"]
    if order:
        events = folder / "events"
        lines = [" ".join([str(at + 1), *order.get(interface, [])]) for at, interface in enumerate(exported)]
        events.write_text("\n".join(lines) + "\n")
        options += ["--events", events]
    # To a file: a reader at a pipe would be woken for each line.
    with tempfile.TemporaryFile("w+") as transcript:
        done = weft_sim(build, component, test, *options, stderr=transcript)
        transcript.seek(0)
        said = transcript.read()
    if done.returncode != 0 or done.stdout.strip() != "ok":
        raise Failed(f"the native host said: {done.stdout} {said[-2000:]}")
    found, known, instances = defaultdict(list), {}, {}
    for line in said.splitlines():
        head, _, rest = line.partition(" ")
        instance = instances.get(head) or instances.setdefault(head, INSTANCE.fullmatch(head))
        if not instance:
            continue
        if rest not in known:
            known[rest] = native_line(rest)
        if known[rest]:
            found[exported[int(instance[1]) - 1]].append(known[rest])
        if rest == "task ends run" and instance[1] == "1":
            break
    return dict(found)
