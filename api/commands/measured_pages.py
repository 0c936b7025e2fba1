"""What pages show while they are measured: rows of a large store, and an emergency that is made for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import func, select

from gateway.accounts.sessions import begin_session
from gateway.accounts.tables import AccountRow, AccountStatus
from gateway.agreements.tables import AgreementRow, PartyRow
from gateway.allocation_runs.emergencies import declare_emergency
from gateway.allocation_runs.performing import perform
from gateway.allocation_runs.queued import queue_offers
from gateway.allocation_runs.running import start_run
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.tables import ProposalRow
from gateway.assessment.tables import SchemeRow
from gateway.directory.tables import AuthorityRow, ServiceRow, UnitRow
from gateway.local_day import local_day
from gateway.people.keep_safe import keep_apart, set_safety_area
from gateway.people.restrict import restrict_case
from gateway.people.tables import ERASED, ExclusionRow, GrantRow, PersonRow, SafetyReason
from gateway.placements.states import OfferStatus, PlacementStatus
from gateway.placements.tables import OfferRow, PlacementRow
from gateway.records.actor import Actor, Role
from gateway.records.tables import EventRow
from gateway.records.write import write
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import QuestionRow, ReferralRow
from gateway.storage.store import Store
from gateway.storage.work import Work

OPERATOR: Final = Actor(id="benchmark", role=Role.ADMINISTRATOR)

ELSEWHERE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "/invitation": "for strangers",
        "/my-requests/{request_id}": "a large store has no request",
        "/runs/{run_id}/closer": "leads on to another page",
        "/second-factor": "only for whoever owes one",
        "/sign-in": "for strangers",
        "/emergencies/{emergency_id}/live": "a stream",
        "/emergencies/new/lists/{task_id}/live": "a stream",
        "/emergencies/{emergency_id}/log.csv": "a file",
        "/emergencies/new/list.csv": "a file",
        "/emergencies/new/agencies.csv": "a file",
        "/figures/{topic}/{file}": "a file",
    }
)
"""Addresses that are not measured, and why."""

Row = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What stands in a large store for the parts of an address, and for whom providers and agencies work.

    own
        For addresses that begin so, another id than for the rest: an agency's page shows a draft of its own.
    """

    ids: Mapping[str, str]
    own: Mapping[str, Mapping[str, str]]
    provider: str
    agency: str

    def address(self, path: str) -> str:
        """The address of a page, its parts filled in."""
        for begins, ids in self.own.items():
            if path.startswith(begins):
                return path.format_map({**self.ids, **ids})
        return path.format_map(self.ids)


def shown_in(store: Store) -> Shown:
    """Declare an emergency, have places proposed for whom it moves, and pick the rest from what there is."""
    emergency, run = _emergency(store)
    task = store.transact(
        lambda work: queue_offers(run, answer_by=None, by=_MANAGER, at=work.clock(), work=work).id
    )
    safe, grant = store.transact(_kept_safe), store.transact(_restricted)
    with store.reading() as work:
        return _picked(work, {"emergency_id": emergency, "run_id": run, "task_id": task, **safe}, grant)


_MANAGER: Final = Actor(id="duty_manager-measured", role=Role.DUTY_MANAGER)


def _emergency(store: Store) -> tuple[str, str]:
    def declared(work: Work) -> tuple[str, str]:
        at, by = work.clock(), _MANAGER
        lives = select(PlacementRow.service_id).where(PlacementRow.status == PlacementStatus.LIVING)
        busiest = lives.group_by(PlacementRow.service_id).order_by(
            func.count().desc(), PlacementRow.service_id
        )
        service = work.get(ServiceRow, work.all(busiest.limit(1))[0])
        emergency = declare_emergency(
            "Fire",
            closes_on=local_day(at) + timedelta(days=1),
            services=[service.id],
            by=by,
            at=at,
            work=work,
        )
        scope = Scope(as_of=local_day(at), authorities=frozenset({service.authority_id}))
        return emergency.id, start_run(scope, emergency_id=emergency.id, by=by, at=at, work=work).id

    emergency, run = store.transact(declared)
    perform(store, run, by=_MANAGER)
    return emergency, run


def _kept_safe(work: Work) -> Mapping[str, str]:
    """Somebody who waits is not safe somewhere, and is kept apart from somebody."""
    person, authority = _waiting(work).person_id, _first(work, AuthorityRow).id
    other = _first(work, PersonRow, PersonRow.id != person, PersonRow.restricted.is_(False)).id
    at, by, why = work.clock(), _MANAGER, SafetyReason.OTHER
    today = local_day(at)
    area = set_safety_area(person, authority, reason=why, on=today, by=by, at=at, work=work)
    apart = keep_apart(person, other, reason=why, on=today, by=by, at=at, work=work)
    return {"area_id": area.id, "separation_id": apart.id}


