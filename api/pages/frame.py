"""What every page shows around its own: where one can go, who is signed in, what was just done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_urlsafe
from types import MappingProxyType

from api.access.permissions import Permission
from api.access.visitor import Visitor
from gateway.records.actor import Role

ROLE_WORDS: Mapping[Role, str] = MappingProxyType(
    {
        Role.REFERRER: "referrer",
        Role.OFFICER: "gateway officer",
        Role.DUTY_MANAGER: "duty manager",
        Role.PROVIDER: "provider",
        Role.COMMISSIONER: "commissioner",
        Role.AUDITOR: "auditor",
        Role.ADMINISTRATOR: "administrator",
    }
)


@dataclass(frozen=True, slots=True)
class Way:
    """A place in the navigation, for whoever has the permission and one of the roles.

    at_start
        Roles for whom the navigation has no room for it, so that it stands on the start page: it is kept to
        one line on a desk.
    """

    text: str
    href: str
    permission: Permission
    roles: frozenset[Role] | None = None
    at_start: frozenset[Role] = frozenset()


LOOKS_AFTER = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.DUTY_MANAGER, Role.COMMISSIONER})
"""Who looks after what the work stands on: agreements, schemes."""

SELDOM = frozenset({Role.DUTY_MANAGER})
"""Who does so beside the work of every day."""

WAYS: Sequence[Way] = (
    Way("Triage", "/triage", Permission.TRIAGE),
    Way("My vacancies", "/my-vacancies", Permission.KEEP_VACANCIES, frozenset({Role.PROVIDER})),
    Way("Offers", "/my-offers", Permission.ANSWER_OFFERS, frozenset({Role.PROVIDER})),
    Way("Residents", "/my-residents", Permission.READ_PLACEMENTS, frozenset({Role.PROVIDER})),
    Way("Requests", "/my-requests", Permission.ANSWER_REDESIGNATIONS, frozenset({Role.PROVIDER})),
    Way("Emergencies", "/emergencies", Permission.READ_EMERGENCIES),
    Way("Search", "/search", Permission.READ_REFERRALS),
    Way("Runs", "/runs", Permission.READ_RUNS),
    Way("Offers", "/offers", Permission.MAKE_OFFERS),
    Way("My referrals", "/my-referrals", Permission.ENTER_REFERRALS, frozenset({Role.REFERRER})),
    Way(
        "Refer for an agency",
        "/my-referrals",
        Permission.ENTER_REFERRALS,
        frozenset({Role.OFFICER, Role.DUTY_MANAGER}),
    ),
    Way("Accounts", "/accounts", Permission.MANAGE_ACCOUNTS),
    Way("Messages", "/messages", Permission.KEEP_MESSAGES),
    Way("Events", "/events", Permission.READ_EVENTS),
    Way("Figures", "/figures", Permission.READ_FIGURES),
    Way("Agreements", "/agreements", Permission.READ_AGREEMENTS, LOOKS_AFTER, SELDOM),
    Way("Schemes", "/schemes", Permission.READ_SCHEMES, LOOKS_AFTER, SELDOM),
    Way("Codes", "/code-lists", Permission.READ_DIRECTORY, frozenset({Role.ADMINISTRATOR, Role.AUDITOR})),
    Way("Your account", "/account", Permission.OWN_ACCOUNT),
)
"""Where one can go, in this order; a test holds that each leads somewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the layout shows.

    navigation
        As GOV.UK's service navigation takes it.
    who
        The role of whoever is signed in; nothing: nobody is.
    csrf
        What a form sends back.
    said
        What was just done, in a sentence.
    once
        By what a form is known again (`api.pages.page_door.PageDoor.does_once`).
    seen
        The version that a form was filled in for which is shown again because something was wrong with it:
        whatever was changed meanwhile was not seen yet.
    """

    navigation: Sequence[Mapping[str, object]]
    who: str
    csrf: str
    said: str
    once: str = field(default_factory=lambda: token_urlsafe(12))
    seen: str = ""


def frame_for(visitor: Visitor | None, path: str, *, csrf: str, said: str = "") -> Frame:
    """The frame of a page at this path for somebody, or for nobody in particular."""
    ways = [] if visitor is None else [way for way in ways_of(visitor) if visitor.role not in way.at_start]
    return Frame(
        navigation=[
            {"text": way.text, "href": way.href, "current": _within(path, way.href), "active": False}
            for way in ways
        ],
        who="" if visitor is None else ROLE_WORDS[visitor.role],
        csrf=csrf,
        said=said,
    )


def ways_of(visitor: Visitor) -> list[Way]:
    """Everywhere somebody can go, in the navigation or from the start page."""
    return [way for way in WAYS if _open_to(way, visitor)]


def _open_to(way: Way, visitor: Visitor) -> bool:
    return visitor.may(way.permission) and (way.roles is None or visitor.role in way.roles)


def _within(path: str, href: str) -> bool:
    return path == href or path.startswith(f"{href}/")
