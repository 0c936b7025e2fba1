"""``gateway retention``: who is due to be erased, erasing them, and legal holds."""

from datetime import date

from api.design_system.spoken import counted
from api.refusals import print_lines
from api.settings import open_store, settings
from api.terminal import results
from gateway.local_day import local_day
from gateway.records.legal_hold import lift_legal_hold, place_legal_hold
from gateway.records.retention import apply, preview
from gateway.records.retention_rules import COUNTED_FROM, Keeps, RetentionRules

KEPT_BY = {
    Keeps.OPEN_REFERRAL: "with an open referral",
    Keeps.LIVING: "living in a service",
    Keeps.LEGAL_HOLD: "under a legal hold",
}


def run_preview(*, as_of: date | None, quiet: bool) -> int:
    """Tell who would be erased and who is kept by what; nothing is written."""
    rules = settings().retention_rules()
    with open_store() as store, store.reading() as work:
        day = as_of or local_day(store.clock())
        found = preview(work, rules=rules, as_of=day)
    say = results(quiet=quiet)
    for line in told(rules):
        say.print(line, soft_wrap=True)
    people = [f"{', '.join(each.people)}, due since {each.since}" for each in found.due]
    say.print(f"On {day} {counted(sum(len(each.people) for each in found.due), 'person', 'people')} due:")
    print_lines(people, say)
    for reason, count in sorted(found.kept.items()):
        say.print(f"Kept: {counted(count, 'person', 'people')} {KEPT_BY[reason]}, or together with such.")
    say.print(f"Not old enough: {counted(found.not_yet, 'person', 'people')}.")
    return 0


def run_apply(*, as_of: date | None, quiet: bool) -> int:
    """Erase whoever is due."""
    rules = settings().retention_rules()
    with open_store() as store:
        erased = apply(store, rules=rules, as_of=as_of or local_day(store.clock()), by=settings().actor())
    say = results(quiet=quiet)
    rows, events = counted(erased.rows, "row"), counted(erased.events, "event")
    say.print(f"{counted(erased.people, 'person', 'people')} erased.")
    say.print(f"{rows} removed or cut loose, {events} emptied of what they told.")
    return 0


def run_hold(person: str, *, reason: str, quiet: bool) -> int:
    """Keep everything of somebody until the hold is lifted."""
    by = settings().actor()
    with open_store() as store:
        at = store.clock()
        hold = store.transact(lambda work: place_legal_hold(person, reason=reason, by=by, at=at, work=work))
    results(quiet=quiet).print(f"Legal hold {hold.id} stands for {person}.")
    return 0


def run_lift(hold: str, *, reason: str, quiet: bool) -> int:
    """Let retention take its course again."""
    by = settings().actor()
    with open_store() as store:
        at = store.clock()
        lifted = store.transact(lambda work: lift_legal_hold(hold, why=reason, by=by, at=at, work=work))
    results(quiet=quiet).print(f"Legal hold {hold} of {lifted.person_id} is lifted.")
    return 0


def told(rules: RetentionRules) -> list[str]:
    """The rules, a line each."""
    return [
        f"{kind.replace('_', ' ').capitalize()}: {counted(years, 'year')} from {COUNTED_FROM[kind]}."
        for kind, years in rules.years().items()
    ]
