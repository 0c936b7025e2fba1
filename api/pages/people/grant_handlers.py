"""Who may open a restricted case: listed, let in, and let in no longer."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Final

from fastapi import APIRouter, Response

from api.access.reach import person_in_reach
from api.pages.attempts import Field
from api.pages.frame import ROLE_WORDS
from api.pages.page_door import PageDoor
from api.pages.people.deed import PersonForm, Sent, box, choice, done, person_named, shown
from api.pages.people.grant_views import GrantsPage, grants_page
from api.pages.people.restriction_handlers import GrantingDoor, last_day, until_box
from api.pages.people.views import identity_of
from api.pages.search.views import name_of
from api.rest.values import IdInPath
from gateway.accounts.addresses import account_at
from gateway.accounts.case_access import grant_account
from gateway.accounts.finding import account_names, team
from gateway.local_day import local_day, start_of
from gateway.people.access import may_open
from gateway.people.clusters import cluster
from gateway.people.grants import grants_of
from gateway.people.person_file import person_file
from gateway.people.restrict import GrantOver, NotRestricted, revoke_access
from gateway.people.tables import GrantRow
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

FIELDS: Final = {"holder": Field("holder", "this"), "until": Field("until-day", "the day")}

WORDS: Final[Mapping[type[Conflict], str]] = {
    NotRestricted: "It is not restricted: everybody in the gateway team may open it",
    GrantOver: "They may not open it any more: somebody was first, or the day is over",
}


@router.get("/people/{person_id}/grants")
def show_grants(person_id: IdInPath, door: GrantingDoor) -> Response:
    """Everybody who may or could open it, the newest first; recorded."""

    def question(work: Work) -> GrantsPage:
        person_in_reach(work, door.visitor, person_id)
        by = door.visitor.actor
        file = person_file(work, person_id, by=by, at=door.at)
        grants = grants_of(person_id, by=by, at=door.at, work=work)
        holders = account_names(work, [each.holder for each in grants]) if grants else {}
        return grants_page(file, name_of(identity_of(file.root.row)), grants, holders, door.at)

    view = door.looks(question)
    return door.show(
        "people/grants.html",
        title="Who may open this case",
        view=view,
        back=view.href,
        exit_this_page=True,
    )


@router.get("/people/{person_id}/grants/new")
def ask_grant(person_id: IdInPath, door: GrantingDoor) -> Response:
    """Who, until when and why."""
    return _granting(door, person_id, {})


@router.post("/people/{person_id}/grants/new")
def grant(person_id: IdInPath, door: GrantingDoor) -> Response:
    """Only who may open it lets others, one restricted id at a time."""

    def deed(work: Work) -> str:
        person_in_reach(work, door.visitor, person_id)
        sent = Sent(door.form)
        holder = _holder(work, door, sent)
        last, why = last_day(sent, local_day(door.at)), sent.words("why", "say why they must open it")
        sent.refuse()
        until = start_of(last + timedelta(days=1))
        by, at = door.visitor.actor, door.at
        grant_account(person_id, holder, until=until, why=why, by=by, at=at, work=work)
        return f"/people/{person_id}/grants"

    again = partial(_granting, door, person_id)
    return done(door, deed, FIELDS, at="holder", again=again, said="They are let in.", words=WORDS)


@router.get("/people/{person_id}/grants/{grant_id}/revoke")
def ask_revocation(person_id: IdInPath, grant_id: IdInPath, door: GrantingDoor) -> Response:
    """Whose grant it is, and why it is taken back."""
    return _revoking(door, person_id, grant_id, {})


@router.post("/people/{person_id}/grants/{grant_id}/revoke")
def revoke(person_id: IdInPath, grant_id: IdInPath, door: GrantingDoor) -> Response:
    """From now on; whoever takes back their own does not see the case any more."""

    def deed(work: Work) -> str:
        _grant_of(work, door, person_id, grant_id)
        sent = Sent(door.form)
        why = sent.words("why", "say why it is taken back")
        sent.refuse()
        by, at = door.visitor.actor, door.at
        revoke_access(grant_id, why=why, by=by, at=at, work=work)
        return f"/people/{person_id}/grants" if may_open(work, person_id, by, at) else "/search"

    again = partial(_revoking, door, person_id, grant_id)
    return done(door, deed, FIELDS, at="why", again=again, said="The grant is taken back.", words=WORDS)


def _holder(work: Work, door: PageDoor, sent: Sent) -> str:
    """Whose account is meant: one of the team's that was chosen, or any by its address."""
    chosen, address = door.form.one("holder"), door.form.one("email")
    if bool(chosen) == bool(address):
        sent.fault("holder", "choose one of the team, or enter an address: one of the two")
        return ""
    if chosen:
        if chosen not in {each.id for each in team(work)}:
            sent.fault("holder", "choose one of the team: this is no account that may be used")
        return chosen
    found = account_at(work, address)
    if found is None:
        sent.fault("email", "no account has this address")
    return "" if found is None else found.id


def _grant_of(work: Work, door: PageDoor, person_id: str, grant_id: str) -> GrantRow:
    person_in_reach(work, door.visitor, person_id)
    row = work.get(GrantRow, grant_id)
    if row.person_id not in cluster(work, person_id):
        raise NotFound("grant", grant_id)
    return row


def _granting(door: PageDoor, person_id: str, faults: Mapping[str, str]) -> Response:
    def question(work: Work) -> tuple[str, Mapping[str, str]]:
        _, name = person_named(work, door, person_id)
        people = sorted(team(work), key=lambda each: (each.name.casefold(), each.id))
        return name, {each.id: f"{each.name}, {ROLE_WORDS[each.role]}" for each in people}

    name, people = door.looks(question)
    form = PersonForm(
        name=name,
        href=f"/people/{person_id}/grants",
        title="Let somebody open this case",
        boxes=[
            choice(door, "holder", "Somebody of the gateway team", people, look="select"),
            box(
                door,
                "line",
                "email",
                "Or somebody else, by their email address",
                "For example, at the agency that referred them or the provider who houses them",
            ),
            until_box(door, "Until when?"),
            box(door, "text", "why", "Why must they open it?", narrow=3),
        ],
        button="Let them open it",
    )
    return shown(door, form, faults)


def _revoking(door: PageDoor, person_id: str, grant_id: str, faults: Mapping[str, str]) -> Response:
    def question(work: Work) -> tuple[str, str, bool]:
        row = _grant_of(work, door, person_id, grant_id)
        _, name = person_named(work, door, person_id)
        holder = account_names(work, [row.holder]).get(row.holder, row.holder)
        return name, holder, row.holder == door.visitor.account_id

    name, holder, own = door.looks(question)
    form = PersonForm(
        name=name,
        href=f"/people/{person_id}/grants",
        title="Take the grant back",
        lead=(f"{holder} may not open the case from now on.",),
        boxes=[box(door, "text", "why", "Why is it taken back?", narrow=3)],
        button="Take it back",
        warning="This is your own: the case will not be there for you any more." if own else "",
    )
    return shown(door, form, faults)
