"""Who lives where on the day: referrals put into the places of services, as they might have come there.

This is no allocation: people came one after another, mostly from the service's own authority, whoever fitted.
It keeps what a living place must keep (units, designated gender, shared houses, caps), and by default
suits by the very rules by which the engine derives its options.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from allocation.eligibility import suitable_pairs
from allocation.problem import Gender, Person, Pool, Problem, Quota, Service
from gateway.assessment.referral import Referral
from scenarios.needs import Ints
from scenarios.problem_people import person_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody lives: a service and one of its pools."""

    service: str
    pool: str


class Occupancy:
    """The places filled so far, ``places`` by position of the referral.

    Parameters
    ----------
    referrals
        Everybody who may live somewhere, in the order of their references.
    services
        Every service of the region, also those that nobody is put into.
    quotas
        Caps that nobody's coming may break.
    owners
        By service, the authorities whose people it is for in the first place.
    home_first
        Share of the places that go to people of the owners while there are any.
    """

    def __init__(
        self,
        referrals: Sequence[Referral],
        services: Sequence[Service],
        *,
        quotas: Sequence[Quota],
        owners: Mapping[str, frozenset[str]],
        home_first: float,
        rng: np.random.Generator,
    ) -> None:
        self.quotas, self.owners, self.home_first, self.rng = quotas, owners, home_first, rng
        self.places: dict[int, Place] = {}
        problem = Problem(people=tuple(map(person_of, referrals)), services=tuple(services))
        self._people, self._service_at = problem.people, problem.service_at
        self._suited = _by_service(problem)
        self._authority = np.array([each.authority or "" for each in self._people])
        self._free = np.ones(len(referrals), dtype=np.bool_)
        self._living: dict[Place, list[int]] = {}
        self._held: Counter[str] = Counter()

    def fill(self, service: Service, pool: Pool, *, units: int, people: int, strictly: bool = True) -> int:
        """Bring a pool to at most ``units`` units held, by at most ``people`` more cases.

        Parameters
        ----------
        strictly
            Only people whom the service suits; if not, anybody whom the pool's gender allows: people whose
            needs changed since they came.

        Returns
        -------
        int
            How many cases came.
        """
        place = Place(service=service.id, pool=pool.id)
        room = units - self.units_held(place)
        came = 0
        for at in self._in_order(service, strictly=strictly).tolist():
            if came == people or room <= 0:
                break
            if self._people[at].units <= room and self._may_live(at, place, pool):
                self._move_in(at, place)
                room -= self._people[at].units
                came += 1
        return came

    def units_held(self, place: Place) -> int:
        """Units of a pool that are lived in."""
        return sum(self._people[at].units for at in self._living.get(place, ()))

    def _in_order(self, service: Service, *, strictly: bool) -> Ints:
        """Positions of those who might come: at random, owners' people first in the share set."""
        at = self._suited[self._service_at[service.id]] if strictly else np.arange(len(self._people))
        mixed = self.rng.permutation(at[self._free[at]])
        home = np.isin(self._authority[mixed], list(self.owners[service.id]))
        rank = np.empty(len(mixed))
        rank[home] = np.arange(home.sum()) / max(self.home_first, 1e-9)
        rank[~home] = np.arange((~home).sum()) / max(1 - self.home_first, 1e-9)
        ordered: Ints = mixed[np.argsort(rank, kind="stable")]
        return ordered

    def _may_live(self, at: int, place: Place, pool: Pool) -> bool:
        person = self._people[at]
        others = {self._people[other].gender for other in self._living.get(place, ())}
        if pool.gender == Gender.SAME:
            fits = not others or (person.gender is not None and others == {person.gender})
        else:
            fits = pool.gender == Gender.ANY or pool.gender.value == person.gender
        return fits and all(
            each.max_units is None or self._held[each.id] + person.units <= each.max_units
            for each in self._quotas_of(person, place.service)
        )

    def _quotas_of(self, person: Person, service: str) -> list[Quota]:
        return [
            each
            for each in self.quotas
            if (each.services is None or service in each.services) and each.selects(person)
        ]

    def _move_in(self, at: int, place: Place) -> None:
        self.places[at] = place
        self._living.setdefault(place, []).append(at)
        self._free[at] = False
        for quota in self._quotas_of(self._people[at], place.service):
            self._held[quota.id] += self._people[at].units


def _by_service(problem: Problem) -> list[Ints]:
    """By position of the service, the positions of the people whom it suits, by the engine's own rules."""
    person, service = suitable_pairs(problem)
    order = np.argsort(service, kind="stable")
    ends = np.searchsorted(service[order], np.arange(1, len(problem.services)))
    return list(np.split(person[order], ends))
