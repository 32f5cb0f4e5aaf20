"""Registers the journal."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "marketplace.journal"
    label = "journal"

    def ready(self) -> None:
        from marketplace.journal import triggers, unreadable_rows  # noqa: PLC0415 -- app ready
        from marketplace.journal.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.kernel import unreadable  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        triggers.append_only("journal_entry")
        triggers.append_only("journal_seal")
        triggers.connect()

        def note(rows: list[unreadable.Unreadable], **_: object) -> None:
            unreadable_rows.note_unreadable(rows)

        unreadable.unreadable_found.connect(note, weak=False, dispatch_uid="journal")
        register(SLICE)
