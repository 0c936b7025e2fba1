"""From what is published to the records of the standard."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from api.open_referral.identifiers import uuid_of
from api.open_referral.terms import TITLES, TRAITS, Taxonomy, Term, term_of
from api.open_referral.told import (
    Address,
    AtLocation,
    Attribute,
    LocationListed,
    LocationWhole,
    Organization,
    ServiceArea,
    ServiceAtLocationListed,
    ServiceAtLocationWhole,
    ServiceCapacity,
    ServiceListed,
    ServiceWhole,
    TaxonomyListed,
    TaxonomyTerm,
    Unit,
)
from gateway.directory.tables import ServiceTrait, UnitKind
from gateway.monitoring.published_services import Capacity, Place, Published

_POSTCODE: Final = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}")
"""As addresses end in the United Kingdom (Royal Mail; BS 7666)."""

_KINDS: Final[Mapping[UnitKind, tuple[str, str]]] = {
    UnitKind.BEDSPACE: ("Bedspace", "Bedspaces, in rooms of one's own or shared."),
    UnitKind.FLAT: ("Flat", "Self-contained flats."),
    UnitKind.SLOT: ("Place in a caseload", "People whom the team can support at a time."),
}


def taxonomy_told(taxonomy: Taxonomy) -> TaxonomyListed:
    """A taxonomy in a list."""
    name, description = TITLES[taxonomy]
    return TaxonomyListed(id=taxonomy.uuid, name=name, description=description, version="1")


def term_told(term: Term) -> TaxonomyTerm:
    """A term."""
    return TaxonomyTerm(
        id=term.uuid,
        name=term.name,
        description=term.description,
        taxonomy=TITLES[term.taxonomy][0],
        taxonomy_id=term.taxonomy.uuid,
        term=term.code,
    )


def service_listed(service: Published, on: date) -> ServiceListed:
    """A service in a list."""
    organization = uuid_of("organization", service.provider_id)
    return ServiceListed(
        id=uuid_of("service", service.id),
        organization_id=organization,
        name=service.name,
        description=_description(service),
        status="active" if service.opens_on <= on else "inactive",
        minimum_age=service.min_age,
        maximum_age=service.max_age,
        last_modified=service.changed_at,
        organization=Organization(
            id=organization,
            name=service.provider,
            description=f"{service.provider} runs supported housing for the partnership.",
        ),
    )


def _description(service: Published) -> str:
    tier = term_of(Taxonomy.TIER, service.tier)
    reached = (
        "People can come without a referral." if service.direct_access else "Places are given by the gateway."
    )
    hidden = " Where it is, is told to nobody who need not go there." if service.confidential else ""
    return f"{tier.name}. {tier.description} {reached}{hidden}"


def service_whole(
    service: Published,
    *,
    on: date,
    at: datetime,
    codes: Sequence[tuple[ServiceTrait, str]],
    areas: Sequence[tuple[str, str]],
    place: Place | None,
    capacities: Sequence[Capacity],
) -> ServiceWhole:
    """A service with all that is told of it."""
    id = uuid_of("service", service.id)
    of_trait = {trait: taxonomy for taxonomy, trait in TRAITS.items()}
    terms = [term_of(Taxonomy.TIER, service.tier), *(term_of(of_trait[trait], code) for trait, code in codes)]
    return ServiceWhole(
        **dict(service_listed(service, on)),
        attributes=[_attribute(service, term) for term in terms],
        service_areas=[
            ServiceArea(
                id=uuid_of("service_area", service.id, gss),
                service_id=id,
                name=name,
                uri=f"http://statistics.data.gov.uk/id/statistical-geography/{gss}",
            )
            for gss, name in areas
        ],
        service_at_locations=None if place is None else [_at_location(service, place)],
        capacities=[_capacity(service, each, at) for each in capacities] or None,
    )


def _attribute(service: Published, term: Term) -> Attribute:
    return Attribute(
        id=uuid_of("attribute", service.id, term.taxonomy, term.code),
        link_id=uuid_of("service", service.id),
        taxonomy_term_id=term.uuid,
        link_type=term.taxonomy,
        taxonomy_term=term_told(term),
    )


def _capacity(service: Published, capacity: Capacity, at: datetime) -> ServiceCapacity:
    name, description = _KINDS[capacity.kind]
    return ServiceCapacity(
        id=uuid_of("service_capacity", service.id, capacity.kind),
        service_id=uuid_of("service", service.id),
        unit=Unit(id=uuid_of("unit", capacity.kind), name=name),
        available=capacity.available,
        maximum=capacity.units,
        description=description,
        updated=at.replace(minute=0, second=0, microsecond=0),
    )


def _at_location(service: Published, place: Place) -> AtLocation:
    return AtLocation(
        id=uuid_of("service_at_location", service.id),
        service_id=uuid_of("service", service.id),
        location_id=uuid_of("location", service.id),
        location=_location(service, place),
    )


def at_location_listed(service: Published, place: Place, on: date) -> ServiceAtLocationListed:
    """A service's place in a list."""
    whole = _at_location(service, place)
    location = whole.location
    return ServiceAtLocationListed(
        id=whole.id,
        service_id=whole.service_id,
        location_id=whole.location_id,
        location=LocationListed(
            id=location.id, name=location.name, latitude=location.latitude, longitude=location.longitude
        ),
        service=service_listed(service, on),
    )


def at_location_whole(service: Published, place: Place, whole: ServiceWhole) -> ServiceAtLocationWhole:
    """A service's place with the service."""
    return ServiceAtLocationWhole(**dict(_at_location(service, place)), service=whole)


def _location(service: Published, place: Place) -> LocationWhole:
    id = uuid_of("location", service.id)
    address = _address(service, place.address)
    return LocationWhole(
        id=id,
        name=service.name,
        latitude=place.latitude,
        longitude=place.longitude,
        addresses=None if address is None else [address],
    )


def _address(service: Published, text: str | None) -> Address | None:
    """An address that ends in a town and a postcode; any other is not told, rather than told wrong."""
    lines = [line.strip() for line in re.split(r"[,\n]", text or "") if line.strip()]
    if len(lines) < 3 or not _POSTCODE.fullmatch(lines[-1]):
        return None
    *street, town, postcode = lines
    return Address(
        id=uuid_of("address", service.id),
        location_id=uuid_of("location", service.id),
        address_1=", ".join(street),
        city=town,
        state_province=service.authority,
        postal_code=postcode,
    )
