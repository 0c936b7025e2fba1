"""docs/security.md speaks of each requirement of levels 1 and 2 once, and of tests that are there."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")

# The level of each requirement of OWASP ASVS 5.0.0, section by section, from the standard's own table
# (…_5.0.0_en.csv): 70 of level 1, 183 of level 2, 92 of level 3.
LEVELS = """
    1.1:22 1.2:1111122223 1.3:112222222223 1.4:222 1.5:123 2.1:122 2.2:112 2.3:12223 2.4:23 3.1:3 3.2:113
    3.3:12223 3.4:11222233 3.5:11122333 3.6:3 3.7:22333 4.1:12233 4.2:23333 4.3:22 4.4:1222 5.1:2 5.2:112333
    5.3:113 5.4:222 6.1:122 6.2:111111112222 6.3:11223333 6.4:112233 6.5:22222333 6.6:2223 6.7:33 6.8:2222
    7.1:222 7.2:1111 7.3:22 7.4:11222 7.5:223 7.6:22 8.1:1233 8.2:1123 8.3:133 8.4:23 9.1:111 9.2:1222 10.1:22
    10.2:223 10.3:22223 10.4:1111122222233333 10.5:22222 10.6:22 10.7:222 11.1:2233 11.2:22233 11.3:11233
    11.4:1222 11.5:23 11.6:23 11.7:33 12.1:12233 12.2:11 12.3:22223 13.1:2333 13.2:222223 13.3:2233
    13.4:1222233 14.1:22 14.2:12223333 14.3:122 15.1:12233 15.2:12233 15.3:1222222 15.4:3333 16.1:2 16.2:22222
    16.3:2222 16.4:222 16.5:2223 17.1:23 17.2:22223333 17.3:22
"""
REQUIRED = [
    f"{section}.{number}"
    for section, levels in (each.split(":") for each in LEVELS.split())
    for number, level in enumerate(levels, start=1)
    if level in "12"
]


def test_there_are_253_requirements_of_levels_1_and_2():
    assert len(REQUIRED) == 253


def test_each_requirement_stands_in_the_tables_by_chapter_once():
    tables = PAGE.partition("## Level by level")[2].partition("## Known limits")[0]
    assert Counter(re.findall(r"(?<![\d.])\d+\.\d+\.\d+(?![\d.]\d)", tables)) == Counter(REQUIRED)


def test_each_stands_in_the_table_of_its_chapter():
    for chapter, table in re.findall(r"### V(\d+) .*?\n(.*?)(?=\n##|\Z)", PAGE, re.DOTALL):
        found = re.findall(r"(?<![\d.])(\d+)\.\d+\.\d+", table)
        assert set(found) == {chapter}


def test_the_tour_names_tests_that_are_there():
    tour = PAGE.partition("## The stranger's tour")[2].partition("## Level by level")[0]
    named = set(re.findall(r"`([\w/]*test_\w+\.py)`", tour))
    assert len(named) >= 8
    assert [
        each for each in named if not any((ROOT / "tests" / under / each).exists() for under in ("", "api"))
    ] == []
    asked = re.findall(r"(\d+\.\d+\.\d+)", tour)
    assert set(asked) - set(REQUIRED) == {"1.2.10"}


def test_the_guards_it_tells_of_are_there():
    for name in re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE):
        assert (ROOT / "api" / "guards" / f"{name}.py").exists()
