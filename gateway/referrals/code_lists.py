"""The codes a referral may hold: client groups, needs, risks, access needs, accommodation, relations.

They stand in ``code_lists.csv``, each with its source: the client groups are Supporting People's 21 (and one
that a lot of the Birmingham Gateway needs), the needs are those of the ministry's H-CLIC return. No source
gives a list of risks or of access needs: those are ours.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

_SHOWABLE = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCode:
    """One code of a list.

    published_code
        Its number in the published list, if it has one (Supporting People's client groups).
    """

    code: str
    title: str
    published_code: str | None
    source: str


CodeList = Mapping[str, ListedCode]
"""Codes in the order of the list."""


@cache
def code_lists() -> Mapping[str, CodeList]:
    """Every list by its name: client_group, need, risk, access_need, accommodation, relation."""
    text = (resources.files("gateway.referrals") / "code_lists.csv").read_text(encoding="utf-8")
    lists: dict[str, dict[str, ListedCode]] = {}
    for row in csv.DictReader(text.splitlines()):
        listed = ListedCode(
            code=row["code"],
            title=row["title"],
            published_code=row["published_code"] or None,
            source=row["source"],
        )
        lists.setdefault(row["list"], {})[listed.code] = listed
    return MappingProxyType({name: MappingProxyType(codes) for name, codes in lists.items()})


def code_problem(list_name: str, code: str) -> str | None:
    """What is wrong with a code, repeating nothing longer than a code; ``None`` if the list has it."""
    if code in code_lists()[list_name]:
        return None
    told = f"'{code}'" if _SHOWABLE.fullmatch(code) else f"this text of {len(code)} characters"
    return f"{told} is not in the list of codes for {list_name.replace('_', ' ')}"
