"""A gateway in its second year, in which every page has something to show, and the ids of what it shows."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from itertools import count

from sqlalchemy import exists, select

from gateway.accounts.tables import AccountRow
from gateway.agreements.tables import AgreementRow, PartyRow
from gateway.allocation_runs.emergencies import declare_emergency
from gateway.allocation_runs.performing import perform
from gateway.allocation_runs.queued import queue_offers
from gateway.allocation_runs.running import start_run
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.tables import ProposalRow, RedesignationRequestRow, RequestStatus
from gateway.allocation_runs.where_to import where_could_they_go
from gateway.assessment.tables import OverrideRow, SchemeRow
from gateway.directory.tables import ServiceRow, UnitRow
from gateway.messages.tables import MessageRow, MessageStatus
from gateway.people.details import PersonDetails
from gateway.people.keep_safe import set_safety_area
from gateway.people.restrict import grant_access, restrict_case
from gateway.people.tables import ExclusionRow, PersonRow, SafetyAreaRow, SafetyReason, SeparationRow
from gateway.placements.states import OfferStatus, PlacementStatus
from gateway.placements.tables import OfferRow, PlacementRow
from gateway.records.actor import Actor, Role
from gateway.records.tables import EventRow
from gateway.referrals.details import Known, ReferralDetails
from gateway.referrals.entering_somebody import draft_for_somebody_new
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import NoteRow, QuestionRow, ReferralRow
from gateway.referrals.triaging import ask
from tests.gateway.ground import MANAGER, NOW, TODAY, put


class LaterIds:
    """Ids that none of the demonstration's rows has."""

    def __init__(self):
        self.counts = count(1)

    def __call__(self, prefix):
        return f"{prefix}-L{next(self.counts):05d}"


def copied(store, path):
    """The database of a store in another file, for whoever does more than read."""
    with (
        closing(sqlite3.connect(store.engine.url.database)) as source,
        closing(sqlite3.connect(path)) as copy,
    ):
        source.backup(copy)
    return f"sqlite:///{path}"


def enrich(store):
    """What the demonstration has not: an emergency whose run proposes places."""
    emergency = store.transact(_emergency)

    def started(work):
        return start_run(Scope(as_of=TODAY), emergency_id=emergency, by=MANAGER, at=NOW, work=work).id

    run = store.transact(started)
    perform(store, run, by=MANAGER)
    asker = Actor(id="officer-sweep", role=Role.OFFICER)
    task = store.transact(lambda work: queue_offers(run, answer_by=None, by=asker, at=NOW, work=work)).id
    request = store.transact(lambda work: ask_provider(work, run))
    more = store.transact(_in_an_agencys_hands)
    store.transact(_in_an_administrators_hands)
    store.transact(_not_safe_at_home)
    more = more | store.transact(_in_a_duty_managers_hands)
    in_hand = {"emergency_id": emergency, "emergency_run": run, "offers_task": task, "request_id": request}
    return in_hand | more


def _in_a_duty_managers_hands(work):
    """A case that is restricted, and open to the duty manager who looks at the pages."""
    drafted = exists().where(
        ReferralRow.person_id == PersonRow.id, ReferralRow.status == ReferralStatus.DRAFT
    )
    free = PersonRow.restricted.is_(False), PersonRow.merged_into.is_(None), PersonRow.erased_at.is_(None)
    person = work.first(select(PersonRow).where(*free, ~drafted).order_by(PersonRow.id.desc()).limit(1))
    by = Actor(id="duty-manager-sweep", role=Role.DUTY_MANAGER)
    facts = {"until": NOW + timedelta(days=9), "why": "She was followed.", "by": by, "at": NOW}
    restrict_case(person.id, seen=person.version, **facts, work=work)
    grant = grant_access(person.id, "officer-1", **facts, work=work)
    return {"person_closed": person.id, "grant_id": grant.id}


def _not_safe_at_home(work):
    """Somebody was found not to be safe in the authority where they live."""
    free = PersonRow.restricted.is_(False), PersonRow.erased_at.is_(None)
    lives = select(ServiceRow.authority_id, PersonRow.id).join_from(PlacementRow, ServiceRow).join(PersonRow)
    lives = lives.where(PlacementRow.status == PlacementStatus.LIVING, *free).order_by(PlacementRow.id.desc())
    authority, person = work.session.execute(lives.limit(1)).one()
    facts = {"reason": SafetyReason.THREAT, "on": TODAY, "by": MANAGER, "at": NOW}
    set_safety_area(person, authority, **facts, work=work)


def _in_an_agencys_hands(work):
    """A draft with something on its pages, and a question to be answered."""
    agency = _one(work, ReferralRow, ReferralRow.status == ReferralStatus.WAITING).agency_id

    def form(person_id):
        needs = (Known(code="mental_health", answer=True, detail="Low mood"),)
        risks = (Known(code="arson", answer=None), Known(code="violence", answer=True))
        groups = ("single-homeless", "refugees")
        return ReferralDetails(
            person_id=person_id, agency_id=agency, client_groups=groups, needs=needs, risks=risks
        )

    somebody = PersonDetails(told_on=TODAY, forename="محمد", surname="عبد الله")
    drafted = draft_for_somebody_new(somebody, form, by=MANAGER, at=NOW, work=work)
    looked_at = _one(work, ReferralRow, ReferralRow.status == ReferralStatus.IN_TRIAGE)
    ask(looked_at.id, ["Where did they live last?"], by=MANAGER, at=NOW, work=work)
    question = _one(work, QuestionRow, QuestionRow.referral_id == looked_at.id)
    return {"draft_id": drafted.id, "asked_id": looked_at.id, "question_id": question.id}


