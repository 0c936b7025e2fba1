"""What is read here of rooms above this one: plain tables, whose rules are not known."""

from collections.abc import Collection

from sqlalchemy import select

from gateway.refusals import NotFound
from gateway.storage.rows import Row
from gateway.storage.work import Work

_TABLES = {"service": "services", "provider": "providers", "authority": "authorities"}


def refuse_unknown(work: Work, kind: str, id: str) -> None:
    """Refuse an id that no service, provider or authority has.

    None of them is ever removed, so that what is there when it is looked up is there when the work ends; and
    then the foreign key says so too.

    Raises
    ------
    NotFound
        If there is none.
    """
    table = Row.metadata.tables[_TABLES[kind]]
    if work.session.scalar(select(table.c.id).where(table.c.id == id)) is None:
        raise NotFound(kind, id)


def living_placements(work: Work, person_ids: Collection[str]) -> tuple[str, ...]:
    """Ids of the placements in which these people live now, in order."""
    table = Row.metadata.tables["placements"]
    living = select(table.c.id).where(table.c.person_id.in_(sorted(person_ids)), table.c.status == "living")
    return tuple(work.session.scalars(living.order_by(table.c.id)))
