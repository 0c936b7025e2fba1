"""Parts of pages that are filled anew when something changes, by server-sent events.

A page shows such a part as ``<section data-live="ADDRESS">``; the stream at that address sends the part's
HTML as ``progress`` and, if nothing more will come, as ``end`` (static/start.js). Without the script the page
has a link that asks for it again.
"""

from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

from fastapi import Response

from api.pages.page_door import PageDoor
from api.rest.following import Followers, Seen
from gateway.refusals import NotFound
from gateway.storage.store import Store
from gateway.storage.work import Work

Part: TypeAlias = Callable[[Work, str], tuple[str, bool]]
"""The HTML of a part for an id, and whether it will never change again.

The same for everybody who may follow it: no name, no form.
"""


def live_parts(store: Store, parts: Mapping[str, Part]) -> Followers:
    """Those who follow parts of pages of this store; what they follow is a part's name and an id."""

    def look(keys: Collection[str]) -> Mapping[str, Seen]:
        with store.reading() as work:
            return {key: _seen(work, parts, key) for key in keys}

    return Followers(look)


def _seen(work: Work, parts: Mapping[str, Part], key: str) -> Seen:
    name, _, id = key.partition(" ")
    try:
        html, is_over = parts[name](work, id)
    except NotFound:
        return Seen("", ended=True)
    return Seen(" ".join(html.split()), ended=is_over)  # an event is one line


def follow(door: PageDoor, name: str, id: str) -> Response:
    """The stream of a part, for whoever was let in to the page it is part of; call it from an async handler.

    Raises
    ------
    TooMany
        If this account, or this process, has too many already: the page stays as it is.
    """
    live: Followers = door.request.app.state.live
    return live.answer(f"{name} {id}", door.visitor.account_id)
