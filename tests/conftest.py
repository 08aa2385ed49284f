# What all tests share: the paths of the tools, what they measured, and the closing line `N passed, N failed`.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import shutil
from types import SimpleNamespace

import pytest
from limits import limited
from lists import is_again
from paths import BIN


def pytest_addoption(parser):
    parser.addoption("--host", action="append", help="run the tests of weft/wasi.h on this host; may be repeated")


LONG = ("bench", "fuzz", "sim")  # first, so that none of theirs is left alone at the end


def pytest_collection_modifyitems(config, items):
    left_out = {item for item in items if is_again(item)}
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    items.sort(key=lambda item: item.path.parent.name not in LONG)


@pytest.fixture(scope="session")
def tools():
    """The paths of the tools that `make setup` installed."""
    names = ("zig", "wasm-tools", "wasmtime", "wit-bindgen", "wasm-opt", "clang-format")
    return SimpleNamespace(**{name.replace("-", "_"): str(BIN / name) for name in names})


@pytest.fixture(scope="session")
def need():
    """need("clang-22") skips the test where the tool is not installed, and fails it in CI, which installs all."""

    def check(name):
        if not shutil.which(name):
            (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{name} is not installed")
        return name

    return check


@pytest.fixture(scope="session")
def run():
    """run([...]) runs a command, fails the test with its output unless it succeeds, and returns what it wrote."""

    def check(command, **options):
        done = limited(command, **options)
        if done.returncode != 0:
            pytest.fail(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}", pytrace=False)
        return done.stdout

    return check


@pytest.fixture
def tell(record_property):
    """tell("...") is a line of what a test measured, which is shown at the end of the run, also of a test that passes."""
    return lambda text: record_property("measured", text)


# pytest's own last line is a decorated one, so ours is written after it; only the process that reports does so.
def pytest_unconfigure(config):
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput"):
        return

    def count(*outcomes):
        return sum(len(reporter.stats.get(outcome, [])) for outcome in outcomes)

    for report in reporter.stats.get("passed", []):
        for name, text in report.user_properties:
            reporter.write_line(f"{name}: {text}")
    line = f"{count('passed')} passed, {count('failed', 'error')} failed"
    skipped = count("skipped", "xfailed")
    reporter.write_line(line + (f", {skipped} skipped" if skipped else ""))
