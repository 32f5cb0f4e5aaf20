"""The list of rules to break fits the code as it is: what it replaces stands there exactly once."""

import pytest

from tests.mutants.rules import ROOT, Mutant, load


@pytest.mark.parametrize("mutant", load(), ids=lambda mutant: mutant.rule)
def test_a_rule_is_where_the_list_says(mutant: Mutant) -> None:
    assert (ROOT / mutant.file).read_text(encoding="utf-8").count(mutant.text) == 1
    assert mutant.text != mutant.broken
    assert [path for path in mutant.tests if not (ROOT / path).exists()] == []


def test_there_are_thirty() -> None:
    assert len({(one.file, one.text, one.broken) for one in load()}) >= 30
