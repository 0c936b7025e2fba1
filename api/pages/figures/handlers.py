"""Figures looked at, and fetched as files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Response

from api.access.permissions import Permission
from api.design_system.spoken import spoken_moment
from api.pages.downloads import CSV, XLSX, download
from api.pages.figures.asking import Asked, Months, months_asked
from api.pages.figures.counting import Counted, Question, count
from api.pages.figures.files import as_csv, as_workbook
from api.pages.figures.keeping import kept
from api.pages.figures.topics import TITLES, Topic
from api.pages.figures.views import how_told, overview, period_of, topic_seen
from api.pages.page_door import PageDoor, sees
from api.rest.figures import Asked as RestAsked
from api.rest.figures import scope_in_reach
from gateway.directory.naming import authorities_named
from gateway.local_day import local_day
from gateway.refusals import Invalid, NotFound

router = APIRouter(include_in_schema=False)

FiguresDoor = Annotated[PageDoor, sees(Permission.READ_FIGURES)]
AskedFor: TypeAlias = Annotated[Asked, Depends()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was asked for, and what was counted."""

    months: Months
    names: Mapping[str, str]
    counted: Counted


@router.get("/figures")
def show_overview(door: FiguresDoor) -> Response:
    """What figures there are."""
    return door.show("figures/overview.html", title="Figures", view=overview())


@router.get("/figures/{topic}")
def show_topic(topic: str, asked: AskedFor, door: FiguresDoor) -> Response:
    """Pictures and tables of one topic, of some months."""
    chosen, today = _topic(topic), local_day(door.at)
    months = months_asked(asked, today)
    faults = months.faults(today)
    own = door.visitor.authority_id
    if faults:
        names, counted = door.read(authorities_named), None
    else:
        found = _found(door, chosen, asked, months)
        names, counted = found.names, found.counted
    view = topic_seen(
        chosen,
        months,
        counted,
        names=names,
        own=own,
        today=today,
        after=asked.after,
        chosen=asked.is_chosen,
    )
    return door.show("figures/topic.html", title=view.title, view=view, faults=faults, back="/figures")


@router.get("/figures/{topic}/{file}")
def fetch_file(topic: str, file: str, asked: AskedFor, door: FiguresDoor) -> Response:
    """One table as CSV or Excel, or all of a topic as Excel: the numbers of the page and no others."""
    chosen, today = _topic(topic), local_day(door.at)
    months = months_asked(asked, today)
    faults = months.faults(today)
    if faults:
        raise Invalid(list(faults.items()))
    found = _found(door, chosen, asked, months)
    key, _, kind = file.rpartition(".")
    tables = [each for each in found.counted.tables if key in (each.key, "all")]
    if not tables or kind not in ("csv", "xlsx") or (kind == "csv" and key == "all"):
        raise NotFound("file", file)
    name = f"{chosen}-{key}-{months.first:%Y-%m}-to-{months.last:%Y-%m}.{kind}"
    if kind == "csv":
        return download(as_csv(tables[0]), CSV, name)
    about = [
        ("Figures", TITLES[chosen][0]),
        ("Of", period_of(months, found.names)),
        ("Counted", spoken_moment(found.counted.at)),
        ("How exact", how_told(chosen)),
        *((each.title, each.words) for each in tables),
    ]
    return download(as_workbook(about, tables), XLSX, name)


def _topic(name: str) -> Topic:
    try:
        return Topic(name)
    except ValueError:
        raise NotFound("page of figures", name) from None


def _found(door: PageDoor, topic: Topic, asked: Asked, months: Months) -> Found:
    """What the visitor may see of these months: counted now, or not long ago."""
    wanted = RestAsked(months.first, months.until, months.authority)
    visitor = door.visitor
    with door.store.reading() as work:
        scope = scope_in_reach(work, visitor, wanted, local_day(door.at))
        names = authorities_named(work)
    question = Question(topic=topic, scope=scope, visitor=visitor, after=asked.after)
    key = (topic, scope, asked.after, visitor.role, visitor.authority_id)

    def made() -> Counted:
        return door.read(lambda work: count(work, question, door.at))

    return Found(months=months, names=names, counted=kept(door.store.engine, key, door.at, made))
