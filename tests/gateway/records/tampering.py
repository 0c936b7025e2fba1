"""What somebody could do who writes to the database past the gateway: every guard is down."""

from contextlib import contextmanager

from sqlalchemy import text

CONSTRAINTS = (("holds", "ex_holds_one_holder"), ("offers", "uq_offers_proposal_id"))
INDEXES = ("uq_offers_live", "uq_placements_living", "uq_assessments_in_force", "uq_overrides_in_force")


@contextmanager
def guards_down(store):
    """A unit of work in which nothing is forbidden; all of it is undone at the end."""
    with store.working() as work:
        run = work.session.connection().execute
        if store.engine.dialect.name == "postgresql":
            run(text("SET LOCAL session_replication_role = replica"))
            for table, constraint in CONSTRAINTS:
                run(text(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {constraint}"))
        else:
            run(text("PRAGMA defer_foreign_keys = ON"))
            run(text("PRAGMA ignore_check_constraints = ON"))
            for (trigger,) in run(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                run(text(f"DROP TRIGGER {trigger}"))
        for index in INDEXES:
            run(text(f"DROP INDEX IF EXISTS {index}"))
        yield work
        work.session.rollback()
        if store.engine.dialect.name == "sqlite":
            work.session.connection().execute(text("PRAGMA ignore_check_constraints = OFF"))


@contextmanager
def tampered(store, *statements):
    """A unit of work that sees what these statements did, with every guard down; it is undone at the end."""
    with guards_down(store) as work:
        for statement in statements:
            work.session.connection().execute(text(statement))
        yield work


def tamper(store, *statements):
    """The same for good: on SQLite the guards are put back, on PostgreSQL they were only asleep."""
    raw = store.engine.raw_connection()
    try:
        if store.engine.dialect.name == "postgresql":
            for statement in ("SET LOCAL session_replication_role = replica", *statements):
                raw.cursor().execute(statement)
            raw.commit()
            return
        raw.execute("PRAGMA foreign_keys = OFF")
        triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        for statement in [*statements, *(sql for _, sql in triggers)]:
            raw.execute(statement)
        raw.execute("PRAGMA foreign_keys = ON")
    finally:
        raw.close()
