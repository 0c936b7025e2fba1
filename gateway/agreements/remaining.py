"""What is left of every quota on a day: its limit, what counts in it, and the words it comes from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from allocation.problem import Person
from gateway.agreements.holding import by_service, held_in, holdings_from, units_standing
from gateway.agreements.quotas import Limit, limits_on
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """A limit, and how many units count in it on the day or later."""

    limit: Limit
    standing: int

    @property
    def left(self) -> int | None:
        """How many more units there may be, below 0 where there are too many; ``None``: any number."""
        most = self.limit.quota.max_units
        return None if most is None else most - self.standing


def remaining_on(
    work: Work,
    day: date,
    *,
    agreements: Collection[str] | None = None,
    covering: Collection[str] | None = None,
    about: Person | None = None,
    stay_days: int | None = None,
) -> tuple[Remaining, ...]:
    """Every limit of the agreements in force on a day and what is left of it, in the order of quotas' ids.

    A placement is refused by what is counted here (`gateway.agreements.forbid`): every hold that has not
    ended by that day, offered or lived in; who moves from one unit to another counts once.

    Parameters
    ----------
    agreements
        Only of these; ``None``: of all.
    covering
        Only of those that cover one of these services.
    about
        Only limits that somebody like this one would count in.
    stay_days
        As for `gateway.agreements.quotas.quotas_on`.

    Raises
    ------
    Invalid
        If ``stay_days`` is below 1.
    """
    limits = [
        each
        for each in limits_on(work, day, covering=covering, stay_days=stay_days)
        if (agreements is None or each.agreement_id in agreements)
        and (about is None or each.quota.selects(about))
    ]
    if not limits:
        return ()
    held = by_service(holdings_from(work, day, [each.quota for each in limits]))
    return tuple(
        Remaining(limit=each, standing=units_standing(each.quota, held_in(each.quota, held)))
        for each in limits
    )
