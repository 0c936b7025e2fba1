"""Events, what they are about, their sealed particulars, the chain, and legal holds.

An event never changes and is never removed: triggers forbid it on both databases. What it tells of a person
(sealed columns before and after, and the reason given) stands in `ParticularRow`, which retention may erase;
the event keeps a salted digest of it, so the chain can be verified before and after.
"""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.records.actor import Role
from gateway.storage.rows import DEFERRED, Id, Row, code
from gateway.storage.sealing import Sealed

Number = BigInteger().with_variant(Integer, "sqlite")


class EventRow(Row):
    """One thing that was done.

    number
        Rises with the order of writing, with gaps; the chain's order is `LinkRow`'s.
    what
        In words: ``offer made``.
    changes
        ``{"offers/O-1": {"status": [null, "made"]}}`` as JSON text: before and after of every column that is
        not sealed, in a fixed order. Erasing somebody puts ``{"erased/DIGEST": ""}`` in the place of a row
        of theirs, which the chain takes for the same; the database allows no other change.
    particulars_digest
        Of the salt and the sealed particulars; ``None`` if there are none.
    """

    __tablename__ = "events"

    number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=True)
    what: Mapped[str]
    actor: Mapped[str]
    role: Mapped[Role] = code(Role)
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(index=True)
    changes: Mapped[str] = mapped_column(Text)
    particulars_digest: Mapped[str | None]


class EventSubjectRow(Row):
    """An event is about this person, referral, unit or offer; the timeline of a case is read from here."""

    __tablename__ = "event_subjects"

    subject: Mapped[str] = mapped_column(String(24), primary_key=True)
    event: Mapped[int] = mapped_column(
        Number, ForeignKey("events.number", **DEFERRED), primary_key=True, index=True
    )


class ParticularRow(Row):
    """What an event tells of a person: sealed JSON of the reason and of sealed columns before and after."""

    __tablename__ = "event_particulars"

    event: Mapped[int] = mapped_column(Number, ForeignKey("events.number", **DEFERRED), primary_key=True)
    salt: Mapped[str]
    text: Mapped[str] = mapped_column(Sealed)


class LinkRow(Row):
    """One link of the chain: the event at this position, and the digest of it and of the link before."""

    __tablename__ = "event_links"

    position: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    event: Mapped[int] = mapped_column(Number, ForeignKey("events.number", **DEFERRED), unique=True)
    digest: Mapped[str]


class LegalHoldRow(Row):
    """Nothing of this person is erased while it stands (a complaint, a claim, an inquiry)."""

    __tablename__ = "legal_holds"

    id: Mapped[Id]
    person_id: Mapped[str] = mapped_column(String(24), ForeignKey("people.id", **DEFERRED), index=True)
    reason: Mapped[str] = mapped_column(Sealed)
    set_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class StatisticRow(Row):
    """What remains of an erased referral: enough to count it, too little to know whose it was.

    Each column is a class and not a value; ``None`` is unknown. The row has no id of a person or a referral.
    """

    __tablename__ = "statistics"

    id: Mapped[Id]
    year: Mapped[int]
    authority: Mapped[str | None]
    band: Mapped[int | None]
    tier: Mapped[str | None]
    gender: Mapped[str | None]
    age_group: Mapped[str | None]
    client_group: Mapped[str | None]
    outcome: Mapped[str]
    weeks_waited: Mapped[int | None]


class RetentionRunRow(Row):
    """One pass of erasure: how many of which kind, under which rule; never who."""

    __tablename__ = "retention_runs"

    id: Mapped[Id]
    ran_at: Mapped[datetime]
    as_of: Mapped[date]
    counts: Mapped[dict[str, int]] = mapped_column(JSON)


Index("ix_events_what", EventRow.what, EventRow.number)
