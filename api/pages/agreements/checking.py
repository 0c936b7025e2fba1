"""Answers are checked before what cannot be undone: a deed is tried, told, and done by a second press."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from starlette.responses import Response

from api.pages.page_door import PageDoor
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid, Refusal
from gateway.storage.work import Work

PRESS: Final = "press"
"""The field that says which button was pressed: nothing, to go on to the check."""

NOT_CARRIED: Final = frozenset({"csrf", "seen", "once", PRESS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a deed would come to, before it is done.

    rows
        Pairs of a label and one or several answers.
    takes_away
        Whether something ends by it: the button warns.
    """

    caption: str
    title: str
    rows: Sequence[tuple[str, Sequence[str]]]
    warning: str
    button: str
    takes_away: bool = False


Form: TypeAlias = Callable[[Mapping[str, str]], Response]
"""The form again, with what is wrong by the ids of its fields; with nothing, the answers to be changed."""


def done_after_check(
    door: PageDoor,
    deed: Callable[[Work], str],
    *,
    form: Form,
    check: Callable[[], Checked],
    faults_of: Callable[[Refusal], Mapping[str, str]],
    seen: int | None = None,
) -> str | Response:
    """Where to go when it is done; before that the form or the check, as a page.

    Parameters
    ----------
    faults_of
        What is wrong by the ids of fields, faults and conflicts alike.

    Raises
    ------
    ChangedMeanwhile
        If somebody else was first.
    """
    pressed = door.form.one(PRESS)
    if pressed == "change":
        return form({})
    try:
        if pressed == "done":
            return door.does_once(deed)
        door.would(deed)
    except ChangedMeanwhile:
        raise
    except (Invalid, Conflict) as refused:
        return form(faults_of(refused))
    return door.show(
        "agreements/check.html",
        title="Check your answers",
        view=check(),
        action=door.request.url.path,
        carries=[(name, text) for name, text in door.form.fields if name not in NOT_CARRIED],
        seen=seen,
    )
