"""What may be stored: the kind of a file by its content and structure, never by its name alone."""

from marketplace.files.rulebook.kinds import (
    ACCEPT,
    EXTENSIONS,
    Kind,
    Unfit,
    clean_name,
    examine,
    extension_of,
)

__all__ = ["ACCEPT", "EXTENSIONS", "Kind", "Unfit", "clean_name", "examine", "extension_of"]
