"""Where and when the demonstration's lives go on: one clock for all of them, and who works there."""

import heapq
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Final, TypeAlias, TypeVar

from gateway.records.actor import Actor
from gateway.storage.work import Work
from scenarios.demo_places import Places
from scenarios.region_in_store import RegionInStore

T = TypeVar("T")

Steps: TypeAlias = Generator[datetime, None, T]
"""A story that stops until the moment it yields has come, and in the end tells how it went."""


@dataclass(frozen=True, kw_only=True)
class Staff:
    """Who works with the gateway.

    providers, referrers
        By the store's ids of providers and agencies.
    """

    administrator: Actor
    manager: Actor
    officers: Sequence[Actor]
    providers: Mapping[str, Actor]
    referrers: Mapping[str, Actor]


COLLECTED: Final = timedelta(days=14)
"""For how long before now no single offers are made: the places that came free since are for the next run."""


class Scene:
    """The store, at the moment at which somebody's story has arrived.

    providers
        Who runs each service, by ids in the store.
    began, now
        The moment at which the gateway opened, and the one at which its history ends.
    """

    def __init__(
        self,
        region: RegionInStore,
        places: Places,
        staff: Staff,
        *,
        providers: Mapping[str, str],
        began: datetime,
        now: datetime,
        work: Work,
    ) -> None:
        self.region, self.places, self.staff, self.work = region, places, staff, work
        self._providers = providers
        self.began = self.at = began
        self.collecting_since = now - COLLECTED

    def does(self, by: Actor, verb: Callable[..., T], *given: object, **facts: object) -> T:
        """A use case, done at this moment."""
        return verb(*given, by=by, at=self.at, work=self.work, **facts)

    def provider_of(self, service: str) -> Actor:
        """Who answers for a service, by its id in the store."""
        return self.staff.providers[self._providers[service]]

    def play(self, stories: Iterable[Steps[None]], *, until: datetime) -> None:
        """Let all stories go on side by side, whatever comes first first, up to a moment.

        Those that have not ended by then stay as they are: somebody waits, somebody is asked, somebody lives
        somewhere.
        """
        waiting: list[tuple[datetime, int, Steps[None]]] = []
        for number, story in enumerate(stories):
            _go_on(waiting, number, story, self.at)
        while waiting and waiting[0][0] <= until:
            self.at, number, story = heapq.heappop(waiting)
            _go_on(waiting, number, story, self.at)


def _go_on(
    waiting: list[tuple[datetime, int, Steps[None]]], number: int, story: Steps[None], at: datetime
) -> None:
    moment = next(story, None)
    if moment is not None:
        heapq.heappush(waiting, (max(moment, at), number, story))  # what is overdue happens at once


def at_work(moment: datetime, rng: Random) -> datetime:
    """The moment itself if people are at work then, else some time in the next morning that they are."""
    if moment.weekday() < 5 and time(9) <= moment.time() < time(17):
        return moment
    day = moment.date() + timedelta(days=1 if moment.time() >= time(17) else 0)
    day += timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)
    return datetime.combine(day, time(9), UTC) + timedelta(minutes=rng.randrange(150))


def later(
    scene: Scene, rng: Random, *, hours: tuple[int, int] = (0, 0), days: tuple[int, int] = (0, 0)
) -> datetime:
    """Some time after the scene's moment, when people are at work."""
    minutes = rng.randint(hours[0] * 60, hours[1] * 60) + rng.randint(*days) * 24 * 60
    return at_work(scene.at + timedelta(minutes=max(1, minutes)), rng)
