"""The records of Open Referral UK 3.0 that the gateway fills, by the names that the standard gives them.

An optional field that is not known is left out (Open Referral UK 3.0, guidance on publishing). ``capacities``
and their ``unit`` are of HSDS 3.1, which 3.0 does not forbid.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class Record(BaseModel):
    """What is answered; fields without a value are left out."""

    model_config = ConfigDict(frozen=True)


class ApiDetails(Record):
    """What this is."""

    version: str = Field(examples=["HSDS-UK-3.0"])
    profile: str = Field(json_schema_extra={"format": "uri"})
    openapi_url: str = Field(json_schema_extra={"format": "uri"})


class Listed(Record, Generic[T]):
    """One page of a list; pages count from 1."""

    total_items: int
    total_pages: int
    page_number: int
    size: int = Field(description="How many are on this page.")
    first_page: bool
    last_page: bool
    empty: bool
    contents: Sequence[T]


class TaxonomyTerm(Record):
    """A word by which services are told apart."""

    id: UUID
    name: str
    description: str
    taxonomy: str
    taxonomy_id: UUID
    term: str = Field(description="The code that the gateway itself uses.")


class TaxonomyListed(Record):
    """A list of words."""

    id: UUID
    name: str
    description: str
    version: str


class TaxonomyWhole(TaxonomyListed):
    """A list of words, with all of them."""

    taxonomy_terms: Sequence[TaxonomyTerm]


class Attribute(Record):
    """That a word is true of something."""

    id: UUID
    link_id: UUID
    taxonomy_term_id: UUID
    link_type: str
    taxonomy_term: TaxonomyTerm


class Organization(Record):
    """Who runs a service."""

    id: UUID
    name: str
    description: str


class ServiceArea(Record):
    """For people of which authority it is."""

    id: UUID
    service_id: UUID
    name: str
    uri: str = Field(json_schema_extra={"format": "uri"})


class Address(Record):
    """Of a service whose address is public."""

    id: UUID
    location_id: UUID
    address_1: str
    city: str
    state_province: str
    postal_code: str
    country: Literal["GB"] = "GB"
    address_type: Literal["physical"] = "physical"


class LocationListed(Record):
    """A place that is public."""

    id: UUID
    location_type: Literal["physical"] = "physical"
    name: str
    latitude: float | None = None
    longitude: float | None = None


class LocationWhole(LocationListed):
    """A place that is public, with its address."""

    addresses: Sequence[Address] | None = None


class Unit(Record):
    """What is counted (HSDS 3.1)."""

    id: UUID
    name: str


class ServiceCapacity(Record):
    """How many there are and how many are empty today (HSDS 3.1)."""

    id: UUID
    service_id: UUID
    unit: Unit
    available: int
    maximum: int
    description: str
    updated: datetime = Field(
        description="Counted anew at every request, and told to the hour: nobody can read from it when "
        "somebody moved."
    )


class ServiceListed(Record):
    """A service in a list."""

    id: UUID
    organization_id: UUID
    name: str
    description: str
    status: Literal["active", "inactive"] = Field(description="Inactive: it has not opened yet.")
    minimum_age: int | None = None
    maximum_age: int | None = None
    last_modified: datetime | None = None
    organization: Organization


class AtLocation(Record):
    """A service's place, as its record names it."""

    id: UUID
    service_id: UUID
    location_id: UUID
    location: LocationWhole


class ServiceWhole(ServiceListed):
    """A service with all that is told of it.

    Of a confidential service there is no ``service_at_locations`` and no ``capacities``; of a service with
    fewer than five units no ``capacities``.
    """

    attributes: Sequence[Attribute]
    service_areas: Sequence[ServiceArea]
    service_at_locations: Sequence[AtLocation] | None = None
    capacities: Sequence[ServiceCapacity] | None = None


class ServiceAtLocationListed(Record):
    """A service's place, in a list."""

    id: UUID
    service_id: UUID
    location_id: UUID
    location: LocationListed
    service: ServiceListed


class ServiceAtLocationWhole(Record):
    """A service's place, with the service."""

    id: UUID
    service_id: UUID
    location_id: UUID
    location: LocationWhole
    service: ServiceWhole
