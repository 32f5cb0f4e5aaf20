"""Registers evaluation, its members as readers and judges of opened bids, and what it does when a suspension ends."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "marketplace.evaluation"
    label = "evaluation"

    def ready(self) -> None:
        from marketplace.evaluation import handlers, policies, queries  # noqa: F401, PLC0415 -- app ready
        from marketplace.evaluation.services import follow_resumption  # noqa: PLC0415 -- app ready
        from marketplace.evaluation.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.openings.policies import register_judges, register_readers  # noqa: PLC0415 -- app ready
        from marketplace.tenders.services import register_follower  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        register_follower(follow_resumption)
        register_readers(queries.reads_bid)
        register_judges(queries.locked_lots)
        register(SLICE)
