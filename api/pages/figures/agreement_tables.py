"""Unit weeks and quotas of agreements as tables."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from api.design_system.spoken import spoken_day
from api.pages.figures.tables import NOTHING, FigureTable, Line, Named
from api.rest.figures_told import AccountTold, AgreementTold
from gateway.agreements.limit_words import numbered, where, whom
from gateway.agreements.remaining import Remaining


def agreement_tables(
    found: Sequence[AgreementTold], quotas: Sequence[Remaining], authority: Named, services: Mapping[str, str]
) -> Sequence[FigureTable]:
    """Unit weeks of each agreement year, together and by authority, and how full each quota is today."""
    names = {each.id: each.name for each in found}
    counted = spoken_day(found[0].counted_to - timedelta(days=1)) if found else ""
    words = "Of each agreement year, from its ledger, exactly" + (f", up to {counted}." if counted else ".")
    return (
        FigureTable(
            key="together",
            title="Unit weeks of each agreement",
            words=words,
            columns=("Agreement", "Year began", *_WEEKS),
            lines=tuple(_together(each) for each in found),
            shown=(2, 1),
        ),
        FigureTable(
            key="by-authority",
            title="Unit weeks by authority",
            words=words,
            columns=("Agreement and authority", *_WEEKS),
            lines=tuple(
                Line(f"{each.name}: {_whose(account, authority)}", _weeks(account))
                for each in found
                for account in each.accounts
            ),
            shown=(1, 0),
        ),
        FigureTable(
            key="quotas",
            title="Quotas today",
            words="Units that count in each quota today or later, lived in or offered, of those allowed.",
            columns=("Quota", "Allowed", "Standing", "Left", "Because"),
            lines=tuple(_quota(each, names, authority, services) for each in quotas),
            shown=(1, 0),
        ),
    )


_WEEKS = ("Bought or allowed", "Used", "Left")


def _together(each: AgreementTold) -> Line:
    return Line(each.name, (spoken_day(each.from_day), *_weeks(each.together)))


def _whose(account: AccountTold, authority: Named) -> str:
    return "authority not known" if account.authority is None else authority(account.authority)


def _weeks(account: AccountTold) -> tuple[Decimal | str, Decimal, Decimal | str]:
    allowed = "no number agreed" if account.allowed_weeks is None else account.allowed_weeks
    return allowed, account.used_weeks, NOTHING if account.left_weeks is None else account.left_weeks


def _quota(each: Remaining, names: Mapping[str, str], authority: Named, services: Mapping[str, str]) -> Line:
    def spoken(text: str) -> str:
        return _IDS.sub(lambda found: services.get(found.group()) or authority(found.group()), text)

    limit, most = each.limit, each.limit.quota.max_units
    return Line(
        f"{names[limit.agreement_id]}: {spoken(f'{whom(limit.quota)} {where(limit.quota)}')}",
        (
            "any number" if most is None else most,
            each.standing,
            NOTHING if each.left is None else each.left,
            spoken(f"{limit.because} ({numbered(limit.clause)})"),
        ),
    )


_IDS = re.compile(r"\b(S-[A-Za-z0-9-]+|[ENSW]\d{8})\b")
"""Ids of services and of authorities in the words of a clause."""
