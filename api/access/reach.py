"""Whose rows somebody can reach. What they cannot is not there: the sentence is the same as for nothing.

A referrer reaches the referrals of their agency; a provider their services and units, and the people offered
to or living in them; officers and duty managers reach all but restricted cases without a grant. Every route
with an id in its address asks here first.
"""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import ColumnElement, exists, or_, select, true

from api.access.permissions import Permission
from api.access.visitor import Visitor
from gateway.agreements.reading import entered_by
from gateway.agreements.tables import AgreementRow
from gateway.allocation_runs.tables import ProposalRow, RedesignationRequestRow
from gateway.directory.holders import Holder
from gateway.directory.tables import ProviderRow, ServiceRow, UnitRow, VoidRow
from gateway.directory.voids import revisions
from gateway.people.access import open_person, openable
from gateway.people.tables import PersonRow
from gateway.placements.states import HOLDING, OfferStatus, PlacementStatus
from gateway.placements.tables import HoldRow, OfferRow, PlacementRow
from gateway.records.actor import Role
from gateway.referrals.known_to_agency import referred_by
from gateway.referrals.tables import AgencyRow, NoteRow, QuestionRow, ReferralRow
from gateway.refusals import Invalid, NotAllowed, NotFound, refuse
from gateway.storage.work import Work

EVERYWHERE = frozenset({Role.OFFICER, Role.DUTY_MANAGER})
"""Roles that work with every agency's and every provider's rows."""

DIRECTORY = EVERYWHERE | {Role.ADMINISTRATOR}
"""Roles that keep the directory."""


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


def service_in_reach(work: Work, visitor: Visitor, service_id: str) -> ServiceRow:
    """The service, for whoever keeps or uses what stands of it.

    Raises
    ------
    NotFound
        If there is none, or it is another provider's.
    """
    service = work.get(ServiceRow, service_id)
    if visitor.role not in DIRECTORY and visitor.provider_id != service.provider_id:
        raise NotFound("service", service_id)
    return service


def unit_in_reach(work: Work, visitor: Visitor, unit_id: str) -> UnitRow:
    """The unit, as `service_in_reach`.

    Raises
    ------
    NotFound
        If there is none, or it is another provider's.
    """
    unit = work.get(UnitRow, unit_id)
    try:
        service_in_reach(work, visitor, unit.service_id)
    except NotFound:
        raise NotFound("unit", unit_id) from None
    return unit


def void_in_reach(work: Work, visitor: Visitor, void_id: str) -> tuple[VoidRow, ...]:
    """All revisions of a void, the oldest first; whose its unit is decides, as `unit_in_reach`.

    Raises
    ------
    NotFound
        If there is none, or it is of another provider's unit.
    """
    said = tuple(revisions(work, void_id))
    if not said:
        raise NotFound("void", void_id)
    try:
        unit_in_reach(work, visitor, said[0].unit_id)
    except NotFound:
        raise NotFound("void", void_id) from None
    return said


def services_of(visitor: Visitor) -> ColumnElement[bool]:
    """Which services somebody may know of: a provider its own, everybody else all."""
    if visitor.role is Role.PROVIDER:
        return ServiceRow.provider_id == visitor.provider_id
    return true()


def service_known(work: Work, visitor: Visitor, service_id: str) -> ServiceRow:
    """The service, for whoever may know that there is such a one.

    Raises
    ------
    NotFound
        If there is none, or it is another provider's and the visitor a provider.
    """
    service = work.get(ServiceRow, service_id)
    if visitor.role is Role.PROVIDER and visitor.provider_id != service.provider_id:
        raise NotFound("service", service_id)
    return service


def may_see_place(visitor: Visitor, service: ServiceRow) -> bool:
    """Whether somebody is told a service's address and where it lies.

    Of a confidential service officers and duty managers are, and its own provider: nobody else sends anyone
    there or lives there.
    """
    own = visitor.role is Role.PROVIDER and visitor.provider_id == service.provider_id
    return not service.confidential or own or visitor.role in EVERYWHERE


