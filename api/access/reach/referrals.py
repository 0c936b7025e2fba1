"""Which people and referrals somebody can reach."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, exists, or_, select, true

from api.access.permissions import Permission
from api.access.reach.roles import EVERYWHERE
from api.access.visitor import Visitor
from gateway.directory.holders import Holder
from gateway.directory.tables import ServiceRow
from gateway.people.access import open_person, openable
from gateway.people.tables import PersonRow
from gateway.placements.states import HOLDING, OfferStatus, PlacementStatus
from gateway.placements.tables import OfferRow, PlacementRow
from gateway.records.actor import Role
from gateway.referrals.known_to_agency import referred_by
from gateway.referrals.tables import AgencyRow, NoteRow, QuestionRow, ReferralRow
from gateway.refusals import Invalid, NotFound, refuse
from gateway.storage.work import Work


def person_in_reach(work: Work, visitor: Visitor, person_id: str) -> PersonRow:
    """The person, for whoever works with everybody; to others they are told inside a referral only.

    Raises
    ------
    NotFound
        If there is none, or they are restricted and the visitor has no grant.
    """
    if visitor.role not in EVERYWHERE:
        raise NotFound("person", person_id)
    return open_person(work, person_id, visitor.actor, work.clock())


def referrals_told(work: Work, visitor: Visitor, holders: Iterable[Holder]) -> frozenset[str]:
    """Of those who have units, the referrals that the visitor may know of."""
    if not visitor.may(Permission.READ_REFERRALS):
        return frozenset()
    of = {each.referral: each.person for each in holders}
    openable_people = openable(work, sorted(set(of.values())), visitor.actor, work.clock())
    known = work.all(select(ReferralRow.id).where(ReferralRow.id.in_(sorted(of)), referrals_of(visitor)))
    return frozenset(each for each in known if of[each] in openable_people)


def referral_in_reach(work: Work, visitor: Visitor, referral_id: str) -> ReferralRow:
    """The referral.

    Raises
    ------
    NotFound
        If there is none, it is another agency's, nobody offered it to this provider, or its person is
        restricted and the visitor has no grant.
    """
    referral = work.get(ReferralRow, referral_id)
    hers = work.first(select(ReferralRow.id).where(ReferralRow.id == referral_id, referrals_of(visitor)))
    if hers is None or not openable(work, [referral.person_id], visitor.actor, work.clock()):
        raise NotFound("referral", referral_id)
    return referral


def question_in_reach(work: Work, visitor: Visitor, question_id: str) -> QuestionRow:
    """What the gateway asked of a referral in reach.

    Raises
    ------
    NotFound
        If there is no such question, or its referral is not in reach.
    """
    question = work.get(QuestionRow, question_id)
    try:
        referral_in_reach(work, visitor, question.referral_id)
    except NotFound:
        raise NotFound("question", question_id) from None
    return question


def note_in_reach(work: Work, visitor: Visitor, referral_id: str, note_id: str) -> NoteRow:
    """A note on a referral in reach.

    Raises
    ------
    NotFound
        If the referral is not in reach, or has no such note.
    """
    referral_in_reach(work, visitor, referral_id)
    note = work.get(NoteRow, note_id)
    if note.referral_id != referral_id:
        raise NotFound("note", note_id)
    return note


def agency_in_reach(work: Work, visitor: Visitor, agency_id: str) -> AgencyRow:
    """The agency whose referrals are asked for: a referrer's own, any to those who work with all.

    Raises
    ------
    NotFound
        If there is none, or it is another one.
    """
    agency = work.get(AgencyRow, agency_id)
    if visitor.role not in EVERYWHERE and visitor.agency_id != agency_id:
        raise NotFound("agency", agency_id)
    return agency


def designated_agency(visitor: Visitor, agency_id: str | None) -> str:
    """For which agency somebody refers: a referrer always for their own.

    Raises
    ------
    Invalid
        If they name another one, or an officer names none.
    """
    if visitor.role is Role.REFERRER and visitor.agency_id is not None:
        refuse([("agency_id", "is not your agency")] if agency_id not in (None, visitor.agency_id) else [])
        return visitor.agency_id
    if agency_id is None:
        raise Invalid([("agency_id", "is missing: for which agency is it?")])
    return agency_id


def person_to_refer(work: Work, visitor: Visitor, person_id: str) -> str:
    """The id of a person whom somebody may refer by it; to others there is no such person.

    Raises
    ------
    Invalid
        If they may not open the case, or are a referrer whose agency never referred this person.
    """
    known = visitor.role in EVERYWHERE or (
        visitor.agency_id is not None and referred_by(work, person_id, visitor.agency_id)
    )
    if not known or not openable(work, [person_id], visitor.actor, work.clock()):
        raise Invalid([("person_id", f"there is no person {person_id}")])
    return person_id


def referrals_of(visitor: Visitor) -> ColumnElement[bool]:
    """Which referrals are in somebody's reach, restricted ones among them."""
    if visitor.role in EVERYWHERE:
        return true()
    if visitor.role is Role.REFERRER:
        return ReferralRow.agency_id == visitor.agency_id
    if visitor.role is Role.PROVIDER:
        return or_(*_comes_to(visitor.provider_id))
    return ~true()


def _comes_to(provider_id: str | None) -> tuple[ColumnElement[bool], ...]:
    """Offered to this provider and not yet answered otherwise, or living with it."""
    services = select(ServiceRow.id).where(ServiceRow.provider_id == provider_id)
    seen = HOLDING - {OfferStatus.PROPOSED}
    offered = exists().where(
        OfferRow.referral_id == ReferralRow.id, OfferRow.service_id.in_(services), OfferRow.status.in_(seen)
    )
    lives = exists().where(
        PlacementRow.referral_id == ReferralRow.id,
        PlacementRow.service_id.in_(services),
        PlacementRow.status == PlacementStatus.LIVING,
    )
    return offered, lives
