"""Authorities as they are read: a page of them, and who touches whom."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from gateway.directory.tables import AuthorityRow, NeighbourRow
from gateway.storage.paging import Place, page_of
from gateway.storage.work import Work


def authorities_page(
    work: Work, *, after: Place | None = None, size: int = 50
) -> tuple[Sequence[AuthorityRow], Place | None]:
    """A page of authorities in the order of names and ids, and where the next begins."""
    order = [AuthorityRow.name, AuthorityRow.id]
    return page_of(work, select(AuthorityRow), order, after=after, size=size)


def neighbours_of(work: Work, ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """By authority, the ids of those that touch it, in order."""
    query = select(NeighbourRow).where(NeighbourRow.authority_id.in_(ids)).order_by(NeighbourRow.neighbour_id)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in work.all(query):
        found[row.authority_id].append(row.neighbour_id)
    return found
