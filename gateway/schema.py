"""Every table of the gateway in one place, and the ways to bring a database up to them."""

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
from gateway.storage.migrating import Migrations
from gateway.storage.rows import Row
from gateway.tasks import tables as tasks

ROOMS = (
    *(records, answers, tasks, people, directory, agreements, referrals, assessment, placements),
    *(allocation_runs, accounts, messages),
)
"""The rooms that keep rows."""

MIGRATIONS = Migrations(Row.metadata)
"""From nothing to these tables, step by step."""
