"""Text analysis, the same for documents and queries and for every backend."""

from search.analysis.folding import MAX_CHARACTERS, clean, settle, unfolded
from search.analysis.pieces import has_chinese, runs
from search.analysis.stopwords import STOP_WORDS
from search.analysis.tokens import (
    Tokens,
    Word,
    background,
    plain_tokens,
    query_words,
    register_words,
    segment,
    tokenize,
    version,
    warm_up,
)

__all__ = [
    "MAX_CHARACTERS",
    "STOP_WORDS",
    "Tokens",
    "Word",
    "background",
    "clean",
    "has_chinese",
    "plain_tokens",
    "query_words",
    "register_words",
    "runs",
    "segment",
    "settle",
    "tokenize",
    "unfolded",
    "version",
    "warm_up",
]
