"""Tasks are taken up and performed, one after another, until none waits."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from api.background.deed import Deed, Ended, WasCancelled
from api.background.file_deeds import EXPORT, IMPORT, MOST_TOLD, VERIFY
from api.background.run_deeds import OFFERS, RUN
from api.problems import problem_of, type_of
from gateway.accounts.tables import AccountRow, AccountStatus
from gateway.assessment.referral_csv import BadReferrals
from gateway.refusals import NotAllowed, Refusal
from gateway.storage.store import Store
from gateway.storage.work import Work
from gateway.tasks.ending import fail, finish, hand_back, stop
from gateway.tasks.in_hand import EVERY, CancelAsked, InHand, WorkerStops
from gateway.tasks.tables import TaskKind
from gateway.tasks.taking import NoLongerOurs, Taken, take_up

LOG = logging.getLogger(__name__)

DEEDS: Final[Mapping[TaskKind, Deed]] = MappingProxyType(
    {
        TaskKind.RUN: RUN,
        TaskKind.OFFERS: OFFERS,
        TaskKind.IMPORT: IMPORT,
        TaskKind.EXPORT: EXPORT,
        TaskKind.VERIFY: VERIFY,
    }
)
"""What each kind of task does."""


class AccountGone(NotAllowed):
    """Whoever asked may not use the gateway any more, so nothing is done in their name."""

    def __init__(self) -> None:
        super().__init__("The account that asked for this may not be used any more.")


def perform_next(
    store: Store,
    worker: str,
    *,
    stopping: Callable[[], bool] = lambda: False,
    in_hand: set[str] | None = None,
    every: timedelta = EVERY,
) -> bool:
    """Take up one task and do it; whether there was one.

    A fault of ours is kept as the task's, told in the log, and stops nothing else.

    Parameters
    ----------
    in_hand
        Holds the task's id while it is done, for whoever says that the worker is alive.
    """
    taken = store.transact(lambda work: take_up(work, worker, at=store.clock()))
    if taken is None:
        return False
    LOG.info("Task %s (%s) taken up.", taken.id, taken.kind.value)
    in_hand = set() if in_hand is None else in_hand
    in_hand.add(taken.id)
    try:
        _do(InHand(store, taken, stopping=stopping, every=every), DEEDS[taken.kind])
    except NoLongerOurs:
        LOG.info("Task %s is another worker's now.", taken.id)
    finally:
        in_hand.discard(taken.id)
    return True


def _do(hand: InHand, deed: Deed) -> None:
    store, taken = hand.store, hand.taken
    try:
        if taken.given_up:
            _end(store, lambda work: fail(taken, _died(), at=store.clock(), work=work))
            return
        hand.place_to_stop()
        _refuse_closed_account(store, taken)
        ended = deed.do(hand)
        _end(store, lambda work: _finish(taken, ended, store, work))
    except WorkerStops:
        _end(store, lambda work: hand_back(taken, work=work))
    except CancelAsked:
        deed.when_cancelled(hand)
        _end(store, lambda work: stop(taken, at=store.clock(), work=work))
    except WasCancelled:
        _end(store, lambda work: stop(taken, at=store.clock(), work=work))
    except Exception as fault:
        told = fault_told(fault)
        if told["status"] == 500:
            LOG.exception("Task %s failed.", taken.id)
        _end(store, lambda work: fail(taken, told, at=store.clock(), work=work))


def _end(store: Store, deed: Callable[[Work], None]) -> None:
    store.transact(deed)


def _finish(taken: Taken, ended: Ended, store: Store, work: Work) -> None:
    ended.also(work)
    finish(taken, ended.result, at=store.clock(), work=work)


def _refuse_closed_account(store: Store, taken: Taken) -> None:
    with store.reading() as work:
        account = work.session.get(AccountRow, taken.by.id)
    # Whoever has no account (a command) is nobody who could be locked out.
    if account is not None and (
        account.status is not AccountStatus.ACTIVE or account.role is not taken.by.role
    ):
        raise AccountGone


def fault_told(fault: Exception) -> Mapping[str, Any]:
    """A fault as a problem (RFC 9457); of ours, nothing but that it is one."""
    if isinstance(fault, Refusal):
        told: dict[str, Any] = json.loads(bytes(problem_of(fault).body))
        return told
    if isinstance(fault, BadReferrals):
        return bad_referrals_told(fault)
    return {
        "type": "/problems/fault",
        "title": "Not done",
        "status": 500,
        "detail": "Something went wrong on our side; what was finished before stands.",
    }


def bad_referrals_told(fault: BadReferrals) -> Mapping[str, Any]:
    """What is wrong with a file, by row and column."""
    errors = [
        {
            "pointer": ":".join(["row", str(each.row or 0), *([each.column] if each.column else [])]),
            "detail": each.problem,
        }
        for each in fault.faults[:MOST_TOLD]
    ]
    return {
        "type": type_of(BadReferrals),
        "title": "Invalid",
        "status": 422,
        "detail": f"Nothing was entered: {len(fault.faults):,} faults in the file.",
        "errors": errors,
    }


def _died() -> Mapping[str, Any]:
    return {
        "type": "/problems/given-up",
        "title": "Not done",
        "status": 500,
        "detail": "The workers that did this died again and again; it was given up.",
    }
