"""How many units could not be let on each day."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import accumulate

from gateway.monitoring.figures_scope import FiguresScope
from gateway.monitoring.figures_units import void_runs
from gateway.storage.work import Work


def voids_by_day(work: Work, scope: FiguresScope) -> Mapping[date, int]:
    """Units that were out of service or being prepared, on every day of these months; three statements.

    True counts: whoever tells them hides small ones. They add up to the void unit-days of `unit_days`.
    """
    days = scope.stay.days()
    changes = [0] * (days + 1)
    for begins, ends in void_runs(work, scope):
        changes[(begins - scope.first).days] += 1
        changes[(ends - scope.first).days] -= 1
    standing = list(accumulate(changes))[:days]
    return {scope.first + timedelta(days=day): count for day, count in enumerate(standing)}
