# `wasmtime serve` on a free port of the loopback interface: for the demo, the trace, the benchmarks and the tests.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import os
import re
import subprocess
import tempfile
import time

FLAGS = ["-S", "p3,cli", "-W", "component-model-async"]
LIMIT = 600  # seconds for the host to come up, on a slow machine, too
TRAPS = ("wasm trap", "worker failed", "wasm backtrace", "panicked", "weft-native: trap")


class Service:
    """A host that serves a component on `port`, until stop() or the end of a `with`. `command` is how it was started."""

    def __init__(self, wasmtime, component, *options):
        self.command = [str(word) for word in (wasmtime, "serve", *FLAGS, *options, "--addr=127.0.0.1:0", component)]
        self.log = tempfile.TemporaryFile()
        # A trap is told by the guest's backtrace; the host's own would hide it.
        environment = {**os.environ, "RUST_BACKTRACE": "0"}
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=environment
        )
        try:
            self.port = self._port()
        except BaseException:
            self.stop()
            raise

    def _port(self):
        """The system chooses a free port for port 0; the host prints which."""
        ends = time.monotonic() + LIMIT
        while not (found := re.search(r"http://127\.0\.0\.1:(\d+)/", self.words())):
            if self.process.poll() is not None or time.monotonic() > ends:
                raise subprocess.SubprocessError(f"`{' '.join(self.command)}` does not serve: {self.words()[:1000]}")
            time.sleep(0.01)
        return int(found[1])

    def words(self):
        """What the host and its guests have said so far."""
        size = os.fstat(self.log.fileno()).st_size  # not by a seek, which moves where the host writes, too
        return os.pread(self.log.fileno(), size, 0).decode(errors="replace")

    def fault(self):
        """What went wrong so far, or None. A client may see no more of a guest's trap than a short answer that looks whole."""
        if self.process.poll() is not None:
            return f"the host ended with code {self.process.returncode}: {self.words()[:1000]}"
        if any(trap in self.words() for trap in TRAPS):
            return f"a guest trapped: {self.words()[:1000]}"
        return None

    def stop(self):
        for end in (self.process.terminate, self.process.kill):
            if self.process.poll() is None:
                end()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(5)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
