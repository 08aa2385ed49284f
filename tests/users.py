# What the tests of users' projects share: commands as a page shows them, in a folder outside of Weft.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import re
import signal
import subprocess
import tempfile
import time

from limits import limited
from paths import BIN

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
ENVIRONMENT["PATH"] = f"{BIN}:{os.environ['PATH']}"
LIMIT = 600  # seconds for a service to come up, on a slow machine, too


def shell(commands, folder, **environment):
    """Runs lines of the shell, and returns the exit code and what they said."""
    done = limited(["bash", "-ec", commands], cwd=folder, env={**ENVIRONMENT, **environment})
    return done.returncode, done.stdout


def do(commands, folder, **environment):
    code, said = shell(commands, folder, **environment)
    assert code == 0, f"{commands}\n{said}"
    return said


class Serving:
    """A line of the shell with `weft-native serve` in it, or another server at port 0, until the end of a `with`. The server says where
    it is, and so gets a free port."""

    READY = r"127\.0\.0\.1:([1-9]\d*)\D"

    def __init__(self, command, folder):
        self.folder = folder
        self.log = tempfile.TemporaryFile()
        command = command.replace("weft-native serve", "weft-native serve --addr 127.0.0.1:0")
        self.process = subprocess.Popen(
            ["bash", "-c", command], cwd=folder, env=ENVIRONMENT, stdout=self.log, stderr=self.log, start_new_session=True
        )
        ends = time.monotonic() + LIMIT
        while not (found := re.search(self.READY, self.words())):
            if self.process.poll() is not None or time.monotonic() > ends:
                self.__exit__()
                raise AssertionError(f"{command}\n{self.words()}")
            time.sleep(0.01)
        self.port = found[1]

    def words(self):
        size = os.fstat(self.log.fileno()).st_size  # not by a seek, which moves where the host writes, too
        return os.pread(self.log.fileno(), size, 0).decode(errors="replace")

    def asked(self, command):
        """What the page's curl said."""
        return shell(command.replace("127.0.0.1:8080", f"127.0.0.1:{self.port}"), self.folder)[1]

    def ends(self, by=None):
        """How it ended, by itself or by Ctrl-C, and what it said."""
        if by:
            os.killpg(self.process.pid, by)
        return self.process.wait(LIMIT), self.words()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
