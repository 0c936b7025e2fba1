"""What is measured of a large store: each measure readies one repetition after another, untimed.

A repetition is what one request does, from opening its unit of work to closing it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import islice
from random import Random
from types import MappingProxyType
from typing import Final, TypeAlias

from sqlalchemy import select

from gateway.agreements.ledger import ledger
from gateway.directory.vacancies import vacancies
from gateway.people.details import PersonDetails
from gateway.people.possible_duplicates import possible_duplicates
from gateway.people.search import Sought, find_people
from gateway.people.tables import PersonRow
from gateway.placements.offering import make_offer
from gateway.records.seal import seal
from gateway.records.verify import verify
from gateway.records.write import write
from gateway.referrals.case_file import case_file
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.referrals.triage_list import triage_list
from gateway.refusals import Refusal
from gateway.stay import Stay
from gateway.storage.store import Store
from gateway.storage.work import Work
from scenarios.bulk_deeds import ALPHABET
from scenarios.large_ground import moment
from scenarios.large_names import forename, surname
from scenarios.large_referrals import OFFICER
from scenarios.large_stays import Place
from scenarios.large_store import LargeStore

DAYS: Final = 30
"""Of the vacancies."""

SEALED_AT_ONCE: Final = 1_000
VERIFIED_PER: Final = 100_000

Repetition: TypeAlias = Callable[[], object]
Repetitions: TypeAlias = Callable[[Store, LargeStore, Random], Iterator[Repetition]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One thing to measure.

    times
        How often.
    promised
        Whether it must be under 50 ms at the median.
    """

    what: str
    repetitions: Repetitions
    times: int = 41
    promised: bool = False


def _triage(store: Store, _filled: LargeStore, _rng: Random) -> Iterator[Repetition]:
    while True:
        yield partial(_read, store, triage_list)


def _read(store: Store, ask: Callable[[Work], object]) -> object:
    with store.reading() as work:
        return ask(work)


def _case(store: Store, _filled: LargeStore, rng: Random) -> Iterator[Repetition]:
    while True:
        somewhere = f"R-{''.join(rng.choices(ALPHABET, k=4))}"
        query = select(ReferralRow.id).where(
            ReferralRow.id >= somewhere, ReferralRow.status != ReferralStatus.DRAFT
        )
        with store.reading() as work:
            id = work.first(query.order_by(ReferralRow.id))
        if id is not None:
            yield partial(_read, store, partial(case_file, referral_id=id))


def _vacancies(store: Store, filled: LargeStore, rng: Random) -> Iterator[Repetition]:
    month = Stay(filled.on, filled.on + timedelta(days=DAYS))
    while True:
        authorities = rng.choice(filled.regions).authorities
        yield partial(_read, store, partial(vacancies, stay=month, authorities=authorities))


def _ledger(store: Store, filled: LargeStore, rng: Random) -> Iterator[Repetition]:
    while True:
        agreement = rng.choice(filled.joint_purchases)
        year = filled.on.year - rng.randrange(1, 4)
        asked = partial(ledger, agreement_id=agreement, year=year, counted_to=filled.on)
        yield partial(_read, store, asked)


def _duplicates(store: Store, filled: LargeStore, rng: Random) -> Iterator[Repetition]:
    while True:
        born = date(rng.randrange(1955, 2006), rng.randrange(1, 13), rng.randrange(1, 29))
        named = partial(PersonDetails, forename=forename("male", rng), surname=surname(rng))
        details = named(told_on=filled.on, born=born)
        asked = partial(possible_duplicates, details=details, by=OFFICER, at=moment(filled.on))
        yield partial(_read, store, asked)


def _search(store: Store, filled: LargeStore, rng: Random) -> Iterator[Repetition]:
    while True:
        sought = Sought(name=f"{forename('female', rng)} {surname(rng)}")
        asked = partial(find_people, sought=sought, by=OFFICER, at=moment(filled.on))
        yield partial(_read, store, asked)


def _offer(store: Store, filled: LargeStore, rng: Random) -> Iterator[Repetition]:
    """Offers that nothing forbids: each is tried before, and taken back."""
    query = (
        select(ReferralRow.id, PersonRow.gender)
        .join(PersonRow, PersonRow.id == ReferralRow.person_id)
        .where(ReferralRow.status == ReferralStatus.WAITING)
        .order_by(ReferralRow.id)
    )
    with store.reading() as work:
        waiting = list(work.session.execute(query))
    rng.shuffle(waiting)
    places = [each.place for each in filled.empty]
    rng.shuffle(places)
    for place in places:
        fits = next((each for each in waiting if place.suits in (None, each.gender)), None)
        if fits is not None and _can_be_offered(store, filled, fits.id, place):
            waiting.remove(fits)
            yield partial(store.transact, _offering(filled, fits.id, place))


def _can_be_offered(store: Store, filled: LargeStore, referral: str, place: Place) -> bool:
    try:
        with store.working() as work:
            _offering(filled, referral, place)(work)
    except Refusal:
        return False
    return True


def _offering(filled: LargeStore, referral: str, place: Place) -> Callable[[Work], object]:
    def offering(work: Work) -> object:
        return make_offer(
            referral,
            [place.unit],
            from_day=filled.on,
            answer_by=moment(filled.on + timedelta(days=3)),
            by=OFFICER,
            at=moment(filled.on),
            work=work,
        )

    return offering


def _seal(store: Store, filled: LargeStore, _rng: Random) -> Iterator[Repetition]:
    """Readings of case files, which write nothing but their event."""
    with store.reading() as work:
        ids = work.all(select(ReferralRow.id).order_by(ReferralRow.id).limit(SEALED_AT_ONCE))
    about = [ids[each % len(ids)] for each in range(SEALED_AT_ONCE)]

    def read_them(work: Work) -> None:
        for id in about:
            write(work, what="case file opened", by=OFFICER, at=moment(filled.on), about=[id])

    while True:
        store.transact(read_them)
        yield partial(seal, store)


def _verify(store: Store, _filled: LargeStore, _rng: Random) -> Iterator[Repetition]:
    while True:
        yield partial(_read, store, _verified)


def _verified(work: Work) -> int:
    found = verify(work)
    if not found.holds:
        raise AssertionError(f"the chain does not hold: {found.wrong[0]}")
    return found.links


VERIFY: Final = "verifying the chain, per 100,000 events"

MEASURES: Final[Mapping[str, Measure]] = MappingProxyType(
    {
        each.what: each
        for each in (
            Measure(what="triage list, first page of 50", repetitions=_triage, promised=True),
            Measure(what="one case file", repetitions=_case, promised=True),
            Measure(what="vacancies of a region, 30 days", repetitions=_vacancies, promised=True),
            Measure(what="one agreement's ledger", repetitions=_ledger, promised=True),
            Measure(what="possible duplicates of somebody new", repetitions=_duplicates),
            Measure(what="search by name", repetitions=_search),
            Measure(what="writing one offer", repetitions=_offer, times=21),
            Measure(what="sealing 1,000 events", repetitions=_seal, times=5),
            Measure(what=VERIFY, repetitions=_verify, times=1),
        )
    }
)
"""All of them, in the order in which they are taken; those that write come last."""


def first(measure: Measure, store: Store, filled: LargeStore, rng: Random, number: int) -> list[Repetition]:
    """So many repetitions, made ready together; for a test that asks whether each can be done."""
    return list(islice(measure.repetitions(store, filled, rng), number))
