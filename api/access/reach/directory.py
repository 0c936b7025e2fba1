"""Which places, providers, agencies and agreements somebody can reach."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, select, true

from api.access.reach.roles import DIRECTORY, EVERYWHERE
from api.access.visitor import Visitor
from gateway.agreements.reading import entered_by
from gateway.agreements.tables import AgreementRow
from gateway.directory.tables import ProviderRow, ServiceRow, UnitRow, VoidRow
from gateway.directory.voids import revisions
from gateway.records.actor import Role
from gateway.referrals.tables import AgencyRow
from gateway.refusals import NotAllowed, NotFound
from gateway.storage.work import Work


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
