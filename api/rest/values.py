"""What stands in requests and answers, each kind once: ids, days, moments, texts, counts."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Final, TypeAlias

from fastapi import Path
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
)

FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
"""Days outside these are mistakes; inside them no sum of days runs out of the calendar."""


def written_out(value: object) -> object:
    """Only as ISO 8601 writes it: a number is no day, though it might be taken for seconds since 1970."""
    if isinstance(value, str) and re.match(r"\d{4}-\d", value):
        return value
    if isinstance(value, date):
        return value
    raise ValueError("is not written as in 2026-03-02")


def _day(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"is not between {FIRST_DAY} and {LAST_DAY}")
    return day


def _moment(moment: datetime) -> datetime:
    if not FIRST_DAY.year < moment.year < LAST_DAY.year:
        raise ValueError(f"is not between {FIRST_DAY.year} and {LAST_DAY.year}")
    return moment.astimezone(UTC)


Day: TypeAlias = Annotated[
    date,
    BeforeValidator(written_out),
    AfterValidator(_day),
    Field(examples=["2026-03-02"], json_schema_extra={"pattern": r"^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"}),
]
Moment: TypeAlias = Annotated[
    AwareDatetime,
    BeforeValidator(written_out),
    AfterValidator(_moment),
    Field(
        examples=["2026-03-04T17:00:00Z"],
        json_schema_extra={
            "pattern": r"^(190[1-9]|19[1-9][0-9]|20[0-9]{2}|21[0-8][0-9]|219[0-8])-[0-9]{2}-[0-9]{2}"
            r"T[0-9]{2}:[0-9]{2}:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-][01][0-9]:[0-5][0-9])$"
        },
    ),
]
"""With its zone in; in UTC out."""

ID_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9-]{0,23}$"
Id: TypeAlias = Annotated[str, StringConstraints(pattern=ID_PATTERN), Field(examples=["R-7K3F92QDXM"])]
IdInPath: TypeAlias = Annotated[str, Path(pattern=ID_PATTERN, examples=["R-7K3F92QDXM"])]
Gss: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[ENSW][0-9]{8}$"), Field(examples=["E08000025"])]
"""The code of an authority (ONS)."""
GssInPath: TypeAlias = Annotated[str, Path(pattern=r"^[ENSW][0-9]{8}$", examples=["E08000025"])]
Code: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
TEXT: Final = r"^[^\x00]*[^\s\x00][^\x00]*$"
"""Something that is no blank, and no NUL, which PostgreSQL cannot keep."""
MAYBE_TEXT: Final = r"^[^\x00]*$"
"""As `TEXT`, or nothing at all."""
Line: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=TEXT)
]
ShortLine: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=TEXT),
    Field(examples=["Room 4"]),
]
Words: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000, pattern=TEXT),
    Field(examples=["Agreed by telephone with the key worker."]),
]
"""A reason, a question, a note: kept sealed."""
Latitude: TypeAlias = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, examples=[52.48])]
Longitude: TypeAlias = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, examples=[-1.9])]
"""In degrees."""
Email: TypeAlias = Annotated[
    str,
    StringConstraints(
        max_length=254,
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
        r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$",
    ),
    Field(examples=["ada.lovelace@example.org"]),
]
"""As browsers have it (HTML Living Standard, 4.10.5.1.5), no longer than mail carries (RFC 5321, 4.5.3.1)."""
Password: TypeAlias = Annotated[
    SecretStr, Field(min_length=1, max_length=128, examples=["purple-otter-lamp"])
]
"""One that somebody signs in with."""
NewPassword: TypeAlias = Annotated[
    SecretStr, Field(min_length=12, max_length=128, examples=["seven-quiet-herons"])
]
"""One that somebody wants; `gateway.accounts.passwords` has the other rules."""
Count: TypeAlias = Annotated[int, Field(ge=0, le=1_000_000)]
Amount: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,2})?$"), Field(examples=["18200.00"])
]
"""A decimal number, 0 or more, to two places: never a float."""
Version: TypeAlias = Annotated[int, Field(ge=1, examples=[1])]


class Asked(BaseModel):
    """What is sent in: nothing but what is named, and each of the kind it says."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """What is answered."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class StayTold(Told):
    """Half-open days: ``until`` is free again; ``null``: no end yet."""

    from_day: date
    until: date | None
