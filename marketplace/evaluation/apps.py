"""Registers evaluation, and its members as readers of opened bids."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "marketplace.evaluation"
    label = "evaluation"

    def ready(self) -> None:
        from marketplace.evaluation import handlers, policies, queries  # noqa: F401, PLC0415 -- app ready
        from marketplace.evaluation.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.openings.policies import register_readers  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        register_readers(queries.reads_bid)
        register(SLICE)
