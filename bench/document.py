#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Keeps the figures in a document true: runs each `$ bench/run.py ...` that stands at the head of a code block, and puts what
it prints below it. With --check it writes nothing, and fails if anything would change."""

import argparse
import difflib
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```\n\$ bench/run\.py (.*)\n(?:.*\n)*?```$", re.M)


def renewed(text, options):
    def block(found):
        command = [sys.executable, ROOT / "bench/run.py", *options, *shlex.split(found[1])]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        if done.returncode:
            raise SystemExit(f"document: `bench/run.py {found[1]}` failed: {done.stderr}")
        return f"```\n$ bench/run.py {found[1]}\n{done.stdout.rstrip()}\n```"

    return BLOCK.sub(block, text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("document", type=Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("options", nargs="*", help="more for bench/run.py, after --")
    args = parser.parse_args()
    old = args.document.read_text()
    new = renewed(old, args.options)
    if not args.check:
        args.document.write_text(new)
        return 0
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), str(args.document), "as measured", lineterm="")
    print("\n".join(lines))
    return 1 if new != old else 0


if __name__ == "__main__":
    sys.exit(main())
