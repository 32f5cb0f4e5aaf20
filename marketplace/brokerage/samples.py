"""The sample brokers of `deploy/samples/brokers.json`."""

from marketplace.brokerage.services import samples as services
from marketplace.parties.services.samples import sample_organizations
from marketplace.web.samples import read
from marketplace.web.slices import Kept, Progress


def load(progress: Progress) -> None:
    """Load who is not there yet."""
    organizations = sample_organizations(read("organizations"))
    rows = read("brokers")
    for row in rows:
        services.load_sample_broker(row, organizations)
    progress("brokers", len(rows), len(rows))


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove every sample broker that nothing real refers to."""
    return services.remove_samples()
