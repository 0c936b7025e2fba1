"""A disclosure as files: one JSON document, and a CSV file for each table, in a folder."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.records.subject_access import Disclosure

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula (OWASP, CSV Injection)."""


def files(disclosure: Disclosure) -> dict[str, str]:
    """The text of each file by its name; tables without a row have none.

    ``everything.json`` holds all; ``read-me.txt`` says what was withheld and what somebody has to read first.
    """
    named = {"everything.json": _document(disclosure), "read-me.txt": _read_me(disclosure)}
    named |= {f"{name}.csv": _csv(rows) for name, rows in disclosure.tables.items() if rows}
    if disclosure.events:
        named["events.csv"] = _csv(disclosure.events)
    return named


def _document(disclosure: Disclosure) -> str:
    told = {
        "people": disclosure.people,
        "made_at": disclosure.made_at.isoformat(),
        "withheld": disclosure.withheld,
        "to_read_before_handing_over": disclosure.to_read,
        "tables": disclosure.tables,
        "events": disclosure.events,
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def cell(value: Any) -> Any:  # noqa: ANN401  whatever a column holds
    """The value as a spreadsheet may have it: a text that would be a formula begins with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _read_me(disclosure: Disclosure) -> str:
    withheld = [f"  {where}: {count}" for where, count in sorted(disclosure.withheld.items())]
    lines = [
        f"What the gateway keeps about {', '.join(disclosure.people)}, on {disclosure.made_at:%-d %B %Y}.",
        "",
        "everything.json holds all of it; the CSV files hold the same, one for each table.",
        "",
        "Withheld because it tells of somebody else:" if withheld else "Nothing was withheld.",
        *withheld,
        "",
        "Free text, which somebody has to read before it is handed over, for it may tell of others:",
        *(f"  {each}" for each in disclosure.to_read),
    ]
    return "\n".join(lines) + "\n"
