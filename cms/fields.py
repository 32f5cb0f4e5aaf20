"""A StreamField whose blocks stay out of migrations: changing a block changes no schema."""

from typing import Any

from wagtail.fields import StreamField as WagtailStreamField


class StreamField(WagtailStreamField):
    """Wagtail's StreamField; a migration records neither its blocks nor their labels."""

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        super().__init__(block_types or [], **kwargs)

    def deconstruct(self) -> Any:
        """Leave out what the database does not know; a migration's field simply has no blocks."""
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        kwargs.pop("verbose_name", None)
        kwargs.pop("help_text", None)
        return name, path, [], kwargs
