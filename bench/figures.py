# The figures: what was measured, the committed budget that holds them, and the table.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json
import math
import re
import statistics
from pathlib import Path

from worlds import WAYS

TOLERANCE = 1.02  # a rise of an exact figure by more is worse
LOG = 1.2  # the logarithm of 4,000, by that of 1,000
EXACT = {"instructions", "calls", "bytes"}  # units of what is the same on every machine


class Figures:
    """values[name][way] is a number, or a number by kind of host call; of[other][name][way] its ratio to another way's, pair by
    pair: the median, and the ends of its interval."""

    def __init__(self):
        self.values, self.units, self.of = {}, {}, {"raw": {}, "rust": {}, "plain": {}, "native": {}}

    def note(self, name, way, value, unit):
        self.values.setdefault(name, {})[way] = value
        self.units[name] = unit

    def note_of(self, other, name, way, ratios):
        three = (statistics.median(ratios), *interval(ratios))
        self.of[other].setdefault(name, {})[way] = [round(ratio, 3) for ratio in three]

    def ratio(self, other, name, way="weft"):
        """The median, and the ends of its interval; None if it was not measured."""
        return self.of[other].get(name, {}).get(way)

    def exact(self):
        return {name: value for name, value in self.values.items() if self.units[name] in EXACT}

    @classmethod
    def from_json(cls, read):
        it = cls()
        for name, figure in read.items():
            it.units[name] = figure["unit"]
            it.values[name] = {way: figure[way] for way in WAYS if way in figure}
            for other in it.of:
                found = figure.get(f"of {other}", {}), figure.get(f"of {other}, 90%", {})
                it.of[other][name] = {way: [ratio, *found[1].get(way, (ratio, ratio))] for way, ratio in found[0].items()}
        return it

    def as_json(self):
        figures = {}
        for name, value in self.values.items():
            figures[name] = {"unit": self.units[name], **value}
            for other in self.of:
                if of := self.of[other].get(name):
                    figures[name][f"of {other}"] = {way: three[0] for way, three in of.items()}
                    figures[name][f"of {other}, 90%"] = {way: three[1:] for way, three in of.items()}
        return figures


def interval(ratios):
    """The two of the ratios between which their true median is, in 90% of all cases at least; of fewer than five, the ends."""
    ordered, count, outside, below = sorted(ratios), len(ratios), 0.5 ** len(ratios), 0
    while outside <= 0.05:
        below += 1
        outside += math.comb(count, below) * 0.5**count
    at = max(0, below - 1)
    return ordered[at], ordered[-1 - at]


def total(value):
    """A figure as one number: of host calls, their sum without the host's own."""
    if isinstance(value, dict):
        return round(sum(count for kind, count in value.items() if kind != "callback"), 3)
    return value


def shown(value):
    if value is None:
        return "-"
    value = total(value)
    return f"{value:,.0f}" if abs(value - round(value)) < 1e-9 or value >= 10000 else f"{value:,.2f}"


# The budget ----------------------------------------------------------------------------------------------------------


