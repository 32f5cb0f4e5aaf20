"""Registers visits."""

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "tests.worked_slice"
    label = "visits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.web.slices import register
        from tests.worked_slice import handlers, policies  # noqa: F401 -- they register themselves
        from tests.worked_slice.slice import SLICE

        register(SLICE)
