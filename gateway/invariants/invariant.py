"""What must be true of stored rows, as a query for those of which it is not."""

from dataclasses import dataclass

from sqlalchemy import Select


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """Something that must be true.

    name
        In a word or two, with underscores.
    sentence
        What must be true, for a person to read.
    query
        Finds the ids of the rows of which it is not true, in order; nothing in a healthy store.
    """

    name: str
    sentence: str
    query: Select[str]
