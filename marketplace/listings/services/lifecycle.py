"""What the shared services must be told about one kind of listing: its flow, its events, its own rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from marketplace.kernel.workflow import Workflow
from marketplace.listings.events import Events
from marketplace.listings.models import Listing
from marketplace.listings.queries import subject_of
from marketplace.listings.rulebook import Quality
from marketplace.listings.workflow import Ending


@dataclass(frozen=True)
class Lifecycle:
    """One kind of listing, as the services see it.

    `ending` is None for a kind that never ends well. `quality` judges a stored listing. `before` holds, by move, what is done ahead of the lock on the
    row; `adapt` changes the values of a step before they are saved.
    """

    model: type[Listing]
    flow: Workflow
    events: Events
    ending: Ending | None
    quality: Callable[[Any], Quality]
    before: Mapping[str, Callable[[Any], None]] = field(default_factory=dict)
    adapt: Callable[[Any, Mapping[str, Any]], Mapping[str, Any]] = lambda _listing, values: values

    def perm(self, verb: str) -> str:
        """A permission's full name, such as `needs.edit_need`."""
        slice_name, noun = subject_of(self.model).split(".")
        return f"{slice_name}.{verb}_{noun}"


_lifecycles: dict[type[Listing], Lifecycle] = {}


def register(lifecycle: Lifecycle) -> Lifecycle:
    """Make a kind of listing known to the services."""
    _lifecycles[lifecycle.model] = lifecycle
    return lifecycle


def lifecycle_of(listing: Listing | type[Listing]) -> Lifecycle:
    """The lifecycle of a listing's kind. KeyError for a kind that no slice has registered."""
    model = listing if isinstance(listing, type) else type(listing)
    return _lifecycles[model]
