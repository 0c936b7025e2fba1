"""Whose rows somebody can reach. What they cannot is not there: the sentence is the same as for nothing.

A referrer reaches the referrals of their agency; a provider their services and units, and the people offered
to or living in them; officers and duty managers reach all but restricted cases without a grant. Every route
with an id in its address asks here first.
"""

from sqlalchemy import ColumnElement, exists, or_, select, true

from api.access.visitor import Visitor
from gateway.directory.tables import ServiceRow, UnitRow
from gateway.people.access import open_person, openable
from gateway.people.tables import PersonRow
from gateway.placements.states import HOLDING, OfferStatus, PlacementStatus
from gateway.placements.tables import HoldRow, OfferRow, PlacementRow
from gateway.records.actor import Role
from gateway.referrals.tables import ReferralRow
from gateway.refusals import NotFound
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
