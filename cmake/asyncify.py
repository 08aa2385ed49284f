# What FIBERS asyncify does to a core module: wasm-opt adds code to each function that may be on a fiber's stack when the fiber
# is left, by which it returns, and later goes on (see fiber/asyncify.c). Those functions are found here: wasm-opt by itself
# would take every function that calls by a pointer.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import subprocess
import sys
from collections import Counter

ID = r'\$("(?:[^"\\]|\\.)*"|[^\s()]+)'
LEAVES = {"start_unwind", "stop_rewind"}  # imports from asyncify: who calls these leaves a fiber,
ENTERS = {"stop_unwind", "start_rewind"}  # and who calls these enters one


class Catches(Exception):
    """Functions that would need the code, and catch exceptions of WebAssembly, for which wasm-opt has none. As arguments."""


def reached(start, steps):
    """All that `steps`, {from: {to, ...}}, lead to from the start, which is part of it."""
    seen, rest = set(), set(start)
    while rest:
        seen |= rest
        rest = {to for one in rest for to in steps.get(one, ())} - seen
    return seen


class Calls:
    """Which functions of a module, given as text, call which, by the ids that they have there. A call by a pointer is one of
    each function of its type that is in the table."""

    def __init__(self, text):
        self.calls = {}
        self.asyncify = {}  # {import: name}
        self.catch = set()
        types, type_of, by_pointer, in_table = {}, {}, {}, set()
        for line in map(str.lstrip, text.splitlines()):
            if found := re.match(rf"\(type {ID} \(;\d+;\) (.*)", line):
                types[found[1]] = found[2]
            elif found := re.match(rf'\(import "([^"]*)" "([^"]*)" \(func {ID} .*?\(type {ID}\)', line):
                type_of[found[3]] = types[found[4]]
                if found[1] == "asyncify":
                    self.asyncify[found[3]] = found[2]
            elif found := re.match(rf"\(func {ID} .*?\(type {ID}\)", line):
                caller = found[1]
                type_of[caller] = types[found[2]]
                self.calls[caller], by_pointer[caller] = set(), set()
            elif found := re.match(rf"(?:return_)?call {ID}", line):
                self.calls[caller].add(found[1])
            elif found := re.match(rf"(?:return_)?call_(?:indirect|ref)\b.*{ID}\)?$", line):
                by_pointer[caller].add(types[found[1]])
            elif re.match(r"try(_table)?\b", line):
                self.catch.add(caller)
            elif line.startswith("(elem ") or "ref.func" in line:
                in_table.update(re.findall(ID, line))
        for caller, kinds in by_pointer.items():
            self.calls[caller] |= {one for one in in_table if type_of.get(one) in kinds}

    def callers_of(self, imported):
        return {caller for caller, callees in self.calls.items() if any(self.asyncify.get(one) in imported for one in callees)}

    def on_a_left_fiber(self):
        """The functions that may be on a fiber's stack when it is left."""
        enter = self.callers_of(ENTERS)
        callers = {}
        for caller in set(self.calls) - enter:
            for callee in self.calls[caller]:
                callers.setdefault(callee, set()).add(caller)
        below = reached({callee for one in enter for callee in self.calls[one]}, self.calls)
        return below & reached(self.callers_of(LEAVES), callers)


def plain(one):
    """The name of a function whose id is `one`: in quotes, it has escapes, and a number before a name that several have."""
    escape = r"\\(?:u\{([0-9a-f]+)\}|([0-9a-f]{2}))"
    text = re.sub(escape, lambda found: chr(int(found[1] or found[2], 16)), one.strip('"')).replace('\\"', '"')
    if re.fullmatch(r"#func\d+", text):
        sys.exit("weft: FIBERS asyncify needs the names of functions: link with -g, and strip afterwards, by STRIP")
    return re.sub(r"^#func\d+ ", "", text)


def widest(stars):
    """Those of the patterns that match all that the others do: wasm-opt complains of one whose functions are another's."""
    kept = {}
    for one in sorted(stars, key=lambda one: (len(one.replace("*", "")), one)):
        if not any(matches(one) for matches in kept.values()):
            kept[one] = re.compile(".*".join(map(re.escape, one.split("*"))), re.DOTALL).fullmatch
    return set(kept)


def patterns(calls):
    """What wasm-opt has to be told. A `*` in a name, as of a function of C++ that takes a pointer, stands for any characters.
    Where several functions have one name, it gives all but the first a number."""
    names, ids = Counter(map(plain, calls.calls)), calls.on_a_left_fiber()
    if ids & calls.catch:
        raise Catches(*sorted(map(plain, ids & calls.catch)))
    listed = set(map(plain, ids))
    stars = {name for name in listed if "*" in name}
    return sorted((listed - stars) | widest(stars | {f"{name}_*" for name in listed if names[name] > 1}))


def asyncify(wasm_tools, wasm_opt, options, module, folder):
    """The module to make a component of: one in that folder, or if it has no fibers, itself."""
    command = [wasm_tools, "print", "--name-unnamed", module]
    calls = Calls(subprocess.run(command, stdout=subprocess.PIPE, text=True, errors="replace", check=True).stdout)
    if not calls.callers_of(ENTERS):
        return module
    listed, changed = folder / "functions", folder / module.name
    listed.write_text("".join(name + "\n" for name in patterns(calls)), encoding="utf-8")
    command = [wasm_opt, "-g", "--asyncify", "--pass-arg=asyncify-ignore-imports", f"--pass-arg=asyncify-onlylist@@{listed}"]
    command = list(map(str, [*command, *options, module, "-o", changed]))
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    if done.returncode or "non-existing function" in done.stderr or "non-matching pattern" in done.stderr:  # among much else, it may have written itself
        sys.exit("\n".join([" ".join(command), *(line for line in done.stderr.splitlines() if len(line) < 1000)]))
    return changed
