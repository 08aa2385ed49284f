# Tracing costs nothing where it is off: the library's code is the same to the byte as that without the trace calls.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json
import re
import shutil

import pytest
from paths import BIN, ROOT
from trace_events import check_events

# A call in a function, in a macro, and the additional fields of a struct.
TRACE_CALL = re.compile(r"^ +WEFT__TRACE_(\w+_FIELDS|\w+\(.*\);) *(\\?)$", re.M)
SOURCES = sorted(path.name for path in (ROOT / "src").glob("*.c") if not path.name.startswith("trace"))


@pytest.mark.parametrize("level", ["-O0", "-O2", "-Os"])
def test_off_is_free(run, tmp_path, level):
    with_calls, without_calls = tmp_path / "with", tmp_path / "without"
    for tree in (with_calls, without_calls):
        for folder in ("include", "src"):
            shutil.copytree(ROOT / folder, tree / folder)
    removed = 0
    for path in [*without_calls.glob("src/*.c"), *without_calls.glob("include/weft/**/*.h")]:
        if path.name not in ("trace.h", "trace.c"):
            text, count = TRACE_CALL.subn(r"\2", path.read_text())
            path.write_text(text)
            removed += count
            assert "WEFT__TRACE_" not in text
    assert removed > 20
    for source in SOURCES:
        objects = []
        for tree in (with_calls, without_calls):
            command = [BIN / "zig", "cc", "--target=wasm32-wasi", "-g0", "-std=c11", level, "-Iinclude", "-c"]
            run([*command, f"src/{source}", "-o", tree / "source.o"], cwd=tree)
            objects.append((tree / "source.o").read_bytes())
        assert objects[0] == objects[1], source


def test_example():
    """The example in docs/ is JSON, and has two requests at a time."""
    events = json.loads((ROOT / "docs/echo-trace.json").read_text())
    check_events(events)
    tasks = [event for event in events if event.get("cat") == "task" and event["ph"] in "be"]
    assert [event["ph"] for event in tasks] == ["b", "b", "e", "e"]
