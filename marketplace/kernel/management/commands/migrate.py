"""Django's `migrate` with the product's autodetector (labels and choices make no migration)."""

from django.core.management.commands import migrate

from marketplace.kernel.autodetector import SchemaAutodetector


class Command(migrate.Command):
    autodetector = SchemaAutodetector
