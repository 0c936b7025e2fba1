"""How many have a place: all, by why they need one, and by band."""

from collections.abc import Iterable
from dataclasses import dataclass

from allocation.problem import Person
from api.report.evidence import Evidence

URGENT = 2
"""Bands 1 to this one are told apart from the rest: danger, a date that is near, a night on the street."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """So many people, and so many of them with a place at the end."""

    name: str
    people: int
    placed: int

    @property
    def without(self) -> int:
        """How many have no place."""
        return self.people - self.placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Band(Count):
    """The count of one band. ``words``: what puts somebody in it."""

    number: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Everybody who needs a place, counted; and those who live in a service that stays open.

    staying
        Occupants who need not leave; all of them keep a place.
    moved
        Of these, the ones who change service to free a unit.
    """

    everybody: Count
    must_leave: Count
    waiting: Count
    urgent: Count
    bands: tuple[Band, ...]
    staying: int
    moved: int

    @staticmethod
    def of(evidence: Evidence) -> "Places":
        """Count the people of ``evidence``."""
        people = evidence.needing
        return Places(
            everybody=_count(evidence, "Everybody", people),
            must_leave=_count(evidence, "Must leave", (each for each in people if each.must_leave)),
            waiting=_count(evidence, "New referrals", (each for each in people if not each.must_leave)),
            urgent=_count(evidence, "Urgent", (each for each in people if each.band <= URGENT)),
            bands=tuple(_band(evidence, band) for band in sorted({each.band for each in people})),
            staying=len(evidence.problem.people) - len(people),
            moved=evidence.plan.summary.moved,
        )


def _count(evidence: Evidence, name: str, people: Iterable[Person]) -> Count:
    ids = [each.id for each in people]
    return Count(name=name, people=len(ids), placed=sum(each in evidence.place for each in ids))


def _band(evidence: Evidence, band: int) -> Band:
    ids = [each.id for each in evidence.needing if each.band == band]
    return Band(
        name=f"Band {band}",
        people=len(ids),
        placed=sum(each in evidence.place for each in ids),
        number=band,
        words=evidence.names.band(band),
    )
