"""The states of an offer and of a placement, each as one table; docs/states.md is generated from them."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class OfferStatus(StrEnum):
    """Where an offer stands. ``PROPOSED``, ``MADE`` and ``ACCEPTED`` hold their units."""

    PROPOSED = "proposed"
    MADE = "made"
    ACCEPTED = "accepted"
    TAKEN_UP = "taken_up"
    NOT_ARRIVED = "not_arrived"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


_O = OfferStatus

NEXT_OFFER: Mapping[OfferStatus, frozenset[OfferStatus]] = MappingProxyType(
    {
        _O.PROPOSED: frozenset({_O.MADE, _O.WITHDRAWN, _O.LAPSED}),
        _O.MADE: frozenset({_O.ACCEPTED, _O.REFUSED, _O.LAPSED, _O.WITHDRAWN}),
        _O.ACCEPTED: frozenset({_O.TAKEN_UP, _O.NOT_ARRIVED, _O.WITHDRAWN}),
        _O.TAKEN_UP: frozenset(),
        _O.NOT_ARRIVED: frozenset(),
        _O.REFUSED: frozenset(),
        _O.LAPSED: frozenset(),
        _O.WITHDRAWN: frozenset(),
    }
)

HOLDING = frozenset({_O.PROPOSED, _O.MADE, _O.ACCEPTED})
"""While an offer is one of these its units are held, and the person gets no second one."""


class PlacementStatus(StrEnum):
    """Whether somebody lives there. Being ready to move on is a fact with a date, not a state."""

    LIVING = "living"
    LEFT = "left"


NEXT_PLACEMENT: Mapping[PlacementStatus, frozenset[PlacementStatus]] = MappingProxyType(
    {
        PlacementStatus.LIVING: frozenset({PlacementStatus.LEFT}),
        PlacementStatus.LEFT: frozenset(),
    }
)
