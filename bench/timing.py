# Times of the worlds, on this machine: processor time of the host's process, so that other work there does not count.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import statistics


def times(guests, figures, world, pairs, hurry):
    """Nanoseconds an operation, and the ratios to other ways of runs side by side; all are medians."""
    ways = guests.ways(world.ways, world.name)
    small, big = (max(1, n // hurry) for n in world.timed)
    per = {way: [] for way in ways}
    for pair in range(pairs + 1):
        # Every other round goes the other way round: no way is always first after a pause.
        for way in ways if pair % 2 else reversed(ways):
            rise = -guests.verified(way, world, small) + guests.verified(way, world, big)
            if pair:  # the first is the warm-up
                per[way].append(rise / (big - small) / world.operations * 1e9)
    name = f"{world.label}: time"
    for way in ways:
        figures.note(name, way, round(statistics.median(per[way]), 1), "ns")
        for other in figures.of.keys() & {*ways} - {way}:
            figures.note_of(other, name, way, [mine / its for mine, its in zip(per[way], per[other])])
