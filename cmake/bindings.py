#!/usr/bin/env python3
# Generates the C bindings of a world with wit-bindgen c, mends what that gets wrong, and says what to write instead of what
# it cannot do. Each fault is of wit-bindgen c 0.63; where a later one has none, nothing changes.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path


class Unsupported(Exception):
    """What wit-bindgen c cannot do; the text says what to write instead."""


# ---- Generating, and why it failed. ----

# A part of a type that makes wit-bindgen c panic, and what does the same.
INSTEAD = {
    "fixed-length-list": "a fixed-length list: write a list, or a tuple or record",
    "error-context": "an error-context: write a string, or a variant of your errors",
}


def generate(arguments):
    command = [arguments.wit_bindgen, "c", arguments.wit, "--world", arguments.world, "--out-dir", arguments.output]
    done = subprocess.run(
        [*command, *arguments.option],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "RUST_BACKTRACE": "0"},
    )
    if done.returncode == 0:
        return
    said = done.stdout.strip()
    if "panicked" in said:
        reasons = unsupported_types(arguments)
        twice = re.search(r"name `(\w+)` already defined", said)
        if twice:
            reasons.append(f"two functions of the world get the C name {twice[1]}: rename one of them in the WIT")
        if reasons:
            raise Unsupported("\n  ".join(["wit-bindgen c has no bindings for this:", *reasons]))
        said += "\nThis is a fault of wit-bindgen c: take functions out of the world until you know which it cannot do."
    sys.exit(f"{' '.join(map(str, command))}\n{said}")


def unsupported_types(arguments):
    """A line for each function and type of the world that has a part of INSTEAD."""
    command = [arguments.wasm_tools, "component", "wit", "--json", arguments.wit]
    wit = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)

    def parts(it):
        """The words of INSTEAD in a type, or in what describes one."""
        if isinstance(it, str):
            return {it} & set(INSTEAD)
        if isinstance(it, int):
            return parts(wit["types"][it]["kind"])
        if isinstance(it, list):
            return set().union(*map(parts, it))
        if isinstance(it, dict):
            if "fixed-length-list" in it:
                return {"fixed-length-list"}
            return set().union(*(parts(value) for key, value in it.items() if key not in ("name", "docs", "kind")))
        return set()

    def named(name, item):
        if "interface" in item:
            interface = wit["interfaces"][item["interface"]["id"]]
            place = interface["name"] or name
            return [(f"{place}.{it}", of) for key in ("types", "functions") for it, of in interface[key].items()]
        return [(name, item.get("function", item.get("type")))]

    (world,) = [world for world in wit["worlds"] if world["name"] == arguments.world]
    items = [*world["imports"].items(), *world["exports"].items()]
    found = {name: parts(it) for item in items for name, it in named(*item)}
    return [f"{name} has {INSTEAD[part]}" for name, of in found.items() for part in sorted(of)]


# ---- What is mended in the C file and its header. ----


def destructors(source):
    """A resource whose name has a hyphen: its destructor is exported by its C name, which no tool looks for."""
    names = {
        (module, name.replace("-", "_").lower()): name
        for module, name in re.findall(r'__import_module__\("\[export\](.+?)"\), __import_name__\("\[resource-rep\](.+?)"\)', source)
    }

    def mended(match):
        name = names.get((match[1], match[2]), match[2])
        return f'__export_name__("{match[1]}#[dtor]{name}")'

    return re.sub(r'__export_name__\("(.+?)#\[dtor\](.+?)"\)', mended, source)


# The wrapper of an async export: its name in the WIT, and its code.
ASYNC_EXPORT = re.compile(r'^__attribute__\(\(__export_name__\("\[async-lift\](.+?)"\)\)\)\n(\w+ \w+\(.*\) \{\n(?:.*\n)*?\}\n)', re.M)


def parameter_blocks(source):
    """Parameters that are passed in a block of memory: an async export does not free it."""

    def mended(match):
        code = match[2]
        block = re.match(r"\w+ \w+\(uint8_t \* (\w+)\) \{\n", code)
        # A resource's own method may have one pointer for its parameters, too, but loads nothing through it.
        if block and f"({block[1]} + 0)" in code and f"free({block[1]});" not in code:
            code = re.sub(r"^  return \w+;\n\}\n\Z", lambda end: f"  free({block[1]});\n{end[0]}", code, flags=re.M)
        return match[0].replace(match[2], code)

    return ASYNC_EXPORT.sub(mended, source)


def autodropped(source):
    """Borrowed handles that the option --autodrop-borrows would drop while the call still goes on."""
    for name, code in ASYNC_EXPORT.findall(source):
        if re.search(r"^  borrow\d* = ", code, re.M):
            raise Unsupported(
                f"the async export {name} borrows a handle, which --autodrop-borrows cannot drop: leave the option out, "
                "and call its ..._drop_borrow before WEFT_RETURN"
            )


# What a compiler says of an async import that is called as a statement.
STATUS = "this is the status of a call: WEFT_AWAIT(weft_subtask_call(co, &self->call, ...)) takes it, or weft_subtask_start"


def statuses(header):
    """The status of an async import says whether the call goes on, and tells its handle: it is not to be dropped."""
    return re.sub(r"^(extern \w+_subtask_status_t \w+\()", rf'[[nodiscard("{STATUS}")]] \1', header, flags=re.M)


