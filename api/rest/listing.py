"""Lists, page by page: in a total order, each page beginning exactly after the one before."""

import base64
import json
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

from fastapi import Query
from pydantic import Field

from api.rest.strict_requests import storable
from api.rest.values import Told
from gateway.refusals import Invalid

T = TypeVar("T")

PageSize: TypeAlias = Annotated[int, Field(ge=1, le=200, description="How many at most.")]
AfterText: TypeAlias = Annotated[
    str | None,
    Field(
        max_length=2_000,
        pattern=r"^[A-Za-z0-9_=-]+$",
        description="``next`` of the page before; none: the first page.",
    ),
]
"""In a model of a query."""

Size: TypeAlias = Annotated[PageSize, Query()]
After: TypeAlias = Annotated[AfterText, Query()]
"""As parameters of a route."""


class Listing(Told, Generic[T]):
    """One page of a list."""

    items: Sequence[T]
    next: str | None = Field(description="Send it as ``after`` for the next page; null: this is the last.")


def cursor(*place: str | int | None) -> str:
    """Where a page ended, as it stands in an address: what its last row is ordered by, its id last."""
    text = json.dumps(place, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def next_page(place: tuple[Any, ...] | None) -> str | None:
    """Where the next page begins, if there is one."""
    return None if place is None else cursor(*place)


def place_of(after: str | None, *kinds: type) -> tuple[Any, ...] | None:
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
    except (ValueError, RecursionError):
        place = None
    fits = isinstance(place, list) and len(place) == len(kinds)
    if not fits or not all(_is_of(each, kind) for each, kind in zip(place, kinds, strict=True)):
        raise Invalid([("query:after", "is not where a page ended")])
    return tuple(place)


def _is_of(value: object, kind: type) -> bool:
    """Whether it is of this kind, and something that a database can compare with."""
    if isinstance(value, str):
        return kind is str and storable(value)
    return type(value) is kind and (not isinstance(value, int) or abs(value) < 2**63)
