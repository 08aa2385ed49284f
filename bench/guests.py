# The components that are measured: where they are, how they run, and that what comes out is right.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import resource
import shutil
import subprocess
from pathlib import Path

from worlds import OPTIONS, SCRIPTS, invoked

LIMIT = 3600  # seconds after which a run of a guest hangs, however slow the machine


class Failed(Exception):
    """A result or a figure that is not as it must be; the text is the reason."""


def processor_seconds():
    """Of all processes that were waited for so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Guests:
    """The components of a build. What is made of them goes to `folder`."""

    def __init__(self, tools, build, folder):
        self.tools, self.build, self.folder = tools, Path(build), Path(folder)
        for script in SCRIPTS.glob("*.lua"):
            shutil.copy(script, self.folder)
        (self.folder / "chunks").write_bytes(bytes(60 << 16))  # for the worlds that read a file

    def component(self, way, name):
        return self.build / way / f"{name}.wasm"

    def ways(self, ways, name):
        """Those of the ways in which the component is measured: in Rust, it need not be built."""
        return [way for way in ways if way != "rust" or self.component(way, name).exists()]

    def compiled(self, way, name, fuel=False):
        """The component as machine code, so that a run does not compile; with fuel, or without. A native program is that."""
        if way == "native":
            return self.build / way / name
        options = ["-W", "fuel=1"] if fuel else []
        file = self.folder / f"{way}-{name}{'-fuel' if fuel else ''}.cwasm"
        if not file.exists():
            command = [self.tools.wasmtime, "compile", "-W", "component-model-async,component-model-threading", *options, "-o", file]
            subprocess.run([*command, self.component(way, name)], check=True, timeout=LIMIT)
        return file

    def run(self, file, call, *options):
        """The number that a call of an export returns, or that a program prints, None if the run failed; and the host's words."""
        host = [self.tools.wasmtime, "run", "--allow-precompiled", *options] if file.suffix == ".cwasm" else []
        command = [*host, *invoked(file, call)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=LIMIT, env={"RUST_BACKTRACE": "0"}, cwd=self.folder
            )
        except subprocess.TimeoutExpired:
            raise Failed(f"{Path(file).name}: {call} still runs after {LIMIT} s")
        return (int(done.stdout) if done.returncode == 0 else None), done.stderr

    def number(self, way, name, call, options=OPTIONS):
        got, said = self.run(self.compiled(way, name), call, *options)
        if got is None:
            raise Failed(f"{way} {name}: {call} failed: {said[:1000]}")
        return got

    def verified(self, way, world, n, fuel=None):
        """Runs the world with n, fails unless its result is right, and returns the processor seconds that it took."""
        options = [] if fuel is None else ["-W", f"fuel={fuel}"]
        file = self.compiled(way, world.file(way), fuel is not None)
        before = processor_seconds()
        got, said = self.run(file, world.call(n), *world.options, *options)
        took = processor_seconds() - before
        if got is None:
            raise Failed(f"{way} {world.name}: {world.call(n)} failed: {said[:1000]}")
        if got != world.result(n):
            raise Failed(f"{way} {world.name}: {world.call(n)} is {got}, not {world.result(n)}")
        return took
