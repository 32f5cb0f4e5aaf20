"""Porter's stemmer for English words, so that `motors` finds `motor`."""

from functools import lru_cache

import snowballstemmer


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of a lower-case English word; words of under four letters stay as they are.

    Porter's first algorithm and not its successor (`english`): the stems are stored in the indexes.
    """
    # A stemmer keeps the word that it works on, so each thread uses one of its own; making one is cheap.
    return word if len(word) < 4 else str(snowballstemmer.stemmer("porter").stemWord(word))
