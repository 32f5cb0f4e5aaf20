"""The rows of the sample contracts load in their states, and go again."""

from typing import Any

import pytest

from marketplace.deals.models import Contract
from marketplace.deals.services import samples
from marketplace.web.samples import read
from tests.factories.parties import OrganizationFactory


@pytest.mark.django_db
def test_sample_contracts_load_and_go() -> None:
    rows: list[Any] = [row for row in read("contracts") if "what" not in row]
    keys = {key for row in rows for key in (row["seller"], row.get("buyer")) if key}
    orgs = {key: OrganizationFactory(is_sample=True) for key in sorted(keys)}
    for row in [*rows, *rows]:
        samples.load_row(row, orgs)
    assert {row.title: row.status for row in Contract.objects.all()} == {
        row["title"]: row["state"] for row in rows
    }
    assert set(Contract.objects.values_list("book", flat=True)) == {"sample"}
    assert samples.remove_samples() == ({"contracts": len(rows)}, [])
