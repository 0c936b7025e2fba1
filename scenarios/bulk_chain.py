"""Sealing very many events at once: what each says is digested where it is drawn, and linked in order later.

The form of a link is that of ``gateway.records.chain``, told once more because there it is read from a store.
It cannot change without breaking every chain there is, and a test verifies what comes of this.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeAlias

from gateway.records.chain import BEGINNING
from gateway.records.redaction import link_digest, row_digests
from gateway.storage.sealing import Keyring
from scenarios.bulk_deeds import Rows, Values

Facts: TypeAlias = tuple[int, tuple[Any, ...]]
"""An event's number, and all that its link holds but the position and the link before."""


def facts_of(rows: Rows, keys: Keyring) -> list[Facts]:
    """What the links of these events hold, in the order of their numbers."""
    subjects: defaultdict[int, list[str]] = defaultdict(list)
    for each in rows["event_subjects"]:
        subjects[each["event"]].append(each["subject"])
    return [(each["number"], _facts(each, subjects[each["number"]], keys)) for each in rows["events"]]


def _facts(event: Values, subjects: list[str], keys: Keyring) -> tuple[Any, ...]:
    return (
        event["number"],
        event["what"],
        event["actor"],
        event["role"],
        event["happened_at"].isoformat(),
        event["recorded_at"].isoformat(),
        row_digests(event["changes"], keys),
        event["particulars_digest"],
        sorted(subjects),
    )


class Links:
    """The links of a chain that grows from its beginning."""

    def __init__(self) -> None:
        self.position, self.head = 0, BEGINNING

    def after(self, facts: Iterable[Facts]) -> Rows:
        """The links of the events that come next."""
        links: list[Values] = []
        for number, told in facts:
            self.position += 1
            self.head = link_digest(self.head, (self.position, *told))
            links.append({"position": self.position, "event": number, "digest": self.head})
        return {"event_links": links}
