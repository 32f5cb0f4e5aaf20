"""What may be stored: the kind of a file by its content and structure, never by its name alone."""

from marketplace.files.rulebook.kinds import (
    ACCEPT,
    EXTENSIONS,
    FileKind,
    clean_name,
    extension_of,
    kind_of,
)
from marketplace.files.rulebook.refusal import Unfit

__all__ = ["ACCEPT", "EXTENSIONS", "FileKind", "Unfit", "clean_name", "extension_of", "kind_of"]
