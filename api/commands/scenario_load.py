"""``gateway scenario load``: a region's gateway in its second year, in an empty database."""

from sqlalchemy import func, select

from api.design_system.spoken import counted
from api.refusals import print_lines
from api.settings import open_store, settings
from api.terminal import results, stages
from gateway.accounts.inviting import invite_again
from gateway.accounts.tables import AccountRow
from gateway.people.tables import PersonRow
from gateway.records.actor import Actor, Role
from gateway.referrals.tables import ReferralRow
from gateway.storage.store import Store
from gateway.storage.work import Work
from scenarios.demo_store import Demonstration, load_demonstration


def run(name: str, *, seed: int, quiet: bool) -> int:
    """Fill the database, and print an invitation for one account of each role: once, here."""
    by = settings().actor()
    with open_store() as store:
        with stages(2, quiet=quiet) as stage:
            stage.next("Living through two years")
            made = load_demonstration(name, store, seed=seed, by=by)
            stage.next("Inviting")
            secrets = _invited(store, made, by)
        with store.reading() as work:
            people, referrals = (
                work.session.scalar(select(func.count()).select_from(kind)) or 0
                for kind in (PersonRow, ReferralRow)
            )
    say = results()
    say.print(
        f"{counted(people, 'invented person', 'invented people')} with {counted(referrals, 'referral')} "
        f"up to {made.on}; run {made.run} has proposed places.",
        soft_wrap=True,
    )
    say.print(
        "Each secret sets the password of its account, once, within three days, and is not printed again "
        f"({settings().origin.split()[0]}/invitation):",
        soft_wrap=True,
    )
    print_lines([f"{role.value:14} {email:34} {secret}" for role, email, secret in secrets], say)
    return 0


def _invited(store: Store, made: Demonstration, by: Actor) -> list[tuple[Role, str, str]]:
    def deed(work: Work) -> list[tuple[Role, str, str]]:
        at = work.clock()
        return [
            (role, work.get(AccountRow, id).email, invite_again(id, by=by, at=at, work=work).secret)
            for role, id in sorted(made.accounts.items())
        ]

    return store.transact(deed)
