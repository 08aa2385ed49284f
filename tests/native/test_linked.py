# A test in C, linked with its component and the native host.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception


def test_linked(run, build):
    assert run([build / "tests/native/linked-test"]) == ""
