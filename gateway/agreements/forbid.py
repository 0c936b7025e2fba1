"""Refuse a placement that a clause of an agreement forbids, and name the clause."""

from collections.abc import Collection
from datetime import date

from gateway.agreements.holding import holdings_from, selects, units_standing
from gateway.agreements.limit_words import where, whom
from gateway.agreements.quotas import Limit, limits_on
from gateway.refusals import Conflict
from gateway.storage.work import Work


class ClauseForbids(Conflict):
    """With these units more a group would hold more of a service than an agreement gives it.

    limit, stands, asked
        Units at once: the most there may be, what is held by others already, and what was asked for.
    """

    def __init__(self, limit: Limit, *, stands: int, asked: int) -> None:
        self.agreement_id, self.clause = limit.agreement_id, limit.clause
        self.limit, self.stands, self.asked = limit.quota.max_units, stands, asked
        people = whom(limit.quota)
        super().__init__(
            f"{people[:1].upper()}{people[1:]} get no more {where(limit.quota)}: {limit.because}; "
            f"{stands} {_be(stands)} held and {asked} more {_be(asked, past=True)} asked for "
            f"({limit.reference})."
        )


def _be(number: int, *, past: bool = False) -> str:
    return ("was" if past else "is") if number == 1 else "were" if past else "are"


def forbid_if_clause_forbids(
    work: Work,
    *,
    service_id: str,
    authority_id: str | None,
    units: int,
    from_day: date,
    people: Collection[str] = (),
    stay_days: int | None = None,
) -> None:
    """Refuse if an agreement in force on the day forbids these units to somebody of this authority.

    It asks of the same quotas that a run is given (`gateway.agreements.quotas.quotas_on`), and counts every
    hold that has not ended by that day, offered or lived in. It reads in the caller's unit of work, which is
    serialisable: two who would each take the last unit of a quota cannot both be let in.

    Parameters
    ----------
    authority_id
        The person's home authority. ``None`` is unknown: they count among non-hosts and outsiders, and in no
        authority's share.
    units
        How many they take together.
    from_day
        The day on which they would move in.
    people
        The ids of the person it is for: what they hold elsewhere they give up.
    stay_days
        As for ``quotas_on``.

    Raises
    ------
    ClauseForbids
        Naming the agreement, the clause, its limit and what stands; of several the first by the quota's id.
    Invalid
        If ``stay_days`` is below 1.
    """
    limits = [
        each
        for each in limits_on(work, from_day, covering=[service_id], stay_days=stay_days)
        if selects(each.quota, service_id, authority_id)
    ]
    if not limits:
        return
    held = holdings_from(work, from_day, [each.quota for each in limits], without=people)
    for each in limits:
        stands = units_standing(each.quota, held)
        if each.quota.max_units is not None and stands + units > each.quota.max_units:
            raise ClauseForbids(each, stands=stands, asked=units)
