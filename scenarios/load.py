"""People at the doors, simulated: officers and providers who look, think and act, each by themselves.

They know the doors by their addresses alone, as anybody does, and keep what they were answered and how long
it took. Each sends what it changes under an idempotency key, so that a request whose answer was lost can be
sent again: nothing is done twice.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Final

import httpx2

REFUSED: Final = frozenset({404, 409, 412, 422})
"""What a rule of the gateway answers: somebody else was first, a clause forbids it. It is no fault."""

AGAIN: Final = 40
"""How often a request that met no process, or lost its answer, is sent again, a tenth of a second apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request: what it was, how it was answered, and after how many seconds."""

    kind: str
    status: int
    seconds: float


@dataclass(slots=True, kw_only=True)
class Account:
    """What all the visits came to.

    offers
        Ids of the offers that were made, as they were answered.
    lost
        Requests that were never answered though they were sent again and again.
    """

    visits: list[Visit] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    resent: int = 0

    def kinds(self) -> Mapping[str, Sequence[Visit]]:
        """The visits by what they were."""
        found: dict[str, list[Visit]] = defaultdict(list)
        for visit in self.visits:
            found[visit.kind].append(visit)
        return found

    def faults(self) -> Sequence[Visit]:
        """Visits that were answered neither as they should be nor by a rule of the gateway."""
        return [each for each in self.visits if each.status >= 300 and each.status not in REFUSED]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many come for how long, and how long they think between two requests, in seconds.

    addresses
        Of the processes that answer; whoever meets none tries the next, as a proxy would.
    """

    addresses: Sequence[str]
    officers: Sequence[str]
    providers: Sequence[str]
    seconds: float
    thinking: tuple[float, float]
    today: date


def simulate(plan: Plan, *, seed: int) -> Account:
    """Let them all come, until the time is over."""
    return asyncio.run(_simulate(plan, seed))


async def _simulate(plan: Plan, seed: int) -> Account:
    account = Account()
    until = time.monotonic() + plan.seconds
    people = [
        *(_Officer(plan, token, account, Random(f"{seed}/o/{n}")) for n, token in enumerate(plan.officers)),
        *(_Provider(plan, token, account, Random(f"{seed}/p/{n}")) for n, token in enumerate(plan.providers)),
    ]
    await asyncio.gather(*(each.come(until) for each in people))
    return account


class _Somebody:
    """Comes, and does one thing after another until the time is over."""

    def __init__(self, plan: Plan, token: str, account: Account, random: Random) -> None:
        self.plan, self.account, self.random = plan, account, random
        self.headers = {"Authorization": f"Bearer {token}"}
        self.at = random.randrange(len(plan.addresses))
        self.sent = 0

    async def come(self, until: float) -> None:
        async with httpx2.AsyncClient(headers=self.headers, timeout=30) as self.client:
            await asyncio.sleep(self.random.uniform(0, self.plan.thinking[1]))
            while time.monotonic() < until:
                await self.act()
                await asyncio.sleep(self.random.uniform(*self.plan.thinking))

    async def act(self) -> None:
        raise AssertionError("every kind of person acts in its own way")

    async def ask(self, kind: str, method: str, path: str, **what: Any) -> Any:  # noqa: ANN401  whatever JSON is
        """Ask once, or again where nobody answered; what was told, or nothing."""
        self.sent += 1
        key = {"Idempotency-Key": f"{id(self)}-{self.sent}"} if method == "POST" else {}
        headers = {**key, **what.pop("headers", {})}
        started = time.monotonic()
        for _ in range(AGAIN):
            try:
                address = self.plan.addresses[self.at]
                answer = await self.client.request(method, f"{address}/api/v1{path}", headers=headers, **what)
            except httpx2.TransportError:
                self.account.resent += 1
                self.at = (self.at + 1) % len(self.plan.addresses)
                await asyncio.sleep(0.1)
                continue
            seconds = time.monotonic() - started
            self.account.visits.append(Visit(kind=kind, status=answer.status_code, seconds=seconds))
            return answer.json() if answer.status_code < 300 and answer.content else None
        self.account.lost.append(f"{kind}: {method} {path}")
        return None


class _Officer(_Somebody):
    """Looks at the list, opens a case, looks for a place, offers it, and now and then withdraws an offer."""

    def __init__(self, *given: Any) -> None:  # noqa: ANN401  as above
        super().__init__(*given)
        self.waiting: list[str] = []
        self.free: list[Mapping[str, Any]] = []
        self.made: list[Mapping[str, Any]] = []

    async def act(self) -> None:
        deed = self.random.choices(
            (self.list, self.case, self.vacancies, self.offer, self.withdraw), weights=(25, 30, 25, 12, 8)
        )[0]
        await deed()

    async def list(self) -> None:
        size = self.random.choice((25, 50))
        band = self.random.randint(1, 5)
        told = await self.ask("triage list", "GET", f"/triage?status=waiting&band={band}&size={size}")
        self.waiting = [each["id"] for each in (told or {}).get("items", ())] or self.waiting

    async def case(self) -> None:
        if not self.waiting:
            return await self.list()
        await self.ask("case file", "GET", f"/referrals/{self.random.choice(self.waiting)}")
        return None

    async def vacancies(self) -> None:
        tier = self.random.choice(("hub", "local", "floating"))
        first = self.plan.today.isoformat()
        path = f"/vacancies?from_day={first}&days=28&free=throughout&tier={tier}&size=50"
        told = await self.ask("vacancy search", "GET", path)
        self.free = list((told or {}).get("items", ())) or self.free

    async def offer(self) -> None:
        if not self.waiting or not self.free:
            return await (self.list() if not self.waiting else self.vacancies())
        unit = self.random.choice(self.free)
        answer_by = f"{self.plan.today + timedelta(days=5)}T17:00:00Z"
        body = {
            "referral_id": self.random.choice(self.waiting),
            "unit_ids": [unit["id"]],
            "from_day": self.plan.today.isoformat(),
            "answer_by": answer_by,
        }
        told = await self.ask("offer", "POST", "/offers", json=body)
        if told is not None:
            self.account.offers.append(told["id"])
            self.made.append(told)
        return None

    async def withdraw(self) -> None:
        if not self.made:
            return await self.list()
        offer = self.made.pop()
        seen = {"If-Match": f'"{offer["version"]}"'}
        await self.ask(
            "withdrawal", "POST", f"/offers/{offer['id']}/withdraw", json={"why": "Measured."}, headers=seen
        )
        return None


class _Provider(_Somebody):
    """Looks at the offers to answer and at its units, and confirms a service."""

    def __init__(self, *given: Any) -> None:  # noqa: ANN401  as above
        super().__init__(*given)
        self.services: list[str] = []

    async def act(self) -> None:
        deed = self.random.choices((self.offers, self.units, self.confirm), weights=(40, 45, 15))[0]
        await deed()

    async def offers(self) -> None:
        await self.ask("offers to answer", "GET", "/offers/to-answer?size=50")

    async def units(self) -> None:
        first = self.plan.today.isoformat()
        told = await self.ask("own units", "GET", f"/vacancies?from_day={first}&days=1&size=100")
        units = (told or {}).get("items", ())
        self.services = sorted({each["service"]["id"] for each in units}) or self.services

    async def confirm(self) -> None:
        if not self.services:
            return await self.units()
        await self.ask(
            "confirmation", "POST", f"/services/{self.random.choice(self.services)}/confirm", json={}
        )
        return None
