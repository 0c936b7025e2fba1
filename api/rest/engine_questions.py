"""What can be asked of the engine by itself: bytes in, an answer or everything that is wrong with them out.

No request and no store here: a worker (`api.rest.engine_worker`) does this in a process of its own.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from allocation.certify import certify
from allocation.exchange import (
    InvalidDocument,
    digest,
    dumps,
    plan_document,
    plan_of,
    problem_of,
)
from allocation.exchange.strict_json import key_path, parsed
from allocation.plan import Plan
from allocation.problem import Fault, Problem
from allocation.solve import solve
from api.rest.explained import explanation_told
from gateway.allocation_runs.asked_again import choices

MOST_PEOPLE: Final = 2_000
MOST_SERVICES: Final = 1_000
"""What one question may hold; a national run goes through a store, or the command line. Ours."""

MOST_FAULTS: Final = 1_000
"""That one answer names."""

CHOICES: Final = 50
"""That an explanation names, the best first."""


class Question(StrEnum):
    """What is asked."""

    SOLVE = "solve"
    CERTIFY = "certify"
    EXPLAIN = "explain"


class Outcome(StrEnum):
    """What came of a question."""

    ANSWERED = "answered"
    UNREADABLE = "unreadable"
    INVALID = "invalid"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer to a question.

    body
        JSON, where there is an answer.
    faults
        Pairs of a JSON pointer and what is wrong there; the first `MOST_FAULTS` of ``count``.
    """

    outcome: Outcome
    body: str = ""
    faults: tuple[tuple[str, str], ...] = ()
    count: int = 0


def answer_to(question: Question, data: bytes, seconds: int) -> Answered:
    """Answer a question; whatever is wrong with what was sent is in the answer."""
    try:
        document, faults = parsed(data)
    except InvalidDocument as refused:
        return _wrong(Outcome.UNREADABLE, refused.faults)
    too_large = tuple(_too_large(document if question is Question.SOLVE else _inside(document, "problem")))
    if too_large:
        return _wrong(Outcome.TOO_LARGE, too_large)
    try:
        return Answered(outcome=Outcome.ANSWERED, body=_ANSWERS[question](document, faults, seconds))
    except InvalidDocument as refused:
        return _wrong(Outcome.INVALID, refused.faults)


def pointer_of_path(path: str) -> str:
    """A path of a fault (``people[3].units``, ``["odd key"].x``) as a JSON pointer (RFC 6901)."""
    steps = [json.loads(quoted) if quoted else plain or row for plain, row, quoted in _STEP.findall(path)]
    return "#" + "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


_STEP: Final = re.compile(r'\.?([A-Za-z_]\w*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]')


def _wrong(outcome: Outcome, faults: Iterable[Fault]) -> Answered:
    found = tuple(dict.fromkeys(faults))
    told = tuple((pointer_of_path(fault.path), fault.message) for fault in found[:MOST_FAULTS])
    return Answered(outcome=outcome, faults=told, count=len(found))


def _too_large(problem: object) -> Iterator[Fault]:
    for name, most in (("people", MOST_PEOPLE), ("services", MOST_SERVICES)):
        things = _inside(problem, name)
        if isinstance(things, list) and len(things) > most:
            yield Fault(name, f"has {len(things)} entries, may have {most} here")


def _inside(document: object, name: str) -> object:
    return document.get(name) if isinstance(document, dict) else None


def _solved(document: object, faults: tuple[Fault, ...], seconds: int) -> str:
    problem = problem_of(document, already=faults)
    return dumps(plan_document(solve(problem, time_limit_s=seconds)))


def _certified(document: object, faults: tuple[Fault, ...], _: int) -> str:
    problem, plan, _person = _problem_and_plan(document, faults, ("problem", "plan"))
    found = certify(problem, plan)
    return json.dumps(
        {
            "holds": found.holds,
            "faults": found.faults,
            "confirmed": found.confirmed,
            "on_trust": found.on_trust,
            "open_levels": found.open_levels,
        }
    )


def _explained(document: object, faults: tuple[Fault, ...], _: int) -> str:
    problem, plan, name = _problem_and_plan(document, faults, ("problem", "plan", "person"))
    if plan.problem_sha256 != digest(problem):
        raise InvalidDocument([Fault("plan.problem_sha256", "is another problem's")])
    if not isinstance(name, str) or name not in problem.person_at:
        raise InvalidDocument([Fault("person", "is nobody in the problem")])
    told = explanation_told(
        name,
        next((each for each in plan.placements if each.person == name), None),
        next((each for each in plan.unplaced if each.person == name), None),
        choices(problem, problem.people[problem.person_at[name]]),
        CHOICES,
    )
    return told.model_dump_json()


def _problem_and_plan(
    document: object, already: tuple[Fault, ...], names: tuple[str, ...]
) -> tuple[Problem, Plan, object]:
    """Read the parts of a question, or name all that is wrong with all of them."""
    faults = [*already, *_wrong_names(document, names)]
    if not isinstance(document, dict) or "problem" not in document or "plan" not in document:
        raise InvalidDocument(faults)
    problem, wrong = _read(problem_of, document["problem"], "problem")
    plan, wrong_plan = _read(lambda value: plan_of(value, problem), document["plan"], "plan")
    faults += [*wrong, *wrong_plan]
    if problem is None or plan is None or faults:
        raise InvalidDocument(faults)
    return problem, plan, document.get("person")


def _wrong_names(document: object, names: tuple[str, ...]) -> Iterator[Fault]:
    if not isinstance(document, dict):
        yield Fault("", "the document is no object")
        return
    yield from (Fault(name, "is missing") for name in names if name not in document)
    yield from (Fault(key_path("", each), "is not known") for each in document if each not in names)


def _read(read: Callable[[object], Any], value: object, name: str) -> tuple[Any, list[Fault]]:
    try:
        return read(value), []
    except InvalidDocument as refused:
        return None, [fault.under(name) for fault in refused.faults]


_ANSWERS: Final[Mapping[Question, Callable[[object, tuple[Fault, ...], int], str]]] = MappingProxyType(
    {Question.SOLVE: _solved, Question.CERTIFY: _certified, Question.EXPLAIN: _explained}
)
