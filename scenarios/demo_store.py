"""A region in a store as its gateway would look in its second year: what there is to try every page on.

People, and all that happened to them, are invented; places are those of the region's files. Everything went
through the use cases, in the order in which it happened, with its events.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from sqlalchemy import select

from gateway.allocation_runs.performing import perform
from gateway.allocation_runs.running import start_run
from gateway.allocation_runs.scope import Scope
from gateway.assessment.adopting import adopt_scheme
from gateway.assessment.rescoring import rescore_all_due
from gateway.assessment.scheme import shipped_document
from gateway.directory.tables import AuthorityRow, ProviderRow
from gateway.local_day import local_day
from gateway.people.tables import PersonRow
from gateway.records.actor import Actor, Role
from gateway.referrals.tables import AgencyRow
from gateway.refusals import Conflict
from gateway.stay import Stay
from gateway.storage.store import Store
from gateway.storage.work import Work
from scenarios.agreements_in_store import agreements_in_store
from scenarios.demo_asked import who_is_asked_most
from scenarios.demo_cases import BEGAN_BEFORE, Case, cases
from scenarios.demo_lives import Life
from scenarios.demo_particulars import Particulars, confirmed, give_addresses, works
from scenarios.demo_places import Places
from scenarios.demo_scene import Scene
from scenarios.demo_staff import Appointed, appoint
from scenarios.emergency import SCHEME
from scenarios.region import read_region
from scenarios.region_in_store import RegionInStore, load_region
from scenarios.region_parts import Region

SIZE: Final = 30
"""The region at the size at which so many would have to leave in its emergency: about 100 units."""

_OPENED_BEFORE: Final = timedelta(days=5 * 365)
_TERM: Final = timedelta(days=3 * 365)
"""How long agreements run (West London Joint Commissioning Protocol: three years)."""

_STARTING: Final = timedelta(days=90)
"""How long after the gateway the services opened that start with a contract of their own."""

_EMPTY: Final = (AuthorityRow, ProviderRow, AgencyRow, PersonRow)


class NotEmpty(Conflict):
    """A demonstration is put into an empty store only: nobody's records are mixed with invented ones."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            f"The database is not empty (it has {table}): a demonstration needs a database of its own."
        )


@dataclass(frozen=True, kw_only=True)
class Demonstration:
    """What was made.

    accounts
        One account of each role, by its id; nobody can sign in with it yet. Of providers and of agencies it
        is the one for whom most waits now.
    run
        The allocation run that has just proposed places.
    """

    on: date
    region: RegionInStore
    accounts: Mapping[Role, str]
    run: str


def load_demonstration(region_name: str, store: Store, *, seed: int, by: Actor) -> Demonstration:
    """Fill an empty store with the first two years of a region's gateway, up to the store's own clock.

    The history is one unit of work: all of it is there, or nothing. The run after it is three more.

    Parameters
    ----------
    seed
        The same seed and moment give the same people, to whom the same happens.

    Raises
    ------
    InvalidRegion
        If the region's files do not hold together.
    NotEmpty
        If the store has an authority, a provider, an agency or a person already.
    """
    region, now = read_region(region_name), store.clock().replace(microsecond=0)
    drawn = cases(region, seed=seed, now=now)
    history = _History(region, drawn, seed=seed, now=now, by=by)
    made, people = store.transact(history.happen)
    rescore_all_due(store, now)
    manager = people.staff.manager
    scope = Scope(as_of=local_day(now), max_moves=5, max_conversions=3)
    run = store.transact(lambda work: start_run(scope, by=manager, at=now, work=work))
    perform(store, run.id, by=manager)
    with store.reading() as work:
        accounts = {**people.one_of, **who_is_asked_most(work, people.staff, now)}
    return Demonstration(on=local_day(now), region=made, accounts=accounts, run=run.id)


def refuse_filled(work: Work) -> None:
    """Raise `NotEmpty` unless nothing is recorded yet; accounts may be there."""
    for kind in _EMPTY:
        if work.first(select(kind)) is not None:
            raise NotEmpty(kind.__tablename__)


class _History:
    """Two years as one use case: it begins anew whenever it is done again."""

    def __init__(
        self, region: Region, drawn: tuple[Case, ...], *, seed: int, now: datetime, by: Actor
    ) -> None:
        self.region, self.drawn, self.seed, self.now, self.by = region, drawn, seed, now, by
        self.began = datetime.combine((now - BEGAN_BEFORE).date(), time(8), now.tzinfo)

    def happen(self, work: Work) -> tuple[RegionInStore, Appointed]:
        """All of it."""
        refuse_filled(work)
        made = self._ground(work)
        people = appoint(made, seed=self.seed, by=self.by, at=self.began, work=work)
        scene = self._scene(made, people, work)
        give_addresses(scene)
        lives = [Life(scene, each) for each in self.drawn]
        days, rng = BEGAN_BEFORE.days, Random(self.seed)
        stories = [each.steps() for each in lives]
        stories += [confirmed(scene, id, Random(f"{self.seed} {id}"), days) for id in made.services]
        stories.append(works(scene, rng, days))
        scene.play(stories, until=self.now)
        scene.at = self.now
        Particulars(scene, lives).happen()
        return made, people

    def _ground(self, work: Work) -> RegionInStore:
        """The region, its scheme and its agreements, on the first day."""
        by, at, day = self.by, self.began, self.began.date()
        adopt_scheme(shipped_document(SCHEME), by=by, at=at, work=work)
        made = load_region(
            self.region,
            on=day + _STARTING,
            opened_on=day - _OPENED_BEFORE,
            people=SIZE,
            by=by,
            at=at,
            work=work,
        )
        term = Stay(day, day + _TERM)
        agreements_in_store(made.ground, made.services, term=term, by=by, at=at, work=work)
        return made

    def _scene(self, made: RegionInStore, people: Appointed, work: Work) -> Scene:
        providers = {
            made.services[each.service.id]: made.providers[each.provider] for each in self.region.provisions
        }
        places = Places(made, self.drawn, starting=self.began.date() + _STARTING)
        return Scene(
            made, places, people.staff, providers=providers, began=self.began, now=self.now, work=work
        )
