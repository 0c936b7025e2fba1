"""A region's small CSV and YAML files: every bad cell is noted with its file and row, none is guessed."""

import csv
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

REGIONS = Path(__file__).parent / "regions"
"""The regions that come with the project, one folder each."""


class InvalidRegion(ValueError):
    """A region's files contradict themselves or each other. ``faults`` names everything wrong at once."""

    def __init__(self, region: str, faults: Sequence[str]) -> None:
        self.region, self.faults = region, tuple(faults)
        super().__init__(f"region {region}:\n" + "\n".join(self.faults))


@dataclass(slots=True)
class RegionFolder:
    """One region's folder, and the faults found in it so far."""

    path: Path
    faults: list[str] = field(default_factory=list)

    def refuse(self) -> None:
        """Raise `InvalidRegion` if any fault was noted."""
        if self.faults:
            raise InvalidRegion(self.path.name, tuple(dict.fromkeys(self.faults)))

    def rows(self, file: str, columns: Sequence[str]) -> Iterator["Row"]:
        """Yield the rows of a CSV file; a missing file or another header is one fault and no rows."""
        text = self._text(file)
        if text is None:
            return
        lines = csv.reader(text.splitlines(), strict=True)
        try:
            header = next(lines, [])
            if header != list(columns):
                self.faults.append(f"{file}: columns are {','.join(header)}, must be {','.join(columns)}")
                return
            for number, cells in enumerate(lines, start=2):
                if len(cells) == len(header):
                    yield Row(self, f"{file} row {number}", dict(zip(header, cells, strict=True)))
                else:
                    self.faults.append(f"{file} row {number}: {len(cells)} cells, must be {len(header)}")
        except csv.Error as error:
            self.faults.append(f"{file}: {error}")

    def settings(self, file: str) -> "Settings":
        """Read a YAML file of named values; a missing or broken file is one fault and no values."""
        text = self._text(file)
        try:
            values = {} if text is None else yaml.safe_load(text)
        except yaml.YAMLError as error:
            self.faults.append(f"{file}: is not YAML: {str(error).splitlines()[0]}")
            return Settings(self, file, {}, broken=True)
        if not isinstance(values, dict):
            self.faults.append(f"{file}: must hold named values")
            return Settings(self, file, {}, broken=True)
        return Settings(self, file, values, broken=text is None)

    def _text(self, file: str) -> str | None:
        try:
            return (self.path / file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.faults.append(f"{file}: cannot be read ({type(error).__name__})")
            return None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a CSV file. Reading a cell that does not hold notes a fault and answers a harmless value."""

    folder: RegionFolder
    where: str
    cells: dict[str, str]

    def fault(self, column: str, what: str) -> None:
        """Note what is wrong with a cell."""
        self.folder.faults.append(f"{self.where}, {column}: {what}")

    def text(self, column: str) -> str:
        """A text that is not empty."""
        if not self.cells[column]:
            self.fault(column, "is empty")
        return self.cells[column]

    def one_of(self, column: str, known: Collection[str]) -> str:
        """One of the ``known`` words."""
        value = self.cells[column]
        if value not in known:
            self.fault(column, f"{value!r} is none of {', '.join(known)}")
        return value

    def words(self, column: str, known: Collection[str] | None = None) -> tuple[str, ...]:
        """Words separated by semicolons, none twice, each ``known``."""
        words = tuple(filter(None, self.cells[column].split(";")))
        for word in dict.fromkeys(words):
            if known is not None and word not in known:
                self.fault(column, f"{word!r} is not known")
            if words.count(word) > 1:
                self.fault(column, f"names {word!r} twice")
        return words

    def yes(self, column: str) -> bool:
        """Yes or no."""
        return self.one_of(column, ("yes", "no")) == "yes"

    def whole(self, column: str, *, least: int = 0) -> int:
        """A whole number of at least ``least``."""
        try:
            return int(self._bounded(column, int(self.cells[column]), least))
        except ValueError:
            return int(self._not_a_number(column))

    def whole_or_none(self, column: str) -> int | None:
        """A whole number of at least 0, or an empty cell."""
        return self.whole(column) if self.cells[column] else None

    def number(self, column: str, *, least: float = float("-inf")) -> float:
        """A number of at least ``least``."""
        try:
            return self._bounded(column, float(self.cells[column]), least)
        except ValueError:
            return self._not_a_number(column)

    def place(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees from ``lat`` and ``lon``, or both empty."""
        if not self.cells["lat"] and not self.cells["lon"]:
            return None
        return (self._degrees("lat", 90), self._degrees("lon", 180))

    def _degrees(self, column: str, most: float) -> float:
        value = self.number(column, least=-most)
        if value > most:
            self.fault(column, f"{value} is above {most}")
        return value

    def _bounded(self, column: str, value: float, least: float) -> float:
        if not least <= value < float("inf"):
            self.fault(column, f"{value} is below {least} or not finite")
        return value

    def _not_a_number(self, column: str) -> float:
        self.fault(column, f"{self.cells[column]!r} is not a number")
        return 0.0


@dataclass(frozen=True, slots=True)
class Settings:
    """Named values of a YAML file; a value that does not hold is a fault, as is a name nobody asked for."""

    folder: RegionFolder
    file: str
    values: dict[str, object]
    broken: bool
    asked: set[str] = field(default_factory=set)

    def fault(self, name: str, what: str) -> None:
        """Note what is wrong with a value."""
        self.folder.faults.append(f"{self.file}, {name}: {what}")

    def text(self, name: str) -> str:
        """A text that is not empty."""
        value = self._value(name)
        if value is not None and (not isinstance(value, str) or not value):
            self.fault(name, "must be a text")
        return str(value)

    def share(self, name: str) -> float:
        """A number from 0 to 1."""
        return self.number(name, most=1)

    def number(self, name: str, *, least: float = 0, most: float = 1e9) -> float:
        """A number from ``least`` to ``most``."""
        value = self._value(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            if value is not None:
                self.fault(name, f"{value!r} is not a number from {least:g} to {most:g}")
            return least
        return float(value)

    def whole(self, name: str, *, least: int = 0) -> int:
        """A whole number of at least ``least``."""
        value = self.number(name, least=least)
        if value != int(value):
            self.fault(name, f"{value} is not a whole number")
        return int(value)

    def words(self, name: str, known: Collection[str] | None = None) -> tuple[str, ...]:
        """A list of texts, each ``known``."""
        value = self._value(name)
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            if value is not None:
                self.fault(name, "must be a list of texts")
            return ()
        for word in value:
            if known is not None and word not in known:
                self.fault(name, f"{word!r} is not known")
        return tuple(value)

    def done(self) -> None:
        """Note every value that nobody asked for."""
        for name in self.values.keys() - self.asked:
            self.fault(str(name), "is not a known setting")

    def _value(self, name: str) -> object:
        self.asked.add(name)
        if name not in self.values and not self.broken:
            self.fault(name, "is missing")
        return self.values.get(name)
