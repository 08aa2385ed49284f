# What the tests of weft/wasi.h share: a host, which runs and serves their components. It is a parameter of every test.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from hosts import NATIVE, host, hosts  # noqa: F401: a fixture
from paths import ROOT

from wasi.shells import d, shell, start  # noqa: F401: fixtures
from wasi.sockets import family, script, server  # noqa: F401: fixtures

# The builds that run in a host.
BUILDS = {"wasmtime": ["debug", "release"], "native": [NATIVE]}
# The tests of what the native world has, but for those of what a file imports.
IN_WORLD = (
    ["test_clock", "test_console", "test_env", "test_format", "test_log", "test_random"]
    + ["test_fs_files", "test_fs_limits", "test_fs_names", "test_fs_paths"]
    + ["test_http_client", "test_http_load", "test_http_next", "test_http_service", "test_messages"]
    + ["test_address", "test_names", "test_outbox", "test_states", "test_tcp", "test_tcp_server", "test_udp", "test_cxx"]
)


# What is not so there: docs/native.md has it.
NOT_NATIVE = {
    "test_no_memory_to_start_with": "memory has no limit",
    "test_a_status_that_no_component_may_make": "its component, which has another version of WASI, is not built",
}


def pytest_generate_tests(metafunc):
    names = metafunc.fixturenames
    on = hosts(metafunc.config)
    test = metafunc.function.__name__
    if metafunc.module.__name__.rpartition(".")[2] not in IN_WORLD or "imports" in names or test in NOT_NATIVE:
        on = [name for name in on if name != "native"]
    presets = [(name, preset) for name in on for preset in BUILDS[name]]
    if {"host", "preset"} <= set(names):
        metafunc.parametrize("host, preset", presets, indirect=True, scope="session")
    elif "preset" in names:
        metafunc.parametrize("preset", [preset for _, preset in presets], indirect=True, scope="session")
    elif "host" in names:
        metafunc.parametrize("host", on, indirect=True, scope="session")


@pytest.fixture(scope="session")
def preset(request):
    return request.param


@pytest.fixture(scope="session")
def component(preset):
    """component("console-filter") is the path of tests/wasi/console/filter.c as a component."""
    suffix = ".so" if preset == NATIVE else ".wasm"
    return lambda name: ROOT / f"build/{preset}/tests/wasi/{name}{suffix}"


@pytest.fixture(scope="session")
def imports(tools, run):
    """imports(component): the interfaces that it imports, without those of Weft's own messages."""

    def listed(component):
        words = run([tools.wasm_tools, "component", "wit", component]).splitlines()
        return {line.strip(" ;").removeprefix("import ") for line in words if line.startswith("  import ") and "@0.2." not in line}

    return listed


# The rows of a table of docs/agreement.md: what | on wasmtime | natively | why.
ROW = re.compile(r"^\| (.+?) \| `(.+?)` \| `(.+?)` \| .+ \|$", re.M)
ANSWERS = {what: {"Wasmtime": theirs, "Native": ours} for what, theirs, ours in ROW.findall((ROOT / "docs/agreement.md").read_text().partition("## Answers of WASI")[2])}


@pytest.fixture
def answer(host):
    """answer("the type of a pipe") is what docs/agreement.md says that the host answers there."""
    return lambda what: ANSWERS[what][type(host).__name__]
