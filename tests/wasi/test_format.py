# Formatted text in a component, and buffers that it is appended to; tests/native/test_format.py compares it with libc's.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

WITH, WITHOUT = "format-numbers", "format-small"


def test_formats(host, component):
    ended = host.run(component(WITH))
    said = f"a name|  2.2|1e+100|{0.1:.17e}|-7    |0x10000000000|8|0x0|100%|(null)\n"
    assert (ended.code, ended.out.decode(), ended.err) == (0, said, "")


def test_floats_are_linked_on_demand(host, component):
    ended = host.run(component(WITHOUT))
    assert (ended.code, ended.out, ended.err) == (0, b"   (float)|7|do", "")


def test_buffers(host, component):
    """They grow, hold what was appended, and keep what failed for want of memory."""
    ended = host.run(component("format-grows"))
    assert (ended.code, ended.out, ended.err) == (0, b"ok, 0 left\n", "")
