"""Every exemption from a check says why."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYPROJECT = (ROOT / "pyproject.toml").read_text()
FOLDERS = ("api", "scenarios", "gateway", "allocation", "tests")
SOURCES = [ROOT / "dev.py", *sorted(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))]

# A silenced line names its rule and then gives its reason.
SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore|pyright:)")
REASON_BESIDE_IT = re.compile(r"#\s*(noqa: [A-Z]+\d+(, [A-Z]+\d+)*|type: ignore\[[a-z-, ]+\])\W+\w+ \w+")

LAX = "follow_imports|follow_untyped_imports|ignore_missing_imports|implicit_reexport|disallow_.+"
EXEMPTING = re.compile(rf'\s*(".+ -> .+"|"(ignore|default):.+"|({LAX}) = )')


def ruff_ignores() -> list[str]:
    lint = tomllib.loads(PYPROJECT)["tool"]["ruff"]["lint"]
    return sorted({*lint["ignore"], *(rule for rules in lint["per-file-ignores"].values() for rule in rules)})


def lines_of(section: str) -> list[str]:
    """Return the lines of one table of pyproject.toml."""
    return PYPROJECT.split(f"[{section}]\n")[1].split("\n[")[0].splitlines()


@pytest.mark.parametrize("rule", ruff_ignores())
def test_each_ignored_lint_rule_has_its_reason_beside_it(rule):
    lines = lines_of("tool.ruff.lint") + lines_of("tool.ruff.lint.per-file-ignores")
    ignoring = [line.strip() for line in lines if f'"{rule}"' in line]
    assert ignoring
    assert all(re.fullmatch(rf'"{rule}", +# \w.+', line) for line in ignoring)


def test_each_other_exemption_has_its_reason_beside_it():
    """Imports let through a contract, warnings let through pytest, libraries mypy reads less strictly."""
    exempting = [line for line in PYPROJECT.splitlines() if EXEMPTING.match(line)]
    assert exempting
    assert [line for line in exempting if not re.search(r"# \w+\W+\w+", line)] == []


def test_each_silenced_line_names_its_rule_and_its_reason():
    unexplained = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in SOURCES
        if file != Path(__file__)
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if SILENCED.search(line) and not REASON_BESIDE_IT.search(line)
    ]
    assert not unexplained
