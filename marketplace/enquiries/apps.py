"""Registers enquiries: permissions, handlers, kinds of notices, who reads the files of messages."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EnquiriesConfig(AppConfig):
    name = "marketplace.enquiries"
    label = "enquiries"

    def ready(self) -> None:
        from marketplace.enquiries import handlers, policies, queries, services, tasks  # noqa: F401, PLC0415 -- app ready
        from marketplace.enquiries.models.intents import INTENT_FILES  # noqa: PLC0415 -- app ready
        from marketplace.enquiries.models.messages import SUBJECT  # noqa: PLC0415 -- app ready
        from marketplace.enquiries.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.files.policies import register_reader  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        post_migrate.connect(
            services.seed_after_migrate, sender=self, dispatch_uid="enquiries.keeping"
        )
        register_reader(SUBJECT, queries.may_read_file)
        register_reader(INTENT_FILES, queries.reads_sealed_copy)
        register(SLICE)
