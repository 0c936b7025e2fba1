"""The first moves to make, in an order in which nobody waits for a unit that is not free yet."""

from dataclasses import dataclass
from typing import Final

from api.report.evidence import Evidence
from api.report.names import pool_of, units_for

FIRST: Final = 20
"""Moves that are shown: what one shift can begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One person's move. People of one step move at the same time.

    origin, to
        In words; ``origin`` is where the person is now.
    units
        What they are given: so many units, for whom.
    """

    step: int
    person: str
    band: int
    origin: str
    to: str
    units: str
    together: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """The first moves, and how many people move in all, in how many steps."""

    first: tuple[Move, ...]
    people: int
    steps: int

    @staticmethod
    def of(evidence: Evidence) -> "Moves":
        """Tell the first moves of ``evidence``; a step is told whole or not at all."""
        first: list[Move] = []
        for number, step in enumerate(evidence.plan.steps, start=1):
            if first and len(first) + len(step) > FIRST:
                break
            first += [_move(evidence, number, person, together=len(step) > 1) for person in step]
        return Moves(
            first=tuple(first),
            people=sum(map(len, evidence.plan.steps)),
            steps=len(evidence.plan.steps),
        )


def _move(evidence: Evidence, step: int, person: str, *, together: bool) -> Move:
    placement = evidence.place[person]
    origin = placement.origin
    pool = pool_of(evidence.problem, placement.service, placement.pool)
    return Move(
        step=step,
        person=person,
        band=evidence.person(person).band,
        origin="No place now" if origin is None else evidence.names.service(origin),
        to=evidence.names.service(placement.service),
        units=units_for(pool, evidence.units.people[person]),
        together=together,
    )
