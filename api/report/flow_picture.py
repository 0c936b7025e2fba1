"""The picture of who goes where: three columns of boxes, and a ribbon for the people between two of them.

Boxes and ribbons are as high as people are many. Every box says in words what it is and how many, so that the
picture is read without telling colours apart; the tables beside it give every figure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from api.report.flows import NO_PLACE, Streams

WIDTH: Final = 360
"""Of the picture in its own units, which are about a small phone's pixels."""

COLUMNS: Final = (0, 142, 350)
BOX: Final = 10
TOP: Final = 26
GAP: Final = 24
"""Between boxes: a line of words fits, however few people a box holds."""

PEOPLE_HEIGHT: Final = 300
"""What everybody together is high."""

COLOURS: Final[Mapping[str, str]] = MappingProxyType(
    {"Hub": "#12436d", "Local": "#28a197", "Floating": "#f46a25", NO_PLACE: "#3d3d3d"}
)
"""The Government Analysis Function's palette for charts, whose colours differ in lightness too."""

OTHER_COLOUR: Final = "#801650"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One box with its words; ``anchor`` says which side of ``label_x`` they stand on."""

    x: float
    y: float
    height: float
    colour: str
    label: str
    label_x: float
    anchor: str

    @property
    def middle(self) -> float:
        """Where the words stand."""
        return round(self.y + self.height / 2, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ribbon:
    """The people between two boxes, as the outline of a curve."""

    path: str
    colour: str
    hatched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPicture:
    """Everything that is drawn. ``headings``: place and words of each column's heading."""

    height: int
    headings: tuple[tuple[float, str, str], ...]
    boxes: tuple[Box, ...]
    ribbons: tuple[Ribbon, ...]

    @staticmethod
    def of(flows: Streams, home: str = "Home") -> "FlowPicture":
        """Lay out the picture of ``flows``; ``home`` is the heading of the first column."""
        return _Layout(flows).picture(home)


class _Layout:
    """Places boxes from the top down; ribbons leave and enter each from its top down, in the boxes' order."""

    def __init__(self, flows: Streams) -> None:
        self._flows = flows
        self._unit = PEOPLE_HEIGHT / max(sum(map(flows.of_home, flows.homes)), 1)
        self._homes = self._column(flows.homes, [flows.of_home(each) for each in flows.homes])
        self._tiers = self._column(flows.tiers, [flows.of_tier(each) for each in flows.tiers])
        self._authorities = self._column(
            flows.authorities, [flows.of_authority(each) for each in flows.authorities]
        )

    def picture(self, home: str) -> FlowPicture:
        longest = max(len(self._flows.homes), len(self._flows.tiers), len(self._flows.authorities))
        left, middle, right = COLUMNS
        return FlowPicture(
            height=TOP + PEOPLE_HEIGHT + GAP * longest,
            headings=((left, "start", home), (middle, "start", "Tier"), (right + BOX, "end", "Place")),
            boxes=(*self._home_boxes(), *self._tier_boxes(), *self._authority_boxes()),
            ribbons=(*self._into(), *self._out()),
        )

    def _column(self, names: Sequence[str], people: Sequence[int]) -> dict[str, tuple[float, float]]:
        """Per name, top and height of its box."""
        top, found = float(TOP), {}
        for name, number in zip(names, people, strict=True):
            found[name] = (top, number * self._unit)
            top += number * self._unit + GAP
        return found

    def _home_boxes(self) -> list[Box]:
        x = COLUMNS[0]
        return [
            _box(
                x, self._homes[each], "#505a5f", f"{each} {self._flows.of_home(each):,}", x + BOX + 5, "start"
            )
            for each in self._flows.homes
        ]

    def _tier_boxes(self) -> list[Box]:
        x = COLUMNS[1]
        return [
            _box(
                x,
                self._tiers[each],
                _colour(each),
                f"{each} {self._flows.of_tier(each):,}",
                x + BOX + 5,
                "start",
            )
            for each in self._flows.tiers
        ]

    def _authority_boxes(self) -> list[Box]:
        x = COLUMNS[2]
        return [
            _box(
                x,
                self._authorities[each],
                "#505a5f",
                f"{each} {self._flows.of_authority(each):,}",
                x - 5,
                "end",
            )
            for each in self._flows.authorities
        ]

    def _into(self) -> list[Ribbon]:
        return self._ribbons(
            self._homes, self._tiers, self._flows.into, COLUMNS[0], COLUMNS[1], by_target=True
        )

    def _out(self) -> list[Ribbon]:
        return self._ribbons(
            self._tiers, self._authorities, self._flows.out, COLUMNS[1], COLUMNS[2], by_target=False
        )

    def _ribbons(
        self,
        sources: Mapping[str, tuple[float, float]],
        targets: Mapping[str, tuple[float, float]],
        people: Mapping[tuple[str, str], int],
        start: float,
        end: float,
        *,
        by_target: bool,
    ) -> list[Ribbon]:
        leaving = {name: top for name, (top, _) in sources.items()}
        arriving = {name: top for name, (top, _) in targets.items()}
        found = []
        for source in sources:
            for target in targets:
                height = people.get((source, target), 0) * self._unit
                if height:
                    tier = target if by_target else source
                    path = _ribbon(start + BOX, leaving[source], end, arriving[target], height)
                    found.append(Ribbon(path=path, colour=_colour(tier), hatched=tier == NO_PLACE))
                    leaving[source] += height
                    arriving[target] += height
        return found


def _box(x: float, place: tuple[float, float], colour: str, label: str, label_x: float, anchor: str) -> Box:
    top, height = place
    return Box(
        x=x,
        y=round(top, 1),
        height=round(max(height, 1), 1),
        colour=colour,
        label=label,
        label_x=label_x,
        anchor=anchor,
    )


def _colour(tier: str) -> str:
    return COLOURS.get(tier, OTHER_COLOUR)


def _ribbon(x1: float, y1: float, x2: float, y2: float, height: float) -> str:
    """The outline between two upright edges of one height, curved so that it leaves and arrives level."""
    mid = (x1 + x2) / 2
    top = f"M{x1:.1f},{y1:.1f}C{mid:.1f},{y1:.1f} {mid:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"
    low, end = y1 + height, y2 + height
    return f"{top}V{end:.1f}C{mid:.1f},{end:.1f} {mid:.1f},{low:.1f} {x1:.1f},{low:.1f}Z"
