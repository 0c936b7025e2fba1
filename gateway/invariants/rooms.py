"""The tables of every room, there before a query is made from whatever tables there are."""

from gateway.accounts import tables as accounts
from gateway.agreements import tables as agreements
from gateway.allocation_runs import tables as allocation_runs
from gateway.answers import tables as answers
from gateway.assessment import tables as assessment
from gateway.directory import tables as directory
from gateway.messages import tables as messages
from gateway.people import tables as people
from gateway.placements import tables as placements
from gateway.records import tables as records
from gateway.referrals import tables as referrals
from gateway.storage.rows import Row
from gateway.tasks import tables as tasks

ROOMS = (
    *(records, answers, tasks, people, directory, agreements, referrals, assessment, placements),
    *(allocation_runs, accounts, messages),
)
"""As in ``gateway.schema``, which stands above the invariants."""

TABLES = Row.metadata
"""All of them."""
