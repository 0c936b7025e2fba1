"""Days, moments and codes as people read them; the clock on the wall is London's."""

from datetime import date, datetime

from gateway.stay import LONDON


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


def spoken_code(code: str | None, *, unknown: str = "not known") -> str:
    """``Risk not manageable`` for ``risk_not_manageable``."""
    if code is None:
        return unknown
    words = code.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def counted(number: int, one: str, many: str | None = None) -> str:
    """``1 unit``, ``1,200 units``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
