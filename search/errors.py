"""Why the engine cannot answer. None of these reaches a visitor: the engine falls back to the rows."""


class SearchUnavailable(Exception):
    """The index cannot answer now; the engine answers from the rows, a task tries later.

    `is_outage` tells the task queue that retrying later will help.
    """

    is_outage = True


class IndexUnavailable(SearchUnavailable):
    """The index is missing, damaged or made with another schema: it must be rebuilt.

    `generation` names the build that failed, empty when there was none, so that a late process
    does not rebuild what another one has just rebuilt.
    """

    def __init__(self, reason: str, generation: str = "") -> None:
        super().__init__(reason)
        self.generation = generation


class IndexBusy(SearchUnavailable):
    """Another process has held the index for longer than this one may wait."""


class SearchRefused(SearchUnavailable):
    """The cluster answers, but refuses the question or a row: waiting will not help."""

    is_outage = False


class ModelAway(SearchUnavailable):
    """The sentence model does not answer: vectors are made when it is back."""
