"""Add what was not there: authorities, providers, services, units."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from gateway.directory.pools import PooledUnit, half_shared, in_pools, pooled
from gateway.directory.service_details import (
    CODE_CHARACTERS,
    NAME_CHARACTERS,
    ServiceDetails,
    place_faults,
)
from gateway.directory.tables import (
    AuthorityRow,
    DesignationRow,
    PartnershipRole,
    ProviderRow,
    ServiceRow,
    UnitFeatureRow,
    UnitGender,
    UnitKind,
    UnitRow,
)
from gateway.directory.texts import line_faults
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import Conflict, refuse
from gateway.storage.rows import Row
from gateway.storage.work import LostRace, Work

_GSS = re.compile(r"[ENSW]\d{8}")

AS_OPENED = "as_opened"
"""The reason of a unit's first designation."""


def add_authority(
    gss: str,
    *,
    name: str,
    role: PartnershipRole,
    latitude: float | None = None,
    longitude: float | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> AuthorityRow:
    """Record a council under its GSS code (ONS: a letter for the country and eight digits).

    Raises
    ------
    Invalid
        If the code, the name or the place cannot be right.
    Conflict
        If it is recorded already.
    """
    faults = [("gss", f"{gss!r} is not a letter and eight digits")] if not _GSS.fullmatch(gss) else []
    refuse(
        [*faults, *line_faults("name", name, CODE_CHARACTERS), *place_faults(latitude, longitude)],
    )
    row = AuthorityRow(id=gss, name=name, role=role, latitude=latitude, longitude=longitude)
    try:
        with work.attempt():
            write(work, row, what="authority added", by=by, at=at, about=[gss])
    except IntegrityError:
        if work.session.get(AuthorityRow, gss) is None:
            raise LostRace from None
        raise Conflict(f"Authority {gss} is recorded already.") from None
    return row


def add_provider(name: str, *, in_house: bool = False, by: Actor, at: datetime, work: Work) -> ProviderRow:
    """Record an organisation that runs services; ``in_house``: the authority itself, under an SLA."""
    refuse(line_faults("name", name, NAME_CHARACTERS))
    row = ProviderRow(id=work.new_id("V"), name=name, in_house=in_house)
    write(work, row, what="provider added", by=by, at=at, about=[row.id])
    return row


def add_service(
    details: ServiceDetails,
    *,
    opens_on: date,
    closes_on: date | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> ServiceRow:
    """Record a service, without units yet.

    Parameters
    ----------
    opens_on, closes_on
        Half-open; ``closes_on`` ``None``: no closure is planned.

    Raises
    ------
    Invalid
        Naming everything wrong with the details, a provider or an authority that is not recorded, and days
        that contradict each other.
    """
    late = closes_on is not None and closes_on <= opens_on
    days = [("closes_on", f"is {closes_on}, must be after opens_on, {opens_on}")] if late else []
    refuse([*details.faults(), *unknown(details, work), *days])
    row = ServiceRow(id=work.new_id("S"), opens_on=opens_on, closes_on=closes_on)
    details.put_into(row)
    codes = details.code_rows(row.id)
    write(work, row, *codes, what="service added", by=by, at=at, about=[row.id, row.provider_id])
    return row


def unknown(details: ServiceDetails, work: Work) -> Iterator[tuple[str, str]]:
    """Faults for a provider or an authority that is not recorded."""
    if work.session.get(ProviderRow, details.provider_id) is None:
        yield "provider_id", f"there is no provider {details.provider_id}"
    if work.session.get(AuthorityRow, details.authority_id) is None:
        yield "authority_id", f"there is no authority {details.authority_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUnit:
    """A unit to be added.

    name
        As the provider calls it (``Room 4``); no two in a service have the same.
    pool
        Units of one service with the same pool belong together: a landing, a shared room, a caseload.
    opens_on
        The first day on which it can be let; ``None``: with its service.
    features
        Codes beyond those of its service (``step-free``).
    """

    name: str
    pool: str
    kind: UnitKind
    gender: UnitGender = UnitGender.ANY
    opens_on: date | None = None
    features: frozenset[str] = frozenset()

    def faults(self) -> Iterator[tuple[str, str]]:
        """Everything wrong with it by itself."""
        yield from line_faults("name", self.name, CODE_CHARACTERS)
        yield from line_faults("pool", self.pool, CODE_CHARACTERS)
        for feature in sorted(self.features):
            yield from line_faults("features", feature, CODE_CHARACTERS)


def add_units(
    service_id: str, units: Sequence[NewUnit], *, by: Actor, at: datetime, work: Work
) -> Sequence[UnitRow]:
    """Add units to a service, each with its designation: all of them, or none and every fault by its row.

    Raises
    ------
    NotFound
        If there is no such service.
    Invalid
        Naming every fault as ``units[3].name``, counted from 0; a name that is taken, in the list or in the
        service; a unit that would open when its service is closed; a shared pool (``same``) of which only a
        part would be shared.
    """
    service = work.get(ServiceRow, service_id)
    refuse(_unit_faults(units, service, work))
    rows: list[UnitRow] = []
    beside: list[Row] = []
    for each in units:
        opens_on = each.opens_on or service.opens_on
        row = UnitRow(
            id=work.new_id("U"),
            service_id=service_id,
            name=each.name,
            pool=each.pool,
            kind=each.kind,
            opens_on=opens_on,
        )
        rows.append(row)
        beside.extend(_beside(each, row, work))
    _write_units(service_id, rows, beside, by=by, at=at, work=work)
    return rows


def _beside(unit: NewUnit, row: UnitRow, work: Work) -> Iterator[Row]:
    yield DesignationRow(
        id=work.new_id("D"),
        unit_id=row.id,
        gender=unit.gender,
        from_day=row.opens_on,
        reason=AS_OPENED,
        set_at=work.clock(),
    )
    for feature in sorted(unit.features):
        yield UnitFeatureRow(unit_id=row.id, feature=feature)


def _write_units(
    service_id: str, rows: Sequence[Row], beside: Sequence[Row], *, by: Actor, at: datetime, work: Work
) -> None:
    about = [service_id, *(row.id for row in rows if isinstance(row, UnitRow))]
    try:
        with work.attempt():
            write(work, *rows, *beside, what="units added", by=by, at=at, about=about)
    except IntegrityError:
        # Somebody added a unit of the same name since its names were read: again, and the refusal says which.
        raise LostRace from None


def _unit_faults(units: Sequence[NewUnit], service: ServiceRow, work: Work) -> Iterator[tuple[str, str]]:
    if not units:
        yield "units", "is empty"
    stand = {row.name: row for row in work.where(UnitRow, UnitRow.service_id == service.id)}
    count = Counter(each.name for each in units)
    for at, each in enumerate(units):
        where = f"units[{at}]"
        yield from ((f"{where}.{field}", what) for field, what in each.faults())
        if each.name in stand:
            yield f"{where}.name", f"{each.name!r} is unit {stand[each.name].id} of this service"
        if count[each.name] > 1:
            yield f"{where}.name", f"{each.name!r} is named {count[each.name]} times"
        yield from ((f"{where}.opens_on", what) for what in _day_faults(each.opens_on, service))
    yield from _pool_faults(units, service, work)


def _day_faults(opens_on: date | None, service: ServiceRow) -> Iterator[str]:
    if opens_on is None:
        return
    if opens_on < service.opens_on:
        yield f"is {opens_on}, before its service opens on {service.opens_on}"
    if service.closes_on is not None and opens_on >= service.closes_on:
        yield f"is {opens_on}, and its service closes on {service.closes_on}"


def _pool_faults(units: Sequence[NewUnit], service: ServiceRow, work: Work) -> Iterator[tuple[str, str]]:
    pools = {(service.id, each.pool) for each in units}
    there = pooled(work, date.max, in_pools(pools))
    added = (
        PooledUnit(id=each.name, service=service.id, pool=each.pool, gender=each.gender) for each in units
    )
    half = {pool for _, pool in half_shared([*there, *added])}
    for at, each in enumerate(units):
        if each.pool in half:
            yield (
                f"units[{at}].gender",
                f"in pool {each.pool!r} either all units are shared by one gender ('same') or none is",
            )
