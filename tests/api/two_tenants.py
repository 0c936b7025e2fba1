"""A gateway in which two of everything are at work, and what each must not see of the other.

Provider V-1 and agency A-1 are ours: everything here belongs to the others, or to somebody whose case is
restricted. What comes back says which id fits which part of an address, so that a route that comes later is
tried with somebody else's id without anybody thinking of it.
"""

from datetime import timedelta

from gateway.accounts.sessions import begin_session
from gateway.accounts.tables import TokenRow
from gateway.allocation_runs.tables import (
    ProposalRow,
    ProposalStatus,
    RedesignationRequestRow,
    RequestStatus,
    RunRow,
    RunStatus,
)
from gateway.directory.tables import VoidReason, VoidRow, VoidState
from gateway.people.exclude import impose_exclusion
from gateway.people.exclusions import ExclusionTerms
from gateway.people.keep_safe import keep_apart, set_safety_area
from gateway.people.restrict import grant_access, restrict_case
from gateway.people.tables import ExclusionReason, SafetyReason
from gateway.placements.answering import accept_offer
from gateway.placements.moving_in import move_in
from gateway.placements.offering import make_offer
from gateway.records.actor import Actor
from gateway.referrals.noting import add_note
from gateway.referrals.tables import QuestionRow
from gateway.tasks.queueing import queue_task
from gateway.tasks.tables import TaskKind
from tests.api.doors import account, token
from tests.gateway.ground import (
    DUDLEY,
    MANAGER,
    NOW,
    OFFICER,
    PROVIDER,
    TODAY,
    agency,
    authorities,
    person,
    provider,
    put,
    referral,
    service,
)

BY_OFFICER = {"by": OFFICER, "at": NOW}
WHY = "because it is so"


def two_tenants(work):
    """Everything; gives, by the part of an address that it fits, what is others' and what is restricted."""
    authorities(work)
    for number in (1, 2):
        agency(work, f"A-{number}")
        provider(work, f"V-{number}")
        service(work, f"S-{number}", provider=f"V-{number}", units=5)
    for number in (2, 4, 7, 8, 9):
        person(work, f"P-{number}", forename="Marguerite", surname="Alder")
        referral(work, f"R-{number}", person=f"P-{number}", agency="A-2")
    of_others = {
        "service_id": "S-2",
        "unit_id": "U-2-1",
        "void_id": _void(work),
        "person_id": "P-2",
        "referral_id": "R-2",
        "question_id": _question(work, "R-2"),
        "offer_id": _offered(work, "R-2", "U-2-1"),
        "placement_id": _living(work, "R-4", "U-2-2"),
        "request_id": _asked_to_redesignate(work),
        **_personal(work),
    }
    return of_others, _restricted(work)


def _offered(work, referral_id, unit):
    due = NOW + timedelta(days=2)
    return make_offer(referral_id, [unit], from_day=TODAY, answer_by=due, **BY_OFFICER, work=work).id


def _living(work, referral_id, unit):
    offer = _offered(work, referral_id, unit)
    accept_offer(offer, by=PROVIDER, at=NOW, work=work)
    return move_in(offer, TODAY, by=PROVIDER, at=NOW, work=work).id


def _void(work):
    until = TODAY + timedelta(days=9)
    facts = {
        "state": VoidState.OUT_OF_SERVICE,
        "reason": VoidReason.REPAIRS,
        "from_day": TODAY,
        "until": until,
    }
    return put(work, VoidRow(void="B-2", revision=1, unit_id="U-2-5", noted_at=NOW, **facts)).void


def _question(work, referral_id):
    row = QuestionRow(
        id=f"Q-{referral_id}", referral_id=referral_id, asked_by=OFFICER.id, asked_at=NOW, text=WHY
    )
    return put(work, row).id


def _asked_to_redesignate(work):
    run = RunRow(id="N-2", status=RunStatus.PROPOSED, started_by=OFFICER.id, started_at=NOW, as_of=TODAY)
    facts = {"status": RequestStatus.ASKED, "asked_at": NOW, "to_pool": "main"}
    return put(work, RedesignationRequestRow(id="RQ-2", run_id="N-2", unit_id="U-2-3", **facts), run).id


def _line(work, referral_id):
    facts = {"band": 1, "referral_version": 1, "status": ProposalStatus.PROPOSED, "service_id": "S-1"}
    return put(work, ProposalRow(id="L-7", run_id="N-2", referral_id=referral_id, **facts)).id


def _personal(work):
    """What somebody has for themselves alone."""
    other = account(work, "other-officer", "officer")
    session = begin_session(other, second_factor=False, browser=None, at=NOW, work=work).row
    token(work, other.id, "officer")
    (issued,) = work.where(TokenRow, TokenRow.account_id == other.id)
    task = queue_task(TaskKind.RUN, {}, by=Actor(id=other.id, role=other.role), at=NOW, work=work)
    return {"session_id": session.id, "token_id": issued.id, "task_id": task.id}


def _restricted(work):
    """What belongs to cases that are restricted, and open to the duty manager who did so alone."""
    offer, placement = _offered(work, "R-8", "U-1-1"), _living(work, "R-9", "U-1-2")
    terms = ExclusionTerms(
        person_id="P-7", reason=ExclusionReason.ARSON, from_day=TODAY, until=TODAY + timedelta(days=30),
        review_on=TODAY + timedelta(days=9), provider_id="V-2",
    )  # fmt: skip
    safe = {"reason": SafetyReason.GANG, "on": TODAY, "why": WHY, **BY_OFFICER, "work": work}
    ids = {
        "person_id": "P-7",
        "referral_id": "R-7",
        "question_id": _question(work, "R-7"),
        "offer_id": offer,
        "placement_id": placement,
        "exclusion_id": impose_exclusion(terms, **BY_OFFICER, work=work).id,
        "area_id": set_safety_area("P-7", DUDLEY, **safe).id,
        "separation_id": keep_apart("P-7", "P-8", **safe).id,
        "run_id": "N-2",
        "line_id": _line(work, "R-7"),
        "note_id": add_note("R-7", WHY, **BY_OFFICER, work=work).id,
    }
    until = NOW + timedelta(days=300)
    by_manager = {"why": WHY, "by": MANAGER, "at": NOW, "work": work}
    for id in ("P-7", "P-8", "P-9"):
        restrict_case(id, until=until, seen=1, **by_manager)
    ids["grant_id"] = grant_access("P-7", "somebody", until=until, **by_manager).id
    return ids
