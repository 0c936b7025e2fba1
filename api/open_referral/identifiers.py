"""The UUIDs under which things are told: made from our own ids, the same each time, leading back to none."""

from typing import Final
from uuid import UUID, uuid5

NAMESPACE: Final = UUID("5d3c1f0e-52a4-4c57-9f43-0f3c0f7a9a61")
"""Ours, drawn by chance once (RFC 9562, 5.5: a name space and a name make a UUID)."""


def uuid_of(kind: str, *names: str) -> UUID:
    """The UUID of one thing; ``kind`` keeps apart what has one name, such as a service and its area."""
    return uuid5(NAMESPACE, ":".join((kind, *names)))
