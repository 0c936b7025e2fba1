"""Every page is there to be measured; how fast it is, is for the benchmark to say."""

import re

from api.commands.benchmark_pages import page_paths


def test_every_page_is_measured(gateway):
    answer = gateway("benchmark", "pages", "--referrals", 1_000, "--times", 1)
    assert "answers" not in answer.out, answer.out
    lines = re.findall(r"^\|\s+(/\S*)\s+\|\s+(\w+)\s+\|\s+\d+", answer.out, re.MULTILINE)
    assert {path for path, _ in lines} == set(page_paths())
