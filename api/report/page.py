"""The briefing as one self-contained page: no program, nothing loaded, everything escaped."""

import re
from collections.abc import Sequence
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from api.design_system.spoken import counted
from api.report.bars import Bar, bar_picture
from api.report.briefing import Briefing
from api.report.flow_picture import BOX, WIDTH, FlowPicture
from api.report.flows import Flows
from api.report.limits import Filled, of_most
from api.report.places import Band
from gateway.agreements.limit_words import listed

CASES_SHOWN: Final = 12
"""People without a place who are told of first; all of them stand at the end of the page."""

_ID: Final = re.compile(r"\([\w-]{1,12}\)")


def page(briefing: Briefing) -> str:
    """The page as HTML text; the same briefing gives the same page, byte for byte."""
    environment = _environment()
    css = Markup(environment.get_template("emergency.css").render())  # noqa: S704  our own file, no values in it
    return environment.get_template("emergency.html").render(
        b=briefing,
        css=css,
        cases_shown=CASES_SHOWN,
        places=briefing.places,
        without=briefing.without,
        unscored=briefing.unscored,
        moves=briefing.moves,
        limits=briefing.limits,
        flows=briefing.flows,
        comparison=briefing.comparison,
        proof=briefing.proof,
        bands_picture=_bands(briefing.places.bands),
        quotas_picture=_quotas(briefing.limits.shown),
        flows_picture=_flows(environment, briefing.flows),
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("api.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "n": "{:,}".format,
        "count_of": counted,
        "of_most": of_most,
        "keep_ids": _keep_ids,
    }
    return environment


def _keep_ids(text: str) -> Markup:
    """The text with short ids in brackets, such as (S-02), kept on one line."""
    return Markup(_ID.sub(r'<span class="keep">\g<0></span>', str(escape(text))))  # noqa: S704  escaped just before


def _bands(bands: Sequence[Band]) -> Markup:
    bars = [
        Bar(
            words=(f"{each.name}: {each.words}" if each.words else each.name,),
            figures=f"{each.placed:,} of {each.people:,}",
            used=each.placed,
            most=each.people,
        )
        for each in bands
    ]
    told = listed((f"{each.name} {each.placed:,} of {each.people:,}" for each in bands), "and")
    return bar_picture(bars, f"Bars: people with a place, of those who need one. {told}.")


def _quotas(quotas: Sequence[Filled]) -> Markup:
    bars = [
        Bar(
            words=tuple(each.words.split(": ", 1)),
            figures=f"{each.used:,} of {each.most:,}",
            used=each.used,
            most=each.most,
        )
        for each in quotas
    ]
    full = sum(each.full for each in quotas)
    return bar_picture(bars, f"Bars: units used of each quota. {full} of these {len(quotas)} are full.")


def _flows(environment: Environment, flows: Flows) -> Markup:
    drawn = environment.get_template("flow.svg").render(
        picture=FlowPicture.of(flows), width=WIDTH, box_width=BOX, summary=_flow_summary(flows)
    )
    return Markup(drawn)  # noqa: S704  rendered by the same environment, which escapes


def _flow_summary(flows: Flows) -> str:
    tiers = listed((f"{flows.of_tier(each):,} {each.lower()}" for each in flows.tiers), "and")
    return f"Flow of people from home authority to tier to place. By tier: {tiers}."
