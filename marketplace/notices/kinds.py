"""The kinds of notice that slices send; each may be switched off for mail by its reader."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class NoticeKind:
    """A kind of notice: its stored name, what the preferences page calls it, mail or not."""

    name: str
    label: Any
    mail_default: bool


_kinds: dict[str, NoticeKind] = {}


def register(name: str, label: Any, *, mail_default: bool = True) -> NoticeKind:
    """Make a kind known, for example `register("needs.returned", _("需求被退回"))`.

    Called when apps are ready. Raises TypeError when a name is taken.
    """
    kind = NoticeKind(name, label, mail_default)
    if _kinds.setdefault(name, kind) != kind:
        raise TypeError(f"two kinds of notice are called {name}")
    return kind


def kind_named(name: str) -> NoticeKind:
    """The kind of this name. Raises LookupError: a notice of no kind could not be switched off."""
    try:
        return _kinds[name]
    except KeyError:
        raise LookupError(name) from None


def label_of(name: str) -> Any:
    """What a kind is called; the stored name for one that exists no more."""
    kind = _kinds.get(name)
    return kind.label if kind else name


def all_kinds() -> list[NoticeKind]:
    """Every kind, in the order of registration."""
    return list(_kinds.values())
