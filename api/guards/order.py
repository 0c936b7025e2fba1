"""In which order the guards stand, from the outside in."""

from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Receive, Scope, Send

from api.guards.crowds import Crowds
from api.guards.headers import SecurityHeaders
from api.guards.hosts import Hosts, hosts_of
from api.guards.how_often import Rates
from api.guards.patience import WITHIN, Patience
from api.guards.plain_refusals import PlainRefusals
from api.guards.proxies import Network, Proxies
from api.guards.rates import Counting, RateLimits
from api.guards.readable import Readable
from api.guards.recording import Recording
from api.guards.route_templates import Templates
from api.guards.told_to_people import Page, ToldToPeople
from api.watching.meters import Meters
from api.watching.traces import Tracer


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """What the guards are told.

    hosts
        Names besides those of the origins under which the gateway answers.
    trusted_proxies
        Whose word is taken for the address and scheme of whoever asks, and for a request's id.
    most_at_once
        Requests in hand.
    body_within
        Seconds a body may take to come.
    """

    hosts: frozenset[str] = frozenset()
    trusted_proxies: tuple[Network, ...] = ()
    most_at_once: int = 400
    body_within: float = WITHIN
    rates: Rates = field(default_factory=Rates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchers:
    """What requests are counted and told with."""

    templates: Templates
    meters: Meters
    tracer: Tracer
    counting: Counting


def guarded(
    app: ASGIApp,
    guards: Guards,
    watchers: Watchers,
    *,
    origins: Callable[[], frozenset[str]],
    changes_by_strangers: Callable[[Scope], bool],
    page: Page,
) -> ASGIApp:
    """An application behind its guards.

    What comes first is what the later ones need (who is at the other end), what must tell of all the others
    (the record, the headers), and then what costs least to find out.

    Parameters
    ----------
    page
        What whoever is at a browser is shown for a status and a sentence.
    """
    inner: ASGIApp = Patience(app, guards.body_within)
    inner = RateLimits(inner, watchers.counting, changes_by_strangers)
    inner = Readable(inner)
    inner = Hosts(inner, lambda: hosts_of(origins()) | guards.hosts)
    inner = Crowds(inner, guards.most_at_once)
    inner = PlainRefusals(inner)
    inner = ToldToPeople(inner, page)
    inner = SecurityHeaders(inner, https=lambda: any(each.startswith("https:") for each in origins()))
    inner = Recording(inner, templates=watchers.templates, meters=watchers.meters, tracer=watchers.tracer)
    return _HttpOnly(app, Proxies(inner, guards.trusted_proxies))


class _HttpOnly:
    """The guards know HTTP; the beginning and the end of a process pass them by."""

    def __init__(self, app: ASGIApp, behind_guards: ASGIApp) -> None:
        self.app, self.behind_guards = app, behind_guards

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self.behind_guards if scope["type"] == "http" else self.app)(scope, receive, send)
