"""How often somebody may ask: by address, by account, and seldom where who they are is still to be proved."""

from collections.abc import Callable, Sequence
from math import ceil
from time import time
from typing import Final

from limits import RateLimitItem, parse_many
from limits.aio.storage import Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.storage import storage_from_string
from starlette.types import ASGIApp, Receive, Scope, Send

from api.guards.how_often import Rates
from api.guards.machine_paths import PROBES, RECEIPTS
from api.guards.proxies import neighbourhood
from api.problems import TooMany, problem_of
from api.watching.logs import logger

LOG: Final = logger("gateway.rates")


class Counting:
    """Counts requests, and says when there were too many.

    Raises
    ------
    ValueError
        If a rate cannot be read, or nobody knows such a store.
    """

    def __init__(self, rates: Rates) -> None:
        storage = storage_from_string(rates.store, wrap_exceptions=True)
        if not isinstance(storage, Storage):
            raise ValueError(f"{rates.store.partition(':')[0]} is no store that can be waited for: async+…")  # noqa: TRY004  the text is wrong, not its type
        self.limiter = FixedWindowRateLimiter(storage)
        self.address, self.account = parse_many(rates.address), parse_many(rates.account)
        self.sign_in = parse_many(rates.sign_in)

    async def of_address(self, address: str | None) -> None:
        """Count a request from an address.

        Raises
        ------
        TooMany
            If there were too many.
        """
        await self._count(self.address, "address", neighbourhood(address))

    async def of_stranger(self, address: str | None) -> None:
        """Count an attempt to come in; as `of_address`."""
        await self._count(self.sign_in, "sign-in", neighbourhood(address))

    async def of_account(self, account_id: str) -> None:
        """Count a request of an account; as `of_address`."""
        await self._count(self.account, "account", account_id)

    async def _count(self, items: Sequence[RateLimitItem], kind: str, who: str) -> None:
        waits = []
        for item in items:
            try:
                if not await self.limiter.hit(item, kind, who):
                    stats = await self.limiter.get_window_stats(item, kind, who)
                    waits.append(max(1, ceil(stats.reset_time - time())))
            except Exception as error:
                LOG.exception("rates are not counted", fault=type(error).__name__)
        if waits:
            raise TooMany(max(waits))


class RateLimits:
    """Refuses an address from which too much comes (429)."""

    def __init__(
        self, app: ASGIApp, counting: Counting, changes_by_strangers: Callable[[Scope], bool]
    ) -> None:
        self.app, self.counting, self.changes_by_strangers = app, counting, changes_by_strangers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the request and pass it on."""
        address = scope["client"][0] if scope.get("client") else None
        try:
            if scope["path"] not in PROBES:
                await self.counting.of_address(address)
            if scope["path"] != RECEIPTS and self.changes_by_strangers(scope):
                await self.counting.of_stranger(address)
        except TooMany as refusal:
            await problem_of(refusal)(scope, receive, send)
            return
        await self.app(scope, receive, send)