class PlaceWithheld(NotAllowed):
    """Whoever is not told a confidential service's place cannot make it known to everybody either."""

    def __init__(self, service_id: str) -> None:
        super().__init__(f"Service {service_id} is confidential: an officer or a duty manager opens it.")


def refuse_disclosure(visitor: Visitor, service: ServiceRow, changed: Mapping[str, object]) -> None:
    """Refuse a change after which somebody would be told the place of a service that was withheld from them.

    Raises
    ------
    PlaceWithheld
        If it would make a confidential service an open one.
    """
    if changed.get("confidential") is False and not may_see_place(visitor, service):
        raise PlaceWithheld(service.id)


def referrals_told(work: Work, visitor: Visitor, holders: Iterable[Holder]) -> frozenset[str]:
    """Of those who have units, the referrals that the visitor may know of."""
    if not visitor.may(Permission.READ_REFERRALS):
        return frozenset()
    of = {each.referral: each.person for each in holders}
    openable_people = openable(work, sorted(set(of.values())), visitor.actor, work.clock())
    known = work.all(select(ReferralRow.id).where(ReferralRow.id.in_(sorted(of)), referrals_of(visitor)))
    return frozenset(each for each in known if of[each] in openable_people)


def providers_of(visitor: Visitor) -> ColumnElement[bool]:
    """Which providers somebody may know of: a provider itself, everybody else all."""
    if visitor.role is Role.PROVIDER:
        return ProviderRow.id == visitor.provider_id
    return true()


def provider_known(work: Work, visitor: Visitor, provider_id: str) -> ProviderRow:
    """The provider, for whoever may know of it.

    Raises
    ------
    NotFound
        If there is none, or it is not the visitor's and the visitor is a provider.
    """
    provider = work.get(ProviderRow, provider_id)
    if visitor.role is Role.PROVIDER and visitor.provider_id != provider_id:
        raise NotFound("provider", provider_id)
    return provider


def among_providers(visitor: Visitor, wanted: Collection[str] | None) -> Collection[str] | None:
    """Whose services a list may tell of, of those asked for (``None``: no choice): a provider's its own."""
    if visitor.role is not Role.PROVIDER:
        return wanted
    own = {visitor.provider_id} if visitor.provider_id is not None else set()
    return own if wanted is None else own & set(wanted)


def agencies_of(visitor: Visitor) -> ColumnElement[bool]:
    """Which agencies somebody may know of: a referrer their own, a provider none, everybody else all."""
    if visitor.role is Role.REFERRER:
        return AgencyRow.id == visitor.agency_id
    return ~true() if visitor.role is Role.PROVIDER else true()


def agency_known(work: Work, visitor: Visitor, agency_id: str) -> AgencyRow:
    """The agency, for whoever may know of it.

    Raises
    ------
    NotFound
        If there is none, or none of the visitor's.
    """
    agency = work.first(select(AgencyRow).where(AgencyRow.id == agency_id, agencies_of(visitor)))
    if agency is None:
        raise NotFound("agency", agency_id)
    return agency


def agreements_of(visitor: Visitor) -> ColumnElement[bool]:
    """Which agreements are in somebody's reach.

    A commissioner of one authority reaches those it ever entered; one of the partnership, and everybody else
    whose role reads agreements at all, every one.
    """
    if visitor.role is Role.COMMISSIONER and visitor.authority_id is not None:
        return entered_by(visitor.authority_id)
    return true()


def agreements_told(work: Work, visitor: Visitor) -> frozenset[str] | None:
    """The ids of the agreements in somebody's reach; ``None``: all there are."""
    if visitor.role is not Role.COMMISSIONER or visitor.authority_id is None:
        return None
    return frozenset(work.all(select(AgreementRow.id).where(agreements_of(visitor))))


def agreement_in_reach(work: Work, visitor: Visitor, agreement_id: str) -> AgreementRow:
    """The agreement.

    Raises
    ------
    NotFound
        If there is none, or the commissioner's authority never entered it.
    """
    which = select(AgreementRow).where(AgreementRow.id == agreement_id, agreements_of(visitor))
    agreement = work.first(which)
    if agreement is None:
        raise NotFound("agreement", agreement_id)
    return agreement


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


