"""Events as the chain reads them: columns and not objects, in batches, so that memory stays flat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import Session

from gateway.records.actor import Role
from gateway.records.redaction import link_digest, row_digests
from gateway.records.tables import EventRow, EventSubjectRow, ParticularRow
from gateway.storage.sealing import Keyring

BEGINNING = "0" * 64
"""What the first link takes for the link before it."""

BATCH = 5_000
"""Events held in memory at once."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event with all it says; ``sealed`` is its particulars as they are kept."""

    number: int
    what: str
    actor: str
    role: Role
    happened_at: datetime
    recorded_at: datetime
    changes: str
    particulars_digest: str | None
    salt: str | None
    sealed: str | None
    subjects: tuple[str, ...]

    def digest(self, position: int, before: str, keys: Keyring) -> str:
        """The digest of the link at this position, after the link ``before``."""
        facts = (
            position,
            self.number,
            self.what,
            self.actor,
            self.role.value,
            self.happened_at.isoformat(),
            self.recorded_at.isoformat(),
            row_digests(self.changes, keys),
            self.particulars_digest,
            list(self.subjects),
        )
        return link_digest(before, facts)


def told(session: Session, numbers: Sequence[int]) -> dict[int, Told]:
    """The events of these numbers, a gap where there is none."""
    columns = (
        EventRow.number,
        EventRow.what,
        EventRow.actor,
        EventRow.role,
        EventRow.happened_at,
        EventRow.recorded_at,
        EventRow.changes,
        EventRow.particulars_digest,
        ParticularRow.salt,
        type_coerce(ParticularRow.text, Text),
    )
    found = session.execute(
        select(*columns)
        .outerjoin(ParticularRow, ParticularRow.event == EventRow.number)
        .where(EventRow.number.between(min(numbers), max(numbers)), EventRow.number.in_(numbers))
    )
    subjects = _subjects(session, numbers)
    return {row[0]: Told(*row[:10], tuple(subjects.get(row[0], ()))) for row in found}


def _subjects(session: Session, numbers: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(EventSubjectRow.event, EventSubjectRow.subject).where(EventSubjectRow.event.in_(numbers))
    )
    for event, subject in rows:
        found.setdefault(event, []).append(subject)
    return {event: sorted(ids) for event, ids in found.items()}
