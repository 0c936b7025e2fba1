"""The page ``docs/background.md``, written from the code's own tables; a test holds it equal to them."""

from collections.abc import Iterable

from api.background.chores import CHORES
from api.background.performing import DEEDS
from gateway.answers.keeping import KEPT_FOR
from gateway.messages.digests import STALE_AFTER
from gateway.messages.sending import FIRST_WAIT, LONGEST_WAIT, MESSAGES_KEPT, MOST_ATTEMPTS
from gateway.messages.states import NEXT_MESSAGE
from gateway.messages.telling import IN_WORDS, TELLS
from gateway.messages.wording import WORDS
from gateway.tasks.forgetting import FILES_KEPT, TASKS_KEPT
from gateway.tasks.tables import TaskKind
from gateway.tasks.taking import MOST_DEATHS, SILENT

TASKS_IN_WORDS = {
    TaskKind.RUN: "An allocation run: read, solved in a process of its own, proposed line by line.",
    TaskKind.OFFERS: "Offers for every line of a run that was decided, one transaction each.",
    TaskKind.IMPORT: "A file of referrals, twenty rows at a time; what is there already is passed over.",
    TaskKind.EXPORT: "A list as a CSV file.",
    TaskKind.VERIFY: "The whole chain of events is read and checked.",
}

_HEAD = """# What happens by itself

Written from the code's own tables by `api.background.page`; a test holds this page equal to them.

`gateway serve` runs everything on one machine; `gateway web` and `gateway worker` run apart, as many of
each as you like, over one database. SQLite is for one machine, PostgreSQL for several.

A worker hears an alarm clock (huey): at once when a task is queued, and every minute. The clock's file
stands beside an SQLite database (`gateway.db.alarms`), on PostgreSQL in a schema `huey`. Nothing in it
is worth keeping. **What is due stands in the database**: an alarm that is lost, or a worker that dies,
loses nothing.

## Long work
"""

_TASKS = """
A task is taken up by one worker. It says every ten seconds that it is alive; after {silent} minutes of
silence another worker takes the task up and goes on from where it stood. A task whose workers died
{deaths} times is given up. Told to stop (SIGTERM), a worker finishes what it can in 25 seconds and hands
the rest back. Whoever asked may cancel: the task stops at the next place where it can, and what was done
until then stays done.

Files of a task are kept sealed for {files} day after it has ended, the task itself for {tasks} days.

## What comes round

Hours are London's. A round that was missed is made up for once, as soon as a worker runs.

| What | When | What it does |
|---|---|---|
"""

_MESSAGES = """
A vacancy is stale when nobody has confirmed it for {stale} days. Answers to requests with an
`Idempotency-Key` are kept for {answers} hours.

## Who is told of what

Messages are drawn from the sealed events, each once, in the order of the chain. They hold no name, age,
place or reason: only a reference, and the address of the gateway where whoever gets it signs in. Nobody
is told of their own deeds, nor of a restricted person whose case they may not open, nor of what was
recorded more than a day before a gateway began to send.

| What happened | Who is told | Subject |
|---|---|---|
"""

_OUTBOX = """
## The outbox

`GATEWAY_MESSAGES` says how messages are sent:

| setting | what it does |
|---|---|
| `folder:messages` | writes `.eml` files into a folder (if nothing is set) |
| `smtp://user:password@mail.example.org:587` | hands them to a mail server; STARTTLS is demanded |
| `smtps://user:password@mail.example.org:465` | the same, in TLS from the first byte |
| `notify:TEMPLATE` | GOV.UK Notify: `GATEWAY_NOTIFY_KEY`, and a template with `((subject))` and `((body))` |

`GATEWAY_MESSAGES_FROM` is the sender. Notify tells what became of a message at
`/api/v1/messages/receipts`, with the bearer token of `GATEWAY_RECEIPT_SECRET`.

A message is marked, sent, and marked again. What clearly failed is tried again after {first} minute,
then twice as long each time up to {longest} hours, {attempts} times in all. **A message is never sent
twice by itself**: if the sender dies with it in hand, or the line breaks after it was handed over,
nobody knows whether it went out, and it waits as *unknown* for an administrator (`GET
/api/v1/messages`), who has it sent again or says that it was sent. Messages are kept for {kept} days.
"""


def background_page() -> str:
    """The whole page."""
    tasks = _TASKS.format(
        silent=SILENT.seconds // 60, deaths=MOST_DEATHS, files=FILES_KEPT.days, tasks=TASKS_KEPT.days
    )
    messages = _MESSAGES.format(stale=STALE_AFTER.days, answers=KEPT_FOR.days * 24)
    outbox = _OUTBOX.format(
        first=FIRST_WAIT.seconds // 60,
        longest=LONGEST_WAIT.seconds // 3600,
        attempts=MOST_ATTEMPTS,
        kept=MESSAGES_KEPT.days,
    )
    parts = [_HEAD, _table(_tasks()), tasks, _rows(_chores()), messages, _rows(_told()), outbox, _states()]
    return "".join(parts)


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    return "\n| Task | What it does |\n|---|---|\n" + _rows(rows)


def _rows(rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _tasks() -> Iterable[tuple[str, ...]]:
    return ((kind.value, TASKS_IN_WORDS[kind]) for kind in DEEDS)


def _chores() -> Iterable[tuple[str, ...]]:
    return ((chore.name, str(chore.rhythm), chore.what) for chore in CHORES)


def _told() -> Iterable[tuple[str, ...]]:
    return (
        (what, IN_WORDS[telling.to], WORDS[telling.kind].subject)
        for what, tellings in TELLS.items()
        for telling in tellings
    )


def _states() -> str:
    rows = (
        (status.value, ", ".join(sorted(each.value for each in after)) or "nothing: it has ended")
        for status, after in NEXT_MESSAGE.items()
    )
    return "\n| A message that is | may become |\n|---|---|\n" + _rows(rows)
