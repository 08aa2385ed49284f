# What a component's sources declare: its core imports and exports. The canonical ABI fixes their names.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import shlex
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from unsupported import Unsupported

CXX = (".cc", ".cpp", ".cxx")
STRINGS = r'"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*'
ATTRIBUTE = re.compile(
    r"__attribute__\s*\(\(\s*(?:__weak__\s*,\s*)?(?:"
    rf"(?:__)?import_module(?:__)?\s*\(\s*(?P<module>{STRINGS})\s*\)\s*,\s*(?:__)?import_name(?:__)?\s*\(\s*(?P<name>{STRINGS})\s*\)"
    rf"|(?:__)?export_name(?:__)?\s*\(\s*(?P<export>{STRINGS})\s*\)"
    r")\s*\)\)\s*(?P<result>[\w\s*]*?)(?P<symbol>\w+)\s*\((?P<params>[^()]*)\)"
)
FORCE_LINK = re.compile(r"\bextern\s+void\s+(__component_type_object_force_link_\w+)\s*\(void\)")
TYPEDEF = re.compile(r"\btypedef\s+(\w+)\s+(\w+)\s*;")
CORE_TYPES = {"int64_t": "i64", "uint64_t": "i64", "int32_t": "i32", "uint32_t": "i32", "size_t": "i32"}
CORE_TYPES.update({"float": "f32", "double": "f64"})
C_TYPES = {"i32": "uint32_t", "i64": "uint64_t", "f32": "float", "f64": "double"}


@dataclass
class Declared:
    """A core import or export: its C symbol and its core signature."""

    symbol: str
    params: list
    results: list

    @property
    def prototype(self):
        """That of a C function with parameters a0, a1, ..."""
        params = ", ".join(f"{C_TYPES[core]} a{at}" for at, core in enumerate(self.params)) or "void"
        return f"{C_TYPES[self.results[0]] if self.results else 'void'} {self.symbol}({params})"

    def check(self, params, results):
        """Refuses a signature that is not the one that the WIT makes it."""
        if (self.params, self.results) != (params, results):
            both = ((self.params, self.results), (params, results))
            declared, made = (f"({', '.join(takes)}) -> ({', '.join(gives)})" for takes, gives in both)
            raise Unsupported(
                f"{self.symbol} is declared as {declared}, but its WIT makes it {made}: are the bindings of this WIT?"
            )


def preprocessed(compiler, cxx, sources, includes):
    """The sources with weft's built-ins as they are declared on wasm, and the paths of all files that are in them."""
    # CMake leaves it to its generators to split an option with this prefix.
    compiler = [part for option in compiler for part in (shlex.split(option[6:]) if option.startswith("SHELL:") else [option])]
    builtin = "-DWEFT__BUILTIN(m,n)=__attribute__((__import_module__(m),__import_name__(n)))"
    texts, paths = [], set()
    with tempfile.TemporaryDirectory() as folder:
        rule, headers = Path(folder) / "rule.d", Path(folder) / "headers.c"
        headers.write_text("".join(f"#include <{include}>\n" for include in includes))
        for source in [*sources, headers]:
            driver = [cxx, "-std=gnu++20", *compiler[1:]] if Path(source).suffix in CXX else compiler
            command = [*driver, "-E", "-P", builtin, "-MD", "-MF", str(rule), "-MT", "it", str(source)]
            done = subprocess.run(command, text=True, stdout=subprocess.PIPE)
            if done.returncode != 0:
                raise Unsupported(f"{source} does not preprocess")
            texts.append(done.stdout)
            paths.update(rule.read_text().removeprefix("it:").replace("\\\n", " ").split())
            paths.discard(str(headers))
    return "\n".join(texts), paths


def declarations(text):
    """The core imports, {(module, name): {symbol: Declared}}, the core exports, {name: Declared}, and the link guards."""
    imports, exports = {}, {}
    typedefs = {name: of for of, name in TYPEDEF.findall(text)}
    for match in ATTRIBUTE.finditer(text):
        params, result = ([core_type(c, typedefs) for c in match[side].split(",")] for side in ("params", "result"))
        declared = Declared(match["symbol"], *([core for core in side if core] for side in (params, result)))
        if match["export"]:
            exports[unquoted(match["export"])] = declared
        else:
            imports.setdefault((unquoted(match["module"]), unquoted(match["name"])), {})[declared.symbol] = declared
    return imports, exports, sorted(set(FORCE_LINK.findall(text)))


def unquoted(literals):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals))


def core_type(c_type, typedefs):
    """The core type of a C parameter or result; None for void."""
    words = [word for word in re.findall(r"\w+|\*", c_type) if word not in ("extern", "const", "static")]
    if "*" in words:
        return "i32"
    word = words[0] if words else "void"
    while word in typedefs and word not in CORE_TYPES:
        word = typedefs[word]
    if word != "void" and word not in CORE_TYPES:
        raise Unsupported(f"{c_type.strip()!r} is no type of a core import or export")
    return CORE_TYPES.get(word)