def _in_an_administrators_hands(work):
    """A message that failed, and one of which nobody knows whether it went out."""
    account = _one(work, AccountRow, AccountRow.role == Role.OFFICER).id
    for status in (MessageStatus.FAILED, MessageStatus.UNKNOWN):
        facts = {"kind": "offer_lapsed", "about": "O-1", "status": status, "fault": "No such mailbox"}
        row = MessageRow(
            id=f"ME-{status}", account_id=account, cause=status, made_at=NOW, attempts=3, **facts
        )
        work.note(row)


def _emergency(work):
    busiest = work.first(
        select(PlacementRow.service_id).where(PlacementRow.status == PlacementStatus.LIVING).limit(1)
    )
    what, day = "Flood on the ground floor", TODAY + timedelta(days=1)
    return declare_emergency(what, closes_on=day, services=[busiest], by=MANAGER, at=NOW, work=work).id


def ask_provider(work, run):
    """A provider is asked to re-designate a unit of the service to which somebody is offered."""
    offer = _one(work, OfferRow, OfferRow.status == OfferStatus.MADE)
    unit = _one(work, UnitRow, UnitRow.service_id == offer.service_id)
    facts = {"to_pool": "female", "status": RequestStatus.ASKED, "asked_at": NOW}
    return put(work, RedesignationRequestRow(id="RQ-1", run_id=run, unit_id=unit.id, **facts)).id


def ids_in(work, run):
    """What fits which part of an address, as an officer sees it; other names are for pages of other roles.

    Whoever adds a page adds here what it is to show, by a query.
    """
    offer = _one(work, OfferRow, OfferRow.status == OfferStatus.MADE)
    service = work.get(ServiceRow, offer.service_id)
    waiting = _one(
        work, ReferralRow, ReferralRow.status == ReferralStatus.WAITING, ReferralRow.band.is_not(None)
    )
    excluded = _one(work, ExclusionRow)
    placeable, free_for_them = _placeable(work)
    return {
        "run_id": run,
        "in_triage": _one(work, ReferralRow, ReferralRow.status == ReferralStatus.IN_TRIAGE).id,
        "ended": _one(work, ReferralRow, ReferralRow.status == ReferralStatus.WITHDRAWN).id,
        "overridden": _one(work, OverrideRow, OverrideRow.ended_at.is_(None)).referral_id,
        "placeable": placeable,
        "free_for_them": free_for_them,
        "line_id": _line(work, run, ProposalRow.service_id.is_not(None)),
        "line_without_place": _line(work, run, ProposalRow.service_id.is_(None)),
        **{deed: deed for deed in ("refuse", "wrong", "moved-in")},
        "offer_id": offer.id,
        "referral_id": waiting.id,
        "person_id": excluded.person_id,
        "exclusion_id": excluded.id,
        "person_merged": _one(work, PersonRow, PersonRow.merged_into.is_not(None)).id,
        "person_apart": _one(work, SeparationRow).person_id,
        "separation_id": _one(work, SeparationRow).id,
        "person_unsafe": _one(work, SafetyAreaRow).person_id,
        "area_id": _one(work, SafetyAreaRow).id,
        "referral_noted": _one(work, NoteRow).referral_id,
        "account_id": _one(work, AccountRow, AccountRow.role == Role.OFFICER).id,
        "agreement_id": _one(work, AgreementRow).id,
        "authority_id": work.first(
            select(PartyRow.authority_id).where(PartyRow.agreement_id == _one(work, AgreementRow).id).limit(1)
        ),
        "scheme": work.first(select(SchemeRow.name)),
        "number": work.first(select(EventRow.number).where(EventRow.what == "offer made")),
        "agency": waiting.agency_id,
        "provider": service.provider_id,
        "unit_id": _one(work, UnitRow, UnitRow.service_id == service.id).id,
        "placement_id": _one(
            work,
            PlacementRow,
            PlacementRow.status == PlacementStatus.LIVING,
            PlacementRow.service_id == service.id,
        ).id,
    }


def _placeable(work):
    """A referral that waits and a service of which it can be offered a unit."""
    waiting = select(ReferralRow.id).where(ReferralRow.status == ReferralStatus.WAITING)
    for referral in work.all(waiting.order_by(ReferralRow.id)):
        best = where_could_they_go(work, referral, Scope(as_of=TODAY))[0]
        if best.cost is not None and not best.against:
            return referral, best.service
    raise AssertionError("nobody who waits can be offered anything")


def _line(work, run, *which):
    """A line of a run that an officer may open."""
    about = ReferralRow.id == ProposalRow.referral_id, PersonRow.id == ReferralRow.person_id
    open_to_all = exists().where(*about, PersonRow.restricted.is_(False))
    return _one(work, ProposalRow, ProposalRow.run_id == run, open_to_all, *which).id


def _one(work, kind, *which):
    return work.first(select(kind).where(*which).order_by(kind.id).limit(1))
