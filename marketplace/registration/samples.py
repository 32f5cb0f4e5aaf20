"""The sample book of the ledger, as the shells load and remove it."""

from marketplace.registration.services import samples as services
from marketplace.web.slices import Kept, Progress


def load(progress: Progress) -> None:
    """Load the sample book when it is not there yet."""
    services.load(progress)


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove the sample book with its ledger."""
    return services.remove(), []
