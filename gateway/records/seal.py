"""Appending events to the chain, in batches, beside the writers and never in their way.

Writers append events and know nothing of the chain. A sealer reads the events that have no link yet, in a
view of its own, and then inserts their links; the primary key of the positions decides between two sealers.

Numbers are given out before a unit of work is committed, so an event can become visible after higher numbers
were sealed. Sealing therefore looks a little below the highest sealed number (`MARGIN`), and a sweep, once a
day, from the beginning: what is sealed costs what is new, and nothing stays out for longer than a day.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Exists, func, insert, select
from sqlalchemy.exc import IntegrityError

from gateway.records.chain import BATCH, BEGINNING, told
from gateway.records.tables import EventRow, LinkRow
from gateway.storage.store import ATTEMPTS, Store
from gateway.storage.work import LostRace, Work

MARGIN: Final = 20_000
"""How many numbers below the highest sealed one sealing begins to look: more than are written in the longest
unit of work, by everybody together; looking costs some ten milliseconds."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """How many events were sealed, how many links there are now, and the last one's digest."""

    sealed: int
    links: int
    head: str


def seal(store: Store, *, batch: int = BATCH, sweep: bool = False) -> Sealing:
    """Append every event that is not yet in the chain, in the order of their numbers.

    An event that was committed late stands after events with higher numbers: the chain's order is the order
    of sealing. Killed half-way, it keeps the batches that were appended.

    Parameters
    ----------
    sweep
        Look from the very first event on, and not only above `MARGIN`.

    Raises
    ------
    LostRace
        If other sealers were first, again and again.
    """
    sealed = lost = 0
    after: int | None = None
    while lost < ATTEMPTS:
        with store.reading() as work:
            above = after if after is not None or sweep else _floor(work)
            links = _next_links(work, batch, above)
            position, head = stands(work)
        if not links and after is None:
            return Sealing(sealed, position, head)
        # On from the last one: looking from the beginning each time would make a long way of a large backlog.
        after = links[-1]["event"] if links else None
        appended = _append(store, links) if links else 0
        sealed, lost = sealed + appended, 0 if appended or not links else lost + 1
    raise LostRace("other sealers were first, again and again")


def _floor(work: Work) -> int | None:
    highest = work.session.scalar(select(func.max(LinkRow.event)))
    return None if highest is None else highest - MARGIN


def stands(work: Work) -> tuple[int, str]:
    """How many links the chain has, and the digest of the last: its head."""
    last = work.session.execute(
        select(LinkRow.position, LinkRow.digest).order_by(LinkRow.position.desc()).limit(1)
    ).first()
    return (last[0], last[1]) if last else (0, BEGINNING)


def not_yet_sealed(work: Work) -> int:
    """How many events have no link yet."""
    query = select(func.count()).select_from(EventRow).where(~_linked())
    return work.session.scalar(query) or 0


def _linked() -> Exists:
    return select(LinkRow.event).where(LinkRow.event == EventRow.number).exists()


def _next_links(work: Work, batch: int, after: int | None) -> list[dict[str, Any]]:
    query = select(EventRow.number).where(~_linked()).order_by(EventRow.number).limit(batch)
    numbers = work.all(query if after is None else query.where(EventRow.number > after))
    if not numbers:
        return []
    events = told(work.session, numbers)
    position, head = stands(work)
    links: list[dict[str, Any]] = []
    for number in numbers:
        position += 1
        head = events[number].digest(position, head, work.keys)
        links.append({"position": position, "event": number, "digest": head})
    return links


def _append(store: Store, links: list[dict[str, Any]]) -> int:
    """Insert links that follow one another; 0 if another sealer took the first of the positions."""
    with store.working() as work:
        try:
            work.session.execute(insert(LinkRow), links)
            work.commit()
        except IntegrityError:
            return 0
    return len(links)
