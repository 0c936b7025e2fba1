"""A problem of many independent parts, solved on Dask through the standard Executor interface."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from distributed import Client, LocalCluster

from allocation.solve import solve
from tests.allocation.hand_made import ask, people, service


@pytest.fixture(scope="module")
def cluster():
    with (
        LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client


def many_towns(towns=12):
    """Towns that share nothing: each a part of its own."""
    everybody = people(*(f"t{town}-{each}" for town in range(towns) for each in range(4)))
    listed = {(person.id, f"s{person.id[1:].partition('-')[0]}"): 1 for person in everybody}
    return ask(everybody, [service(f"s{town}", units=3) for town in range(towns)], listed)


def test_a_cluster_gives_the_same_plan_as_one_process(cluster):
    problem = many_towns()
    here = solve(problem)
    with ThreadPoolExecutor(2) as threads:
        assert solve(problem, executor=threads).placements == here.placements
    assert solve(problem, executor=cluster.get_executor()).placements == here.placements
