"""No write without an event: what the use cases of the gateway must look like, read from their source."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GATEWAY = ROOT / "gateway"
FILES = sorted(file for file in GATEWAY.rglob("*.py") if "migrations" not in file.parts)

# These stand under `write`, or erase and seal anew, and tell of it in events of their own.
BELOW = {GATEWAY / "storage" / "work.py", GATEWAY / "records" / "write.py"}


def functions(file):
    return [node for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef)]


def calls(function, name):
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for node in ast.walk(function)
    )


USE_CASES = [
    pytest.param(function, id=f"{file.relative_to(GATEWAY)}:{function.name}")
    for file in FILES
    for function in functions(file)
    if not function.name.startswith("_") and file not in BELOW and calls(function, "write")
]


def test_there_are_use_cases_to_read():
    assert len(USE_CASES) > 40


@pytest.mark.parametrize("function", USE_CASES)
def test_each_use_case_is_told_who_does_it_and_when(function):
    names = {argument.arg for argument in function.args.kwonlyargs}
    assert {"by", "at", "work"} <= names


@pytest.mark.parametrize("function", USE_CASES)
def test_each_use_case_says_what_it_does(function):
    assert ast.get_docstring(function)


def test_rows_reach_the_database_through_write_alone():
    """`session.add`, `merge`, `delete` and bulk statements would go past the events."""
    past = []
    for file in FILES:
        if file in BELOW:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if is_method and node.func.attr in {"add", "add_all", "merge", "bulk_save_objects"}:
                owner = node.func.value
                if isinstance(owner, ast.Attribute) and owner.attr == "session":
                    past.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert not past


def test_no_use_case_commits():
    """`Store.transact` does: a use case may be done again from the start when it lost a race."""
    committing = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in FILES
        if file.parent not in {GATEWAY / "storage", GATEWAY / "records"}
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]
    assert not committing
