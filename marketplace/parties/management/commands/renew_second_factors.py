"""After SECRET_KEY was changed: encrypt the second factors with the new key, so that the old one can go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.parties import services


class Command(BaseCommand):
    help = (
        "Encrypt every second factor anew with SECRET_KEY; SECRET_KEY_FALLBACKS opens the old ones."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Renew, and name whose factor no known key opens."""
        renewed, unreadable = services.renew_factors()
        self.stdout.write(f"renewed: {renewed}")
        for user in unreadable:
            self.stdout.write(f"cannot be read: {user.email or user.phone}")
        if unreadable:
            raise CommandError(
                f"{len(unreadable)} people: add the key of that time to SECRET_KEY_FALLBACKS, "
                "or run reset_second_factor for each"
            )
