"""What the shared pages must be told about one kind of listing, and which kinds there are."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from django import forms
from django.db.models import QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rest_framework.serializers import Serializer

from marketplace.disclosure.policies import register_subjects
from marketplace.disclosure.rulebook import Subject
from marketplace.disclosure.services import DOOR
from marketplace.files.policies import register_reader
from marketplace.kernel.actors import Actor
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.counting import By
from marketplace.kernel.unreadable import readable
from marketplace.kernel.workflow import Workflow
from marketplace.listings import queries
from marketplace.listings.filters import Facet
from marketplace.listings.forms import RenewForm, Step, WithdrawForm
from marketplace.listings.rulebook import Quality
from marketplace.listings.services import Lifecycle
from marketplace.parties.queries.counting import Numbers, counted_for_menu, counted_for_todos


@dataclass(frozen=True)
class Move:
    """A move as a page offers it: what it will do, what it asks for, what is said when it is done."""

    explain: Any
    form: type[forms.Form] | None = None
    danger: bool = False
    done: Any = ""


#: On a page deleting is offered beside the moves of the flow.
DELETE = "delete"


def moves_of(
    *, revise: Any, withdraw: Any, end: Mapping[str, Move] = MappingProxyType({})
) -> dict[str, Move]:
    """The moves that pages offer, in their order; the texts are those in which kinds differ."""
    return {
        "recall": Move(_("撤回后回到草稿，可以继续修改，修改好再提交。")),
        "renew": Move(_("从今天起重新计算有效期。"), form=RenewForm),
        "revise": Move(revise, danger=True),
        **end,
        "withdraw": Move(withdraw, form=WithdrawForm, danger=True),
        DELETE: Move(_("草稿和附件会被删除，不能恢复。"), danger=True, done=_("草稿已删除")),
    }


@dataclass(frozen=True)
class ListingKind:
    """One kind of listing: `name` is slice, URL namespace, index and template folder in one.

    `short` is the word for them in a menu or beside a number. `children` are the related names of its child tables; `reads` and `writes` are its shapes in the API.
    `review_queue` replaces the shared review queue where a kind leaves some listings out of it.
    The author of a kind that `states_a_problem` may also look for an answer without publishing.
    `import_gate` is the quality gate for a listing that is not stored yet, with its child rows; a kind that
    has it can be imported from a spreadsheet.
    """

    name: str
    noun: str
    title: Any
    short: Any
    model: Any
    lifecycle: Lifecycle
    steps: tuple[Step, ...]
    moves: dict[str, Move]
    facets: Sequence[Facet]
    return_reasons: Sequence[tuple[str, Any]]
    reads: type[Serializer[Any]]
    writes: type[Serializer[Any]]
    children: tuple[str, ...] = ("indicators",)
    review_queue: Callable[[Actor], QuerySet[Any]] | None = None
    states_a_problem: bool = False
    import_gate: Callable[[Any, Mapping[str, Any]], Quality] | None = None

    @property
    def flow(self) -> Workflow:
        """Its table of moves."""
        return self.lifecycle.flow

    @property
    def prefix(self) -> str:
        """The two letters that its codes begin with, such as `XQ`."""
        prefix: str = self.model._meta.get_field("code").prefix  # noqa: SLF001 -- public API of Django
        return prefix

    @property
    def subject(self) -> str:
        """The journal's and the files' name for it, such as `needs.need`."""
        return f"{self.name}.{self.noun}"

    @property
    def import_subject(self) -> str:
        """The files' name for an uploaded spreadsheet of this kind, such as `offerings.import`."""
        return f"{self.name}.import"

    def perm(self, verb: str) -> str:
        """A permission's full name, such as `needs.edit_need`."""
        return self.lifecycle.perm(verb)

    def template(self, page: str) -> str:
        """A template of the slice, such as `needs/need_detail.html`."""
        return f"{self.name}/{self.noun}_{page}.html"

    def url(self, view: str, *args: object) -> str:
        """A URL of the slice."""
        return reverse(f"{self.name}:{view}", args=args)

    def step(self, key: str) -> Step | None:
        """The step of that key, or None."""
        return next((step for step in self.steps if step.key == key), None)

    def after(self, key: str) -> str:
        """The key of the step after this one; "check" after the last."""
        keys = [*(step.key for step in self.steps), "check"]
        return keys[keys.index(key) + 1]

    def visible_to(self, actor: Actor) -> QuerySet[Any]:
        """The listings of this kind that `actor` may see."""
        return queries.visible_to(self.model, actor)

    def own(self, actor: Actor) -> QuerySet[Any]:
        """Those of the organisations that `actor` works for, last changed first."""
        return queries.own(self.model, actor)

    def queue(self, actor: Actor) -> QuerySet[Any]:
        """Those that wait for a review by `actor`, oldest first."""
        if self.review_queue is not None:
            return self.review_queue(actor)
        return queries.waiting_for_review(self.model, actor)

    def waiting(self, actor: Actor) -> int:
        """The number of listings in `queue`, as the menu counts."""
        return _waiting[self.name](actor)["waiting"]

    def own_counts(self, actor: Actor) -> dict[str, int]:
        """How many own listings there are, by state; states without any are not in it."""
        counts = _own[self.name](actor)
        return {name.partition(":")[2]: number for name, number in counts.items()}

    def newest(self, limit: int) -> list[Any]:
        """Those published last and still open."""
        return queries.newest(self.model, limit)

    def quality(self, listing: Any) -> Quality:
        """What the quality gate says of a stored listing; the page shows the rows that were read."""
        prefetch_related_objects([listing], *queries.children_of(self.model))
        return self.lifecycle.quality(listing)


_kinds: dict[str, ListingKind] = {}
_waiting: dict[str, Numbers] = {}
_own: dict[str, Numbers] = {}


def register_kind(kind: ListingKind) -> None:
    """Make a kind known, and decide who reads its attachments; called when its app is ready."""
    _kinds[kind.name] = kind
    _waiting[kind.name] = counted_for_menu(lambda user: {"waiting": kind.queue(user)})
    _own[kind.name] = counted_for_todos(lambda user: {"own": By(kind.own(user), "status")})
    register_reader(kind.subject, partial(queries.may_read_file, kind.model), door=DOOR)
    register_subjects(kind.subject, partial(_subjects, kind), partial(_key_of_code, kind))


def _subjects(kind: ListingKind, ids: Iterable[int]) -> dict[int, Subject]:
    """Listings of a kind as `disclosure` knows them, by key."""
    rows = queries.manager(kind.model).filter(pk__in=list(ids)).select_related("owner")
    return queries.disclosed(readable(rows), partial(kind.url, "detail"))


def _key_of_code(kind: ListingKind, code: str, actor: Actor) -> int | None:
    """The key of a listing of this kind that `actor` may see, by its code; no query for other kinds."""
    if not code.startswith(kind.prefix) or not is_valid_code(code):
        return None
    return kind.visible_to(actor).filter(code=code).values_list("pk", flat=True).first()


def kinds() -> tuple[ListingKind, ...]:
    """Every kind of listing, in the order of registration."""
    return tuple(_kinds.values())


def kind_named(name: str) -> ListingKind:
    """The kind of that name, such as `needs`. KeyError when there is none."""
    return _kinds[name]
