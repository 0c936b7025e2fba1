"""Schemes adopted, scores kept with their answers, overrides."""

from datetime import date, datetime

from sqlalchemy import Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.storage.rows import Id, Row, ref
from gateway.storage.sealing import Sealed


class SchemeRow(Row):
    """A version of a scheme, kept whole. ``in_force_from`` ``None``: previewed and not adopted."""

    __tablename__ = "schemes"

    name: Mapped[str] = mapped_column(primary_key=True)
    edition: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime]
    in_force_from: Mapped[datetime | None]


class AssessmentRow(Row):
    """One scoring of one referral. Appended; only ``superseded_at`` is set afterwards, once.

    possible_bands
        With blanks between; one when the band is known.
    missing
        The questions not yet answered, with blanks between.
    """

    __tablename__ = "assessments"

    id: Mapped[Id]
    referral_id: Mapped[str] = ref("referrals.id")
    scheme: Mapped[str]
    edition: Mapped[str]
    assessed_on: Mapped[date]
    assessed_by: Mapped[str]
    scored: Mapped[bool]
    score: Mapped[int | None]
    band: Mapped[int | None]
    effective_band: Mapped[int]
    order_in_band: Mapped[int]
    possible_bands: Mapped[str]
    missing: Mapped[str] = mapped_column(Text)
    superseded_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_assessments_in_force",
            "referral_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )


class AnswerRow(Row):
    """One answer of an assessment; ``score`` ``None`` is not asked yet."""

    __tablename__ = "answers"

    assessment_id: Mapped[str] = ref("assessments.id", index=False, primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    score: Mapped[int | None] = mapped_column(Integer)


class OverrideRow(Row):
    """A named person set another band than the computed one, and why; both are kept."""

    __tablename__ = "overrides"

    id: Mapped[Id]
    referral_id: Mapped[str] = ref("referrals.id")
    computed_band: Mapped[int | None]
    band: Mapped[int]
    reason: Mapped[str] = mapped_column(Sealed)
    set_by: Mapped[str]
    set_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_overrides_in_force",
            "referral_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
