"""Writes on the code lists: the operator's edits, and the seeds, which never overwrite them."""

import re
import tomllib
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connections, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.events import Event
from marketplace.kernel.revisions import Rev, check
from marketplace.taxonomy import events, queries
from marketplace.taxonomy.models import BEGINNING, Scheme, Shape, Term

SEEDS = Path(__file__).parent.parent / "seeds"

CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*\Z")
#: Room between two neighbours, so that one can be put between them.
STEP = 10


# ---- the operator


@transaction.atomic
def add_term(
    scheme: Scheme,
    *,
    code: str,
    label: str,
    actor: Actor,
    label_en: str = "",
    parent: str = "",
    note: str = "",
    valid_from: date | None = None,
) -> Term:
    """Add a term, last among its siblings, valid from a day on (today by default).

    In a list whose codes are paths `code` is the last part and `parent.` is put before it. A code
    that was retired may come again later. Raises Forbidden, Refused for a fixed list, InvalidInput.
    """
    scheme = _editable(scheme, actor)
    day = valid_from or clock.today()
    _check_parent(scheme, parent, day)
    if not CODE.match(code):
        raise InvalidInput({"code": [_("代码只能用小写字母、数字和下划线")]})
    full = f"{parent}.{code}" if parent and scheme.shape == Shape.PATH else code
    if len(full) > 40:
        raise InvalidInput({"code": [_("代码过长")]})
    _check_free(scheme, full, day)
    term = Term.objects.create(
        scheme=scheme,
        code=full,
        parent=parent,
        label=_clean_label(label),
        label_en=label_en,
        note=note,
        order=_next_order(scheme, parent),
        valid_from=day,
        edited=True,
    )
    event = events.TermAdded(subject_id=term.pk, scheme=scheme.code, code=full, name=term.label)
    return _announce(term, event, actor)


@transaction.atomic
def rename_term(
    term: Term,
    *,
    label: str,
    actor: Actor,
    label_en: str = "",
    note: str = "",
    order: int | None = None,
    rev: Rev = None,
) -> Term:
    """Change what a term is called and where it stands among its siblings; the code stays.

    Raises Forbidden, Refused for a fixed list, InvalidInput without a label, Stale when `rev` is not
    the term's state.
    """
    scheme, term = _locked(term, actor)
    check(term.state, rev, term)
    before, term.label = term.label, _clean_label(label)
    term.label_en, term.note = label_en, note
    if order is not None:
        term.order = order
    event = events.TermRenamed(
        subject_id=term.pk, scheme=scheme.code, code=term.code, before=before, after=term.label
    )
    return _announce(_stored(term), event, actor)


@transaction.atomic
def retire_term(term: Term, *, actor: Actor, on: date | None = None, rev: Rev = None) -> Term:
    """End a term: from `on` (today by default) it can't be chosen; what uses it keeps its label.

    Raises Refused when it has ended already, or while terms below it hold, InvalidInput for a day
    before the term began, and Stale when `rev` is not the term's state.
    """
    scheme, term = _locked(term, actor)
    day = on or clock.today()
    if term.valid_to is not None:
        raise Refused(_("该条目已停用"))
    if day < term.valid_from:
        raise InvalidInput({"on": [_("停用日期不能早于启用日期")]})
    if any(row.holds_on(day) for row in scheme.terms.filter(parent=term.code)):
        raise Refused(_("请先停用它的下级条目"))
    check(term.state, rev, term)
    term.valid_to = day
    event = events.TermRetired(
        subject_id=term.pk, scheme=scheme.code, code=term.code, day=day.isoformat()
    )
    return _announce(_stored(term), event, actor)


@transaction.atomic
def restore_term(term: Term, *, actor: Actor, rev: Rev = None) -> Term:
    """Undo a retirement.

    Raises Refused when the term is not retired, when its parent is, or when the code has begun
    a newer period since, and Stale when `rev` is not the term's state.
    """
    scheme, term = _locked(term, actor)
    if term.valid_to is None:
        raise Refused(_("该条目没有停用"))
    if scheme.terms.filter(code=term.code, valid_from__gt=term.valid_from).exists():
        raise Refused(_("该代码已有新的条目，不能恢复旧条目"))
    if term.parent and not _holds(scheme, term.parent, clock.today()):
        raise Refused(_("请先恢复它的上级条目"))
    check(term.state, rev, term)
    term.valid_to = None
    event = events.TermRestored(subject_id=term.pk, scheme=scheme.code, code=term.code)
    return _announce(_stored(term), event, actor)


def _editable(scheme: Scheme, actor: Actor) -> Scheme:
    """The scheme under a lock, so that two operators do not add the same code."""
    if not actor.has_perm("taxonomy.edit_term"):
        raise Forbidden
    scheme = Scheme.objects.select_for_update().get(pk=scheme.pk)
    if not scheme.editable:
        raise Refused(_("这份代码表依据国家标准或法规固定，不能在此修改"))
    return scheme


