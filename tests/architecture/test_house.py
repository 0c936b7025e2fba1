"""What no linter says about the files of the house."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "scenarios", "gateway", "allocation")
FILES = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))

# Names that say nothing about what is inside.
EMPTY_NAMES = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


def test_the_house_has_these_four_packages_and_no_other():
    found = {init.parent.name for init in ROOT.glob("*/__init__.py")}
    assert found == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_says_what_it_is_for_and_ships_its_types(package):
    assert (ROOT / package / "__init__.py").read_text().startswith('"""')
    assert (ROOT / package / "py.typed").exists()


def test_every_file_and_folder_is_named_for_its_subject():
    empty = [named(file) for file in FILES if EMPTY_NAMES & set(file.relative_to(ROOT).with_suffix("").parts)]
    assert not empty


def test_nothing_is_left_unfinished():
    unfinished = [
        f"{named(file)}:{number}: {line.strip()}"
        for file in FILES
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    assert not unfinished


def test_each_test_file_that_opens_a_browser_is_marked_so():
    """Where there is no Chromium, `dev.py test` leaves out what is marked and nothing else."""
    tests = [file for file in (ROOT / "tests").rglob("*.py") if file != Path(__file__)]
    opening = [file for file in tests if "import sync_playwright" in file.read_text()]
    assert [named(file) for file in opening if "mark.browser" not in file.read_text()] == []
