"""What the database itself forbids: changing the past, and two holders of one unit on one day."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NEVER_CHANGED = {
    # Erasing somebody takes their rows out of `changes`: see ERASURES_ONLY.
    "events": "number, what, actor, role, happened_at, recorded_at, particulars_digest",
    "event_subjects": "",
    "event_links": "",
    # What is sealed may be sealed anew under another key; the chain holds what it says.
    "event_particulars": "event, salt",
    "designations": "",
    "voids": "void, revision, unit_id, state, reason, from_day, until, cancelled, noted_at",
    "schedules": "",
    "purchases": "",
    "access_clauses": "",
    "notes": "id, written_by, written_at",
    "answers": "",
    "proposal_views": "id, proposal_id, viewed_by, viewed_at, seconds, alternatives_shown",
    "decisions": "id, proposal_id, decision, service_id, decided_by, decided_at, in_bulk",
}
"""Tables whose rows are appended, and the columns that cannot be changed afterwards (none named: all)."""

NEVER_REMOVED = (
    "events",
    "event_subjects",
    "event_links",
    "schedules",
    "purchases",
    "access_clauses",
    "voids",
)

OVERLAP = """
    SELECT 1 FROM holds AS other
    WHERE other.unit_id = NEW.unit_id AND other.id <> NEW.id AND NOT other.cancelled
    AND (NEW.until IS NULL OR other.from_day < NEW.until)
    AND (other.until IS NULL OR NEW.from_day < other.until)
"""


SAME_BUT_FOR_ERASURES = """
    (SELECT count(*) FROM {old}) = (SELECT count(*) FROM {new})
    AND NOT EXISTS (
        SELECT 1 FROM {new} AS after WHERE substr(after.key, 1, 7) <> 'erased/' AND NOT EXISTS (
            SELECT 1 FROM {old} AS before WHERE before.key = after.key AND {same}
        )
    )
"""
"""Of an event's changes: each row stays as it was, or makes place for a digest under ``erased/``."""


def upgrade() -> None:
    """Set the guards."""
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def downgrade() -> None:
    """Take them away."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table in _names():
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
    if postgresql:
        op.execute("ALTER TABLE holds DROP CONSTRAINT ex_holds_one_holder")
        op.execute("DROP TRIGGER events_erasures_only ON events")
        op.execute("DROP FUNCTION refuse_to_change_the_past")
        op.execute("DROP FUNCTION allow_erasures_only")
    else:
        op.execute("DROP TRIGGER events_erasures_only")
        op.execute("DROP TRIGGER holds_one_holder_insert")
        op.execute("DROP TRIGGER holds_one_holder_update")


def _names() -> list[tuple[str, str]]:
    changed = [(f"{table}_never_changed", table) for table in NEVER_CHANGED]
    return [*changed, *((f"{table}_never_removed", table) for table in NEVER_REMOVED)]


def _guard_postgresql() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(
        "ALTER TABLE holds ADD CONSTRAINT ex_holds_one_holder"
        " EXCLUDE USING gist (unit_id WITH =, daterange(from_day, until) WITH &&) WHERE (NOT cancelled)"
    )
    op.execute(
        "CREATE FUNCTION refuse_to_change_the_past() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% is appended, never changed', TG_TABLE_NAME; END $$"
    )
    same = SAME_BUT_FOR_ERASURES.format(
        old="json_each(OLD.changes::json)",
        new="json_each(NEW.changes::json)",
        same="before.value::text = after.value::text",
    )
    op.execute(
        "CREATE FUNCTION allow_erasures_only() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN IF {same} THEN RETURN NEW; END IF;"
        " RAISE EXCEPTION '% is appended, never changed', TG_TABLE_NAME; END $$"
    )
    op.execute(
        "CREATE TRIGGER events_erasures_only BEFORE UPDATE OF changes ON events"
        " FOR EACH ROW EXECUTE FUNCTION allow_erasures_only()"
    )
    for table, columns in NEVER_CHANGED.items():
        moment = f"UPDATE OF {columns}" if columns else "UPDATE"
        _trigger_postgresql(f"{table}_never_changed", moment, table)
    for table in NEVER_REMOVED:
        _trigger_postgresql(f"{table}_never_removed", "DELETE", table)


def _trigger_postgresql(name: str, moment: str, table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {moment} ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_to_change_the_past()"
    )


def _guard_sqlite() -> None:
    for table, columns in NEVER_CHANGED.items():
        moment = f"UPDATE OF {columns}" if columns else "UPDATE"
        _trigger_sqlite(f"{table}_never_changed", moment, table)
    for table in NEVER_REMOVED:
        _trigger_sqlite(f"{table}_never_removed", "DELETE", table)
    same = SAME_BUT_FOR_ERASURES.format(
        old="json_each(OLD.changes)", new="json_each(NEW.changes)", same="before.value = after.value"
    )
    op.execute(
        "CREATE TRIGGER events_erasures_only BEFORE UPDATE OF changes ON events"
        f" WHEN NOT ({same}) BEGIN SELECT RAISE(ABORT, 'events is appended, never changed'); END"
    )
    for name, moment in (("insert", "INSERT"), ("update", "UPDATE OF unit_id, from_day, until, cancelled")):
        op.execute(
            f"CREATE TRIGGER holds_one_holder_{name} BEFORE {moment} ON holds WHEN NOT NEW.cancelled"
            f" AND EXISTS ({OVERLAP}) BEGIN SELECT RAISE(ABORT, 'ex_holds_one_holder'); END"
        )


def _trigger_sqlite(name: str, moment: str, table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {moment} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is appended, never changed'); END"
    )
