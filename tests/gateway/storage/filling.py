"""A row in every table, with every sealed column full, whatever the foreign keys say."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import JSON, BigInteger, Boolean, Date, Enum, Float, Integer, insert, text

from gateway.schema import Row
from gateway.storage.rows import Exact, UtcTime
from gateway.storage.sealing import Sealed, SealedDay
from tests.gateway.ground import NOW, TODAY

MARK = "Marguerite-Alder"
BORN = date(1987, 6, 5)

# Where a check of the database wants more than any value.
OVERRIDES = {
    "exclusions": {"service_id": "S-1"},
    "separations": {"person_id": "P-1", "other_id": "P-2"},
    "conversions": {"source": "male", "target": "female"},
    "placements": {"status": "left", "until": TODAY + timedelta(days=400)},
    "access_clauses": {"max_units": 1, "authority_id": "E08000025"},
}


def value(column, place):
    """Some value that the column takes; days and moments rise with the column's place."""
    kind = column.type
    if isinstance(kind, Enum):
        return kind.python_type(kind.enums[0])
    by_type = {
        Sealed: f"{MARK} in {column.table.name}.{column.name}",
        SealedDay: BORN,
        UtcTime: NOW + timedelta(days=place, microseconds=123_456),
        Date: TODAY + timedelta(days=place),
        Exact: Decimal("12.345678"),
        Boolean: True,
        Float: 52.48142,
        BigInteger: place + 1,
        Integer: place + 1,
        JSON: {"people": 1},
    }
    return next(
        (each for wanted, each in by_type.items() if isinstance(kind, wanted)), f"{column.name}-1"[:24]
    )


def fill(store):
    """Every table has a row; returns how many there are."""
    postgresql = store.engine.dialect.name == "postgresql"
    with store.engine.connect() as connection:
        if postgresql:
            connection.execute(text("SET session_replication_role = replica"))
        else:
            connection.connection.execute("PRAGMA foreign_keys = OFF")
        for table in Row.metadata.sorted_tables:
            values = {column.name: value(column, place) for place, column in enumerate(table.columns)}
            if table.name == "exclusions":
                values |= {"provider_id": None, "authority_id": None}
            if table.name == "holds":
                values |= {"placement_id": None}
            if table.name == "accounts":
                values |= {"provider_id": None, "authority_id": None}
            if table.name == "decisions":
                values |= {"service_id": None}
            connection.execute(insert(table).values(values | OVERRIDES.get(table.name, {})))
        connection.commit()
        if postgresql:
            connection.execute(text("SET session_replication_role = DEFAULT"))
            connection.commit()
        else:
            connection.connection.execute("PRAGMA foreign_keys = ON")
        connection.detach()
    return len(Row.metadata.sorted_tables)
