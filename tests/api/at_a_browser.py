"""Somebody at a browser: with a session, and what its pages send back with every change."""

from api.access.recognising import COOKIE, CSRF_HEADER, csrf_token
from gateway.accounts.sessions import begin_session
from gateway.accounts.tables import AccountRow
from gateway.records.actor import Role
from tests.api.doors import ORIGIN


def at_a_browser(doors, role, *, of=None, second_factor=True, follow=True):
    """A client with a session of the first of this role, or of whoever works for ``of``.

    Unless it is to ``follow``, it shows where a form leads and does not go there.
    """
    doors.as_(role, of=of)

    def begin(work):
        account = work.get(AccountRow, f"{Role(role).value.replace('_', '-')}-{of or 1}")
        at = doors.store.clock()
        return begin_session(account, second_factor=second_factor, browser=None, at=at, work=work)

    begun = doors.store.transact(begin)
    csrf = csrf_token(doors.store.keys, begun.row.digest)
    client = doors.client(**{"Cookie": f"{COOKIE}={begun.secret}", CSRF_HEADER: csrf, "Origin": ORIGIN})
    client.follow_redirects = follow
    return client
