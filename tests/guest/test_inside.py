# Seeing inside: what the dump says of each kind of wait, and that a trace is JSON in which begins and ends match.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from limits import limited
from paths import ROOT
from trace_events import check_events, events_of


@pytest.fixture
def preset():
    """These need messages, or lists, that a release does not have."""
    return "debug"


BUILD = ROOT / "build/debug"
SOURCE = ROOT / "tests/guest/inside/inside.c"
LINES = SOURCE.read_text().splitlines()


def line_of(text):
    """The one line of inside.c that has `text`."""
    (number,) = [number for number, line in enumerate(LINES, 1) if text in line]
    return number


def first_dump(text):
    """The lines of the first dump in what a guest and the host said."""
    lines = [line.removeprefix("weft: ") for line in text.splitlines() if line.startswith("weft: ")]
    starts = [i for i, line in enumerate(lines) if line.startswith("dump in turn ")] + [len(lines)]
    return lines[starts[0] : starts[1]]


def waits(depth, function, code, wait):
    """The pattern of the dump's line of a function that waits in the line with `code`."""
    return rf"  {'  ' * depth}{function} at inside\.c:{line_of(code)}: waits {wait}, since turn \d+"


def test_dump_shows_every_wait(guest):
    text = guest("inside", "dump").text
    assert text.endswith("\nok"), text
    expected = [
        r"dump in turn \d+:",
        r"task 1 exports_runner_run: awake, 7 in flight, 9 spawned",
        r"  run_run at weft_runner\.h:\d+: waits in weft_call, since turn \d+",
        r"    dump_run at inside\.c:\d+: waits in weft_call, since turn \d+",
        rf"      all_run at inside\.c:{line_of('weft_yield(co)); // until all wait')}: running",
        waits(0, "waiter_run", "bytes_read(co, &in,", r"for stream read \d+"),
        waits(0, "waiter_run", "weft_await_any(co, &self->any, self->ops, 2)", r"for any of stream read \d+, future read \d+"),
        waits(0, "waiter_run", "weft_event_wait(co, &event)", r"in weft_event_wait at \d+"),
        waits(0, "waiter_run", "weft_acquire(co", r"in weft_acquire at \d+"),
        waits(0, "waiter_run", "letters_send(", r"in letters_send at \d+"),
        waits(0, "waiter_run", "weft_sleep(", r"in weft_sleep until 1000"),
        waits(0, "waiter_run", "weft_event_wait(of, &event)", r"for the first of stream read \d+, nothing, stream read \d+, weft_event_wait at \d+"),
        waits(0, "waiter_run", "weft_call(co, &self->leaf.co", "in weft_call"),
        waits(1, "leaf_run", "bytes_read(co, &in_last,", r"for stream read \d+"),
        r"  waiter_run at inside\.c:\d+: ready",
        r"  stream read \d+: nobody waits for it",
    ]
    lines = first_dump(text)
    for pattern, line in zip(expected, lines):
        assert re.fullmatch(pattern, line), text
    assert len(lines) == len(expected), text


def test_dump_shows_every_state(guest):
    text = guest("inside", "states").text
    assert text.endswith("\nok"), text
    place = rf"deep_run at inside\.c:{line_of('weft_call(co, &self[1].co')}: waits in weft_call, since turn \d+"
    expected = [
        r"dump in turn \d+:",
        r"task 1 exports_runner_run: awake, 10 in flight, 7 spawned",
        r"  run_run at weft_runner\.h:\d+: waits in weft_call, since turn \d+",
        rf"    states_run at inside\.c:{line_of('// until it is in its finaliser')}: running",
        waits(0, "ending_run", "// last", r"in weft_event_wait at \d+") + ", cancelled, in its finaliser",
        waits(0, "ending_run", "// first", r"in weft_event_wait at \d+") + ", to be cancelled",
        waits(0, "many_run", "self->ops, MANY)", r"for any of (stream read \d+, ){8}\.\.\."),
        *(rf"  {'  ' * min(depth, 16)}{place}" for depth in range(17)),
        waits(16, "deep_run", "// deep down", r"in weft_event_wait at \d+"),
        r"  a coroutine that has not begun",
        r"  a coroutine that has not begun, cancelled",
        r"  future write \d+: a default on its way",
    ]
    lines = first_dump(text)
    for pattern, line in zip(expected, lines):
        assert re.fullmatch(pattern, line), (pattern, line, text)
    assert len(lines) == len(expected), text
    assert len(set(re.findall(r"weft_event_wait at (\d+)", "\n".join(lines)))) == 1, text  # all in one queue


def test_dump_shows_every_task(guest):
    lines = first_dump(guest("inside", "nested").text)
    assert [line for line in lines if line.startswith("task ")] == [
        "task 1 exports_runner_run: awake, 0 in flight, 0 spawned",
        "task 2 weft_block_on: awake, has returned, 0 in flight, 0 spawned",
    ]
    assert re.fullmatch(r"  inner_run at inside\.c:\d+: running", lines[-1])


