"""What every table shares: names of constraints, exact types, versions.

Rows are SQLAlchemy's declarative classes. What a row may become is decided by pure rules beside it; a row is
changed inside a unit of work only, and only together with its event (``gateway.records.write``).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, Final, TypeVar

from sqlalchemy import DateTime, Enum, ForeignKey, MetaData, Numeric, String, Text, event
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

Code = TypeVar("Code", bound=StrEnum)


class UtcTime(TypeDecorator[datetime]):
    """A moment, kept in UTC; a time without a zone is refused, because nobody can tell when it was."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone; SQLite keeps UTC without saying so."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone is no moment")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002  SQLAlchemy passes it
    ) -> datetime | None:
        """Give UTC back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """Money in pounds and unit weeks, never a float: NUMERIC where the database has it, text on SQLite."""

    impl = Numeric(18, 6)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, whose numbers are floats."""
        return dialect.type_descriptor(String(32) if dialect.name == "sqlite" else Numeric(18, 6))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:  # noqa: ANN401  text or decimal
        """Write the digits."""
        return str(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(
        self,
        value: Any | None,  # noqa: ANN401  text or decimal
        dialect: Dialect,  # noqa: ARG002  SQLAlchemy passes it
    ) -> Decimal | None:
        """Read the digits."""
        return None if value is None else Decimal(str(value)).normalize() + 0


class Row(DeclarativeBase):
    """A row of any table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcTime, Decimal: Exact, str: String(64)}  # noqa: RUF012  SQLAlchemy reads it


class Versioned:
    """A row that knows how often it was changed, so that nobody overwrites what they have not seen."""

    version: Mapped[int]

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805  SQLAlchemy passes the class
        return {"version_id_col": cls.version}


class Untold:
    """A row without an event, because it tells of the machine and of nobody's case.

    A secret, which must not stand in an event that is never erased (the deed it belongs to has an event
    without it); an answer kept for a day; how far a task is; when a session was last used. Such rows are
    written by ``Work.note``.
    """

    __tablename__: str


Id = Annotated[str, mapped_column(String(24), primary_key=True)]
"""A random id with a prefix that says of what: ``R-7K3F92QDXM``."""


DEFERRED: Final[Mapping[str, Any]] = MappingProxyType({"deferrable": True, "initially": "DEFERRED"})
"""How every foreign key is checked: at the end of the unit of work, so that the order of its rows is free."""


def ref(target: str, *, index: bool = True, **options: Any) -> MappedColumn[Any]:  # noqa: ANN401  as mapped_column takes
    """A column that refers to another table's id (``people.id``)."""
    return mapped_column(String(24), ForeignKey(target, **DEFERRED), index=index, **options)


def code(
    values: type[Code],
    *,
    called: str | None = None,
    **options: Any,  # noqa: ANN401  as mapped_column takes
) -> MappedColumn[Any]:
    """A column that holds one of an enumeration's values, and the database refuses any other.

    called
        What the constraint is called, where a table has two columns of one enumeration.
    """
    kept = Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=called or values.__name__.lower(),
        values_callable=lambda each: [member.value for member in each],
    )
    return mapped_column(kept, **options)


def large_text() -> MappedColumn[Any]:
    """A column of text so long that it is read only when it is asked for, and before it is changed."""
    return mapped_column(Text, deferred=True)


@event.listens_for(Row, "attribute_instrument", propagate=True)
def _read_before_a_change(_: type[Row], __: str, attribute: Any) -> None:  # noqa: ANN401  as SQLAlchemy passes it
    """Have a large text read before it is replaced, or its event could not tell what stood there."""
    if getattr(attribute.property, "deferred", False):
        event.listen(attribute, "set", lambda *_: None, active_history=True)
