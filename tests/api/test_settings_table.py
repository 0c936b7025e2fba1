"""The handbook's table of settings says what the code says."""

import os
import re
from pathlib import Path

from api.settings import Settings
from api.settings_table import settings_table

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
BETWEEN = re.compile(r"(<!-- settings -->\n).*(<!-- end of settings -->)", re.DOTALL)


def test_the_table_is_what_the_code_says():
    """If this fails the code changed; ``UPDATE_PAGES=1`` writes the table anew: read what it says now."""
    text = PAGE.read_text(encoding="utf-8")
    wanted = BETWEEN.sub(lambda found: found[1] + settings_table() + found[2], text)
    if os.environ.get("UPDATE_PAGES"):
        PAGE.write_text(wanted, encoding="utf-8")
    assert text == wanted or os.environ.get("UPDATE_PAGES")


def test_every_setting_is_a_row():
    rows = re.findall(r"^\| `GATEWAY_(\w+)` \|", settings_table(), re.MULTILINE)
    assert [row.lower() for row in rows] == list(Settings.model_fields)
