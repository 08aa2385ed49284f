# Random numbers.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception


def test_numbers(host, component):
    first, second = (host.run(component("random-numbers")) for _ in range(2))
    assert (first.code, second.code, first.err) == (0, 0, "")
    numbers = first.out.split() + second.out.split()
    assert len(set(numbers)) == 4


def test_more_than_a_call_gives(host, component):
    assert host.run(component("random-key")).code == 0


def test_imports(component, imports):
    assert imports(component("random-key")) == {"wasi:random/random@0.3.2"}
