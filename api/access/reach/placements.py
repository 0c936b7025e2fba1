"""Which offers, placements, lines of runs and requests somebody can reach."""

from sqlalchemy import ColumnElement, select, true

from api.access.reach.directory import unit_in_reach
from api.access.reach.referrals import referral_in_reach
from api.access.reach.roles import EVERYWHERE
from api.access.visitor import Visitor
from gateway.allocation_runs.tables import ProposalRow, RedesignationRequestRow
from gateway.directory.tables import ServiceRow
from gateway.people.access import openable
from gateway.placements.states import OfferStatus
from gateway.placements.tables import HoldRow, OfferRow, PlacementRow
from gateway.records.actor import Role
from gateway.referrals.tables import ReferralRow
from gateway.refusals import NotFound
from gateway.storage.work import Work


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
