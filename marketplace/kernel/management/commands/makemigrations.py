"""Django's `makemigrations` with the product's autodetector (labels and choices make no migration)."""

from django.core.management.commands import makemigrations

from marketplace.kernel.autodetector import SchemaAutodetector


class Command(makemigrations.Command):
    autodetector = SchemaAutodetector
