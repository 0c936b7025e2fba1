"""The exchange format: ``placement-problem/1`` in, ``placement-plan/1`` out (docs/problem-format.md).

Reading is strict and tells everything that is wrong at once, each fault with its path in the document;
writing is deterministic and all or nothing. JSON Schemas of both formats lie in ``schemas``; what
a schema refuses, reading refuses too.
"""

from pathlib import Path

from allocation.exchange.canonical_form import canonical, digest
from allocation.exchange.plans import plan_document, plan_of
from allocation.exchange.problems import problem_of
from allocation.exchange.strict_json import InvalidDocument, dumps, parse, parsed, read_bytes, write_document
from allocation.plan import Plan
from allocation.problem import Problem

__all__ = [
    "InvalidDocument",
    "canonical",
    "digest",
    "dumps",
    "parse",
    "plan_document",
    "plan_in",
    "plan_of",
    "problem_in",
    "problem_of",
    "read_plan",
    "read_problem",
    "write_plan",
    "write_problem",
]


def read_problem(path: Path) -> Problem:
    """Read the problem in a file; `InvalidDocument` names everything wrong with it."""
    return problem_in(read_bytes(path))


def read_plan(path: Path, problem: Problem | None = None) -> Plan:
    """Read the plan in a file; `InvalidDocument` names everything wrong with it (see `plan_of`)."""
    return plan_in(read_bytes(path), problem)


def problem_in(data: bytes) -> Problem:
    """Read the problem in UTF-8 JSON; `InvalidDocument` names what is wrong as JSON and as a problem."""
    document, faults = parsed(data)
    return problem_of(document, already=faults)


def plan_in(data: bytes, problem: Problem | None = None) -> Plan:
    """Read the plan in UTF-8 JSON; `InvalidDocument` names what is wrong as JSON and as a plan."""
    document, faults = parsed(data)
    return plan_of(document, problem, already=faults)


def write_problem(problem: Problem, path: Path) -> None:
    """Write the canonical document of a problem to a file in one move (see `canonical`).

    Raises
    ------
    OSError
        If the file cannot be written. Nothing is left behind.
    """
    write_document(canonical(problem), path)


def write_plan(plan: Plan, path: Path) -> None:
    """Write a plan to a file in one move.

    Raises
    ------
    OSError
        If the file cannot be written. Nothing is left behind.
    """
    write_document(plan_document(plan), path)
