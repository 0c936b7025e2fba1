"""What the tour shows beside the demonstration: a draft, and an emergency half dealt with."""

from collections import Counter
from datetime import date, timedelta

from sqlalchemy import select

from api.background.performing import perform_next
from gateway.allocation_runs.deciding import decide_band
from gateway.allocation_runs.emergencies import declare_emergency
from gateway.allocation_runs.offering import make_offers
from gateway.allocation_runs.performing import perform
from gateway.allocation_runs.running import start_run
from gateway.allocation_runs.scope import Scope
from gateway.directory.tables import ServiceRow
from gateway.people.details import PersonDetails
from gateway.placements.answering import accept_offer
from gateway.placements.moving_in import move_in
from gateway.placements.states import OfferStatus
from gateway.placements.tables import OfferRow
from gateway.records.actor import Actor, Role
from gateway.records.seal import seal
from gateway.referrals.details import Known, ReferralDetails
from gateway.referrals.entering_somebody import Agreed, draft_for_somebody_new
from gateway.tasks.queueing import queue_task
from gateway.tasks.tables import TaskKind
from scenarios.emergency import emergency
from scenarios.emergency_in_store import load_emergency
from tests.api.doors import account
from tests.api.pages.rich_world import ids_in
from tests.gateway.ground import MANAGER, NOW, OFFICER, PROVIDER, TODAY

AFFECTED, ACCEPTED, MOVED = 40, 19, 12
"""Who loses their place in the emergency; how many of those offered one have accepted, and have moved in."""


def tour_world(store, made):
    """The ids of what the tour shows, by the name that it has in an address; a referrer has begun a draft."""
    with store.reading() as work:
        ids = ids_in(work, made.run)
        busiest = Counter(work.all(select(OfferRow.service_id).where(OfferRow.status == OfferStatus.MADE)))
        service = busiest.most_common(1)[0][0]
        ids["provider"] = work.get(ServiceRow, service).provider_id
        waiting = select(OfferRow.id).where(OfferRow.service_id == service)
        ids["offered"] = work.first(waiting.where(OfferRow.status == OfferStatus.MADE).order_by(OfferRow.id))
    _verified(store)
    return {**ids, "draft": store.transact(lambda work: _draft(work, ids["agency"]))}


def _verified(store):
    """An auditor has asked whether anything was changed."""
    auditor = store.transact(lambda work: _somebody(work, Role.AUDITOR))
    seal(store)
    asked = {"by": auditor, "at": NOW}
    store.transact(lambda work: queue_task(TaskKind.VERIFY, {"expect_head": None}, **asked, work=work))
    assert perform_next(store, "worker")


def _somebody(work, role, **facts):
    """Who is signed in on the tour."""
    row = account(work, f"{role.replace('_', '-')}-tour", role, **facts)
    return Actor(id=row.id, role=row.role)


def _draft(work, agency):
    """Somebody of whom a referrer has written some pages."""

    def form(person_id):
        return ReferralDetails(
            person_id=person_id,
            agency_id=agency,
            referrer="Ada Lovelace",
            discharge_date=TODAY + timedelta(days=9),
            adults=1,
            children=0,
            sleeping_rough=False,
            story="He leaves hospital in nine days and his landlord has ended the tenancy.",
            client_groups=("mental-health", "single-homeless"),
            needs=(Known(code="mental_health", answer=True, detail="Low mood"),),
            risks=(Known(code="arson", answer=None), Known(code="violence", answer=False)),
        )

    somebody = PersonDetails(told_on=TODAY, forename="Sam", surname="Whitlock", born=date(1988, 7, 4))
    agreed = Agreed(given_on=TODAY, how="signed form")
    return draft_for_somebody_new(somebody, form, agreed=agreed, by=MANAGER, at=NOW, work=work).id


def emergency_world(store):
    """Three providers close: places are found, agreed to by bands and offered; some have moved in.

    In a store of its own, for so many places are free only in the region of an emergency.
    """
    drawn = emergency("birmingham-black-country", people=AFFECTED, seed=1, on=TODAY)
    closing = load_emergency(drawn, store, by=OFFICER).closing
    manager = store.transact(lambda work: _somebody(work, Role.DUTY_MANAGER, name="Ruth Ashworth"))

    def does(by, verb, *given, **facts):
        return store.transact(lambda work: verb(*given, by=by, at=NOW, work=work, **facts))

    facts = {"closes_on": TODAY + timedelta(days=1), "services": closing}
    declared = does(manager, declare_emergency, "Three providers close", **facts)
    scope = Scope(as_of=TODAY, max_moves=20, max_conversions=9)
    run = does(manager, start_run, scope, emergency_id=declared.id)
    perform(store, run.id, by=manager)
    for band in range(1, 6):
        does(manager, decide_band, run.id, band)
    make_offers(store, run.id, by=manager, answer_by=NOW + timedelta(hours=12))
    with store.reading() as work:
        offers = work.all(
            select(OfferRow.id).where(OfferRow.status == OfferStatus.MADE).order_by(OfferRow.id)
        )
    for number, offer in enumerate(offers[:ACCEPTED]):
        does(PROVIDER, accept_offer, offer)
        if number < MOVED:
            does(PROVIDER, move_in, offer, on_day=TODAY)
    return {"emergency": declared.id}
