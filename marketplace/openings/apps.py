"""Registers openings."""

from django.apps import AppConfig


class OpeningsConfig(AppConfig):
    name = "marketplace.openings"
    label = "openings"

    def ready(self) -> None:
        from marketplace.journal import triggers  # noqa: PLC0415 -- app ready
        from marketplace.openings import handlers, policies  # noqa: F401, PLC0415 -- app ready
        from marketplace.openings.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        for name in ("absence", "reading", "reveal", "share", "undertaking"):
            triggers.append_only(f"openings_{name}", deletable="OLD.is_sample")
        register(SLICE)
