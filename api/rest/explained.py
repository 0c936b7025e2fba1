"""Why one person has this place, or none, as it is answered: from a run, or from the engine by itself."""

from collections.abc import Sequence

from pydantic import Field

from allocation.plan import Placement, Unplaced
from api.rest.values import Told
from gateway.allocation_runs.asked_again import Choice


class PlaceTold(Told):
    """The place a plan gives."""

    service: str
    pool: str
    origin: str | None = Field(description="The service they live in now.")
    cost: int


class ReasonTold(Told):
    """One reason why there is none."""

    code: str
    text: str
    service: str | None
    quota: str | None
    rule: str | None


class UnlockTold(Told):
    """One change that by itself would give a place."""

    kind: str
    service: str | None
    pool: str | None
    quota: str | None
    source: str | None
    target: str | None
    units: int


class ChoiceTold(Told):
    """One service for this person: its cost and why, or the rules it fails."""

    service: str
    cost: int | None = Field(description="Points, lower is better; null: it is not suitable.")
    why: Sequence[str]


class ExplanationTold(Told):
    """What a plan does for one person, and what the other places would cost."""

    person: str = Field(description="As the problem names them.")
    place: PlaceTold | None
    reasons: Sequence[ReasonTold]
    unlocks: Sequence[UnlockTold]
    unlocks_complete: bool | None = Field(description="Null: they have a place.")
    choices: Sequence[ChoiceTold] = Field(description="The best first, as many as were asked for.")
    choices_in_all: int


def explanation_told(
    person: str,
    place: Placement | None,
    unplaced: Unplaced | None,
    choices: Sequence[Choice],
    most: int,
) -> ExplanationTold:
    """An explanation, with the best choices."""
    return ExplanationTold(
        person=person,
        place=None if place is None else PlaceTold.model_validate(place),
        reasons=[ReasonTold.model_validate(each) for each in (unplaced.reasons if unplaced else ())],
        unlocks=[UnlockTold.model_validate(each) for each in (unplaced.unlocks if unplaced else ())],
        unlocks_complete=unplaced.unlocks_complete if unplaced else None,
        choices=[ChoiceTold.model_validate(each) for each in choices[:most]],
        choices_in_all=len(choices),
    )
