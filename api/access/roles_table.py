"""The table of `docs/access.md`: what each role may do at all, written from the table that decides it."""

from typing import Final

from api.access.permissions import MAY, Permission
from gateway.records.actor import Role

ROLES: Final = tuple(role for role in Role if MAY[role])
"""Roles that somebody can have, in their order."""


def roles_table() -> str:
    """A row for each permission, a column for each role, in Markdown."""
    head = ["permission", *(role.value.replace("_", " ") for role in ROLES)]
    rows = [[f"`{each}`", *("yes" if each in MAY[role] else "" for role in ROLES)] for each in Permission]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
