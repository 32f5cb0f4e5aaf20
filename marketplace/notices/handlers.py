"""What follows after commit: the mails of new notices."""

from marketplace.kernel.events import on
from marketplace.notices import services
from marketplace.notices.events import NoticesPosted


@on(NoticesPosted)
def send_mails(event: NoticesPosted) -> None:
    """Mail what is still waiting; a repetition finds nothing left to send."""
    services.send_mails(event.ids)
