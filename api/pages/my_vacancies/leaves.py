"""The pages of a long list of services: whole services to a page, so that what is confirmed was seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlencode

from gateway.directory.naming import ServiceKept

UNITS_ON_PAGE: Final = 40
"""On one page of a provider's units, unless one service alone has more."""

SERVICES_NAMED: Final = 40
"""So many services are named, with what is free in them, above a page; of more, one is found by its name."""

Ids = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One page of services.

    number, pages
        Which one, from 1, and what stands on each: ids of services.
    find
        Words that the services' names contain.
    """

    number: int
    pages: tuple[Ids, ...]
    find: str

    @classmethod
    def of(cls, kept: Sequence[ServiceKept], number: int, *, of: str | None, find: str) -> Self:
        """The page of this number, or the one on which service ``of`` stands."""
        pages = tuple(_pages(kept))
        found = (n for n, ids in enumerate(pages, start=1) if of in ids)
        return cls(number=next(found, number), pages=pages, find=find)

    @property
    def here(self) -> Ids:
        """The services on this page; none beyond the last one."""
        return self.pages[self.number - 1] if self.number <= len(self.pages) else ()

    @property
    def named(self) -> Ids:
        """The services that are named above the page: all of them, unless they are one page or too many."""
        every = tuple(id for ids in self.pages for id in ids)
        return every if len(self.pages) > 1 and len(every) <= SERVICES_NAMED else ()

    @property
    def to_look_at(self) -> Ids:
        """The services of which something is told."""
        return self.named or self.here

    @property
    def is_long(self) -> bool:
        """Whether there are so many services, or something is looked for, that a name can be looked for."""
        return bool(self.find) or (len(self.pages) > 1 and not self.named)

    def page_of(self, service: str) -> int:
        """The number of the page on which a service stands."""
        return next(n for n, ids in enumerate(self.pages, start=1) if service in ids)

    @property
    def next(self) -> str | None:
        """The address of the next page."""
        return self.address(self.number + 1) if self.number < len(self.pages) else None

    @property
    def first(self) -> str | None:
        """The address of the first page, if this is another one."""
        return self.address() if self.number > 1 else None

    def address(self, page: int | None = None) -> str:
        """The address of a page of the same list."""
        asked = {"page": page, "find": self.find}
        given = urlencode({name: value for name, value in asked.items() if value})
        return f"/my-vacancies?{given}" if given else "/my-vacancies"


def _pages(kept: Sequence[ServiceKept]) -> Iterator[Ids]:
    """As many services to a page as have `UNITS_ON_PAGE` units together, but at least one."""
    page: list[str] = []
    units = 0
    for service in kept:
        if page and units + service.units > UNITS_ON_PAGE:
            yield tuple(page)
            page, units = [], 0
        page.append(service.id)
        units += service.units
    if page:
        yield tuple(page)
