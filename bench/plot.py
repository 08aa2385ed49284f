#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Draws the figures that `bench/run.py --json` wrote as an SVG, in which the SHA-256 of the JSON stands."""

import argparse
import hashlib
import json
from pathlib import Path

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "weft", "font.size": 9, "font.family": "sans-serif"})
import matplotlib.pyplot as plt  # noqa: E402

COLOURS = {"weft": "#0b6e99", "raw": "#9aa5ab", "naive": "#d9822b"}
WAYS = list(COLOURS)


def worlds(figures, what):
    """Those of the core, which are beside the same by hand."""
    both = [name for name in figures if name.endswith(what) and {"weft", "raw"} <= figures[name].keys()]
    names = [name for name in both if "core" not in figures[name]]
    return [(name.split(":")[0], figures[name]) for name in names]


def bars(axes, rows, title, values):
    """A group of bars for each row; values(figure) is {way: number}."""
    for at, (_, figure) in enumerate(rows):
        for i, (way, value) in enumerate(values(figure).items()):
            axes.barh(at + (i - 1) * 0.27, value, 0.25, color=COLOURS[way], label=way if at == 0 else None)
            axes.text(value, at + (i - 1) * 0.27, f" {value:,.4g}" if value < 1000 else f" {value:,.0f}", va="center", size=7)
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.invert_yaxis()
    axes.set_title(title, loc="left", size=9)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.15)


def of_raw(axes, rows, title):
    """The ratio to raw, a point a row."""
    for at, (_, figure) in enumerate(rows):
        axes.plot(figure["of raw"]["weft"], at, "o", color=COLOURS["weft"])
    axes.axvline(1, color=COLOURS["raw"])
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.invert_yaxis()
    axes.set_title(title, loc="left", size=9)
    axes.spines[["top", "right"]].set_visible(False)


def draw(read):
    figures, machine = read["figures"], read["machine"]
    instructions, times = worlds(figures, ": instructions"), worlds(figures, ": time")
    services = worlds(figures, ": requests") + worlds(figures, ": rate")
    heights = [len(instructions) * 0.75, len(times) * 0.75, max(1, len(services) * 0.22)]
    drawn, axes = plt.subplots(3, 1, figsize=(9, sum(heights) + 2.5), height_ratios=heights, layout="constrained")
    bars(axes[0], instructions, "instructions an operation", lambda it: {way: it[way] for way in WAYS if way in it})
    axes[0].legend(frameon=False)
    bars(axes[1], times, "time an operation, of raw", lambda it: {"raw": 1, **{way: it["of raw"][way] for way in WAYS if way in it["of raw"]}})
    of_raw(axes[2], services, "requests or bytes a second, of raw")
    versions = ", ".join(f"{tool} {number}" for tool, number in machine["versions"].items())
    drawn.supxlabel(f"{machine['processor']}, {machine['cores']} cores; {versions}", size=7)
    return drawn


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("json", type=Path)
    parser.add_argument("svg", type=Path)
    args = parser.parse_args()
    data = args.json.read_bytes()
    drawn = draw(json.loads(data))
    said = f"drawn by bench/plot.py from a bench.json of SHA-256 {hashlib.sha256(data).hexdigest()}"
    drawn.savefig(args.svg, metadata={"Date": None, "Description": said})


if __name__ == "__main__":
    main()
