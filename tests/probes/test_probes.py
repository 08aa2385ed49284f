# Each probe comes to the same on wasmtime and in the native host: the same value, the same trap in the same words, or both
# wait for ever; but for what docs/agreement.md lists.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import re
import subprocess

import pytest
from limits import Hangs, limited
from native.transcripts import FEATURES
from paths import ROOT

FOLDER = ROOT / "tests/probes"
WASM = ROOT / "build/debug/tests/probes/probes.wasm"
NATIVE = ROOT / "build/sim"

FOUND = re.findall(r"^(PROBE|ANSWER)\((\w+)\)$", "".join(path.read_text() for path in sorted(FOLDER.glob("*.c"))), re.M)
# (export, probe): what an export answers can only be told by the one that may wait.
PROBES = [(export, name) for kind, name in FOUND for export in ("run", "run-sync") if kind == "PROBE" or export == "run"]

# The rows of the page: | `probe` | export | wasmtime | native host | why |. The first is a regular expression.
ROW = re.compile(r"^\| `(\w.*?)` \| (run|run-sync|both) \| `(.+?)` \| `(.+?)` \| .+ \|$", re.M)
LISTED = [row for row in ROW.findall((ROOT / "docs/agreement.md").read_text().replace("\\|", "|"))]

DEADLOCK, LEFT = 3, 5  # weft-sim's exit codes; the second: something is in flight, or open, as a probe leaves it
HANGS = "waits for ever"


def on_wasmtime(tools, compiled, call, **limits):
    """The value, "trap: " and wasmtime's last words, or HANGS."""
    command = [tools.wasmtime, "run", "--allow-precompiled", "-W", FEATURES, "--invoke", call, compiled]
    environment = {**os.environ, "RUST_BACKTRACE": "0"}
    try:
        done = limited(command, stderr=subprocess.PIPE, env=environment, **limits)
    except Hangs:
        return HANGS
    if done.returncode == 0:
        return done.stdout.strip()
    return "trap: " + re.sub(r"^\s*(\d+: )?(wasm trap: )?", "", done.stderr.strip().splitlines()[-1])


def in_native_host(call):
    """The same."""
    sides = [NATIVE / f"tests/probes/probes-{side}.so" for side in ("runner", "callee")]
    command = [NATIVE / "sim/weft-sim", "--like-wasmtime", *sides, "--", call]
    # What a probe leaves in flight is no leak.
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
    done = limited(command, stderr=subprocess.PIPE, env=environment)
    if words := re.search(r"^  wasmtime: (.*)$", done.stderr, re.M):
        return f"trap: {words[1]}"
    if done.returncode not in (0, DEADLOCK, LEFT):
        return f"exit {done.returncode}: {done.stderr}"
    return done.stdout.strip() or HANGS  # wasmtime leaves when there is a value, whoever still waits


def listed(export, probe):
    """What the page says that the two hosts make of it, or None."""
    hits = [row[2:] for row in LISTED if re.fullmatch(row[0], probe) and row[1] in (export, "both")]
    assert len(hits) < 2, f"{probe} from {export} is listed twice"
    return hits[0] if hits else None


@pytest.fixture(scope="session")
def compiled(tools, tmp_path_factory):
    """The component, compiled once."""
    for built in (WASM, NATIVE / "sim/weft-sim"):
        if not built.exists():
            (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{built} is not built: run `make native`, `make test`")
    path = tmp_path_factory.mktemp("probes") / "probes.cwasm"
    subprocess.run([tools.wasmtime, "compile", "-W", FEATURES, WASM, "-o", path], check=True)
    return path


@pytest.mark.parametrize("export, probe", PROBES)
def test_probe(tools, compiled, export, probe):
    call = f'{export}("{probe}")'
    expected = listed(export, probe)
    native = in_native_host(call)
    # It is sooner believed where the native host says so, too.
    hangs = native == HANGS and (not expected or expected[0] == HANGS)
    wasmtime = on_wasmtime(tools, compiled, call, **({"still": 0.5} if hangs else {}))
    if expected:
        assert (wasmtime, native) == expected
        assert wasmtime != native, "no longer differs: take its row from docs/agreement.md"
    else:
        assert native == wasmtime


def test_each_row_is_of_something():
    for row in LISTED:
        assert any(re.fullmatch(row[0], probe) for _, probe in PROBES), row
