"""What comes round by itself, in one table; docs/background.md is written from it.

Each chore does whatever is due by the database, in transactions of its own, and can be killed and done again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Final

from gateway.accounts.sessions import forget_sessions
from gateway.answers.keeping import forget_answers
from gateway.assessment.rescoring import rescore_all_due
from gateway.local_day import local_day
from gateway.messages.digests import chase_stale_vacancies, remind_of_retention, tell_officers_day
from gateway.messages.drawing import draw
from gateway.messages.post import Post
from gateway.messages.sending import forget_messages, send_due
from gateway.placements.lapsing import lapse_due_offers
from gateway.records import retention
from gateway.records.actor import CLOCKWORK
from gateway.records.retention_rules import RetentionRules
from gateway.records.seal import seal
from gateway.referrals.expiring import expire_due
from gateway.storage.store import Store
from gateway.tasks.chores import Daily, Every, Rhythm
from gateway.tasks.forgetting import forget_tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a chore is done with.

    post, origin
        How messages are sent, and the address of the gateway in them.
    rules
        How long what is kept.
    erase
        Whether whoever is due is erased without anybody's asking.
    """

    store: Store
    post: Post
    origin: str
    rules: RetentionRules
    erase: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """One thing that comes round.

    what
        What it does, in words.
    """

    name: str
    rhythm: Rhythm
    what: str
    do: Callable[[Round], None]


WORKING_DAYS: Final = tuple(range(5))


def _lapse(round_: Round) -> None:
    lapse_due_offers(round_.store, at=round_.store.clock())


def _expire(round_: Round) -> None:
    expire_due(round_.store, round_.store.clock())


def _seal(round_: Round) -> None:
    seal(round_.store)


def _sweep(round_: Round) -> None:
    seal(round_.store, sweep=True)


def _draw(round_: Round) -> None:
    draw(round_.store, at=round_.store.clock())


def _send(round_: Round) -> None:
    send_due(round_.store, round_.post, origin=round_.origin, most=200)


def _rescore(round_: Round) -> None:
    rescore_all_due(round_.store, round_.store.clock())


def _chase(round_: Round) -> None:
    at = round_.store.clock()
    round_.store.transact(lambda work: chase_stale_vacancies(work, at=at))


def _officers(round_: Round) -> None:
    at = round_.store.clock()
    round_.store.transact(lambda work: tell_officers_day(work, at=at))


def _remind(round_: Round) -> None:
    at = round_.store.clock()
    round_.store.transact(lambda work: remind_of_retention(work, rules=round_.rules, at=at))


def _erase(round_: Round) -> None:
    if round_.erase:
        today = local_day(round_.store.clock())
        retention.apply(round_.store, rules=round_.rules, as_of=today, by=CLOCKWORK)


def _forget(round_: Round) -> None:
    at = round_.store.clock()
    round_.store.transact(lambda work: forget_answers(work, at=at))
    round_.store.transact(lambda work: forget_tasks(work, at=at))
    round_.store.transact(lambda work: forget_sessions(work, at=at))
    round_.store.transact(lambda work: forget_messages(work, at=at))


CHORES: Final[Sequence[Chore]] = (
    Chore(
        name="lapse offers",
        rhythm=Every(1),
        what="Offers that nobody answered in time lapse; the person is back where they stood.",
        do=_lapse,
    ),
    Chore(
        name="expire referrals",
        rhythm=Every(5),
        what="Drafts and unanswered questions expire, and whoever rests until a day comes back.",
        do=_expire,
    ),
    Chore(name="seal", rhythm=Every(1), what="New events are sealed into the chain.", do=_seal),
    Chore(
        name="draw messages",
        rhythm=Every(1),
        what="Messages are drawn from what was sealed.",
        do=_draw,
    ),
    Chore(
        name="rescore",
        rhythm=Daily(time(0, 10)),
        what="Whoever the new day, or a scheme that comes in force, moves to another band is scored anew.",
        do=_rescore,
    ),
    Chore(
        name="sweep the chain",
        rhythm=Daily(time(2)),
        what="Events that were committed unusually late are found and sealed.",
        do=_sweep,
    ),
    Chore(
        name="chase stale vacancies",
        rhythm=Daily(time(9), WORKING_DAYS),
        what="Providers are asked to confirm what was not confirmed for seven days; one message a day, on "
        "working days.",
        do=_chase,
    ),
    Chore(
        name="officers' day",
        rhythm=Daily(time(8), WORKING_DAYS),
        what="Officers and duty managers are told what waits: refusals to review, deadlines near, triage; "
        "one message a day, on working days.",
        do=_officers,
    ),
    Chore(
        name="retention reminder",
        rhythm=Daily(time(9), (0,)),
        what="Administrators are told how many people have been kept long enough. Nothing is erased by it.",
        do=_remind,
    ),
    Chore(
        name="send messages",
        rhythm=Every(1),
        what="Messages that wait are sent; what clearly failed is tried again later.",
        do=_send,
    ),
    Chore(
        name="erase",
        rhythm=Daily(time(3)),
        what="Whoever has been kept long enough is erased, if `GATEWAY_RETENTION_AUTOMATIC` says so; else "
        "nothing happens.",
        do=_erase,
    ),
    Chore(
        name="forget",
        rhythm=Every(60),
        what="What is kept for a while only is removed: answers to requests after a day, files of tasks a "
        "day and tasks thirty days after they ended, sessions a day after they ended, messages after ninety "
        "days.",
        do=_forget,
    ),
)
"""Everything that comes round, in the order in which it is looked at."""