def offer_in_reach(work: Work, visitor: Visitor, offer_id: str) -> OfferRow:
    """The offer: a provider sees what was made to it, a referrer what was made to whom they referred.

    Raises
    ------
    NotFound
        If there is none, or it is none of the visitor's.
    """
    offer = work.get(OfferRow, offer_id)
    hers = work.first(select(OfferRow.id).where(OfferRow.id == offer_id, offers_of(visitor)))
    if hers is None or not openable(work, [offer.person_id], visitor.actor, work.clock()):
        raise NotFound("offer", offer_id)
    return offer


def offers_of(visitor: Visitor) -> ColumnElement[bool]:
    """Which offers are in somebody's reach, those to restricted people among them."""
    if visitor.role in EVERYWHERE:
        return true()
    made = OfferRow.status != OfferStatus.PROPOSED
    if visitor.role is Role.PROVIDER:
        services = select(ServiceRow.id).where(ServiceRow.provider_id == visitor.provider_id)
        return OfferRow.service_id.in_(services) & made
    if visitor.role is Role.REFERRER:
        referrals = select(ReferralRow.id).where(ReferralRow.agency_id == visitor.agency_id)
        return OfferRow.referral_id.in_(referrals) & made
    return ~true()


def placement_in_reach(work: Work, visitor: Visitor, placement_id: str) -> PlacementRow:
    """The placement: a provider sees those in its services.

    Raises
    ------
    NotFound
        If there is none, or it is none of the visitor's.
    """
    placement = work.get(PlacementRow, placement_id)
    hers = work.first(
        select(PlacementRow.id).where(PlacementRow.id == placement_id, placements_of_visitor(visitor))
    )
    if hers is None or not openable(work, [placement.person_id], visitor.actor, work.clock()):
        raise NotFound("placement", placement_id)
    return placement


def placements_of_visitor(visitor: Visitor) -> ColumnElement[bool]:
    """Which placements are in somebody's reach, those of restricted people among them."""
    if visitor.role in EVERYWHERE:
        return true()
    if visitor.role is Role.PROVIDER:
        services = select(ServiceRow.id).where(ServiceRow.provider_id == visitor.provider_id)
        return PlacementRow.service_id.in_(services)
    return ~true()


def holds_of_visitor(visitor: Visitor) -> ColumnElement[bool]:
    """Which holds of units are in somebody's reach, those of restricted people among them."""
    if visitor.role in EVERYWHERE:
        return true()
    if visitor.role is Role.PROVIDER:
        services = select(ServiceRow.id).where(ServiceRow.provider_id == visitor.provider_id)
        return HoldRow.service_id.in_(services)
    return ~true()


def line_in_reach(work: Work, visitor: Visitor, line_id: str) -> ProposalRow:
    """The line of a run's proposal, for whoever decides on those of all people.

    Raises
    ------
    NotFound
        If there is none, or its person is restricted and the visitor has no grant.
    """
    line = work.first(select(ProposalRow).where(ProposalRow.id == line_id))
    if line is None or visitor.role not in EVERYWHERE:
        raise NotFound("line", line_id)
    try:
        referral_in_reach(work, visitor, line.referral_id)
    except NotFound:
        raise NotFound("line", line_id) from None
    return line


def request_in_reach(work: Work, visitor: Visitor, request_id: str) -> RedesignationRequestRow:
    """The request to re-designate a unit: a provider reaches those for its own units.

    Raises
    ------
    NotFound
        If there is none, or it is for another provider's unit.
    """
    request = work.first(select(RedesignationRequestRow).where(RedesignationRequestRow.id == request_id))
    if request is None:
        raise NotFound("request", request_id)
    try:
        unit_in_reach(work, visitor, request.unit_id)
    except NotFound:
        raise NotFound("request", request_id) from None
    return request
