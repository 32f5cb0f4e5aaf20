"""The API's shapes follow the wizard's forms; what is confidential is not read by anybody."""

import pytest

from marketplace.listings.kind import ListingKind, kinds

#: Fields of the forms that only the owner's members and reviewers may read.
PRIVATE = {
    *("confidential", "contact_name", "contact_phone", "contact_email", "contact_route"),
    "hide_owner",
}


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_every_field_of_the_forms_is_written_and_only_public_ones_are_read(
    kind: ListingKind,
) -> None:
    typed = {name for step in kind.steps for name in step.form.base_fields}
    rows = {related for step in kind.steps for related in step.rows}
    assert set(kind.writes().fields) == typed | rows | {"owner"}
    assert typed - set(kind.reads().fields) == PRIVATE & typed
    assert rows <= set(kind.reads().fields)
