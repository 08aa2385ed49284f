# Many who wait cost the host nothing: it looks at those alone who may go on.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from limits import limited


def test_requests(build, tell):
    """Twice as many requests at once are twice as much for it to look at, of the program that sends them and of the service."""
    program, components = build / "tests/native/many-requests", (build / "tests/wasi/http-many.so", build / "examples/hello.so")
    if not all(file.exists() for file in (program, *components)):
        pytest.skip("one build of the components is enough")
    looks = {}
    for count in (100, 200, 400):
        failed, looks[count] = (int(line.split()[0]) for line in limited([program, *components, count]).stdout.splitlines())
        assert not failed
    tell(f"{looks[400] / 400:.0f} looks a request")
    assert looks[400] - looks[200] < 2.1 * (looks[200] - looks[100])