STRUCT = re.compile(r"^typedef struct(?: (\w+))? \{\n((?:  .*\n)*)\} (\w+)_t;$", re.M)
ALIAS = re.compile(r"^typedef (\w+)_t (\w+)_t;$", re.M)
FREE = re.compile(r"^void (\w+)_free\(\1_t \*ptr\) \{\n((?:  .*\n)*)\}\n", re.M)
HEADER_END = re.compile(r"\n#ifdef __cplusplus\n\}\n#endif\n#endif\s*\Z")


def members(header):
    """Of each type of the WIT, in their order, [(type, name)]; a list has its element as its only member, and another name
    for a type has that type."""
    header = re.sub(r"//.*", "", header)
    found = {}
    for match in sorted([*STRUCT.finditer(header), *ALIAS.finditer(header)], key=lambda match: match.start()):
        if match.re is ALIAS:
            found[match[2]] = [(match[1], None)]
        elif match[1] in (None, f"{match[3]}_t"):  # others are not of the WIT
            element = re.match(r" +(\w+)_t \*ptr;\n", match[2])
            each = re.findall(r"^ +(\w+?)(?:_t)? +(\w+);$", match[2], re.M)
            found[match[3]] = [(element[1], "ptr")] if element else each
    return found


def frees(header, source):
    """A type without a name, such as option<string>, that stands in several interfaces: the types of all but one of these do
    not free it. So the ..._free of each type is written anew, from its members, whose types come before it."""
    known = set(re.findall(r"^void (\w+)_free\(\1_t \*\w+\);$", header, re.M))
    bodies = {match[1]: match[2] for match in FREE.finditer(source)}
    added = []

    def call(indent, type_, place):
        return f"{indent}{type_}_free({place});\n" if type_ in known else ""

    for name, of in members(header).items():
        body = bodies.get(name, "")
        if body.startswith("  if (ptr->is_some)"):
            body = "  if (ptr->is_some) {\n" + call("    ", of[1][0], "&ptr->val") + "  }\n"
        elif body.startswith("  if (!ptr->is_err)"):
            ok, error = ("".join(call("    ", of_, f"&ptr->val.{at}") for of_, at in of if at == way) for way in ("ok", "err"))
            otherwise = f"  }} else {{\n{error}" if "} else {" in body else ""
            body = f"  if (!ptr->is_err) {{\n{ok}{otherwise}  }}\n"
        elif body.startswith("  switch ((int32_t) ptr->tag)"):
            payloads = iter(of[1:])  # behind the tag, in the order of the cases that have one

            def case(match):
                of_, at = next(payloads)
                return match[1] + call("      ", of_, f"&ptr->val.{at}") + match[2]

            body = re.sub(r"(    case \d+: \{\n)(?:      .*\n)*?(      break;\n)", case, body)
        elif re.match("  size_t (list|map)_len", body):
            inner = call("      ", of[0][0], "&list_ptr[i]" if "list_len" in body else "&map_ptr[i]")
            body = re.sub(r"(    for .*\n)(?:      .*\n)*", lambda loop: loop[1] + inner, body)
        else:
            body = "".join(call("  ", of_, f"&ptr->{at}" if at else "ptr") for of_, at in of)
            if body and name not in known:
                known.add(name)
                added.append(name)
        bodies[name] = body

    def definition(name):
        return f"void {name}_free({name}_t *ptr) {{\n{bodies[name]}}}\n"

    source = FREE.sub(lambda match: definition(match[1]), source)
    source += "".join("\n" + definition(name) for name in added)
    prototypes = "".join(f"\nvoid {name}_free({name}_t *ptr);\n" for name in added)
    return HEADER_END.sub(lambda end: prototypes + end[0], header), source


def prefixed(text, prefix, wit):
    """The names of all interfaces with a prefix, so that these bindings link beside others of the same."""
    packages = {
        "_".join(match).replace("-", "_")
        for path in Path(wit).rglob("*.wit")
        for match in re.findall(r"^package ([\w-]+):([\w-]+)", path.read_text(), re.M)
    }
    return re.sub(rf"\b(__wasm_(?:im|ex)port_)?((?:exports_)?(?:{'|'.join(sorted(packages))})_)", rf"\1{prefix}\2", text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wit-bindgen", default="wit-bindgen")
    parser.add_argument("--wasm-tools", default="wasm-tools")
    parser.add_argument("--wit", required=True, type=Path, help="the WIT, a file or folder")
    parser.add_argument("--world", required=True)
    parser.add_argument("--output", required=True, type=Path, help="the folder for what is made")
    parser.add_argument("--prefix", default="", help="of the names of interfaces")
    parser.add_argument("option", nargs="*", help="behind --: more options of wit-bindgen c")
    arguments = parser.parse_args()
    try:
        generate(arguments)
        stem = arguments.output / arguments.world.replace("-", "_")
        header, source = stem.with_suffix(".h"), stem.with_suffix(".c")
        code = source.read_text()
        autodropped(code)
        names, code = frees(header.read_text(), parameter_blocks(destructors(code)))
        if arguments.prefix:
            names, code = (prefixed(text, arguments.prefix, arguments.wit) for text in (names, code))
        header.write_text(statuses(names))
        source.write_text(code)
    except Unsupported as unsupported:
        sys.exit(f"weft: bindings of world {arguments.world}: {unsupported}")


if __name__ == "__main__":
    main()
