"""Take a person's second factor away: for whoever lost the phone and the codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.parties import queries, services


class Command(BaseCommand):
    help = "Take a person's second factor away; the next sign-in sets up a new one where a role asks for it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("contact", help="e-mail address or mobile number of the account")

    def handle(self, *_args: Any, contact: str, **_options: Any) -> None:
        """Look the person up by contact and reset."""
        user = queries.user_by_contact(contact)
        if user is None:
            raise CommandError("no such account")
        self.stdout.write(f"{user}: {services.reset_factor(user, actor=None)}")