class Budget:
    """budget.json: what Weft's figures may be at most, or more than the core's, or of raw's or what is native at most or at least; which ones
    are to be as another, because a cost stays flat as a number grows, or grows by its logarithm; and the exact ones at the
    last commit."""

    LIMITS = ("at most", "at most more than core", "at most of raw", "at least of raw", "at least of rust", "at most of native", "as", "as by log")

    def __init__(self, path):
        self.path = Path(path)
        self.read = json.loads(self.path.read_text()) if self.path.exists() else {kind: {} for kind in (*self.LIMITS, "exact")}

    @property
    def limits(self):
        return {kind: limits for kind, limits in self.read.items() if kind != "exact"}

    def update(self, figures, whole):
        self.read["exact"] = {**({} if whole else self.read["exact"]), **figures.exact()}
        text = json.dumps(self.read, indent=2)
        # One line a figure, and for host calls one a way.
        innermost = re.compile(r"(?<!(?:most| raw|rust|tive| log|.\"as)\": )(?<! core\": )\{([^{}]*)\}")
        self.path.write_text(innermost.sub(lambda inner: "{" + " ".join(inner[1].split()) + "}", text) + "\n")

    def worse(self, figures, whole):
        """What is worse than committed, one line each. whole: nothing of what is committed was left out."""
        found, committed = [], self.read["exact"]
        for name, figure in figures.exact().items():
            found += rises(name, figure, committed[name]) if name in committed else [f"{name}: not in budget.json"]
        for name, other in self.alike.items():
            if {name, other} <= {*figures.values} and not self.flat(name, figures):
                now, then = (figures.values[it]["weft"] for it in (name, other))
                found.append(f"{name}: {shown(now)}, but {other}: {shown(then)}")
        missing = [name for name in committed if name not in figures.values] if whole else []
        return found + [f"{name}: in budget.json, but not measured" for name in missing]

    @property
    def alike(self):
        return {**self.read["as"], **self.read["as by log"]}

    def flat(self, name, figures):
        tolerance = LOG if name in self.read["as by log"] else TOLERANCE
        return figures.values[name]["weft"] <= figures.values[self.alike[name]]["weft"] * tolerance

    def remark(self, name, figures):
        """The budget, and whether it is met; nothing if there is none."""
        figure = figures.values[name]
        if name.endswith("host calls") and "raw" in figure:
            more = {k: v for k, v in figure["weft"].items() if v > figure["raw"].get(k, 0) + 1e-9}
            return "as raw", f"OVER: {more_than_raw(figure)}" if more else "ok"
        if "weft" in figure and name in self.read["at most"]:
            limit = self.read["at most"][name]
            return shown(limit), "ok" if figure["weft"] <= limit else "OVER"
        if name in self.read["at most more than core"]:
            limit, more = self.read["at most more than core"][name], figure["weft"] - figure["core"]
            return f"core + {limit}", "ok" if more <= limit else f"OVER: +{shown(more)}"
        if name in self.alike and self.alike[name] in figures.values:
            return f"as {self.alike[name].split(':')[0]}", "ok" if self.flat(name, figures) else "OVER"
        said = []
        for other in figures.of:  # met if the interval reaches it
            if three := figures.ratio(other, name):
                _, low, high = three
                most, least = (self.read.get(f"at {what} of {other}", {}).get(name) for what in ("most", "least"))
                if most is not None:
                    said.append((f"<= {most}", "ok" if low <= most else "OVER"))
                if least is not None:
                    said.append((f">= {least}", "ok" if high >= least else "BELOW"))
        return ", ".join(limit for limit, _ in said), ", ".join(met for _, met in said)


def rises(name, figure, committed):
    """The lines in which Weft's figure rose by more than the tolerance."""
    if "weft" not in committed:
        return
    old, new = committed["weft"], figure["weft"]
    if not isinstance(old, dict):
        old, new = {"": old}, {"": new}
    for kind in sorted({*old, *new}):
        before, after = old.get(kind, 0), new.get(kind, 0)
        if after > before * TOLERANCE + 1e-9:
            percent = f" ({(after / before - 1) * 100:+.1f}%)" if before else ""
            yield f"{name}{' of ' + kind if kind else ''}: {shown(before)} -> {shown(after)}{percent}"


def more_than_raw(figure):
    """What Weft calls more than raw, and less: "+1 waitable-join"."""
    weft, raw = figure["weft"], figure["raw"]
    changes = [(kind, round(weft.get(kind, 0) - raw.get(kind, 0), 3)) for kind in sorted({*weft, *raw})]
    return ", ".join(f"{change:+g} {kind}" for kind, change in changes if change) or "as raw"


# The table -----------------------------------------------------------------------------------------------------------


def ratio_cell(figures, other, name):
    """How many times as much as another way's: of pairs of runs, with the interval."""
    if three := figures.ratio(other, name):
        ratio, low, high = (f"{ratio:.2f}" for ratio in three)
        return ratio if low == high else f"{ratio} ({low}-{high})"
    figure = figures.values[name]
    weft, beside = total(figure.get("weft")), total(figure.get(other))
    return f"{weft / beside:.2f}" if weft and beside else ""


def table(figures, budget, only=None):
    chosen = {name: figure for name, figure in figures.values.items() if not only or name.split(":")[0] in only}
    ways = [way for way in WAYS if any(way in figure for figure in chosen.values())]
    others = [other for other in figures.of if other in ways] or ["raw"]
    rows = [("", *ways, "unit", *(f"weft/{other}" for other in others), "budget", "")]
    for name, figure in chosen.items():
        cells = [shown(figure.get(way)) for way in ways]
        ratios = [ratio_cell(figures, other, name) for other in others]
        rows.append((name, *cells, figures.units[name], *ratios, *budget.remark(name, figures)))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row, widths)]
        for i in (0, len(ways) + 1, len(row) - 1):  # words
            cells[i] = row[i].ljust(widths[i])
        print("  ".join(cells).rstrip())
