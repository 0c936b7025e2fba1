"""All that is kept of one case, in one view: a fixed small number of queries, however long the case is.

What rooms above keep (assessments, offers, placements) is theirs to add; the timeline tells of it here too.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, select

from gateway.people.clusters import cluster
from gateway.people.tables import (
    ConsentRow,
    ExclusionRow,
    PersonReferenceRow,
    PersonRow,
    SafetyAreaRow,
    SeparationRow,
)
from gateway.records.actor import Role
from gateway.records.tables import EventRow, EventSubjectRow, ParticularRow
from gateway.referrals.details import ReferralDetails
from gateway.referrals.details_rows import details_of
from gateway.referrals.tables import (
    AgencyRow,
    HouseholdMemberRow,
    NoteRow,
    QuestionRow,
    ReferralCodeRow,
    ReferralRow,
)
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    """One thing that was done with the case, in words; ``why`` is the reason that was given."""

    number: int
    what: str
    actor: str
    role: Role
    happened_at: datetime
    recorded_at: datetime
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """One case: the referral, who is referred, what was asked and noted, and everything done, oldest first.

    person_ids
        Every id that turned out to be this person.
    exclusions, safety_areas, separations
        Of the person, those that ended among them.
    other_referrals
        Of the same person, the newest first.
    """

    referral: ReferralRow
    details: ReferralDetails
    agency: AgencyRow
    person: PersonRow
    person_ids: tuple[str, ...]
    references: tuple[PersonReferenceRow, ...]
    consents: tuple[ConsentRow, ...]
    exclusions: tuple[ExclusionRow, ...]
    safety_areas: tuple[SafetyAreaRow, ...]
    separations: tuple[SeparationRow, ...]
    other_referrals: tuple[ReferralRow, ...]
    questions: tuple[QuestionRow, ...]
    notes: tuple[NoteRow, ...]
    timeline: tuple[TimelineEvent, ...]


def case_file(work: Work, referral_id: str) -> CaseFile:
    """The whole case file; who may see it, and that it was seen, is for ``opening.open_case_file``.

    Raises
    ------
    NotFound
        If there is no such referral.
    """
    row = work.get(ReferralRow, referral_id)
    ids = tuple(sorted(cluster(work, row.person_id)))
    codes = work.where(ReferralCodeRow, ReferralCodeRow.referral_id == row.id)
    members = work.all(_of_referral(HouseholdMemberRow, row.id))
    return CaseFile(
        referral=row,
        details=details_of(row, codes, members),
        agency=work.get(AgencyRow, row.agency_id),
        person=work.get(PersonRow, row.person_id),
        person_ids=ids,
        references=tuple(work.all(_of_person(PersonReferenceRow, ids))),
        consents=tuple(work.all(_of_person(ConsentRow, ids))),
        exclusions=tuple(work.all(_of_person(ExclusionRow, ids))),
        safety_areas=tuple(work.all(_of_person(SafetyAreaRow, ids))),
        separations=tuple(_separations(work, ids)),
        other_referrals=tuple(_other_referrals(work, row, ids)),
        questions=tuple(work.all(_of_referral(QuestionRow, row.id))),
        notes=tuple(work.all(_of_referral(NoteRow, row.id))),
        timeline=timeline(work, row.id),
    )


OfReferral = TypeVar("OfReferral", HouseholdMemberRow, QuestionRow, NoteRow)
OfPerson = TypeVar("OfPerson", PersonReferenceRow, ConsentRow, ExclusionRow, SafetyAreaRow)


def _of_referral(kind: type[OfReferral], referral_id: str) -> Select[OfReferral]:
    return select(kind).where(kind.referral_id == referral_id).order_by(kind.id)


def _of_person(kind: type[OfPerson], person_ids: Collection[str]) -> Select[OfPerson]:
    return select(kind).where(kind.person_id.in_(person_ids)).order_by(kind.id)


def _separations(work: Work, person_ids: Collection[str]) -> Sequence[SeparationRow]:
    either = SeparationRow.person_id.in_(person_ids) | SeparationRow.other_id.in_(person_ids)
    return work.all(select(SeparationRow).where(either).order_by(SeparationRow.id))


def _other_referrals(work: Work, row: ReferralRow, person_ids: Collection[str]) -> Sequence[ReferralRow]:
    others = select(ReferralRow).where(ReferralRow.person_id.in_(person_ids), ReferralRow.id != row.id)
    return work.all(others.order_by(ReferralRow.entered_at.desc(), ReferralRow.id))


def timeline(work: Work, subject: str) -> tuple[TimelineEvent, ...]:
    """Everything done about a referral, a person, an offer or a unit, the oldest first; one query."""
    found = work.session.execute(
        select(EventRow, ParticularRow.text)
        .join(EventSubjectRow, EventSubjectRow.event == EventRow.number)
        .outerjoin(ParticularRow, ParticularRow.event == EventRow.number)
        .where(EventSubjectRow.subject == subject)
        .order_by(EventRow.number)
    )
    return tuple(_told(event, particulars) for event, particulars in found)


def _told(event: EventRow, particulars: str | None) -> TimelineEvent:
    return TimelineEvent(
        number=event.number,
        what=event.what,
        actor=event.actor,
        role=event.role,
        happened_at=event.happened_at,
        recorded_at=event.recorded_at,
        why=None if particulars is None else json.loads(particulars).get("why"),
    )
