"""Who is not yet scored: held at the highest band that the answers allow, and to be asked first."""

from dataclasses import dataclass

from api.report.evidence import Evidence, priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Unscored:
    """Somebody with answers missing.

    band
        Where they are held: the highest that the answers allow.
    place
        Where the plan has them at the end, in words; ``None``: nowhere.
    moves
        Whether the plan moves them.
    ask
        What nobody has asked yet.
    """

    person: str
    band: int
    place: str | None
    moves: bool
    ask: tuple[str, ...]


def unscored_of(evidence: Evidence) -> tuple[Unscored, ...]:
    """Tell who in ``evidence`` needs a place or would move and is not yet scored, highest priority first."""
    moving = {person for step in evidence.plan.steps for person in step}
    people = sorted(map(evidence.person, evidence.unscored), key=priority)
    return tuple(
        Unscored(
            person=each.id,
            band=each.band,
            place=_place(evidence, each.id),
            moves=each.id in moving,
            ask=evidence.unscored[each.id],
        )
        for each in people
        if each.id in moving or not each.remains
    )


def _place(evidence: Evidence, person: str) -> str | None:
    placement = evidence.place.get(person)
    return None if placement is None else evidence.names.service(placement.service)
