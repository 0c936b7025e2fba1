"""What was posted in a form, read field by field; what cannot be read is told by the field's id."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from gateway.refusals import Invalid

LONGEST: Final = 60_000
"""Characters of one field, as many as a scheme may have; a form with a longer one is refused, never cut."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Fields in the order they were sent, several of one name if several were chosen; files as bytes."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str, bytes], ...]

    def one(self, name: str) -> str:
        """The text of a field without blanks around it; empty if it was not sent."""
        return next((clean(text) for key, text in self.fields if key == name), "")

    def raw(self, name: str) -> str:
        """The text of a field exactly as it was typed: a password may begin with a blank."""
        return next((text for key, text in self.fields if key == name), "")

    def every(self, name: str) -> tuple[str, ...]:
        """Every text of this name that is not empty."""
        return tuple(clean(text) for key, text in self.fields if key == name and clean(text))

    def text(self, name: str) -> str | None:
        """The text, or ``None`` for nothing."""
        return self.one(name) or None

    def whole(self, name: str) -> int | None:
        """A whole number, or ``None`` for nothing.

        Raises
        ------
        Invalid
            If it is something else.
        """
        text = self.one(name).replace(",", "")
        if not text:
            return None
        if not text.isdecimal() or len(text) > 9:
            raise Invalid([(name, "must be a whole number, such as 12")])
        return int(text)

    def seen(self, name: str = "seen") -> int:
        """The version of what was edited, as the page had it; 0, which none is, if the form lacks it."""
        text = self.one(name)
        return int(text) if text.isdecimal() and len(text) <= 9 else 0

    def day(self, name: str) -> date | None:
        """A day in three boxes (``name-day``, ``name-month``, ``name-year``), or ``None`` if all are empty.

        Raises
        ------
        Invalid
            If it is no day, naming the box; and with it every other of the form that is none.
        """
        found = self._day(name)
        if isinstance(found, date) or found is None:
            return found
        days = dict.fromkeys(key.removesuffix("-day") for key, _ in self.fields if key.endswith("-day"))
        wrong = (self._day(each) for each in (*days, name))
        raise Invalid(dict.fromkeys(each for each in wrong if isinstance(each, tuple)))

    def _day(self, name: str) -> date | tuple[str, str] | None:
        """The day, or the box that is wrong and what is wrong with it."""
        boxes = {part: self.one(f"{name}-{part}") for part in ("day", "month", "year")}
        if not any(boxes.values()):
            return None
        for part, text in boxes.items():
            if not text.isdecimal() or len(text) > 4:
                return f"{name}-{part}", f"must have a {part} in figures, such as 27 3 2026"
        try:
            found = date(int(boxes["year"]), int(boxes["month"]), int(boxes["day"]))
        except ValueError:
            return f"{name}-day", "must be a real day, such as 27 3 2026"
        if not 1900 <= found.year < 2200:
            return f"{name}-year", "must be a year between 1900 and 2199"
        return found

    def answer(self, name: str) -> bool | None:
        """Yes, no, or ``None`` for not known, which is what an empty choice means too."""
        return {"yes": True, "no": False}.get(self.one(name))

    def too_long(self) -> Iterator[tuple[str, str]]:
        """A fault of each field that is longer than anybody writes or the gateway keeps."""
        for name, text in self.fields:
            if len(clean(text)) > LONGEST:
                yield name, f"the text is longer than {LONGEST:,} characters: shorten it"

    def file(self, name: str) -> tuple[str, bytes] | None:
        """The name and bytes of an uploaded file, or ``None``."""
        return next(((called, content) for key, called, content in self.files if key == name), None)


def boxes(name: str, day: date | None) -> dict[str, str]:
    """A day as `Posted.day` reads it: what stands in the three boxes of a form; nothing, for no day."""
    if day is None:
        return {}
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def clean(text: str) -> str:
    """Text that a database keeps: no NUL, no half characters, lines ended alike, no blanks around it."""
    kept = text.replace("\0", "").encode("utf-8", "ignore").decode()
    return kept.replace("\r\n", "\n").strip()
