"""What a closing must reckon with: who lives there, who was offered a place, which agreements cover it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Date, String, column, or_, select, table

from gateway.directory.holders import Holder, holders
from gateway.directory.tables import ServiceRow, UnitRow
from gateway.refusals import Conflict
from gateway.stay import Stay
from gateway.storage.work import Work

AGREEMENTS = table(
    "agreements",
    column("id", String),
    column("from_day", Date),
    column("until", Date),
    column("ended_on", Date),
)
"""The columns of ``gateway.agreements.tables.AgreementRow`` that are read here."""

COVERED = table("agreement_services", column("agreement_id", String), column("service_id", String))
"""The columns of ``gateway.agreements.tables.CoveredServiceRow`` that are read here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingBlock:
    """Everything that stands against closing a service on a day.

    living, offered
        Who has a unit on that day or later, in the order of units and days.
    agreements
        Ids of the agreements that cover the service on that day or later, in order.
    """

    service: str
    day: date
    living: tuple[Holder, ...]
    offered: tuple[Holder, ...]
    agreements: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.living or self.offered or self.agreements)

    def without(self, leaving: Collection[str]) -> "ClosingBlock":
        """What stands against it in an emergency in which these referrals' people are leaving."""
        return replace(
            self,
            living=tuple(each for each in self.living if each.referral not in leaving),
            offered=tuple(each for each in self.offered if each.referral not in leaving),
            agreements=(),
        )


class ClosingBlocked(Conflict):
    """The service cannot close on that day; ``block`` says why."""

    def __init__(self, block: ClosingBlock) -> None:
        self.block = block
        told = [each.told() for each in (*block.living, *block.offered)]
        if block.agreements:
            told.append(f"It is covered by agreement {', '.join(block.agreements)}.")
        super().__init__(f"Service {block.service} cannot close on {block.day}. {' '.join(told)}")


def closing_blocked_by(work: Work, service_id: str, day: date) -> ClosingBlock:
    """What stands against closing a service from a day on: nothing, if the answer is false.

    Raises
    ------
    NotFound
        If there is no such service.
    """
    work.get(ServiceRow, service_id)
    found = holders(work, Stay(day), UnitRow.service_id == service_id)
    return ClosingBlock(
        service=service_id,
        day=day,
        living=tuple(each for each in found if each.lives_there),
        offered=tuple(each for each in found if not each.lives_there),
        agreements=tuple(agreements_over(work, service_id, Stay(day))),
    )


def agreements_over(work: Work, service_id: str, stay: Stay) -> Sequence[str]:
    """Ids of the agreements that cover a service on some day of a stay, in order.

    An agreement that was ended early covers nothing from that day on.
    """
    of = AGREEMENTS.c
    query = (
        select(of.id)
        .join(COVERED, COVERED.c.agreement_id == of.id)
        .where(COVERED.c.service_id == service_id, of.until > stay.from_day)
        .where(or_(of.ended_on.is_(None), of.ended_on > stay.from_day))
        .order_by(of.id)
    )
    if stay.until is not None:
        query = query.where(of.from_day < stay.until)
    return work.all(query)
