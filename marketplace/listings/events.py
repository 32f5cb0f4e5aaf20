"""What happens to a listing of any kind. The names and fields of the classes are a stored contract.

The journal stores an event under its class name, so each kind has classes of its own: `NeedPublished`,
`AchievementPublished`. They differ in nothing else but a few labels, so one table makes them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field, make_dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.events import Event

#: The event classes of one kind of listing by what was done: "create", "edit", "publish" and so on.
Events = Mapping[str, type[Event]]

#: What was done → the end of the class name, the label ("" where kinds differ), fields of its own as
#: name, type and what makes the default.
#: `reasons` are sentences for the author. `remove_samples` tells of many listings: its `subject_id` is 0
#: and `codes` names them. `show_contact` is kept so that the owner can see who asked for the contact.
_TABLE: dict[str, tuple[str, Any, list[tuple[str, Any, Any]]]] = {
    "create": ("Drafted", "", []),
    "edit": ("Edited", "", []),
    "delete": ("Deleted", "", []),
    "submit": ("Submitted", pgettext_lazy("event", "提交审核"), []),
    "recall": ("Recalled", pgettext_lazy("event", "撤回修改"), []),
    "return": (
        "Returned",
        pgettext_lazy("event", "退回修改"),
        [("reasons", list[str], list)],
    ),
    "publish": ("Published", _("审核通过并发布"), []),
    "renew": ("Renewed", pgettext_lazy("event", "续期"), [("days", int, int)]),
    "expire": ("Expired", _("有效期届满"), []),
    "revise": ("Revised", _("取回修改"), []),
    "withdraw": ("Withdrawn", pgettext_lazy("event", "下架"), [("reason", str, str)]),
    "show_contact": ("ContactShown", pgettext_lazy("event", "查看联系方式"), []),
    "remove_samples": ("SamplesRemoved", "", [("codes", list[str], list)]),
}


def events_of(
    noun: str, subject: str, labels: Mapping[str, Any], *, end: tuple[str, str, Any] | None
) -> Events:
    """The event classes of one kind, named `<noun><what happened>`, about `subject` ("needs.need").

    `labels` are those in which kinds differ. `end` is the move that ends a listing well, the end of its
    class name and its label; its event has a field `how`. None for a kind that has no such move.
    """
    table = dict(_TABLE)
    if end is not None:
        move, name, label = end
        table[move] = (name, label, [("how", str, str)])
    return {
        act: make_dataclass(
            f"{noun}{past}",
            [(own, of, field(default_factory=make)) for own, of, make in fields],
            bases=(Event,),
            namespace={"subject_kind": subject, "label": labels.get(act, shared)},
            frozen=True,
            kw_only=True,
        )
        for act, (past, shared, fields) in table.items()
    }


def ids_of(batch: Iterable[Event]) -> list[int]:
    """The keys of the listings that these events tell of, each once.

    An event of one listing has it as its subject; an event of many lists them in `ids`.
    """
    keys: dict[int, None] = {}
    for event in batch:
        keys |= dict.fromkeys(getattr(event, "ids", None) or [event.subject_id])
    return list(keys)
