"""The agreements of a large store: in each region one joint purchase, and access to what each authority has.

Both have a second schedule, appended when the first had stood for two years. What they say follows the West
London Joint Commissioning Protocol (schedule 5: direct access services are in no agreement, and what is
bought jointly is in no other); the numbers are ours.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from gateway.agreements.tables import AccessGroup, AgreementKind
from scenarios.bulk_deeds import Deeds, Drawn
from scenarios.large_ground import ADMINISTRATOR, UNITS_EACH, YEARS, Region, Service, moment

_BOUGHT_JOINTLY: Final = 0.45
"""Of the services of a region that are not direct access."""

_PRICE, _RISE = Decimal(14_300), Decimal("1.06")
"""Pounds per unit and year, and by how much the second schedule is dearer."""


def draw_agreements(deeds: Deeds, regions: Iterable[Region], on: date) -> tuple[str, ...]:
    """The ids of the joint purchases, one for each region."""
    drawer = _Drawer(deeds, on)
    return tuple(drawer.of_region(each) for each in regions)


class _Drawer:
    def __init__(self, deeds: Deeds, on: date) -> None:
        self.deeds = deeds
        self.begins = date(on.year - YEARS, 4, 1)
        self.until = date(on.year + 2, 4, 1)
        self.again = date(on.year - YEARS + 2, 4, 1)

    def of_region(self, region: Region) -> str:
        lettable = [each for each in region.services if not each.direct_access]
        joint = lettable[: max(1, round(len(lettable) * _BOUGHT_JOINTLY))]
        id = self._agreement(AgreementKind.JOINT_PURCHASE, region.authorities, joint)
        for number, begins in ((1, self.begins), (2, self.again)):
            rows = [
                *self._purchases(id, number, joint, region.authorities),
                self._clause(id, number, "4(2)", AccessGroup.NON_PARTY, max_units=len(joint)),
            ]
            self._schedule(id, number, begins, rows)
        for authority in region.authorities:
            if own := [each for each in lettable[len(joint) :] if each.authority == authority]:
                self._access(authority, own, region.authorities)
        return id

    def _access(self, host: str, services: Sequence[Service], authorities: Sequence[str]) -> None:
        id = self._agreement(
            AgreementKind.ACCESS, [host, *(each for each in authorities if each != host)], services
        )
        units = UNITS_EACH * len(services)
        partner = authorities[0] if host != authorities[0] else authorities[1]
        for number, begins in ((1, self.begins), (2, self.again)):
            weeks = Decimal(units * (8 + number))
            rows = [
                self._clause(id, number, "2(a)", AccessGroup.NON_HOST, max_units=1 + units // 3, weeks=weeks),
                self._clause(id, number, "2(b)", AccessGroup.SECONDARY, max_units=1 + units // 10),
                self._clause(id, number, "2(c)", AccessGroup.AUTHORITY, max_units=2 + units // 5, of=partner),
                self._clause(id, number, "2(d)", AccessGroup.OUTSIDE, max_units=1),
            ]
            self._schedule(id, number, begins, rows)

    def _agreement(self, kind: AgreementKind, parties: Sequence[str], services: Sequence[Service]) -> str:
        keep, id = self.deeds.keep, self.deeds.new_id("AG")
        row = keep(
            "agreements",
            id=id,
            name=f"Agreement {id[-4:]}",
            kind=kind,
            lead_id=parties[0],
            from_day=self.begins,
            until=self.until,
        )
        rows = [
            *(
                keep("agreement_parties", agreement_id=id, authority_id=each, joined_on=self.begins)
                for each in parties
            ),
            *(keep("agreement_services", agreement_id=id, service_id=each.id) for each in services),
        ]
        at, about = moment(self.begins), [id, *parties]
        self.deeds.deed("agreement made", row, *rows, by=ADMINISTRATOR, at=at, about=about)
        return id

    def _schedule(self, agreement: str, number: int, begins: date, terms: Sequence[Drawn]) -> None:
        at = moment(begins)
        row = self.deeds.keep(
            "schedules", agreement_id=agreement, number=number, from_day=begins, appended_at=at
        )
        self.deeds.deed("schedule appended", row, *terms, by=ADMINISTRATOR, at=at, about=[agreement])

    def _purchases(
        self, agreement: str, number: int, services: Sequence[Service], authorities: Sequence[str]
    ) -> Iterator[Drawn]:
        for service in services:
            bought = self.deeds.rng.randrange(3, 6)
            buyers = self.deeds.rng.sample(authorities, 2)
            for buyer, units in zip(buyers, (bought, UNITS_EACH - bought), strict=True):
                yield self.deeds.keep(
                    "purchases",
                    agreement_id=agreement,
                    schedule=number,
                    service_id=service.id,
                    authority_id=buyer,
                    units=units,
                    price=_PRICE if number == 1 else _PRICE * _RISE,
                )

    def _clause(
        self,
        agreement: str,
        number: int,
        clause: str,
        group: AccessGroup,
        *,
        max_units: int,
        weeks: Decimal | None = None,
        of: str | None = None,
    ) -> Drawn:
        return self.deeds.keep(
            "access_clauses",
            id=self.deeds.new_id("CL"),
            agreement_id=agreement,
            schedule=number,
            clause=f"schedule 5, {clause}",
            group=group,
            authority_id=of,
            max_units=max_units,
            max_unit_weeks=weeks,
        )
