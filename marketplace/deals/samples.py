"""The sample contracts of `deploy/samples/contracts.json`."""

from marketplace.deals.services import samples as services
from marketplace.parties.services.samples import sample_organizations
from marketplace.web.samples import read
from marketplace.web.slices import Kept, Progress


def load(progress: Progress) -> None:
    """Load what is not there yet."""
    organizations = sample_organizations(read("organizations"))
    rows = read("contracts")
    for row in rows:
        services.load_row(row, organizations)
    progress("contracts", len(rows), len(rows))


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove the sample book as far as nothing above refers to it."""
    return services.remove_samples()
