"""Nobody but the operator edits code lists."""

import pytest

pytestmark = pytest.mark.django_db


def test_the_operator_alone(cast):
    allowed = {role for role, person in cast.people() if person.has_perm("taxonomy.edit_term")}
    assert allowed == {"operator"}
