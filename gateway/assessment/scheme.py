"""A scheme: how need and urgency become a band and a place inside it; whole, or refused."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from gateway.assessment.banding import Levels, Table, need_range, table_of
from gateway.assessment.scheme_faults import NEED, WAITING, Draft, InvalidScheme, faults_of
from gateway.assessment.scheme_file import read_draft
from gateway.assessment.scheme_parts import LOCAL_DEFAULT, Band, Deadline, Fact, Item, Source, Waiting

__all__ = [
    "InvalidScheme",
    "Scheme",
    "UnknownScheme",
    "read_scheme",
    "shipped_names",
    "shipped_scheme",
]


class UnknownScheme(LookupError):
    """No scheme of this name is shipped."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"No scheme {name} is shipped; there is {', '.join(shipped_names())}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """What is asked, what each answer counts, and who comes before whom.

    items
        Their scores add up to the need score; one missing leaves it unknown.
    urgency
        Facts that come before the need score, each with levels from the least urgent to the most.
    waiting
        How days since the referral are counted.
    order
        What decides inside a band, first things first: the fact keys, ``need`` and ``waiting``.
    bands
        From 1, the highest priority. Every combination of levels and need score has exactly one; more need or
        more urgency never has a lower one.
    sources
        What the parts rest on. A part whose source is ``local-default`` is a setting for the authority to
        confirm.

    Raises
    ------
    InvalidScheme
        Naming every fault with its path in the file.
    """

    name: str
    version: str
    title: str
    items: tuple[Item, ...]
    urgency: tuple[Fact, ...]
    waiting: Waiting
    order: tuple[str, ...]
    bands: tuple[Band, ...]
    sources: tuple[Source, ...]
    _table: Table = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        draft = Draft(
            name=self.name,
            version=self.version,
            title=self.title,
            sources=self.sources,
            items=self.items,
            urgency=self.urgency,
            waiting=self.waiting,
            order=self.order,
            bands=self.bands,
        )
        if faults := faults_of(draft):
            raise InvalidScheme(self.name, faults)
        object.__setattr__(self, "_table", table_of(self.urgency, self.needs, self.bands))

    @property
    def needs(self) -> range:
        """Every need score from the lowest to the highest."""
        return need_range(self.items)

    @property
    def item_keys(self) -> tuple[str, ...]:
        """The items' keys, which are columns of a referral file."""
        return tuple(item.key for item in self.items)

    @property
    def questions(self) -> tuple[str, ...]:
        """The other columns that the urgency facts look at."""
        return tuple(
            question
            for fact in self.urgency
            for question in (fact.soonest_of if isinstance(fact, Deadline) else (fact.asks,))
        )

    @property
    def local_defaults(self) -> tuple[str, ...]:
        """The settings that no source gives, each in words, for the authority to confirm or change."""
        return tuple(words for words, source in self._settings() if source == LOCAL_DEFAULT)

    def _settings(self) -> Iterator[tuple[str, str]]:
        for fact in self.urgency:
            yield fact.label, fact.source
            for level in fact.levels if isinstance(fact, Deadline) else ():
                yield f"{fact.label}: within {level.within_days} days", level.source
        waiting = self.waiting
        yield f"Waiting counts by {waiting.step_days} days up to {waiting.longest_days}", waiting.source
        for band in self.bands:
            yield f"Band {band.number}: {band.label}", band.source

    def band_of(self, levels: Levels, need: int) -> int:
        """The one band that takes these levels (one index for each urgency fact) and this need score."""
        (number,) = self._table[levels][need - self.needs.start]
        return number

    def order_of(self, levels: Levels, need: int, waiting_days: int) -> int:
        """The place inside a band as one whole number from 0; higher comes first.

        A number in mixed radix: the digits are what :attr:`order` lists, the first the most significant, so
        that comparing two numbers compares the lists lexicographically. No digit is ever added to another.
        """
        facts = zip(self.urgency, levels, strict=True)
        digits = {fact.key: (level, len(fact.level_names)) for fact, level in facts}
        digits[NEED] = (need - self.needs.start, len(self.needs))
        digits[WAITING] = (self.waiting.steps(waiting_days), self.waiting.most_steps + 1)
        number = 0
        for key in self.order:
            digit, radix = digits[key]
            number = number * radix + digit
        return number


def read_scheme(path: Path) -> Scheme:
    """The scheme in a YAML file.

    Raises
    ------
    InvalidScheme
        Naming every fault of the file with its YAML path.
    """
    draft, faults = read_draft(path)
    known = {where for where, _ in faults}
    faults += [(where, problem) for where, problem in faults_of(draft) if where not in known]
    if faults:
        raise InvalidScheme(str(path), faults)
    return _complete(draft, path)


def _complete(draft: Draft, path: Path) -> Scheme:
    name, version, title, waiting, order = draft.name, draft.version, draft.title, draft.waiting, draft.order
    if name is None or version is None or title is None or waiting is None or order is None:
        raise InvalidScheme(str(path), [("", "is incomplete")])
    return Scheme(
        name=name,
        version=version,
        title=title,
        items=tuple(each for each in draft.items if each is not None),
        urgency=tuple(each for each in draft.urgency if each is not None),
        waiting=waiting,
        order=order,
        bands=tuple(each for each in draft.bands if each is not None),
        sources=tuple(each for each in draft.sources if each is not None),
    )


def _shipped_files() -> dict[str, Traversable]:
    folder = resources.files("gateway.assessment") / "schemes"
    return {file.name.removesuffix(".yaml"): file for file in folder.iterdir() if file.name.endswith(".yaml")}


def shipped_names() -> tuple[str, ...]:
    """The names of the schemes that come with the gateway, in alphabetical order."""
    return tuple(sorted(_shipped_files()))


def shipped_document(name: str) -> str:
    """The text of a scheme that comes with the gateway, to be adopted.

    Raises
    ------
    UnknownScheme
        If there is none of that name.
    """
    files = _shipped_files()
    if name not in files:
        raise UnknownScheme(name)
    return files[name].read_text(encoding="utf-8")


def shipped_scheme(name: str) -> Scheme:
    """A scheme that comes with the gateway.

    Raises
    ------
    UnknownScheme
        If there is none of that name.
    """
    files = _shipped_files()
    if name not in files:
        raise UnknownScheme(name)
    with resources.as_file(files[name]) as path:
        return read_scheme(path)
