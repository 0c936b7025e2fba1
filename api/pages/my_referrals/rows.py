"""Kinds of question with rows: services in an order, people in a household, numbers."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from api.design_system.rendering import Choice
from api.design_system.spoken import spoken_day
from api.pages.my_referrals.codes import Codes, title
from api.pages.my_referrals.kinds import Asking, Box, Drawn, Ground, Kind, Sent, day_sent, kept, listed
from api.pages.posted import Posted
from api.rest.body_fields import Faults
from gateway.people.references import Reference, ReferenceKind
from gateway.referrals.details import Member
from gateway.refusals import refuse

R = TypeVar("R")

SPARE: Final = 2
"""Empty rows below those that are filled in."""


@dataclass(frozen=True, slots=True)
class Rows(Kind[tuple[R, ...]]):
    """Several of a kind, a row each, and empty rows for more."""

    row = "Row"
    rows = True
    nothing = "None"

    def filled(self, name: str, sent: Posted) -> Sequence[int]:
        """The numbers of the rows in which something was typed, from 1."""
        found = {_number(key, name) for key, text in sent.fields if text.strip()}
        return sorted(each for each in found if each)

    def read(self, name: str, sent: Posted, stood: tuple[R, ...]) -> tuple[R, ...]:
        faults, found = Faults(), []
        for number in self.filled(name, sent):
            with faults.of(str):
                found.append(self.one(f"{name}-{number}", sent))
        faults.refuse()
        return tuple(found)

    @abstractmethod
    def one(self, id: str, sent: Posted) -> R:
        """What one row says."""

    def drawn(self, asking: Asking, stood: tuple[R, ...]) -> Sequence[Drawn]:
        last = max(self.filled(asking.name, asking.sent), default=0)
        return [
            Drawn(legend=f"{self.row} {number}", boxes=self.boxes(asking, f"{asking.name}-{number}"))
            for number in range(1, last + SPARE + 1)
        ]

    @abstractmethod
    def boxes(self, asking: Asking, id: str) -> Sequence[Box]:
        """The boxes of one row, whose ids begin with ``id``."""


def _number(key: str, name: str) -> int:
    """Of which row a field is; 0: of none."""
    rest = key.removeprefix(f"{name}-").partition("-")[0]
    return int(rest) if key.startswith(f"{name}-") and rest.isdecimal() and len(rest) <= 3 else 0


def _box(asking: Asking, look: str, id: str, label: str, **more: Any) -> Box:  # noqa: ANN401  whatever a box of the kind has
    texts = {key: text for key, text in asking.sent.fields if key.startswith(id)}
    return Box(look=look, id=id, label=label, sent=texts, **more)


def _choices(options: Sequence[tuple[str, str]], chosen: str, nothing: str) -> Sequence[Choice]:
    there = [("", nothing), *kept(options, [chosen] if chosen else [])]
    return [Choice(value=value, text=text, chosen=value == chosen) for value, text in there]


class Services(Rows[str]):
    """Services in an order, the first first."""

    row = "Service"

    def one(self, id: str, sent: Posted) -> str:
        return sent.one(id)

    def written(self, name: str, value: Codes) -> Sent:
        return tuple((f"{name}-{number}", each) for number, each in enumerate(value, start=1))

    def drawn(self, asking: Asking, stood: Codes) -> Sequence[Drawn]:
        drawn = Rows.drawn(self, asking, stood)
        return [Drawn(legend=asking.label, boxes=[box for each in drawn for box in each.boxes])]

    def boxes(self, asking: Asking, id: str) -> Sequence[Box]:
        number = id.rpartition("-")[2]
        choices = _choices(list(asking.ground.services.items()), asking.sent.one(id), "No service")
        return [_box(asking, "select", id, f"{self.row} {number}", choices=choices)]

    def told(self, value: Codes, ground: Ground) -> Sequence[str]:
        return [f"{number}. {ground.services.get(each, each)}" for number, each in enumerate(value, start=1)]

    def places(self, name: str, sent: Posted) -> Mapping[str, str]:
        return {name: f"{name}-1"}


class Household(Rows[Member]):
    """Who is housed together with the person."""

    row = "Person"

    def one(self, id: str, sent: Posted) -> Member:
        relation = sent.one(f"{id}-relation")
        refuse([] if relation else [(f"{id}-relation", "choose how they are related")])
        return Member(relation=relation, name=sent.text(f"{id}-name"), born=sent.day(f"{id}-born"))

    def written(self, name: str, value: tuple[Member, ...]) -> Sent:
        return tuple(
            pair for number, each in enumerate(value, 1) for pair in _member_sent(f"{name}-{number}", each)
        )

    def boxes(self, asking: Asking, id: str) -> Sequence[Box]:
        chosen = asking.sent.one(f"{id}-relation")
        relations = _choices(listed("relation")(asking.ground), chosen, "Nobody")
        return [
            _box(asking, "select", f"{id}-relation", "How they are related", choices=relations),
            _box(asking, "line", f"{id}-name", "Name", hint="If you know it"),
            _box(asking, "day", f"{id}-born", "Date of birth", hint="If you know it"),
        ]

    def told(self, value: tuple[Member, ...], ground: Ground) -> Sequence[str]:
        return [", ".join(_member_told(each)) for each in value]

    def places(self, name: str, sent: Posted) -> Mapping[str, str]:
        numbers = self.filled(name, sent)
        rows = {
            f"{name}[{place}].{part}": f"{name}-{number}-{part}{'-day' if part == 'born' else ''}"
            for place, number in enumerate(numbers)
            for part in ("relation", "name", "born")
        }
        return rows | {name: f"{name}-1-relation"}


def _member_sent(id: str, member: Member) -> Sent:
    born = () if member.born is None else day_sent(f"{id}-born", member.born)
    return ((f"{id}-relation", member.relation), (f"{id}-name", member.name or ""), *born)


def _member_told(member: Member) -> Iterator[str]:
    yield title("relation", member.relation)
    if member.name:
        yield member.name
    if member.born:
        yield f"born {spoken_day(member.born)}"


REFERENCE_WORDS: Final[Mapping[ReferenceKind, str]] = {
    ReferenceKind.NI_NUMBER: "National Insurance number",
    ReferenceKind.NHS_NUMBER: "NHS number",
    ReferenceKind.PRISON_NUMBER: "Prison number",
    ReferenceKind.AGENCY: "Number at another agency",
}


class Numbers(Rows[Reference]):
    """Numbers by which others know the person."""

    row = "Number"

    def one(self, id: str, sent: Posted) -> Reference:
        kind, value = sent.one(f"{id}-kind"), sent.one(f"{id}-value")
        known = kind in set(ReferenceKind)
        refuse([] if known else [(f"{id}-kind", "choose what number it is")])
        refuse([] if value else [(f"{id}-value", "enter the number")])
        return Reference(kind=ReferenceKind(kind), value=value)

    def written(self, name: str, value: tuple[Reference, ...]) -> Sent:
        return tuple(
            pair
            for number, each in enumerate(value, start=1)
            for pair in ((f"{name}-{number}-kind", each.kind.value), (f"{name}-{number}-value", each.value))
        )

    def boxes(self, asking: Asking, id: str) -> Sequence[Box]:
        words = [(kind.value, text) for kind, text in REFERENCE_WORDS.items()]
        kinds = _choices(words, asking.sent.one(f"{id}-kind"), "None")
        return [
            _box(asking, "select", f"{id}-kind", "What number it is", choices=kinds),
            _box(asking, "line", f"{id}-value", "The number"),
        ]

    def told(self, value: tuple[Reference, ...], ground: Ground) -> Sequence[str]:
        return [f"{REFERENCE_WORDS[each.kind]}: {each.value}" for each in value]

    def places(self, name: str, sent: Posted) -> Mapping[str, str]:
        rows = {
            f"{name} {place} ({kind})": f"{name}-{number}-value"
            for place, number in enumerate(self.filled(name, sent), start=1)
            for kind in ReferenceKind
        }
        return rows | {name: f"{name}-1-kind"}
