"""The sample book of the ledger, as the shells load and remove it."""

from marketplace.parties.models import User
from marketplace.registration.services import samples as services
from marketplace.registration.services.sample_thread import register_awarded, register_golden
from marketplace.web.slices import Kept, Progress


def load(progress: Progress) -> None:
    """Load the sample book when it is not there yet."""
    services.load(progress)
    registrar = User.objects.filter(email=services.REGISTRAR).first()
    if registrar is not None:
        register_golden(registrar)
        register_awarded(registrar)


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove the sample book with its ledger."""
    return services.remove(), []
