"""The sample experts of `deploy/samples/experts.json`, made through the services that people use."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from marketplace.evaluation import services
from marketplace.evaluation.models import Expert
from marketplace.evaluation.rulebook import PLEDGE
from marketplace.evaluation.services import Application, Work
from marketplace.evaluation.services.samples import remove_samples
from marketplace.parties import queries as parties
from marketplace.parties.models import User
from marketplace.parties.services.samples import create_sample_user
from marketplace.web.samples import read
from marketplace.web.slices import Kept, Progress


def load(progress: Progress) -> None:
    """Load who is not there yet; an expert is known by address. Without a sample operator nobody is approved."""
    found = read("experts")
    operator = parties.people_with_role("operator").filter(is_sample=True).order_by("pk").first()
    for row in found:
        if not Expert.objects.filter(person__email=row["email"]).exists():
            _make(row, operator)
    progress("experts", len(found), len(found))


@transaction.atomic
def _make(row: Mapping[str, Any], operator: User | None) -> None:
    person = parties.user_by_email(row["email"])
    if person is None:
        person = create_sample_user(row["email"], name=row["name"], password=None)
    said = Application(
        title=row["title"],
        summary=row["summary"],
        fields=row["fields"],
        works=[Work(row["employer"], date.fromisoformat(row["since"]))],
    )
    made = services.apply_as_expert(said, pledge=PLEDGE, actor=person)
    if operator is not None and operator.has_perm("evaluation.review_expert", made):
        services.approve_expert(made, actor=operator)


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove sample panels with everything in them, and sample experts; an expert of a real panel stays."""
    return remove_samples()
