# Which line of the source each instruction of a core module comes from, by its debug information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import re
import subprocess
from collections import Counter, defaultdict
from pathlib import Path

from counting import FUNCTION, INSTRUCTION, NotCounted

ADDRESS = re.compile(r"^\(;@([0-9a-f]+)\s*;\)(.*)$")
FRAME = re.compile(r"^(?:0x[0-9a-f]+: )?(\S+) (\S+?)(?::(\d+))?(?::\d+)?$")
BATCH = 2000  # addresses a command
NOWHERE = ("(no source)", 0, "of the compiler's own")


def addresses(tools, module):
    """Of each function of the module, the addresses of its instructions, in order."""
    text = subprocess.run([tools.wasm_tools, "print", "-p", module], capture_output=True, text=True, check=True).stdout
    found, function = defaultdict(list), None
    for line in text.splitlines():
        if not (at := ADDRESS.match(line)):
            continue
        if started := FUNCTION.match(at[2]):
            function = started[1]
        elif function and INSTRUCTION.match(at[2]):
            found[function].append("0x" + at[1])
    return found


def places(tools, module, wanted):
    """Of each address: (file, line, function), the innermost of what was inlined there; line 0 if the compiler has merged
    several."""
    found = {address: None for address in wanted}
    for start in range(0, len(wanted), BATCH):
        command = [tools.wasm_tools, "addr2line", module, *wanted[start : start + BATCH]]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        for line in said.splitlines():
            if line.startswith("0x"):
                if frame := FRAME.match(line):
                    found[line.partition(":")[0]] = (frame[2], int(frame[3] or 0), frame[1])
    return found


def name_of(file, root):
    """A file below `root` is named from there, another by its last part. Zig's own is named from its package, wherever that
    was when Zig compiled it: it keeps its libc for all."""
    path = Path(os.path.normpath(file))
    inside = path.is_relative_to(root) and "build" not in path.relative_to(root).parts
    if "site-packages" in path.parts:
        return str(path).split("site-packages/")[-1], inside
    return (str(path.relative_to(root)) if inside else path.name), inside


def by_file(tools, module, small, root):
    """[(bytes of code, file)] of the module `small`, which is `module` without its debug information."""
    known, kept, files = addresses(tools, module), addresses(tools, small), Counter()
    found = places(tools, module, [address for all in known.values() for address in all])
    every = sorted((int(at, 16), known[name][i]) for name, all in kept.items() for i, at in enumerate(all))
    for (at, place), (after, _) in zip(every, every[1:]):
        files[name_of((found[place] or NOWHERE)[0], root)[0]] += after - at
    return sorted(((size, name) for name, size in files.items()), reverse=True)


def by_line(tools, module, functions, root):
    """[(file, line, its text, or the function in brackets, instructions)], of functions as Counted.profile has them."""
    known, steps = addresses(tools, module), Counter()
    ran = {name: lines for name, (count, lines) in functions.items() if count and name in known}
    found = places(tools, module, [address for name in ran for address in known[name]])
    if found and not any(found.values()):
        raise NotCounted(f"{module} has no debug information: build it with -g")
    for name, lines in ran.items():
        own = iter(known[name])
        place = found[known[name][0]]  # of the (entry)
        for times, fuel, line in lines:
            if not line.startswith("("):  # else (bytes), of the one before
                place = found[next(own)]
            steps[place] += times * fuel
    texts, rows = {}, Counter()
    for (file, line, function), count in ((place or NOWHERE, count) for place, count in steps.items()):
        path = Path(file)
        if line and file not in texts:
            texts[file] = path.read_text().splitlines() if path.exists() else []
        name, inside = name_of(file, root)
        if inside and 0 < line <= len(texts[file]):
            rows[name, line, texts[file][line - 1].strip().rstrip("\\").rstrip()] += count
        else:
            rows[name, 0, f"({function})"] += count
    return sorted((*row, count) for row, count in rows.items() if abs(count) > 1e-9)
