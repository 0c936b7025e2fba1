"""The engine without a store: a problem in, a plan out; a plan checked; one person explained."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, TypeAlias

from fastapi import Query, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from allocation.exchange import plan_document, problem_of
from allocation.solve import solve
from api.access.permissions import Permission
from api.problems import TooLarge, Unreadable, WrongForm
from api.rest.door import Door, declared, may
from api.rest.engine_questions import Answered, Outcome, Question
from api.rest.engine_room import EngineRoom
from api.rest.exchange_schemas import PLAN, PROBLEM, document
from api.rest.explained import ExplanationTold
from api.rest.strict_requests import doors
from api.rest.values import Told
from gateway.refusals import Invalid, Refusal

router = doors("engine")

MOST_BYTES: Final = 4 * 2**20
"""Of one question; ours."""

Seconds: TypeAlias = Annotated[
    int,
    Query(
        ge=1,
        le=30,
        description="For each independent part that is not solved at once; the whole is given up after twice "
        "that and five seconds more.",
    ),
]
Asking: TypeAlias = Annotated[Door, may(Permission.USE_ENGINE)]


class WrongDocument(Invalid):
    """What was sent is no problem, or no plan; ``faults`` are pairs of a JSON pointer and what is wrong."""

    def __init__(self, answer: Answered) -> None:
        super().__init__(answer.faults)
        more = "" if answer.count == len(answer.faults) else f"; the first {len(answer.faults)} are named"
        Refusal.__init__(self, f"What was sent has {answer.count} faults{more}.")


class CertificationTold(Told):
    """What a check found."""

    holds: bool = Field(description="Whether all that can be checked holds.")
    faults: Sequence[str]
    confirmed: Sequence[str]
    on_trust: Sequence[str] = Field(description="Levels that only a solver's branching vouches for.")
    open_levels: Sequence[str] = Field(description="Levels that the plan itself says are not proved.")


SMALL: Final[dict[str, Any]] = {
    "format": "placement-problem/1",
    "people": [{"id": "ada", "band": 1}, {"id": "bob", "band": 2}],
    "services": [{"id": "north", "pools": [{"id": "u", "units": 1}]}],
}
SMALL_PLAN: Final[dict[str, Any]] = {
    name: value for name, value in plan_document(solve(problem_of(SMALL))).items() if name != "run"
}
"""Made by the engine itself when the doors are put together, so that the examples are always true."""


def _body(schema: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    content = document(schema, examples={"small": {"value": example}})
    return {"requestBody": {"required": True} | content}


def _of_parts(**more: dict[str, Any]) -> dict[str, Any]:
    parts = {"problem": PROBLEM, "plan": PLAN, **more}
    return {"type": "object", "additionalProperties": False, "required": [*parts], "properties": parts}


REFUSALS: Final = declared(TooLarge, WrongForm)


@router.post(
    "/problems",
    summary="Have a problem solved",
    response_class=Response,
    responses={**REFUSALS, 200: document(PLAN)},
    openapi_extra=_body(PROBLEM, SMALL),
    max_body_size=MOST_BYTES,
)
async def solve_problem(request: Request, _door: Asking, time_limit_s: Seconds = 5) -> Response:
    """``placement-problem/1`` in, ``placement-plan/1`` out; of neither anything is kept.

    Up to 2,000 people and 1,000 services. Everything wrong with a problem is told at once, each fault with
    its pointer. An ``Idempotency-Key`` is not needed: the same problem has the same plan.
    """
    return await _answered(request, Question.SOLVE, time_limit_s)


@router.post(
    "/problems/certify",
    summary="Check a plan against its problem",
    response_model=CertificationTold,
    responses=REFUSALS,
    openapi_extra=_body(_of_parts(), {"problem": SMALL, "plan": SMALL_PLAN}),
    max_body_size=MOST_BYTES,
)
async def certify_plan(request: Request, _door: Asking, time_limit_s: Seconds = 5) -> Response:
    """Without any solver: that it is possible, adds up, and that no other plan is better."""
    return await _answered(request, Question.CERTIFY, time_limit_s)


@router.post(
    "/problems/explain",
    summary="Say why one person has this place, or none",
    response_model=ExplanationTold,
    responses=REFUSALS,
    openapi_extra=_body(
        _of_parts(person={"type": "string", "minLength": 1}),
        {"problem": SMALL, "plan": SMALL_PLAN, "person": "bob"},
    ),
    max_body_size=MOST_BYTES,
)
async def explain_person(request: Request, _door: Asking, time_limit_s: Seconds = 5) -> Response:
    """Reasons, what would change them, and what the other places would cost."""
    return await _answered(request, Question.EXPLAIN, time_limit_s)


async def _answered(request: Request, question: Question, seconds: int) -> Response:
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        raise WrongForm("application/json")
    room: EngineRoom = request.app.state.engine
    data = await request.body()
    answer = await run_in_threadpool(room.ask, question, data, seconds=seconds)
    match answer.outcome:
        case Outcome.UNREADABLE:
            raise Unreadable("The body cannot be read: " + "; ".join(what for _, what in answer.faults))
        case Outcome.INVALID:
            raise WrongDocument(answer)
        case Outcome.TOO_LARGE:
            raise TooLarge("; ".join(f"{pointer} {what}" for pointer, what in answer.faults))
        case Outcome.ANSWERED:
            headers = {"Cache-Control": "no-store"}
            return Response(answer.body, media_type="application/json", headers=headers)
