"""Registers bids."""

from django.apps import AppConfig


class BidsConfig(AppConfig):
    name = "marketplace.bids"
    label = "bids"

    def ready(self) -> None:
        from marketplace.bids import handlers, policies  # noqa: F401, PLC0415 -- app ready
        from marketplace.bids.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.journal import triggers  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        for table in ("bids_envelope", "bids_receipt", "bids_closing"):
            triggers.append_only(table, deletable="OLD.is_sample")
        register(SLICE)
