"""What is recorded of a service, and what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from gateway.directory.tables import ServiceCodeRow, ServiceRow, ServiceTrait, Tier
from gateway.directory.texts import line_faults

CODE_CHARACTERS, NAME_CHARACTERS = 64, 200
OLDEST = 120
"""An age limit above it is a typing mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDetails:
    """All that a provider's specification says of a service, but for its days.

    provider_id, authority_id
        Who runs it, and where it stands (GSS code).
    address, latitude, longitude
        ``None``: not recorded. Of a confidential service no place may be recorded: latitude and longitude
        are not encrypted, the address is.
    min_age, max_age
        Inclusive, in years; ``None``: no limit.
    client_groups, cannot_manage, features
        Codes: whom it is for, risks that it cannot manage, what the building offers.
    """

    provider_id: str
    authority_id: str
    name: str
    tier: Tier
    lot: str
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    confidential: bool = False
    direct_access: bool = False
    min_age: int | None = None
    max_age: int | None = None
    client_groups: frozenset[str] = frozenset()
    cannot_manage: frozenset[str] = frozenset()
    features: frozenset[str] = frozenset()

    def faults(self) -> Iterator[tuple[str, str]]:
        """Everything wrong with it, as pairs of a field and what is wrong."""
        yield from line_faults("name", self.name, NAME_CHARACTERS)
        yield from line_faults("lot", self.lot, CODE_CHARACTERS)
        if self.address is not None and not self.address.strip():
            yield "address", "is empty"
        yield from self._age_faults()
        yield from place_faults(self.latitude, self.longitude)
        if self.confidential and (self.latitude, self.longitude) != (None, None):
            yield "latitude", "is given for a confidential service, whose place must not be recorded"
        for trait, values in self.codes().items():
            for value in sorted(values):
                yield from line_faults(_FIELD[trait], value, CODE_CHARACTERS)

    def _age_faults(self) -> Iterator[tuple[str, str]]:
        for field, age in (("min_age", self.min_age), ("max_age", self.max_age)):
            if age is not None and not 0 <= age <= OLDEST:
                yield field, f"is {age}, must be from 0 to {OLDEST}"
        if self.min_age is not None and self.max_age is not None and self.max_age < self.min_age:
            yield "max_age", f"is {self.max_age}, must be at least min_age, {self.min_age}"

    def codes(self) -> dict[ServiceTrait, frozenset[str]]:
        """Its codes by what they tell."""
        return {
            ServiceTrait.CLIENT_GROUP: self.client_groups,
            ServiceTrait.CANNOT_MANAGE: self.cannot_manage,
            ServiceTrait.FEATURE: self.features,
        }

    def put_into(self, row: ServiceRow) -> None:
        """Give the row what stands here; the codes are rows of their own (`code_rows`)."""
        for field in fields(self):
            if field.name not in _FIELD.values():
                setattr(row, field.name, getattr(self, field.name))

    def code_rows(self, service_id: str) -> list[ServiceCodeRow]:
        """Its codes as rows, in order."""
        return [
            ServiceCodeRow(service_id=service_id, trait=trait, value=value)
            for trait, values in self.codes().items()
            for value in sorted(values)
        ]


_FIELD = {
    ServiceTrait.CLIENT_GROUP: "client_groups",
    ServiceTrait.CANNOT_MANAGE: "cannot_manage",
    ServiceTrait.FEATURE: "features",
}


def place_faults(latitude: float | None, longitude: float | None) -> Iterator[tuple[str, str]]:
    """What is wrong with a place in degrees: both or neither, and on this earth."""
    if (latitude is None) != (longitude is None):
        yield "longitude", "latitude and longitude are given together or not at all"
    for field, value, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        if value is not None and not -most <= value <= most:
            yield field, f"is {value}, must be from -{most} to {most}"
