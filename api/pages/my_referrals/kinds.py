"""Kinds of question: how each is drawn, read from a form, written into one, and told in words.

Every kind writes a value as the fields that a browser would post, and draws itself from posted fields alone:
what stands and what was just sent and is wrong look the same.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Generic, TypeAlias, TypeVar

from api.design_system.rendering import Choice
from api.design_system.spoken import spoken_day
from api.pages.posted import Posted, boxes
from gateway.referrals.code_lists import code_lists
from gateway.refusals import Invalid

V = TypeVar("V")

Sent: TypeAlias = tuple[tuple[str, str], ...]
"""Names and texts of fields, as a browser posts them."""

UNKNOWN: Final = "unknown"
YES_NO_UNKNOWN: Final = (("yes", "Yes"), ("no", "No"), (UNKNOWN, "Not known"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Which authorities and services there are to be chosen: names by ids, in the order of names."""

    authorities: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One control of a form.

    look
        ``line``, ``text``, ``day``, ``radios``, ``ticks`` or ``select``.
    sent
        The texts in it, by the names of its fields.
    narrow
        Characters that a line is wide, or lines that a text is high; 0: as wide as there is room.
    """

    look: str
    id: str
    label: str
    hint: str = ""
    sent: Mapping[str, str] = field(default_factory=dict)
    choices: Sequence[Choice] = ()
    narrow: int = 0
    inline: bool = False

    @property
    def value(self) -> str:
        """The text of the one field that is called as the box."""
        return self.sent.get(self.id, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Boxes that belong together, under a legend if there is one."""

    boxes: Sequence[Box]
    legend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a kind draws itself from: its name, its words, what was sent, and what there is to choose."""

    name: str
    label: str
    hint: str
    sent: Posted
    ground: Ground

    def box(self, look: str, **more: Any) -> Sequence[Drawn]:  # noqa: ANN401  whatever a `Box` has
        """One box of this name."""
        texts = {key: text for key, text in self.sent.fields if key.startswith(self.name)}
        return [
            Drawn(boxes=[Box(look=look, id=self.name, label=self.label, hint=self.hint, sent=texts, **more)])
        ]

    def choices(
        self, options: Sequence[tuple[str, str]], *, hints: Mapping[str, str] | None = None
    ) -> list[Choice]:
        """These answers, with those chosen that were sent."""
        chosen = self.sent.every(self.name)
        return [
            Choice(value=value, text=text, chosen=value in chosen, hint=(hints or {}).get(value, ""))
            for value, text in options
        ]


class Kind(ABC, Generic[V]):
    """One kind of question, whose answers are values of ``V``."""

    rows = False
    """Whether there may be more of it than one page has room for."""
    nothing = "Not known"
    """What is told where nothing was said."""

    @abstractmethod
    def read(self, name: str, sent: Posted, stood: V) -> V:
        """The answer that was sent, in place of the one that stood.

        Raises
        ------
        Invalid
            If it is none, by the id of the box.
        """

    @abstractmethod
    def written(self, name: str, value: V) -> Sent:
        """The answer as a browser would post it."""

    @abstractmethod
    def drawn(self, asking: Asking, stood: V) -> Sequence[Drawn]:
        """The boxes, with what was sent in them."""

    @abstractmethod
    def told(self, value: V, ground: Ground) -> Sequence[str]:
        """The answer in words, a line or more; nothing: not known."""

    def says(self, name: str, value: V) -> bool:
        """Whether anything was said."""
        return any(text.strip() for _, text in self.written(name, value))

    def places(self, name: str, sent: Posted) -> Mapping[str, str]:
        """The id of the box for each field that a rule of the gateway may name."""
        return {name: name}


@dataclass(frozen=True, slots=True)
class Line(Kind[str | None]):
    """A line of text, or several."""

    high: int = 1
    narrow: int = 0

    def read(self, name: str, sent: Posted, stood: str | None) -> str | None:
        return sent.text(name)

    def written(self, name: str, value: str | None) -> Sent:
        return ((name, value or ""),)

    def drawn(self, asking: Asking, stood: str | None) -> Sequence[Drawn]:
        if self.high > 1:
            return asking.box("text", narrow=self.high)
        return asking.box("line", narrow=self.narrow)

    def told(self, value: str | None, ground: Ground) -> Sequence[str]:
        return (value or "").splitlines()


@dataclass(frozen=True, slots=True)
class Number(Kind[int | None]):
    """A whole number; ``least`` stands for nothing."""

    least: int | None = None

    def read(self, name: str, sent: Posted, stood: int | None) -> int | None:
        found = sent.whole(name)
        return self.least if found is None else found

    def written(self, name: str, value: int | None) -> Sent:
        return ((name, "" if value is None else str(value)),)

    def says(self, name: str, value: int | None) -> bool:
        return value != self.least

    def drawn(self, asking: Asking, stood: int | None) -> Sequence[Drawn]:
        return asking.box("line", narrow=3)

    def told(self, value: int | None, ground: Ground) -> Sequence[str]:
        return [] if value is None else [str(value)]


class Day(Kind[date | None]):
    """A day in three boxes."""

    def read(self, name: str, sent: Posted, stood: date | None) -> date | None:
        return sent.day(name)

    def written(self, name: str, value: date | None) -> Sent:
        return () if value is None else day_sent(name, value)

    def drawn(self, asking: Asking, stood: date | None) -> Sequence[Drawn]:
        return asking.box("day")

    def told(self, value: date | None, ground: Ground) -> Sequence[str]:
        return [] if value is None else [spoken_day(value)]

    def places(self, name: str, sent: Posted) -> Mapping[str, str]:
        return {name: f"{name}-day"}


def day_sent(name: str, day: date) -> Sent:
    """A day as its three boxes are posted."""
    return tuple(boxes(name, day).items())


class Answer(Kind[bool | None]):
    """Yes, no, or not known."""

    def read(self, name: str, sent: Posted, stood: bool | None) -> bool | None:
        return sent.answer(name)

    def written(self, name: str, value: bool | None) -> Sent:
        return () if value is None else ((name, answer_sent(answer=value)),)

    def drawn(self, asking: Asking, stood: bool | None) -> Sequence[Drawn]:
        return asking.box("radios", choices=asking.choices(YES_NO_UNKNOWN), inline=True)

    def told(self, value: bool | None, ground: Ground) -> Sequence[str]:
        return [] if value is None else ["Yes" if value else "No"]


def answer_sent(*, answer: bool | None) -> str:
    """An answer as its radio is posted."""
    return {True: "yes", False: "no", None: UNKNOWN}[answer]


class Tick(Kind[bool]):
    """So, if it is ticked."""

    def read(self, name: str, sent: Posted, stood: bool) -> bool:
        return sent.one(name) == "yes"

    def written(self, name: str, value: bool) -> Sent:
        return ((name, "yes"),) if value else ()

    def drawn(self, asking: Asking, stood: bool) -> Sequence[Drawn]:
        said = Choice(
            value="yes", text=asking.label, chosen=asking.sent.one(asking.name) == "yes", hint=asking.hint
        )
        return [Drawn(boxes=[Box(look="ticks", id=asking.name, label="", choices=[said])])]

    def told(self, value: bool, ground: Ground) -> Sequence[str]:
        return ["Yes" if value else "No"]


Options: TypeAlias = Callable[[Ground], Sequence[tuple[str, str]]]
"""Values and words of what there is to choose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class One(Kind[Any]):
    """One of several answers.

    make
        From the text that is posted to the value.
    unknown
        The value that stands for not known, and its words.
    """

    options: Options
    make: Callable[[str], Any] = str
    unknown: Any = None
    unknown_words: str = "Not known"
    hints: Mapping[str, str] = field(default_factory=dict)
    select: bool = False

    def read(self, name: str, sent: Posted, stood: Any) -> Any:  # noqa: ANN401  a value of any list
        text = sent.one(name)
        try:
            return self.unknown if text in ("", UNKNOWN) else self.make(text)
        except ValueError:
            raise Invalid([(name, "choose one of these")]) from None

    def written(self, name: str, value: Any) -> Sent:  # noqa: ANN401  as above
        return () if value == self.unknown else ((name, str(value)),)

    def drawn(self, asking: Asking, stood: Any) -> Sequence[Drawn]:  # noqa: ANN401  as above
        options = self.options(asking.ground)
        if self.select:
            there = [("", self.unknown_words), *kept(options, asking.sent.every(asking.name))]
            return asking.box("select", choices=asking.choices(there))
        there = [*options, (UNKNOWN, self.unknown_words)]
        return asking.box("radios", choices=asking.choices(there, hints=self.hints))

    def told(self, value: Any, ground: Ground) -> Sequence[str]:  # noqa: ANN401  as above
        return [] if value == self.unknown else [dict(self.options(ground)).get(str(value), str(value))]


def kept(options: Sequence[tuple[str, str]], chosen: Sequence[str]) -> Sequence[tuple[str, str]]:
    """The options, and what was chosen though it is no longer among them."""
    there = {value for value, _ in options}
    return [*options, *((each, each) for each in chosen if each not in there)]


def listed(list_name: str) -> Options:
    """What stands in one of the gateway's lists of codes."""

    def options(_: Ground) -> Sequence[tuple[str, str]]:
        return [(each.code, each.title) for each in code_lists()[list_name].values()]

    return options


def worded(words: Mapping[Any, str]) -> Options:
    """These codes with these words."""
    return lambda _: [(str(code), text) for code, text in words.items()]
