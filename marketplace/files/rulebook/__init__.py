"""What may be stored: the kind of a file by its content and structure, never by its name alone."""

from marketplace.files.rulebook.kinds import (
    ACCEPT,
    EXTENSIONS,
    Kind,
    clean_name,
    extension_of,
    kind_of,
)
from marketplace.files.rulebook.refusal import Unfit

__all__ = ["ACCEPT", "EXTENSIONS", "Kind", "Unfit", "clean_name", "extension_of", "kind_of"]
