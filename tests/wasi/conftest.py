# What the tests of weft/wasi.h share: a host, which runs and serves their components. It is a parameter of every test.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from hosts import host, hosts  # noqa: F401: a fixture
from paths import ROOT

from wasi.shells import d, shell, start  # noqa: F401: fixtures
from wasi.sockets import family, script, server  # noqa: F401: fixtures

# The builds that run in a host.
BUILDS = {"wasmtime": ["debug", "release"], "native": ["sim"]}
# The tests of what the native world has, but for those of a service, and of what a file imports.
NATIVE = (
    ["test_clock", "test_console", "test_env", "test_format", "test_log", "test_random"]
    + ["test_fs_files", "test_fs_limits", "test_fs_names", "test_fs_paths"]
    + ["test_address", "test_names", "test_outbox", "test_states", "test_tcp", "test_tcp_server", "test_udp"]
)


def pytest_generate_tests(metafunc):
    names = metafunc.fixturenames
    on = hosts(metafunc.config)
    if metafunc.module.__name__.rpartition(".")[2] not in NATIVE or metafunc.function.__name__ == "test_service" or "imports" in names:
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


@pytest.fixture
def component(preset):
    """component("console-filter") is the path of tests/wasi/console/filter.c as a component."""
    suffix = ".so" if preset == "sim" else ".wasm"
    return lambda name: ROOT / f"build/{preset}/tests/wasi/{name}{suffix}"


@pytest.fixture(scope="session")
def imports(tools, run):
    """imports(component): the interfaces that it imports, without those of Weft's own messages."""

    def listed(component):
        words = run([tools.wasm_tools, "component", "wit", component]).splitlines()
        return {line.strip(" ;").removeprefix("import ") for line in words if line.startswith("  import ") and "@0.2." not in line}

    return listed
