"""Text analysis, the same for documents and queries and for every backend."""

from search.analysis.stopwords import STOP_WORDS, without_boilerplate
from search.analysis.tokens import (
    MAX_CHARACTERS,
    VERSION,
    Tokens,
    Word,
    background,
    clean,
    extra_words,
    query_words,
    register_words,
    runs,
    segment,
    tokenize,
    warm_up,
)

__all__ = [
    "MAX_CHARACTERS",
    "STOP_WORDS",
    "VERSION",
    "Tokens",
    "Word",
    "background",
    "clean",
    "extra_words",
    "query_words",
    "register_words",
    "runs",
    "segment",
    "tokenize",
    "warm_up",
    "without_boilerplate",
]
