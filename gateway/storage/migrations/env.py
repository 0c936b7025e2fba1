"""What Alembic runs: over the connection and towards the tables that ``gateway.storage.migrating`` gives it."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from gateway.storage.rows import Exact, UtcTime
from gateway.storage.sealing import is_sealed

_PLAIN = {
    UtcTime: "sa.DateTime(timezone=True)",
    Exact: 'sa.Numeric(18, 6).with_variant(sa.String(32), "sqlite")',
}


def in_plain_types(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:  # noqa: ANN401  any schema item
    """Write a migration in SQLAlchemy's own types, so that it stays what it was when ours change."""
    if kind == "type" and is_sealed(item):
        return "sa.Text()"
    return _PLAIN.get(type(item), False) if kind == "type" else False


attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["metadata"],
    render_as_batch=True,
    compare_type=True,
    render_item=in_plain_types,
)
with context.begin_transaction():
    context.run_migrations()
