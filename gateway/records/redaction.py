"""What an event tells of somebody, taken out of it, so that the chain still holds.

The chain does not hold an event's changes themselves but a digest of each row in them, keyed with the
gateway's index key. Erasing somebody puts that digest in the place of the row: the chain is the same before
and after, and nobody without the key can try out what may have stood there.
"""

import json
import re
from collections.abc import Set as AbstractSet
from hashlib import sha256
from typing import Any

from gateway.records.write import as_json
from gateway.storage.sealing import Keyring

ERASED = "erased/"
"""What a digest stands under where a row stood."""

PERSON_ERASED = "person erased"
"""What the event of an erasure says; it is about every id that was erased."""

_text = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
"""JSON text, the same for the same facts; made once, for a million events are digested with it."""

_WORDS = re.compile(r"[A-Za-z0-9_-]+")


def row_digests(changes: str, keys: Keyring) -> list[str]:
    """The digests of the rows in an event's changes, in order; equal before and after an erasure."""
    if changes == "{}":
        return []
    return sorted(_digest(name, columns, keys) for name, columns in json.loads(changes).items())


def _digest(name: str, columns: Any, keys: Keyring) -> str:  # noqa: ANN401  whatever JSON holds
    if name.startswith(ERASED):
        return name.removeprefix(ERASED)
    return keys.digest("change", f"{name}\0{_text(columns)}")


def without(changes: str, ids: AbstractSet[str], keys: Keyring) -> str:
    """The changes without the rows that are, belong to, or name one of these ids.

    Returns
    -------
    str
        The same text if nothing in it mentions any of them.
    """
    if not mentions(changes, ids):
        return changes
    kept = {}
    for name, columns in json.loads(changes).items():
        if not name.startswith(ERASED) and mentions(as_json({name: columns}), ids):
            kept[ERASED + _digest(name, columns, keys)] = ""
        else:
            kept[name] = columns
    return as_json(kept)


def mentions(text: str, ids: AbstractSet[str]) -> bool:
    """Whether one of the ids stands in the text as a word of its own."""
    return not ids.isdisjoint(_WORDS.findall(text))


def link_digest(before: str, facts: tuple[Any, ...]) -> str:
    """The digest of a link: of the link before, and of everything that the event says."""
    return sha256(
        json.dumps([before, *facts], separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()
