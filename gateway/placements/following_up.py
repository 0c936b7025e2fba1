"""Following up on people who live somewhere: reviews, going on, and being ready to move on."""

from collections.abc import Iterator
from datetime import date, datetime

from gateway.placements.faults import empty, not_after, not_yet
from gateway.placements.leaving import about_placement, require_living
from gateway.placements.tables import Blocker, PlacementRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import Conflict, refuse
from gateway.storage.work import Work


def set_review(
    placement_id: str,
    review_on: date | None,
    *,
    seen: int | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> PlacementRow:
    """Set the day on which to look at the placement again; ``None``: no review is planned.

    Raises
    ------
    Invalid
        If the day is not after the one on which they moved in.
    HasLeft, NotFound, ChangedMeanwhile
        As everywhere.
    """
    placement = _living(work, placement_id, seen)
    if review_on is not None:
        refuse(not_after("review_on", review_on, placement.from_day, "on which they moved in"))
    placement.review_on = review_on
    write(work, placement, what="review set", by=by, at=at, about=about_placement(placement))
    return placement


def extend(
    placement_id: str,
    review_on: date,
    *,
    why: str,
    seen: int | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> PlacementRow:
    """Let the stay go on beyond its review, and say why; the next review is due on ``review_on``.

    Raises
    ------
    Invalid
        If no reason is given, or the next review would not be after the one that stands, or moving in.
    HasLeft, NotFound, ChangedMeanwhile
        As everywhere.
    """
    placement = _living(work, placement_id, seen)
    refuse([*empty("why", why), *_no_later(placement, review_on)])
    placement.review_on = review_on
    write(work, placement, what="stay extended", by=by, at=at, about=about_placement(placement), why=why)
    return placement


def ready_to_move_on(
    placement_id: str,
    since: date,
    *,
    blocked_by: Blocker | None = None,
    seen: int | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> PlacementRow:
    """Record since when somebody no longer needs this place, and what keeps them (``None``: nothing).

    Told again, it corrects the day or the blocker.

    Raises
    ------
    Invalid
        If it is before the day on which they moved in, or still to come.
    HasLeft, NotFound, ChangedMeanwhile
        As everywhere.
    """
    placement = _living(work, placement_id, seen)
    refuse([*not_yet("since", since, at), *_before_moving_in(placement, since)])
    placement.ready_since, placement.blocked_by = since, blocked_by
    write(work, placement, what="ready to move on", by=by, at=at, about=about_placement(placement))
    return placement


def not_ready_to_move_on(
    placement_id: str, *, why: str, seen: int | None = None, by: Actor, at: datetime, work: Work
) -> PlacementRow:
    """Take back that somebody is ready to move on, and say why.

    Raises
    ------
    Invalid
        If no reason is given.
    Conflict
        If nobody said that they were ready.
    HasLeft, NotFound, ChangedMeanwhile
        As everywhere.
    """
    refuse(empty("why", why))
    placement = _living(work, placement_id, seen)
    if placement.ready_since is None:
        raise Conflict(f"Placement {placement.id} is not marked ready to move on.")
    placement.ready_since, placement.blocked_by = None, None
    write(
        work, placement, what="not ready to move on", by=by, at=at, about=about_placement(placement), why=why
    )
    return placement


def _living(work: Work, placement_id: str, seen: int | None) -> PlacementRow:
    placement = work.get(PlacementRow, placement_id, seen=seen)
    require_living(placement)
    return placement


def _no_later(placement: PlacementRow, review_on: date) -> Iterator[tuple[str, str]]:
    if placement.review_on is None:
        return not_after("review_on", review_on, placement.from_day, "on which they moved in")
    return not_after("review_on", review_on, placement.review_on, "the review that stands")


def _before_moving_in(placement: PlacementRow, since: date) -> Iterator[tuple[str, str]]:
    if since < placement.from_day:
        yield "since", f"is {since}, must not be before {placement.from_day}, when they moved in"
