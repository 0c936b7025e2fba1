"""Runs with their problem and plan, proposals, views, decisions; emergencies and whom they affect."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.storage.rows import Id, Row, Versioned, code, large_text, ref
from gateway.storage.sealing import Sealed


class EmergencyRow(Row, Versioned):
    """Services close, or people lose their places, at once; ``closes_on`` is the day they must be out."""

    __tablename__ = "emergencies"

    id: Mapped[Id]
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    declared_by: Mapped[str]
    declared_at: Mapped[datetime]
    closes_on: Mapped[date]
    ended_at: Mapped[datetime | None]


class EmergencyServiceRow(Row):
    """A service that closes in an emergency."""

    __tablename__ = "emergency_services"

    emergency_id: Mapped[str] = ref("emergencies.id", index=False, primary_key=True)
    service_id: Mapped[str] = ref("services.id", primary_key=True)


class AffectedRow(Row):
    """Somebody who loses their place in an emergency."""

    __tablename__ = "emergency_people"

    emergency_id: Mapped[str] = ref("emergencies.id", index=False, primary_key=True)
    referral_id: Mapped[str] = ref("referrals.id", primary_key=True)


class RunStatus(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    PROPOSED = "proposed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class RunRow(Row, Versioned):
    """One allocation run, kept whole.

    scope_*
        Codes with blanks between; ``None``: all.
    scope_lifted
        Ids of quotas that the run leaves out, a line each.
    as_of
        The day the places are for.
    problem, plan
        placement-problem/1 and placement-plan/1 as JSON text, with the run's own pseudonyms and no names;
        tens of megabytes for a region, so they are read only when they are asked for.
    engine
        Versions of the engine and its solvers.
    """

    __tablename__ = "runs"

    id: Mapped[Id]
    version: Mapped[int]
    emergency_id: Mapped[str | None] = ref("emergencies.id", nullable=True)
    status: Mapped[RunStatus] = code(RunStatus)
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    as_of: Mapped[date]
    scope_tiers: Mapped[str | None] = mapped_column(String(200))
    scope_authorities: Mapped[str | None] = mapped_column(Text)
    scope_lots: Mapped[str | None] = mapped_column(Text)
    scope_lifted: Mapped[str | None] = mapped_column(Text)
    max_moves: Mapped[int | None]
    max_conversions: Mapped[int | None]
    problem: Mapped[str | None] = large_text()
    problem_sha256: Mapped[str | None]
    plan: Mapped[str | None] = large_text()
    engine: Mapped[str | None] = mapped_column(String(200))
    fault: Mapped[str | None] = mapped_column(Text)

    @property
    def has_proposal(self) -> bool:
        """Whether it has a plan whose lines can be, or could be, decided."""
        return self.status in (RunStatus.PROPOSED, RunStatus.CLOSED)


class PseudonymRow(Row):
    """Who is meant by an id in a run's problem and plan."""

    __tablename__ = "run_pseudonyms"

    run_id: Mapped[str] = ref("runs.id", index=False, primary_key=True)
    pseudonym: Mapped[str] = mapped_column(primary_key=True)
    referral_id: Mapped[str] = ref("referrals.id")

    __table_args__ = (UniqueConstraint("run_id", "referral_id"),)


class ProposalStatus(StrEnum):
    """Where a line of a plan stands. ``STALE``: what it was built on has changed."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    CHANGED = "changed"
    LEFT = "left"
    STALE = "stale"
    OFFERED = "offered"


class ProposalRow(Row, Versioned):
    """One line of a run's plan: this person to that service; no service: no place was found.

    band, cost
        As in the problem and the plan.
    singly
        It must be looked at by itself: a flag, an override, a missing answer or a near tie; ``near_tie`` says
        that another person or place came within the margin.
    reason
        Why there is no place, or why this one, in a code of the plan.
    chosen_service_id
        What the officer chose, where they changed it.
    stale_because
        In words, what changed since.
    """

    __tablename__ = "proposals"

    id: Mapped[Id]
    version: Mapped[int]
    run_id: Mapped[str] = ref("runs.id", index=False)
    referral_id: Mapped[str] = ref("referrals.id")
    band: Mapped[int]
    service_id: Mapped[str | None] = ref("services.id", nullable=True)
    pool: Mapped[str | None]
    from_service_id: Mapped[str | None] = ref("services.id", nullable=True, index=False)
    cost: Mapped[int | None]
    step: Mapped[int | None]
    reason: Mapped[str | None]
    singly: Mapped[bool] = mapped_column(default=False)
    near_tie: Mapped[bool] = mapped_column(default=False)
    referral_version: Mapped[int]
    status: Mapped[ProposalStatus] = code(ProposalStatus)
    chosen_service_id: Mapped[str | None] = ref("services.id", nullable=True, index=False)
    stale_because: Mapped[str | None] = mapped_column(String(400))

    __table_args__ = (
        UniqueConstraint("run_id", "referral_id"),
        Index("ix_proposals_board", "run_id", "status"),
    )


class ProposalUnitRow(Row):
    """A unit set aside in a plan for a line, as it stood when the run was made."""

    __tablename__ = "proposal_units"

    proposal_id: Mapped[str] = ref("proposals.id", index=False, primary_key=True)
    unit_id: Mapped[str] = ref("units.id", primary_key=True)


class ViewRow(Row):
    """Somebody had a proposal before them, for so long: the evidence that people decided, not the machine."""

    __tablename__ = "proposal_views"

    id: Mapped[Id]
    proposal_id: Mapped[str] = ref("proposals.id")
    viewed_by: Mapped[str]
    viewed_at: Mapped[datetime]
    seconds: Mapped[int]
    alternatives_shown: Mapped[int]

    __table_args__ = (CheckConstraint("seconds >= 0", name="seconds"),)


class Decision(StrEnum):
    """What a named officer decided."""

    AGREE = "agree"
    CHANGE = "change"
    LEAVE = "leave"


class DecisionRow(Row):
    """A decision on a proposal. Appended; the latest counts.

    in_bulk
        Taken with its whole band and not by itself.
    """

    __tablename__ = "decisions"

    id: Mapped[Id]
    proposal_id: Mapped[str] = ref("proposals.id")
    decision: Mapped[Decision] = code(Decision)
    service_id: Mapped[str | None] = ref("services.id", nullable=True, index=False)
    reason: Mapped[str | None] = mapped_column(Sealed)
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    in_bulk: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint("(decision = 'change') = (service_id IS NOT NULL)", name="change_names_a_place"),
    )


class RequestStatus(StrEnum):
    """Where a request to a provider stands."""

    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RedesignationRequestRow(Row, Versioned):
    """The plan would have a unit re-designated: the provider is asked, and decides."""

    __tablename__ = "redesignation_requests"

    id: Mapped[Id]
    version: Mapped[int]
    run_id: Mapped[str] = ref("runs.id")
    unit_id: Mapped[str] = ref("units.id")
    to_pool: Mapped[str]
    status: Mapped[RequestStatus] = code(RequestStatus)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Sealed)
