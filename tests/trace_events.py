# Reads what weft::trace_json wrote, and holds it against the rules of the format.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json


def events_of(text):
    """The events among the lines of a text, which the host's own lines may stand between."""
    lines = [line for line in text.splitlines() if line.startswith("{") and line.endswith("},")]
    return json.loads("[" + "".join(lines)[:-1] + "]")


def check_events(events):
    """Begins and ends nest in each row and match in each asynchronous event, and none is left open."""
    rows, open_events, last = {}, set(), {}
    for event in events:
        phase = event["ph"]
        if phase == "M":
            continue
        process, row = event["pid"], (event["pid"], event["tid"])
        assert event["ts"] >= last.get(process, 0), event
        last[process] = event["ts"]
        if phase == "B":
            rows.setdefault(row, []).append(event)
        elif phase == "E":
            begun = rows[row].pop()
            assert event.get("name", begun["name"]) == begun["name"], (begun, event)
            assert event["cat"] == begun["cat"], (begun, event)
        elif phase in "ben":
            key = process, event["cat"], event["id"]
            assert (key in open_events) == (phase != "b"), event
            if phase == "b":
                open_events.add(key)
            elif phase == "e":
                open_events.remove(key)
        else:
            assert phase == "i" and rows[row], event
    assert not open_events and not any(rows.values())
