"""Every command, what it needs and what it leaves: those that write to the record name the operator."""

import os
import re
from pathlib import Path

import pytest
import typer

from api.command_line import app
from api.settings import open_store, settings
from gateway.records.tables import EventRow
from gateway.storage.store import Store
from tests.gateway.ground import Ids, StoppedClock, person, small_world
from tests.gateway.records.tampering import tamper

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
BETWEEN = re.compile(r"(<!-- commands -->\n).*(<!-- end of commands -->)", re.DOTALL)

FILES, READS, WRITES, RUNS = "files", "reads", "writes", "runs"

EFFECTS = {
    "demo": (FILES, "writes a page"),
    "assess": (FILES, "reads and writes files"),
    "allocate": (FILES, "reads and writes files"),
    "certify": (FILES, "reads files"),
    "explain": (FILES, "reads files"),
    "scenario list": (FILES, "nothing"),
    "scenario export": (FILES, "writes files"),
    "scenario load": (RUNS, "fills an empty database with an invented region: never one in use"),
    "scenario serve": (FILES, "fills a database of its own, and answers and works over it"),
    "benchmark": (FILES, "measures"),
    "benchmark doors": (RUNS, "fills a database of its own, and asks a gateway of its own"),
    "benchmark pages": (FILES, "fills a database of its own, and asks for every page over it"),
    "benchmark store": (RUNS, "fills a database of its own"),
    "roles": (FILES, "nothing"),
    "keys new": (FILES, "writes a key file, for its owner alone"),
    "keys rotate": (WRITES, "the key file; seals every row anew"),
    "database upgrade": (RUNS, "makes or changes tables; no rows of anybody"),
    "database status": (READS, "the revision"),
    "check": (READS, "every row"),
    "audit seal": (RUNS, "appends links to the chain, which are no deed of anybody"),
    "audit verify": (READS, "every event"),
    "backup": (READS, "every row, sealed as it is; needs no key"),
    "restore": (RUNS, "fills an empty database with the rows and events of a backup; needs no key"),
    "retention preview": (READS, "who is due"),
    "retention apply": (WRITES, "erases whoever is due"),
    "retention hold": (WRITES, "a legal hold"),
    "retention lift": (WRITES, "the end of a legal hold"),
    "subject-access": (WRITES, "a folder of files; that it was given out"),
    "user add": (WRITES, "an account and its invitation"),
    "user list": (READS, "accounts"),
    "user suspend": (WRITES, "an account; its sessions and tokens end"),
    "user reset": (WRITES, "a new invitation, or a second factor taken away"),
    "serve": (RUNS, "answers and works; each deed has its event, by whoever does it"),
    "web": (RUNS, "answers; each deed has its event, by whoever does it"),
    "worker": (RUNS, "works; each deed has its event, by whoever asked for it or the clockwork"),
}
"""Of each command, what it does to the record, and what it leaves."""

NEEDS = {
    FILES: "neither database nor key",
    READS: "database, key; writes nothing to the record",
    WRITES: "database, key; an event by the operator",
    RUNS: "database, key; see there",
}


def commands(group=None, before=""):
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        if getattr(command, "invoke_without_command", False):
            yield before + name
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name


def table():
    rows = [f"| `gateway {name}` | {NEEDS[kind]} | {what} |" for name, (kind, what) in EFFECTS.items()]
    return "\n".join(["| command | needs | does |", "|---|---|---|", *rows]) + "\n"


def test_every_command_says_what_it_does():
    assert sorted(commands()) == sorted(EFFECTS)


def test_the_handbook_says_what_every_command_needs():
    """``UPDATE_PAGES=1`` writes the table anew."""
    text = PAGE.read_text(encoding="utf-8")
    wanted = BETWEEN.sub(lambda found: found[1] + table() + found[2], text)
    if os.environ.get("UPDATE_PAGES"):
        PAGE.write_text(wanted, encoding="utf-8")
        return
    assert text == wanted


@pytest.fixture
def ready(gateway, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GATEWAY_DATABASE", f"sqlite:///{tmp_path / 'gateway.db'}")
    monkeypatch.setenv("GATEWAY_KEY_FILE", str(tmp_path / "gateway.key"))
    monkeypatch.setenv("GATEWAY_OPERATOR", "operator-7")
    assert gateway("keys", "new", tmp_path / "gateway.key").status == 0
    assert gateway("database", "upgrade").status == 0
    with open_store() as store:
        store.transact(small_world)
    return tmp_path


def events(after=0):
    with open_store() as store, store.reading() as work:
        rows = work.where(EventRow, EventRow.number > after)
        return [(row.number, row.actor, row.role.value, row.what) for row in rows]


def hold(gateway):
    assert gateway("retention", "hold", "P-1", "--reason", "a claim").status == 0
    return re.search(r"Legal hold (\S+) stands", gateway("retention", "hold", "P-2", "--reason", "a").out)[1]


DO = {
    "keys rotate": lambda gateway, _: gateway("keys", "rotate"),
    "retention apply": lambda gateway, _: gateway("retention", "apply"),
    "retention hold": lambda gateway, _: gateway("retention", "hold", "P-3", "--reason", "a claim"),
    "retention lift": lambda gateway, _: gateway("retention", "lift", hold(gateway), "--reason", "settled"),
    "subject-access": lambda gateway, place: gateway("subject-access", "P-1", "--out", place / "asked"),
    "user add": lambda gateway, _: add(gateway),
    "user suspend": lambda gateway, _: (
        add(gateway),
        gateway("user", "suspend", "ada@example.org", "--reason", "left"),
    )[1],
    "user reset": lambda gateway, _: (add(gateway), gateway("user", "reset", "ada@example.org"))[1],
}


def add(gateway):
    return gateway("user", "add", "--name", "Ada", "--email", "ada@example.org", "--role", "officer")


def somebody_due():
    """Somebody who was entered long ago, so that there is somebody to erase."""
    store = Store(settings().database, keys=settings().keyring(), clock=StoppedClock(), new_id=Ids())
    store.transact(lambda work: person(work, "P-OLD"))
    tamper(store, "UPDATE people SET entered_at = '2015-03-02 00:00:00.000000' WHERE id = 'P-OLD'")
    store.close()


def test_there_is_a_test_for_every_command_that_writes():
    assert sorted(DO) == sorted(name for name, (kind, _) in EFFECTS.items() if kind is WRITES)


@pytest.mark.parametrize("name", DO)
def test_whatever_writes_records_an_event_by_the_operator(gateway, ready, name):
    somebody_due()
    before = max(number for number, *_ in events())
    answer = DO[name](gateway, ready)
    assert answer.status == 0, answer.err
    made = events(before)
    assert made
    assert {(actor, role) for _, actor, role, _ in made} == {("operator-7", "administrator")}


@pytest.mark.parametrize("name", [name for name, (kind, _) in EFFECTS.items() if kind is READS])
def test_whatever_reads_writes_nothing(gateway, ready, name):
    before = events()
    more = [ready / "all.backup"] if name == "backup" else []
    assert gateway(*name.split(), *more).status == 0
    assert events() == before
