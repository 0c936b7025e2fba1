"""Looking at what is kept of somebody, which is recorded: who looked is told to the person who asks."""

from datetime import datetime
from typing import Final

from gateway.people.access import person_to_change
from gateway.people.clusters import Cluster, clusters
from gateway.records.actor import Actor
from gateway.records.reading import record_reading
from gateway.storage.work import Work

NAME_READ: Final = "name read"
"""What a look is called in which no more is told of somebody than what they are called."""


def look_at(person_id: str, what: str, *, by: Actor, at: datetime, work: Work) -> Cluster:
    """Record that somebody looks at what is kept of a person, and say under which ids it is kept.

    Parameters
    ----------
    what
        What is read, in words: ``exclusions read``.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    PersonErased
        If nothing is kept of them any more.
    """
    person_to_change(work, person_id, by, at)
    found = clusters(work, [person_id])[person_id]
    record_reading(what, about=found.ids, by=by, at=at, work=work)
    return found