def test_dump_shows_foreign_code(guest):
    """What foreign code waits for in a task, and a coroutine of Weft's in a foreign task, which is that one again."""
    lines = first_dump(guest("inside", "foreign").text)
    foreign = r"  foreign waitable (\d+): foreign code waits for it"
    expected = [
        r"dump in turn \d+:",
        r"task 1 exports_runner_run: awake, 2 in flight, 2 spawned",
        r"  run_run at weft_runner\.h:\d+: waits in weft_call, since turn \d+",
        rf"    foreign_run at inside\.c:{line_of('weft_yield(co)); // out of the first step')}: running",
        foreign,
        foreign,
        r"task 2 weft_embedded_poll: asleep, has returned, 1 in flight, 0 spawned",
        waits(0, "leaf_run", "bytes_read(co, &in_last,", r"for stream read (\d+)"),
    ]
    found = [re.fullmatch(pattern, line) for pattern, line in zip(expected, lines)]
    assert all(found) and len(lines) == len(expected), lines
    assert found[7][1] in (found[4][1], found[5][1])


def test_deadlock_is_explained(guest):
    outcome = guest("inside", "deadlock")
    assert outcome.code != 0 and "weft_misuse_deadlock" in outcome.text
    lines = first_dump(outcome.text)
    assert re.fullmatch(waits(1, "deadlock_run", "join_all(co, &self->scope)); // never", r"in weft_join_all at \d+"), lines[3])
    joins = [re.fullmatch(waits(0, "joiner_run", "weft_join(co", r"in weft_join at (\d+)"), line) for line in lines[4:6]]
    assert joins[0][1] != joins[1][1]
    assert lines[6] == "exports_runner_run: the export waits, and nothing in flight could wake it: start that first"


@pytest.mark.parametrize("test", ["trace", "states", "nested", "foreign"])
def test_trace(guest, test):
    text = guest("inside-trace", test).text
    assert text.startswith("[\n") and text.endswith("\nok"), text
    events = events_of(text)
    check_events(events)
    if test == "trace":
        seen = {(event["ph"], event["cat"], event.get("name", "")) for event in events if event["ph"] != "M"}
        assert ("B", "coroutine", "waiter_run") in seen
        assert ("i", "coroutine", "wake") in seen and ("i", "coroutine", "cancel") in seen
        assert ("n", "operation", "cancel") in seen and ("n", "task", "return") in seen
        outcomes = {event["args"]["outcome"] for event in events if event["ph"] == "E" and "args" in event}
        assert outcomes == {"done", "cancelled"}


def test_no_trace_in_a_component_without(run, tools):
    assert "wasi:clocks" not in run([tools.wasm_tools, "component", "wit", BUILD / "tests/guest/inside.wasm"])


@pytest.fixture
def build(run, tools, tmp_path):
    """build(program, library) makes inside.c into a component, each side with its value of WEFT_TRACE."""

    def make(program, library):
        def compile(trace, folder, sources, *options):
            folder.mkdir()
            command = [tools.zig, "cc", "--target=wasm32-wasi", "-O1", f"-DWEFT_TRACE={trace}", f"-I{ROOT}/include"]
            objects = []
            for source in sources:
                objects.append(folder / f"{source.stem}.o")
                run([*command, "-w", *options, "-c", source, "-o", objects[-1]])
            return objects

        bindings = BUILD / "tests/guest/inside.bindings"
        sources = [SOURCE, bindings / "runner.c", ROOT / "src/stderr/stderr.c"]
        objects = compile(program, tmp_path / "program", sources, f"-I{bindings}", f"-I{ROOT}/tests/guest")
        types = [bindings / "runner_component_type.o", *BUILD.glob("src/stderr/*.bindings/*_component_type.o")]
        hooks = ("memory", "report")  # which the program defines
        sources = [path for path in sorted((ROOT / "src").glob("*.c")) if path.stem not in hooks]
        objects += compile(library, tmp_path / "library", sources)
        core, component = tmp_path / "core.wasm", tmp_path / "inside.wasm"
        link = [tools.zig, "cc", "--target=wasm32-wasi", "-mexec-model=reactor", *objects, *types, "-o", core]
        return link, [tools.wasm_tools, "component", "new", core, "-o", component], component

    return make


def test_dump_without_trace(run, tools, build):
    """Without WEFT_TRACE the dump shows what is reached from operations in flight, by line."""
    link, new, component = build(0, 0)
    run(link)
    run(new)
    text = run([tools.wasmtime, "run", "-W", "component-model-async", "--invoke", 'run("dump")', component])
    assert text.endswith("ok\n"), text
    lines = [line.removeprefix("weft: ") for line in text.splitlines() if line.startswith("weft: ")]
    assert lines[0] == "task exports_runner_run: awake, 7 in flight, 9 spawned"
    place = r"step function \d+ at line "
    for code, wait in [
        ("bytes_read(co, &in,", r"  {}: waits for stream read \d+"),
        ("weft_await_any(co, &self->any, self->ops, 2)", r"  {}: waits for any of stream read \d+, future read \d+"),
        ("weft_event_wait(of, &event)", r"  {}: waits for the first of stream read \d+, nothing, stream read \d+, a queue at \d+"),
        ("bytes_read(co, &in_last,", r"    {}: waits for stream read \d+"),
    ]:
        shown = [line for line in lines if re.fullmatch(wait.format(place + str(line_of(code))), line)]
        assert len(shown) == lines.count(lines[0]), text
    assert any(re.fullmatch(r"  stream read \d+: nobody waits for it", line) for line in lines), text
    assert not any("dump in turn" in line for line in lines)


@pytest.mark.parametrize("program, library", [(0, 1), (1, 0)])
def test_a_mix_does_not_link(build, program, library):
    link, _, _ = build(program, library)
    done = limited(link)
    assert done.returncode != 0 and "undefined symbol: weft_task_start" in done.stdout
