"""docs/background.md says what the code does."""

import os
from pathlib import Path

from api.background.page import TASKS_IN_WORDS, background_page
from api.background.performing import DEEDS

PAGE = Path(__file__).parents[3] / "docs" / "background.md"


def test_the_page_is_what_the_tables_say():
    if os.environ.get("UPDATE_PAGES"):
        PAGE.write_text(background_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == background_page()


def test_every_kind_of_task_is_in_words():
    assert set(TASKS_IN_WORDS) == set(DEEDS)
