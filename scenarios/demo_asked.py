"""For whom most waits in the demonstration: whoever tries the gateway as one of them has something to do."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from gateway.monitoring.needs_now import WhoAsks, needs_now
from gateway.records.actor import Role
from gateway.storage.work import Work
from scenarios.demo_scene import Staff


def who_is_asked_most(work: Work, staff: Staff, at: datetime) -> Mapping[Role, str]:
    """The accounts of the provider and of the agency whose start page tells of most kinds of things to do."""
    providers = [
        WhoAsks(role=each.role, provider_id=id, account_id=each.id) for id, each in staff.providers.items()
    ]
    agencies = [
        WhoAsks(role=each.role, agency_id=id, account_id=each.id) for id, each in staff.referrers.items()
    ]
    return {Role.PROVIDER: _most(work, providers, at), Role.REFERRER: _most(work, agencies, at)}


def _most(work: Work, these: Iterable[WhoAsks], at: datetime) -> str:
    """Of those who have as many kinds of things to do, whoever has most of what comes first."""

    def much(who: WhoAsks) -> tuple[int, ...]:
        counts = tuple(needs_now(work, who, at=at).values())
        return sum(map(bool, counts)), *counts

    return max(these, key=much).account_id
