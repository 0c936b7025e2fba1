"""Unit weeks of an agreement year: used and left as bars, and the same figures in tables."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from api.design_system.spoken import spoken_day
from api.report.bars import Bar, bar_picture
from gateway.agreements.ledger import Account, Ledger

Named = Callable[[str | None], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSeen:
    """Allowed, used and left, in unit weeks."""

    whose: str
    allowed: str
    used: str
    left: str
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """An agreement year to look at."""

    text: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerSeen:
    """One agreement year.

    picture
        The bars, as the address of an image that holds it; empty: nothing was agreed that has a limit.
    """

    title: str
    counted: str
    years: Sequence[Year]
    picture: str
    summary: str
    authorities: Sequence[AccountSeen]
    services: Sequence[AccountSeen]
    clauses: Sequence[AccountSeen]


def ledger_seen(
    found: Ledger, years: Sequence[Year], authority: Named, service: Named, clause: Named
) -> LedgerSeen:
    """One agreement year in words and bars; names of authorities, services and clauses are asked for."""
    by_authority = [_account(each, authority(each.authority_id)) for each in found.by_authority()]
    clauses = [_account(each, clause(each.clause)) for each in found.clauses]
    limited = [*found.by_authority(), *found.clauses]
    bars = tuple(
        _bar(each, seen.whose)
        for each, seen in zip(limited, [*by_authority, *clauses], strict=True)
        if each.allowed_days is not None
    )
    over = sum(bar.used > bar.most for bar in bars)
    summary = f"Bars: unit weeks used of those allowed, {len(bars)} in all, {over} of them over. "
    return LedgerSeen(
        title=f"Unit weeks from {spoken_day(found.year.from_day)} to {last_day(found.year.until)}",
        counted=f"Counted to the end of {last_day(found.counted_to)}.",
        years=years,
        picture=picture(bars, summary) if bars else "",
        summary=f"{summary}The table below has the same figures.",
        authorities=by_authority,
        services=[
            _account(each, f"{service(each.service_id)}: {authority(each.authority_id)}")
            for each in found.accounts
        ],
        clauses=clauses,
    )


@lru_cache(maxsize=200)
def picture(bars: tuple[Bar, ...], summary: str) -> str:
    """Bars as the address of an image that holds them: pages may hold no drawing with styles of its own."""
    return "data:image/svg+xml;base64," + b64encode(bar_picture(bars, summary).encode()).decode()


def last_day(until: date | None) -> str:
    """The day before the one that is free again."""
    return "no end" if until is None else spoken_day(until - timedelta(days=1))


def _account(account: Account, whose: str) -> AccountSeen:
    left = account.left
    over = left is not None and left < 0
    return AccountSeen(
        whose=whose,
        allowed="No number agreed" if account.allowed is None else f"{account.allowed:,.2f}",
        used=f"{account.used:,.2f}",
        left="" if left is None else f"{-left:,.2f} over" if over else f"{left:,.2f}",
        over=over,
    )


def _bar(account: Account, whose: str) -> Bar:
    allowed = account.allowed_days or 0
    figures = f"{account.used:,.0f} of {account.allowed or 0:,.0f}"
    return Bar(words=(whose,), figures=figures, used=account.used_days, most=int(allowed))
