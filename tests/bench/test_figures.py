# What is said of ratios: between what the true one is, and whether a goal is met.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json
import math
import sys

import pytest
from paths import ROOT

sys.path.append(str(ROOT / "bench"))
from figures import Budget, Figures, interval  # noqa: E402


@pytest.mark.parametrize("count", [5, 6, 20, 21, 101])
def test_interval_has_the_median_in_nine_of_ten_cases(count):
    low, high = interval(list(range(count))[::-1])
    assert low + high == count - 1  # as many below as above

    def outside(rank):  # how often fewer than so many of the ratios are below their true median, or above
        return 2 * sum(math.comb(count, k) for k in range(rank)) / 2**count

    assert outside(low + 1) <= 0.1 < outside(low + 2)


def test_interval_of_few_is_all_of_them():
    assert interval([3]) == (3, 3) and interval([2, 9, 4]) == (2, 9)


@pytest.mark.parametrize("ratios, met", [([1.9, 2.1, 2.2], "ok"), ([2.1, 2.2, 2.3], "OVER")])
def test_a_limit_of_native_is_met_if_the_interval_reaches_it(tmp_path, ratios, met):
    file, figures = tmp_path / "budget.json", Figures()
    limits = {"at most of native": {"a": 2}}
    file.write_text(json.dumps({kind: limits.get(kind, {}) for kind in (*Budget.LIMITS, "exact")}))
    figures.note("a", "weft", 1, "ns")
    figures.note_of("native", "a", "weft", ratios)
    assert Budget(file).remark("a", figures) == ("<= 2", met)


@pytest.mark.parametrize("ratios, met", [([0.9, 0.95, 0.99], "ok"), ([0.9, 0.95, 0.97], "BELOW")])
def test_a_goal_is_met_if_the_interval_reaches_it(tmp_path, ratios, met):
    file, figures = tmp_path / "budget.json", Figures()
    limits = {"at least of raw": {"a": 0.98}, "at least of rust": {"a": 0.5}}
    file.write_text(json.dumps({kind: limits.get(kind, {}) for kind in (*Budget.LIMITS, "exact")}))
    figures.note("a", "weft", 1, "ns")
    for other in ("raw", "rust"):
        figures.note_of(other, "a", "weft", ratios)
    again = Figures.from_json(figures.as_json())
    for each in (figures, again):
        assert Budget(file).remark("a", each) == (">= 0.98, >= 0.5", f"{met}, ok")
    assert again.as_json() == figures.as_json()
