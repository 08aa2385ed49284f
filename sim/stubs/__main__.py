# Makes the native stubs of a component: `python3 sim/stubs --help`. Everything follows from two things: the WIT, and what the
# component's sources declare.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import argparse
import json
import subprocess
import sys
from pathlib import Path

from component import component
from sources import declarations, preprocessed
from unsupported import Unsupported
from wit import NO_WIT, World


def main():
    parser = argparse.ArgumentParser(prog="stubs", description="Makes the native stubs of a component.")
    parser.add_argument("--wit", type=Path, help="the WIT, a file or folder; none: it has but what it is linked with")
    parser.add_argument("--world", required=True)
    parser.add_argument("--wasm-tools", default="wasm-tools")
    parser.add_argument("--source", action="append", default=[], help="a source of the component, bindings included")
    parser.add_argument("--cxx", help="the compiler of sources in C++, which takes the same options")
    parser.add_argument("--part", action="store_true", help="of a library, for components that are linked with it")
    parser.add_argument("--include", action="append", default=[], help="a header that declares more of what it imports")
    parser.add_argument("--output", required=True, type=Path)
    parser.add_argument("--depfile", type=Path, help="where to write what the output depends on, for make and ninja")
    parser.add_argument("compiler", nargs="+", help="behind --: the compiler and its options")
    arguments = parser.parse_args()
    try:
        wit = NO_WIT
        if arguments.wit:
            command = [arguments.wasm_tools, "component", "wit", "--json", str(arguments.wit)]
            wit = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        text, paths = preprocessed(arguments.compiler, arguments.cxx, arguments.source, arguments.include)
        made = component(World(wit, arguments.world), *declarations(text), arguments.part)
    except Unsupported as unsupported:
        sys.exit(f"stubs of world {arguments.world}: {unsupported}")
    arguments.output.write_text(made)
    if arguments.depfile:
        arguments.depfile.write_text(f"{arguments.output}: {' '.join(sorted(paths))}\n")


if __name__ == "__main__":
    main()
