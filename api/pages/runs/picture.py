"""The proposal of a run as a picture: people by band, flowing to tiers and to the places' authorities."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.design_system.rendering import rendered
from api.report.flow_picture import BOX, WIDTH, FlowPicture
from api.report.flows import NO_PLACE, Grid, Streams
from api.report.names import TIERS
from gateway.agreements.limit_words import listed
from gateway.allocation_runs.run_counts import Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image with the words for whoever cannot see it, and the same numbers as tables."""

    src: str
    alt: str
    width: int
    height: int
    grids: tuple[Grid, ...]


def flow_image(flows: Sequence[Flow], authorities: Mapping[str, str]) -> Picture | None:
    """The picture of a proposal; none if it has no line."""
    if not flows:
        return None
    streams = streams_of(flows, authorities)
    picture = FlowPicture.of(streams, "Band")
    drawn = rendered("runs/flow.svg", picture=picture, width=WIDTH, box_width=BOX)
    return Picture(
        src=f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}",
        alt=_alt(streams),
        width=WIDTH,
        height=picture.height,
        grids=_grids(streams),
    )


def streams_of(flows: Sequence[Flow], authorities: Mapping[str, str]) -> Streams:
    """The counts of a proposal as they are drawn."""
    into: dict[tuple[str, str], int] = {}
    out: dict[tuple[str, str], int] = {}
    for each in flows:
        tier = NO_PLACE if each.tier is None else TIERS[each.tier]
        way = f"Band {each.band}", tier
        into[way] = into.get(way, 0) + each.people
        if each.authority_id is not None:
            there = tier, authorities.get(each.authority_id, each.authority_id)
            out[there] = out.get(there, 0) + each.people
    found = {tier for _, tier in into}
    return Streams(
        homes=tuple(f"Band {each}" for each in sorted({each.band for each in flows})),
        tiers=tuple(each for each in (*TIERS.values(), NO_PLACE) if each in found),
        authorities=tuple(sorted({authority for _, authority in out})),
        into=into,
        out=out,
    )


def _grids(streams: Streams) -> tuple[Grid, ...]:
    tiers = [each for each in streams.tiers if each != NO_PLACE]
    back = {(authority, tier): people for (tier, authority), people in streams.out.items()}
    by_band = Grid.of("People by band and tier", "Band", streams.homes, streams.tiers, streams.into)
    if not streams.authorities:
        return (by_band,)
    return by_band, Grid.of("Places by authority and tier", "Authority", streams.authorities, tiers, back)


def _alt(streams: Streams) -> str:
    told = listed((f"{streams.of_tier(each):,} {each.lower()}" for each in streams.tiers), "and")
    return f"People by band flow to tiers and to the authorities of the places: {told}. The tables have all."
