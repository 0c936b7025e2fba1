"""The states of a run and of its lines, each as one table; docs/states.md is generated from them."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.allocation_runs.tables import ProposalStatus, RequestStatus, RunStatus

_R, _P, _Q = RunStatus, ProposalStatus, RequestStatus

NEXT_RUN: Mapping[RunStatus, frozenset[RunStatus]] = MappingProxyType(
    {
        _R.QUEUED: frozenset({_R.RUNNING, _R.CANCELLED}),
        # A run whose process was killed is queued again: nothing of it was kept.
        _R.RUNNING: frozenset({_R.PROPOSED, _R.FAILED, _R.CANCELLED, _R.QUEUED}),
        _R.PROPOSED: frozenset({_R.CLOSED}),
        _R.FAILED: frozenset({_R.QUEUED}),
        _R.CANCELLED: frozenset(),
        _R.CLOSED: frozenset(),
    }
)

NEXT_LINE: Mapping[ProposalStatus, frozenset[ProposalStatus]] = MappingProxyType(
    {
        # A decision can be taken again until the offer is made.
        _P.PROPOSED: frozenset({_P.AGREED, _P.CHANGED, _P.LEFT, _P.STALE}),
        _P.AGREED: frozenset({_P.AGREED, _P.CHANGED, _P.LEFT, _P.STALE, _P.OFFERED}),
        _P.CHANGED: frozenset({_P.AGREED, _P.CHANGED, _P.LEFT, _P.STALE, _P.OFFERED}),
        _P.LEFT: frozenset({_P.AGREED, _P.CHANGED, _P.LEFT, _P.STALE}),
        _P.STALE: frozenset(),
        _P.OFFERED: frozenset(),
    }
)

NEXT_REQUEST: Mapping[RequestStatus, frozenset[RequestStatus]] = MappingProxyType(
    {
        _Q.ASKED: frozenset({_Q.AGREED, _Q.REFUSED, _Q.WITHDRAWN}),
        _Q.AGREED: frozenset(),
        _Q.REFUSED: frozenset(),
        _Q.WITHDRAWN: frozenset(),
    }
)

DECIDED = frozenset({_P.AGREED, _P.CHANGED})
"""Somebody decided that an offer be made."""
