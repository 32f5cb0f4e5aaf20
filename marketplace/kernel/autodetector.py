"""Migrations record the schema only: labels, help, choices and validators stay out of them."""

from typing import Any

from django.db.migrations.autodetector import MigrationAutodetector

_NOT_SCHEMA = ("verbose_name", "help_text", "choices", "validators")


class SchemaAutodetector(MigrationAutodetector):
    """Django's autodetector, which compares only what the database stores."""

    def deep_deconstruct(self, obj: Any) -> Any:
        """Leave out options that are not schema before two fields are compared."""
        result = super().deep_deconstruct(obj)
        if isinstance(obj, type) or not hasattr(obj, "get_internal_type"):
            return result
        if isinstance(result, tuple) and len(result) == 3:
            path, args, kwargs = result
            return path, args, {k: v for k, v in kwargs.items() if k not in _NOT_SCHEMA}
        return result
