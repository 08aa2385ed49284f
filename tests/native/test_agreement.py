# The native host agrees with wasmtime: each scenario of the guest suite has the same transcript on both, instance by
# instance, but for what docs/agreement.md lists.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
from collections import Counter, defaultdict

import pytest
from native.suite import scenarios
from native.transcripts import Failed, Wasmtime, event_order, in_native_host
from paths import ROOT
from soak import much

PAGE = ROOT / "docs/agreement.md"
NATIVE = ROOT / "build/sim"
WASM = ROOT / "build/debug/tests/guest"

# The rows of the page: `components` | `tests` | how | why. The first two are regular expressions.
ROW = re.compile(r"^\| `(.+?)` \| `(.+?)` \| (events|order|turns|rounds|late|drops) \| .+ \|$", re.M)
LISTED = [(*(it.replace("\\|", "|") for it in row[:2]), row[2]) for row in ROW.findall(PAGE.read_text())]

# These go by the clock; and a cancel of many fibers meets them in another order on each host, and so at other places.
LEFT_OUT = re.compile(r"fair .*|watch watchdog|fibers-.* (asleep|within|patterns|sweep_tasks)")

BY_COMPONENT = defaultdict(list)
for _component, _test, _options in scenarios():
    if not LEFT_OUT.fullmatch(f"{_component} {_test}"):
        BY_COMPONENT[_component].append((_test, _options))

# What Weft on Weft and raw on raw ask of a host, the mixed pairs ask again; and a cancel or failure what more of them do.
AGAIN = re.compile(much("", r".*-raw-on-weft .*|(?!.*-raw-on-).*-on-raw .*|awaits-.*_(cancel_again|fail_for_good)"))
COMPARED = {
    component: some
    for component, tests in BY_COMPONENT.items()
    if (some := [it for it in tests if not AGAIN.fullmatch(f"{component} {it[0]}")])
}


def listed(component, test):
    """How the scenario is said to differ, or None."""
    hits = {how for components, tests, how in LISTED if re.fullmatch(components, component) and re.fullmatch(tests, test)}
    assert len(hits) < 2, f"{component} {test} is listed twice"
    return hits.pop() if hits else None


def totals(transcripts):
    """What must be the same in whatever order: of each instance, how often each line comes, with its status, but without
    handles."""
    numbers = re.compile(r"\(.*\)|(?<=new) -> \d+")
    return {
        instance: Counter(re.sub(r"(call \S+) -> (\d+)", state_of, numbers.sub("", line)) for line in lines)
        for instance, lines in transcripts.items()
    }


def state_of(found):
    """An answer to a call without its handle."""
    return f"{found[1]} -> {int(found[2]) % 16}"


SPIN = re.compile(r"YIELD|thread\.yield|callback \S+ \(0, 0, 0\)|waitable-set\.poll \(\d+, 0, 0\) -> 0")


def without_turns(transcripts):
    """The transcripts without what a loop does until something has happened: yields, polls in vain, and calls that return at
    once, which have no status."""
    found = {}
    for instance, lines in transcripts.items():
        text = "\n".join(line for line in lines if not SPIN.fullmatch(line)) + "\n"
        text = re.sub(r"^call (\S+)\ncall \1 returns\n", "", text, flags=re.M)
        text = re.sub(r"^start \S+\nEXIT\n", "", text, flags=re.M)
        found[instance] = text.splitlines()
    return found


OUTCOME = re.compile(r"start |task\.|EXIT|stream\.|future\.")


def kinds_of(counted, those=re.compile("")):
    """The lines that there are, however often."""
    return {instance: {line for line in lines if those.match(line)} for instance, lines in counted.items()}


def without_drops(counted):
    """What came of all, without the copies that only learn that the other end is gone."""
    return {instance: lines - {"stream.read  -> 1", "stream.write  -> 1"} for instance, lines in kinds_of(counted, OUTCOME).items()}


def difference(wasmtime, native):
    """Of each instance, the first line that differs, with what leads there; "" if there is none."""
    said = []
    for instance in sorted(wasmtime.keys() | native.keys()):
        ours, theirs = native.get(instance, []), wasmtime.get(instance, [])
        if ours != theirs:
            pairs = enumerate(zip(ours + ["(end)"], theirs + ["(end)"]))
            at = next((at for at, (one, other) in pairs if one != other), min(len(ours), len(theirs)))
            before = ", ".join(ours[max(0, at - 4) : at])
            said.append(f"    {instance}, line {at}: after {before}:\n      wasmtime: {theirs[at : at + 6]}\n      native: {ours[at : at + 6]}")
    return "\n".join(said)


def kind(wasmtime, component, test, folder):
    """How a scenario differs, as the page has it, None or "more"; and where."""
    native = in_native_host(NATIVE, component, test)
    plain = difference(wasmtime, native)
    if not plain:
        return None, ""
    native = in_native_host(NATIVE, component, test, event_order(wasmtime), folder)
    if not difference(wasmtime, native):
        return "events", plain
    if totals(wasmtime) == totals(native):
        return "order", plain
    wasmtime, native = totals(without_turns(wasmtime)), totals(without_turns(native))
    if wasmtime == native:
        return "turns", plain
    if kinds_of(wasmtime) == kinds_of(native):
        return "rounds", plain
    if kinds_of(wasmtime, OUTCOME) == kinds_of(native, OUTCOME):
        return "late", plain
    if without_drops(wasmtime) == without_drops(native):
        return "drops", plain
    return "more", plain


@pytest.fixture(scope="session", autouse=True)
def built():
    if not (NATIVE / "sim/weft-sim").exists():
        pytest.skip("not built: run `make native`")


@pytest.mark.parametrize("component", COMPARED)
def test_agreement(tools, tmp_path, component):
    wrong = []
    host = Wasmtime(tools, WASM / f"{component}.wasm", tmp_path)
    for test, options in COMPARED[component]:
        try:
            how, where = kind(host.transcripts(test, options), component, test, tmp_path)
        except Failed as failed:
            how, where = "more", f"    {failed}"
        expected = listed(component, test)
        if how != expected:
            told = f"differs ({how})" if how else "no longer differs"
            wrong.append(f"{test} {told}, and docs/agreement.md says: {expected or 'it does not'}\n{where}")
    if wrong:
        pytest.fail(f"{component}: {len(wrong)} of {len(COMPARED[component])}\n" + "\n".join(wrong[:20]), pytrace=False)


def test_each_row_is_of_something():
    for components, tests, how in LISTED:
        hits = [test for component in BY_COMPONENT if re.fullmatch(components, component) for test, _ in BY_COMPONENT[component]]
        assert any(re.fullmatch(tests, test) for test in hits), f"| `{components}` | `{tests}` | {how} |"


def test_each_answer_is_asked():
    """The tests of tests/wasi compare with each row of the page's last table, and with no other, and it differs."""
    rows = re.findall(r"^\| (.+?) \| `(.+?)` \| `(.+?)` \| .+ \|$", PAGE.read_text().partition("## Answers of WASI")[2], re.M)
    asked = {what for path in (ROOT / "tests/wasi").glob("test_*.py") for what in re.findall(r'\banswer\("(.+?)"\)', path.read_text())}
    assert asked == {what for what, *_ in rows}
    assert all(theirs != ours for _, theirs, ours in rows)
