"""The states of a referral, as one table; docs/states.md is generated from it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class ReferralStatus(StrEnum):
    """Where a referral stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_TRIAGE = "in_triage"
    MORE_ASKED = "more_asked"
    WAITING = "waiting"
    OFFERED = "offered"
    PLACED = "placed"
    PARKED = "parked"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CLOSED = "closed"


_S = ReferralStatus

NEXT: Mapping[ReferralStatus, frozenset[ReferralStatus]] = MappingProxyType(
    {
        _S.DRAFT: frozenset({_S.SUBMITTED, _S.WITHDRAWN, _S.EXPIRED}),
        _S.SUBMITTED: frozenset({_S.IN_TRIAGE, _S.WITHDRAWN}),
        _S.IN_TRIAGE: frozenset({_S.MORE_ASKED, _S.WAITING, _S.PARKED, _S.DECLINED, _S.WITHDRAWN}),
        _S.MORE_ASKED: frozenset({_S.IN_TRIAGE, _S.WITHDRAWN, _S.EXPIRED}),
        _S.WAITING: frozenset(
            {_S.IN_TRIAGE, _S.OFFERED, _S.PARKED, _S.DECLINED, _S.WITHDRAWN, _S.EXPIRED, _S.CLOSED}
        ),
        _S.OFFERED: frozenset({_S.WAITING, _S.PLACED, _S.WITHDRAWN, _S.CLOSED}),
        _S.PLACED: frozenset({_S.WAITING, _S.OFFERED, _S.CLOSED}),
        _S.PARKED: frozenset({_S.IN_TRIAGE, _S.WAITING, _S.WITHDRAWN, _S.EXPIRED}),
        # An appeal reopens what was ended against somebody's will.
        _S.DECLINED: frozenset({_S.IN_TRIAGE}),
        _S.WITHDRAWN: frozenset({_S.IN_TRIAGE}),
        _S.EXPIRED: frozenset({_S.IN_TRIAGE}),
        _S.CLOSED: frozenset({_S.IN_TRIAGE}),
    }
)

OPEN = frozenset({_S.SUBMITTED, _S.IN_TRIAGE, _S.MORE_ASKED, _S.WAITING, _S.OFFERED, _S.PLACED, _S.PARKED})
"""Somebody still has something to do, or a place depends on it."""
