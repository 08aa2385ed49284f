# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""tools/demo.py passes a service that is right and catches each defect, in the scene that is there for it.
Needs no wasmtime: `python3 -m unittest discover tests/demo`; pytest takes it too."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
DEMO = HERE.parent.parent / "tools" / "demo.py"


class DemoTest(unittest.TestCase):
    def command(self, echo, cat, *more):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name in (echo, cat):
            pathlib.Path(folder.name, name + ".wasm").touch()
        files = [f"--echo={folder.name}/{echo}.wasm", f"--cat={folder.name}/{cat}.wasm"]
        return [sys.executable, str(DEMO), f"--wasmtime={HERE / 'fake_wasmtime.py'}", "--size=64", *files, *more]

    def demo(self, echo, cat, *more):
        return subprocess.run(self.command(echo, cat, *more), stdout=subprocess.PIPE, text=True)

    def catches(self, defect, scene, reason, only=(), more=()):
        result = self.demo(defect, "ok", *(f"--only={name}" for name in only or (scene,)), *more)
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn(f"1 failed: {scene} ", result.stdout)
        self.assertIn(reason, result.stdout)

    def test_passes_a_service_that_is_right(self):
        result = self.demo("ok", "ok")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn(", 0 failed (", result.stdout)

    def test_status(self):
        self.catches("status", "serve", "status 500, not 200", ["empty"])

    def test_text_that_changes_late(self):
        self.catches("lower", "stream", "another SHA-256")

    @unittest.skipUnless(os.path.exists("/proc/self/status"), "needs /proc")
    def test_memory_that_grows_with_the_body(self):
        self.catches("leak", "stream", "the host grew")

    def test_trailers_that_are_lost(self):
        self.catches("trailers", "trailers", "trailers {} came back")

    def test_body_cut_off_that_looks_whole(self):
        self.catches("whole", "abort", "looks whole")

    def test_trap(self):
        self.catches("trap", "host", "a guest trapped", ["abort", "host"])

    def test_cat_that_loses_a_byte(self):
        result = self.demo("ok", "short", "--only=cat")
        self.assertEqual(result.returncode, 1)
        self.assertIn("1 failed: cat ", result.stdout)

    def test_service_that_collects_the_body_first(self):
        self.catches("collects", "stream", "no byte of the answer came within 5 s", more=["--patience=5"])

    def test_interrupt_ends_the_host(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            # A job of the background ignores SIGINT, and so would all that it starts.
            with self.subTest(number), subprocess.Popen(
                self.command("ok", "ok", "--only=empty", "--keep"),
                stdout=subprocess.PIPE,
                text=True,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            ) as demo:
                port = None
                for line in demo.stdout:
                    if "Try" in line:
                        break
                    if "on port" in line:
                        port = int(line.split("on port ")[1].split()[0])
                demo.send_signal(number)
                self.assertEqual(demo.wait(), 128 + number)
                self.assertFalse(self.answers(port))

    @staticmethod
    def answers(port):
        time.sleep(0.1)
        with socket.socket() as sock:
            return sock.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    unittest.main()
