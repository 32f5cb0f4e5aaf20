"""The sample openings of `deploy/samples/openings.json`: calls with bids, sealed until custodians come, or opened."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from marketplace.custody.models import Custodian
from marketplace.custody.services.samples import sample_keepers
from marketplace.needs.models import Need
from marketplace.openings.services.samples import close_sample, hand_in_sample, remove_samples
from marketplace.parties import queries as parties
from marketplace.parties.models import Organization, User
from marketplace.parties.services.samples import sample_organizations
from marketplace.tenders.services import samples as tenders
from marketplace.web.samples import read
from marketplace.web.slices import Kept, Progress


def load(progress: Progress) -> None:
    """Load what is not there yet; an opening is known by the need of its tender. Needs a sample operator."""
    organizations = sample_organizations(read("organizations"))
    found = read("openings")
    operator = parties.user_by_email(tenders.OPERATOR)
    for row in found:
        owner = organizations[row["owner"]]
        need = tenders.free_need(owner, row["need"])
        keepers = sample_keepers(owner) if row.get("sealed") else []
        if need is not None and operator is not None:
            _make(row, need, organizations, operator, keepers)
    progress("openings", len(found), len(found))


@transaction.atomic
def _make(
    row: Mapping[str, Any],
    need: Need,
    organizations: Mapping[str, Organization],
    operator: User,
    keepers: list[Custodian],
) -> None:
    tender = tenders.publish_sample(row, need, operator, keepers)
    for said in row["bids"]:
        hand_in_sample(tender, organizations[said["by"]], said["form"])
    close_sample(tender)


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove sample openings with everything of them."""
    return remove_samples(), []
