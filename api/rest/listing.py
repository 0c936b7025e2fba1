"""Lists, page by page: in a total order, each page beginning exactly after the one before."""

import base64
import json
from collections.abc import Sequence
from typing import Annotated, Generic, TypeAlias, TypeVar

from fastapi import Query
from pydantic import Field

from api.rest.strict_requests import storable
from api.rest.values import Told
from gateway.refusals import Invalid

T = TypeVar("T")

Size: TypeAlias = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
After: TypeAlias = Annotated[
    str | None,
    Query(
        max_length=400,
        pattern=r"^[A-Za-z0-9_=-]+$",
        description="``next`` of the page before; none: the first page.",
    ),
]


class Listing(Told, Generic[T]):
    """One page of a list."""

    items: Sequence[T]
    next: str | None = Field(description="Send it as ``after`` for the next page; null: this is the last.")


def cursor(*place: str | int | None) -> str:
    """Where a page ended, as it stands in an address: what its last row is ordered by, its id last."""
    text = json.dumps(place, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(after: str | None, *kinds: type) -> tuple[object, ...] | None:
    """Read what `cursor` writes; ``None``: the first page.

    Raises
    ------
    Invalid
        If it is something else, or not of these kinds.
    """
    if after is None:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except ValueError:
        place = None
    fits = isinstance(place, list) and len(place) == len(kinds)
    if not fits or not all(_is_a(kind, each) for each, kind in zip(place, kinds, strict=True)):
        raise Invalid([("after", "is not where a page ended")])
    return tuple(place)


def _is_a(kind: type, value: object) -> bool:
    """Whether it is of this kind, and a database can compare with it."""
    if isinstance(value, str):
        return kind is str and storable(value)
    return type(value) is kind and (not isinstance(value, int) or abs(value) < 2**63)
