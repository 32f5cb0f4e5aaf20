"""The sample brokers of `deploy/samples/brokers.json`, and their mandates and introductions of `mandates.json`."""

from marketplace.brokerage.services import sample_deals
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
    deals = read("mandates")
    for row in deals:
        sample_deals.load_row(row, organizations)
    sample_deals.take_a_lead("broker@sample.example")
    progress("mandates", len(deals), len(deals))


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove every sample mandate, introduction and broker that nothing real refers to."""
    deals, kept = sample_deals.remove_deals()
    brokers, left = services.remove_samples()
    return deals | brokers, [*kept, *left]
