"""The tables as the database keeps them: sealed texts stay sealed, codes are plain words.

Whoever copies rows or changes their seals works on these and needs no key to read, and can put nothing plain.
"""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Enum, MetaData, String, Table, Text

from gateway.storage.sealing import is_sealed


@cache
def raw(metadata: MetaData) -> Sequence[Table]:
    """A copy of every table, parents before children, whose columns take and give what is kept.

    Made once: seventy tables are many thousand objects.
    """
    copies = MetaData()
    for each in metadata.sorted_tables:
        copy = each.to_metadata(copies)
        for column in copy.columns:
            if is_sealed(column.type):
                column.type = Text()
            elif isinstance(column.type, Enum):
                column.type = String(column.type.length)
    return copies.sorted_tables


def sealed_columns(metadata: MetaData) -> dict[str, list[str]]:
    """The names of the sealed columns of each table that has any."""
    found = {
        each.name: [column.name for column in each.columns if is_sealed(column.type)]
        for each in metadata.sorted_tables
    }
    return {name: columns for name, columns in found.items() if columns}
