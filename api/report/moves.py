"""The moves to make, in an order in which nobody waits for a unit that is not free yet."""

from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import Final

from api.report.evidence import Evidence
from api.report.names import pool_of, units_for

FIRST: Final = 20
"""Moves that are shown first: what one shift can begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One person's move. People of one step move at the same time.

    origin, to
        In words; ``origin`` is where the person is now.
    units
        What they are given: so many units, for whom.
    scored
        Whether their band is known; if not, somebody should ask before they move.
    """

    step: int
    person: str
    band: int
    origin: str
    to: str
    units: str
    together: bool
    scored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Every move, the first of them, and how many people move in how many steps."""

    every: tuple[Move, ...]
    first: tuple[Move, ...]
    steps: int

    @property
    def people(self) -> int:
        """How many people move."""
        return len(self.every)

    @staticmethod
    def of(evidence: Evidence) -> "Moves":
        """Tell the moves of ``evidence``; of the first, a step is told whole or not at all."""
        steps = evidence.plan.steps
        every = tuple(
            _move(evidence, number, person, together=len(step) > 1)
            for number, step in enumerate(steps, start=1)
            for person in step
        )
        told = [*takewhile(lambda most: most <= FIRST, accumulate(map(len, steps)))]
        first = told[-1] if told else len(steps[0]) if steps else 0
        return Moves(every=every, first=every[:first], steps=len(steps))


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
        scored=person not in evidence.unscored,
    )
