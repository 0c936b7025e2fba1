"""Tasks, the files they read and write, the workers that do them, and work that comes round by itself."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.records.actor import Role
from gateway.storage.rows import Id, Row, Untold, code, ref
from gateway.storage.sealing import Sealed


class TaskKind(StrEnum):
    """What is done."""

    RUN = "run"
    OFFERS = "offers"
    IMPORT = "import"
    EXPORT = "export"
    VERIFY = "verify"


class TaskStatus(StrEnum):
    """Where a task stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TaskRow(Row, Untold):
    """One piece of long work.

    asked
        What it is to do, as JSON of ids and choices; never anything about a person.
    done, total
        How far it is; ``total`` 0: not known yet.
    result
        What came of it, as JSON of ids and counts.
    fault
        Why it failed, as JSON of a problem; sealed, because it may repeat what was in a file.
    cancel_asked
        It stops at the next place where it can.
    worker, beat_at
        Who does it and when they last said so: a task whose worker fell silent is done by another.
    takings
        How often it was taken up: whoever took it up earlier writes nothing more of it.
    deaths
        How often its worker fell silent.
    """

    __tablename__ = "tasks"

    id: Mapped[Id]
    kind: Mapped[TaskKind] = code(TaskKind)
    status: Mapped[TaskStatus] = code(TaskStatus)
    asked_by: Mapped[str]
    role: Mapped[Role] = code(Role)
    asked_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    asked: Mapped[str] = mapped_column(Text)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    words: Mapped[str | None] = mapped_column(String(200))
    result: Mapped[str | None] = mapped_column(Text)
    fault: Mapped[str | None] = mapped_column(Sealed)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    worker: Mapped[str | None]
    beat_at: Mapped[datetime | None]
    takings: Mapped[int] = mapped_column(default=0)
    deaths: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        Index("ix_tasks_status", "status", "asked_at", "id"),
        Index("ix_tasks_asked_by", "asked_by", "id"),
    )


class TaskFileRow(Row, Untold):
    """A file that a task reads or has written, sealed; gone a day after the task ended.

    part
        0 is what was sent in, 1 what came out.
    content
        Base64 of the bytes.
    """

    __tablename__ = "task_files"

    task_id: Mapped[str] = ref("tasks.id", index=False, primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    content: Mapped[str] = mapped_column(Sealed)


class WorkerRow(Row, Untold):
    """A process that does background work, and when it last said that it is alive."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(primary_key=True)
    began_at: Mapped[datetime]
    beat_at: Mapped[datetime]


class ChoreRow(Row, Untold):
    """Work that comes round by itself: when it was last done, and who does it just now.

    done_at
        When the last round ended; the next is due by the chore's own rule, whatever was missed meanwhile.
    worker, begun_at
        Who began a round that has not ended; a round whose worker died is begun again.
    """

    __tablename__ = "chores"

    name: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[datetime | None]
    worker: Mapped[str | None]
    begun_at: Mapped[datetime | None]
