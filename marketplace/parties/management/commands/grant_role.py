"""Give a person a role on the platform, or take it: how the first security admin comes to be."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.kernel.errors import DomainError
from marketplace.parties import queries, services
from marketplace.parties.policies import Role


class Command(BaseCommand):
    help = "Give a person a platform role: grant_role CONTACT ROLE [--district CODE] [--revoke]"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("contact", help="e-mail address or mobile number of the account")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("--district", default="", help="of a county registrar; default all")
        parser.add_argument("--revoke", action="store_true", help="take the role away instead")

    def handle(self, *_args: Any, contact: str, role: str, **options: Any) -> None:
        user = queries.user_by_contact(contact)
        if user is None:
            raise CommandError("no such account")
        try:
            if options["revoke"]:
                services.revoke_role(user, role, actor=None)
            else:
                services.grant_role(user, role, actor=None, district=options["district"])
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{user}: {', '.join(sorted(user.access.roles)) or '-'}")
