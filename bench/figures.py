# The figures: what was measured, the committed budget that holds them, and the table.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json
import re
from pathlib import Path

from worlds import WAYS

TOLERANCE = 1.02  # a rise of an exact figure by more is worse
LOG = 1.2  # the logarithm of 4,000, by that of 1,000
EXACT = {"instructions", "calls", "bytes"}  # units of what is the same on every machine


class Figures:
    """values[name][way] is a number, or a number by kind of host call; of_raw[name][way] its ratio to raw, pair by pair."""

    def __init__(self):
        self.values, self.units, self.of_raw = {}, {}, {}

    def note(self, name, way, value, unit):
        self.values.setdefault(name, {})[way] = value
        self.units[name] = unit

    def note_of_raw(self, name, way, ratio):
        self.of_raw.setdefault(name, {})[way] = round(ratio, 3)

    def exact(self):
        return {name: value for name, value in self.values.items() if self.units[name] in EXACT}

    @classmethod
    def from_json(cls, read):
        it = cls()
        for name, figure in read.items():
            it.units[name] = figure["unit"]
            it.values[name] = {way: figure[way] for way in WAYS if way in figure}
            it.of_raw[name] = figure.get("of raw", {})
        return it

    def as_json(self):
        figures = {}
        for name, value in self.values.items():
            figures[name] = {"unit": self.units[name], **value}
            if name in self.of_raw:
                figures[name]["of raw"] = self.of_raw[name]
        return figures


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
    """budget.json: what Weft's figures may be at most, or more than the core's, or of raw's at most or at least; which ones
    are to be as another, because a cost stays flat as a number grows, or grows by its logarithm; and the exact ones at the
    last commit."""

    LIMITS = ("at most", "at most more than core", "at most of raw", "at least of raw", "as", "as by log")

    def __init__(self, path):
        self.path = Path(path)
        self.read = json.loads(self.path.read_text()) if self.path.exists() else {kind: {} for kind in (*self.LIMITS, "exact")}

    @property
    def limits(self):
        return {kind: limits for kind, limits in self.read.items() if kind != "exact"}

    def update(self, figures, whole):
        self.read["exact"] = {**({} if whole else self.read["exact"]), **figures.exact()}
        text = json.dumps(self.read, indent=2)
        innermost = re.compile(r"(?<!(?:most| raw| log|.\"as)\": )(?<! core\": )\{([^{}]*)\}")  # one line a figure, and for host calls one a way
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
        figure, ratio = figures.values[name], figures.of_raw.get(name, {}).get("weft")
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
        if ratio is not None and name in self.read["at most of raw"]:
            limit = self.read["at most of raw"][name]
            return f"<= {limit}", "ok" if ratio <= limit else "OVER"
        if ratio is not None and name in self.read["at least of raw"]:
            limit = self.read["at least of raw"][name]
            return f">= {limit}", "ok" if ratio >= limit else "BELOW"
        return "", ""


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


def table(figures, budget, only=None):
    chosen = {name: figure for name, figure in figures.values.items() if not only or name.split(":")[0] in only}
    ways = [way for way in WAYS if any(way in figure for figure in chosen.values())]
    rows = [("", *ways, "unit", "weft/raw", "budget", "")]
    for name, figure in chosen.items():
        weft, raw = total(figure.get("weft")), total(figure.get("raw"))
        ratio = figures.of_raw.get(name, {}).get("weft") or (weft / raw if weft and raw else None)
        limit, met = budget.remark(name, figures)
        cells = [shown(figure.get(way)) for way in ways]
        rows.append((name, *cells, figures.units[name], f"{ratio:.2f}" if ratio else "", limit, met))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row, widths)]
        for i in (0, len(ways) + 1, len(ways) + 4):  # words
            cells[i] = row[i].ljust(widths[i])
        print("  ".join(cells).rstrip())
