"""What the gateway will not do. A refusal keeps its facts, writes its own sentence, and knows no HTTP.

Each family stands for one kind of answer; the doors map families to statuses in one table.
"""

from collections.abc import Iterable


class Refusal(Exception):
    """The gateway did not do what was asked, nothing was written, and the sentence says why."""


class NotFound(Refusal):
    """There is no such thing, or the person asking may not know of it."""

    def __init__(self, kind: str, id: str) -> None:
        self.kind, self.id = kind, id
        super().__init__(f"There is no {kind} {id}.")


class NotAllowed(Refusal):
    """The person asking may not do this."""


class Conflict(Refusal):
    """What was asked does not fit what stands: somebody else was first, or the state forbids it."""


class ChangedMeanwhile(Conflict):
    """The thing was changed after the person asking last saw it."""

    def __init__(self, kind: str, id: str, *, seen: int, stands: int) -> None:
        self.kind, self.id, self.seen, self.stands = kind, id, seen, stands
        super().__init__(
            f"{kind.capitalize()} {id} was changed since: you saw version {seen}, it is {stands}."
        )


class IllegalMove(Conflict):
    """A state cannot follow the one that stands."""

    def __init__(self, kind: str, id: str, *, stands: str, wanted: str) -> None:
        self.kind, self.id, self.stands, self.wanted = kind, id, stands, wanted
        super().__init__(
            f"{kind.capitalize()} {id} is {stands.replace('_', ' ')}: "
            f"it cannot become {wanted.replace('_', ' ')}."
        )


class Invalid(Refusal):
    """What was given is wrong; ``faults`` are pairs of a field and what is wrong with it, all at once."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{field}: {what}" for field, what in self.faults))


def refuse(faults: Iterable[tuple[str, str]]) -> None:
    """Raise `Invalid` if there is any fault, naming all of them."""
    found = tuple(faults)
    if found:
        raise Invalid(found)