def _locked(term: Term, actor: Actor) -> tuple[Scheme, Term]:
    scheme = _editable(term.scheme, actor)
    return scheme, scheme.terms.select_for_update().get(pk=term.pk)


def _stored(term: Term) -> Term:
    term.edited, term.updated_at = True, clock.now()
    term.save()
    return term


def _announce(term: Term, event: Event, actor: Actor) -> Term:
    _touch(term.scheme_id)
    publish(event, actor=actor)
    return term


def _touch(scheme_id: int) -> None:
    """Tell every process that this list has changed: this one at commit, others at their check."""
    Scheme.objects.filter(pk=scheme_id).update(stamp=uuid.uuid4())
    transaction.on_commit(queries.forget)


def _clean_label(label: str) -> str:
    cleaned = " ".join(label.split())
    if not cleaned:
        raise InvalidInput({"label": [_("请填写名称")]})
    return cleaned


def _holds(scheme: Scheme, code: str, day: date) -> bool:
    return any(row.holds_on(day) for row in scheme.terms.filter(code=code))


def _check_parent(scheme: Scheme, parent: str, day: date) -> None:
    if not parent:
        return
    if scheme.shape == Shape.FLAT:
        raise InvalidInput({"parent": [_("这份代码表没有上下级")]})
    if not _holds(scheme, parent, day):
        raise InvalidInput({"parent": [_("上级条目不存在或已停用")]})
    if scheme.terms.filter(code=parent).exclude(parent="").exists():
        raise InvalidInput({"parent": [_("最多两级")]})


def _check_free(scheme: Scheme, code: str, day: date) -> None:
    """A code begins a new period only after its last one has ended."""
    last = scheme.terms.filter(code=code).order_by("valid_from").last()
    if last is None:
        return
    if last.valid_to is None:
        raise InvalidInput({"code": [_("该代码已在使用")]})
    if day < last.valid_to or day <= last.valid_from:
        raise InvalidInput({"valid_from": [_("启用日期与该代码以前的条目重叠")]})


def _next_order(scheme: Scheme, parent: str) -> int:
    last = scheme.terms.filter(parent=parent).order_by("order").last()
    return last.order + STEP if last else STEP


# ---- the seeds


def seed_after_migrate(using: str = "default", **_: Any) -> None:
    """The `post_migrate` receiver: seeds on the default database, once its tables are there."""
    if using != "default":
        return
    table = Term._meta.db_table  # noqa: SLF001 -- public by Django's documentation
    if table in connections[using].introspection.table_names():
        load_seeds()


@transaction.atomic
def load_seeds(folder: Path = SEEDS) -> int:
    """Load every scheme whose seed is newer than what is stored; return how many.

    A term that the operator has edited is left alone; one that the seed no longer lists is retired
    from today on.
    """
    stored = {scheme.code: scheme for scheme in Scheme.objects.all()}
    loaded = 0
    for order, seed in enumerate(_seeds(folder)):
        scheme = stored.get(seed["code"])
        if scheme is None or scheme.seed_version < seed["version"]:
            _load(scheme or Scheme(code=seed["code"]), seed, order)
            loaded += 1
    if loaded:
        transaction.on_commit(queries.forget)
    return loaded


def _seeds(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.toml")):
        yield from tomllib.loads(path.read_text(encoding="utf-8"))["scheme"]


def _load(scheme: Scheme, seed: dict[str, Any], order: int) -> None:
    scheme.label, scheme.label_en = seed["label"], seed["label_en"]
    scheme.source, scheme.shape = seed["source"], seed.get("shape", Shape.FLAT)
    scheme.editable, scheme.order = seed.get("editable", True), order
    scheme.seed_version, scheme.stamp = seed["version"], uuid.uuid4()
    scheme.save()
    rows: dict[str, Term] = {}
    for row in scheme.terms.order_by("valid_from"):
        rows[row.code] = row
    for place, values in enumerate(_terms_of(seed), start=1):
        code = values["code"]
        row = rows.pop(code) if code in rows else Term(scheme=scheme, code=code)
        if row.edited:
            continue
        for name, value in values.items():
            setattr(row, name, value)
        row.order, row.valid_to, row.updated_at = place * STEP, None, clock.now()
        row.save()
    for row in rows.values():
        if not row.edited and row.valid_to is None:
            row.valid_to = max(clock.today(), row.valid_from)
            row.save(update_fields=["valid_to"])


def _terms_of(seed: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The columns of each term. A path names its parent; a tree's term has it as a fourth value."""
    for code, label, english, *above in seed["terms"]:
        parent = above[0] if above else ""
        if seed.get("shape") == Shape.PATH:
            parent = code.rpartition(".")[0]
        yield {
            "code": code,
            "parent": parent,
            "label": label,
            "label_en": english,
            "note": seed.get("note", ""),
            "valid_from": seed.get("valid_from", BEGINNING),
        }