def _restricted(work: Work) -> Mapping[str, str]:
    """Somebody's case is restricted by the duty manager who looks at who may open it."""
    free = PersonRow.restricted.is_(False), PersonRow.erased_at.is_(None), PersonRow.id != ERASED
    person = work.all(select(PersonRow).where(*free).order_by(PersonRow.id.desc()).limit(1))[0]
    at, seen = work.clock(), person.version
    until = at + timedelta(days=9)
    restrict_case(person.id, until=until, why="To measure", seen=seen, by=_MANAGER, at=at, work=work)
    return {"person_id": person.id, "grant_id": _first(work, GrantRow, GrantRow.person_id == person.id).id}


def _waiting(work: Work) -> Row:
    return _first(work, ReferralRow, ReferralRow.status == ReferralStatus.WAITING, ReferralRow.band > 0)


def _picked(work: Work, made: Mapping[str, str], grant: Mapping[str, str]) -> Shown:
    offer = _first(work, OfferRow, OfferRow.status == OfferStatus.MADE)
    provider = work.get(ServiceRow, offer.service_id).provider_id
    hers = ServiceRow.provider_id == provider
    living = PlacementRow.status == PlacementStatus.LIVING
    waiting = _waiting(work)
    draft = _first(work, ReferralRow, ReferralRow.status == ReferralStatus.DRAFT)
    asked = _first(work, ReferralRow, ReferralRow.status == ReferralStatus.MORE_ASKED)
    excluded = _first(work, ExclusionRow)
    agreement = _first(work, AgreementRow).id
    ids = {
        **made,
        "referral_id": waiting.id,
        "person_id": waiting.person_id,
        "service_id": offer.service_id,
        "exclusion_id": excluded.id,
        "line_id": _first(work, ProposalRow, ProposalRow.run_id == made["run_id"]).id,
        "offer_id": offer.id,
        "deed": "refuse",
        "key": "needs",
        "unit_id": _first(work, UnitRow, UnitRow.service_id == offer.service_id).id,
        "placement_id": _first(
            work, PlacementRow, living, PlacementRow.service_id.in_(select(ServiceRow.id).where(hers))
        ).id,
        "account_id": _account_id(Role.OFFICER),
        "agreement_id": agreement,
        "authority_id": work.all(
            select(PartyRow.authority_id).where(PartyRow.agreement_id == agreement).limit(1)
        )[0],
        "scheme": work.all(select(SchemeRow.name).limit(1))[0],
        "number": str(work.all(select(func.max(EventRow.number)))[0]),
        "topic": "demand",
    }
    question = _first(work, QuestionRow, QuestionRow.referral_id == asked.id)
    own = {
        "/my-referrals/{referral_id}/questions": {"referral_id": asked.id, "question_id": question.id},
        "/my-referrals/{referral_id}/sent": {"referral_id": waiting.id},
        "/my-referrals": {"referral_id": draft.id},
        "/people/{person_id}/correct": {"key": "contact"},
        "/people/{person_id}/grants": grant,
        "/people/{person_id}/lift": grant,
    }
    return Shown(ids=ids, own=own, provider=provider, agency=draft.agency_id)


def _first(work: Work, kind: type[Row], *which: Any) -> Row:  # noqa: ANN401  any SQLAlchemy condition
    found = work.first(select(kind).where(*which).order_by(kind.id).limit(1))
    if found is None:
        raise LookupError(f"the store has no {kind.__tablename__} to show")
    return found


def sessions(store: Store, shown: Shown) -> Mapping[Role, str]:
    """Somebody of each role, signed in; the secret of each session."""
    works_for = {Role.PROVIDER: {"provider_id": shown.provider}, Role.REFERRER: {"agency_id": shown.agency}}

    def signed_in(role: Role, work: Work) -> str:
        id, at = _account_id(role), work.clock()
        account = AccountRow(
            id=id,
            name="Somebody measured",
            email=f"{id}@example.org",
            email_digest=work.keys.digest("email", id),
            role=role,
            status=AccountStatus.ACTIVE,
            created_at=at,
            **works_for.get(role, {}),
        )
        write(work, account, what="account invited", by=OPERATOR, at=at, about=[id])
        return begin_session(account, second_factor=True, browser=None, at=at, work=work).secret

    people = [role for role in Role if role is not Role.CLOCKWORK]
    return {role: store.transact(partial(signed_in, role)) for role in people}


def _account_id(role: Role) -> str:
    return f"{role.value}-measured"
