"""Days, moments and codes as people read them; the clock on the wall is London's."""

import re
from datetime import date, datetime
from typing import Final

from gateway.stay import LONDON

BROWSERS: Final = (
    *(("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet")),
    *(("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome")),
    ("Safari/", "Safari"),
)
"""What tells a browser, those first that also say that they are one of the others."""

SYSTEMS: Final = (
    *(("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("CrOS", "ChromeOS"), ("Macintosh", "a Mac"), ("Linux", "Linux")),
)
"""What tells the machine, in the same order."""

_WHEN: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}(?P<clock>T\d{2}:\d{2}(:\d{2}(\.\d+)?)?\+\d{2}:\d{2})?\b")


def spoken_day(day: date | None, *, unknown: str = "not known") -> str:
    """``3 March 2026``."""
    return unknown if day is None else f"{day.day} {day:%B %Y}"


def spoken_moment(moment: datetime | None, *, unknown: str = "not known") -> str:
    """``3 March 2026, 2:05pm``, in London (style of the GOV.UK content guide: times)."""
    if moment is None:
        return unknown
    there = moment.astimezone(LONDON)
    hour = there.hour % 12 or 12
    minutes = f":{there:%M}" if there.minute else ""
    return f"{spoken_day(there.date())}, {hour}{minutes}{'am' if there.hour < 12 else 'pm'}"


def days_spoken(sentence: str) -> str:
    """A sentence with its days and moments as people read them."""

    def spoken(found: re.Match[str]) -> str:
        try:
            if found["clock"]:
                return spoken_moment(datetime.fromisoformat(found.group()))
            return spoken_day(date.fromisoformat(found.group()))
        except ValueError:
            return found.group()

    return _WHEN.sub(spoken, sentence)


def spoken_code(code: str | None, *, unknown: str = "not known") -> str:
    """``Risk not manageable`` for ``risk_not_manageable``."""
    if code is None:
        return unknown
    words = code.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def spoken_browser(agent: str | None) -> str:
    """``Chrome on Windows`` for what a browser says of itself; that itself, if none is known."""
    if not agent:
        return "Unknown browser"
    name = next((name for mark, name in BROWSERS if mark in agent), None)
    system = next((name for mark, name in SYSTEMS if mark in agent), None)
    return agent if name is None or system is None else f"{name} on {system}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """``1 unit``, ``1,200 units``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
