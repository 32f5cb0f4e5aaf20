"""The API's shapes follow the wizard's forms; what is confidential is not read by anybody."""

from typing import Any

import pytest

from marketplace.achievements import rulebook as achievements
from marketplace.listings.kind import ListingKind, kinds
from marketplace.needs import rulebook as needs
from marketplace.offerings import rulebook as offerings
from marketplace.web.forms import PlainTextField

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


@pytest.mark.parametrize(
    "rulebook", [needs, achievements, offerings], ids=["needs", "achievements", "offerings"]
)
def test_every_public_text_is_searched_for_contacts(rulebook: Any) -> None:
    kind = next(kind for kind in kinds() if rulebook.__name__.endswith(f"{kind.name}.rulebook"))
    fields = {name: f for step in kind.steps for name, f in step.form.base_fields.items()}
    read = kind.reads().fields
    texts = {name for name, f in fields.items() if isinstance(f, PlainTextField) and name in read}
    assert set(rulebook.PUBLIC_TEXTS) == texts
    for name, (step, label) in rulebook.PUBLIC_TEXTS.items():
        at: Any = kind.step(step)
        assert name in at.form.base_fields
        assert label == fields[name].label
