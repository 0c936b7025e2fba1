"""Every page is there to be measured, and asks the database no more than it did.

How fast a page is, is for the benchmark to say; how often it asks is counted here, and pinned in a table
beside this file, which ``UPDATE_PAGES=1`` writes anew.
"""

import os
import re
from pathlib import Path

from api.commands.benchmark_pages import page_paths

PINNED = Path(__file__).with_name("statements_of_pages.txt")

LINE = re.compile(r"^\| (/\S*) +\| \w+ +\| +\d+ \| +\d+ \| +(\d+) \|", re.MULTILINE)

SOME = 3
"""Statements that may come and go with the day on which the store is drawn."""


def test_every_page_is_measured_and_asks_no_more_than_it_did(gateway):
    answer = gateway("benchmark", "pages", "--referrals", 1_000, "--times", 1)
    assert "answers" not in answer.out, answer.out
    asked = {path: int(statements) for path, statements in LINE.findall(answer.out)}
    assert set(asked) == set(page_paths())
    if os.environ.get("UPDATE_PAGES"):
        lines = (f"{statements:3} {path}\n" for path, statements in sorted(asked.items()))
        PINNED.write_text("".join(lines), encoding="utf-8")
    pinned = {line[4:]: int(line[:3]) for line in PINNED.read_text(encoding="utf-8").splitlines()}
    more = {
        path: (asked[path], pinned.get(path)) for path in asked if asked[path] > pinned.get(path, 0) + SOME
    }
    assert more == {}
    assert set(pinned) == set(asked)
