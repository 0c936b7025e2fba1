"""Checking the chain: what was changed, removed, reordered or cut is found and named.

The digests of the chain are kept beside the events, and whoever can write to the database could write both
anew. What shows that is the head: keep it elsewhere (``gateway audit verify`` prints it) and give it back.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import literal_column, select
from sqlalchemy.orm import aliased

from gateway.records.chain import BATCH, BEGINNING, Told, told
from gateway.records.redaction import PERSON_ERASED
from gateway.records.seal import not_yet_sealed, stands
from gateway.records.tables import EventRow, EventSubjectRow, LinkRow
from gateway.records.write import particulars_digest
from gateway.storage.sealing import WrongKey
from gateway.storage.work import Work

Link = tuple[int, int, str]
"""Position, event, digest."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that is not as it was sealed, at this position; the event it names, if there is one."""

    position: int
    event: int | None
    what: str

    def __str__(self) -> str:
        where = f"event {self.event}, " if self.event is not None else ""
        return f"{where}position {self.position}: {self.what}"


@dataclass(slots=True)
class Verification:
    """What was found: ``head`` is to be kept elsewhere; ``not_sealed`` events wait for their links."""

    links: int = 0
    head: str = BEGINNING
    not_sealed: int = 0
    wrong: list[Wrong] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong


def verify(
    work: Work,
    *,
    expect_head: str | None = None,
    batch: int = BATCH,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Verification:
    """Read the whole chain and compare it with the events.

    Parameters
    ----------
    expect_head
        A head that was kept earlier: the chain must still have a link with this digest.
    progress
        Told after each batch how many links were read, of how many.

    Returns
    -------
    Verification
        With every fault. After a fault the next links are checked against the digests that stand, so that
        one changed event is named once and not with all that follow.
    """
    found = Verification()
    met = expect_head in (None, BEGINNING)
    total, _ = stands(work)
    for links in _links(work, batch):
        events = told(work.session, [event for _, event, _ in links])
        _check(work, links, events, found)
        met = met or any(digest == expect_head for _, _, digest in links)
        progress(min(found.links, total), total)
    if not met:
        found.wrong.append(
            Wrong(found.links, None, "no link has the head that was expected: the chain was cut or rewritten")
        )
    found.not_sealed = not_yet_sealed(work)
    return found


def _links(work: Work, batch: int) -> Iterator[list[Link]]:
    last: int | None = None
    while True:
        query = (
            select(LinkRow.position, LinkRow.event, LinkRow.digest).order_by(LinkRow.position).limit(batch)
        )
        rows = work.session.execute(query if last is None else query.where(LinkRow.position > last)).all()
        if not rows:
            return
        yield [(row[0], row[1], row[2]) for row in rows]
        last = rows[-1][0]


def _check(work: Work, links: Sequence[Link], events: dict[int, Told], found: Verification) -> None:
    erased = _erased(
        work, [each.number for each in events.values() if each.particulars_digest and not each.sealed]
    )
    for position, number, digest in links:
        follows = position == found.links + 1
        if not follows:
            found.wrong.append(Wrong(position, None, f"{_missing(found.links + 1, position)} before it"))
        event = events.get(number)
        if event is None:
            found.wrong.append(Wrong(position, number, "was removed"))
        elif follows and event.digest(position, found.head, work.keys) != digest:
            found.wrong.append(Wrong(position, number, "is not as it was sealed: changed, or out of order"))
        if event is not None and (fault := _particulars_fault(work, event, erased)):
            found.wrong.append(Wrong(position, number, fault))
        found.links, found.head = position, digest


def _missing(first: int, before: int) -> str:
    missing = before - first
    return "1 link is missing" if missing == 1 else f"{missing} links are missing"


def _particulars_fault(work: Work, event: Told, erased: set[int]) -> str | None:
    if event.sealed is None or event.salt is None:
        gone = event.particulars_digest is not None and event.number not in erased
        return "its particulars are gone, and no erasure says why" if gone else None
    try:
        text = work.keys.open(event.sealed)
    except WrongKey:
        return "its particulars cannot be opened: changed, or sealed with a key that is not here"
    same = particulars_digest(event.salt, text) == event.particulars_digest
    return None if same else "its particulars are not those that it was written with"


def _erased(work: Work, numbers: Sequence[int]) -> set[int]:
    """Those of the events that are about something which was erased later."""
    if not numbers:
        return set()
    erasure, its = aliased(EventRow), aliased(EventSubjectRow)
    query = (
        select(EventSubjectRow.event)
        .join(its, its.subject == EventSubjectRow.subject)
        .join(erasure, erasure.number == its.event)
        .where(EventSubjectRow.event.in_(numbers), erasure.what == literal_column(f"'{PERSON_ERASED}'"))
    )
    return set(work.session.scalars(query.distinct()))
