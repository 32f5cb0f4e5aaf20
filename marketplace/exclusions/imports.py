"""Decisions from a sheet: each row by itself, so that a bad one stops no other; errors name row and column."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from marketplace.exclusions import services
from marketplace.exclusions.forms import DecisionForm
from marketplace.exclusions.models import Decision, Run
from marketplace.exclusions.rulebook import FIELDS, MOST_ROWS, SCOPES, VERSION, plain
from marketplace.kernel.actors import Actor
from marketplace.kernel.children import ChildFailed, NoRoom
from marketplace.kernel.errors import Forbidden, InvalidInput
from marketplace.sheets.children import sheet_of
from marketplace.sheets.headings import Wanted, spellings
from marketplace.sheets.headings import plain as heading
from marketplace.sheets.readers import Sheet
from marketplace.sheets.writers import Column, write_xlsx
from marketplace.taxonomy import queries as taxonomy

#: Field of the form -> the heading of its column in the template, and further headings that mean the same.
COLUMNS: Mapping[str, tuple[Any, ...]] = {
    "kind": (gettext_lazy("决定的对象"), "对象", "主体类型"),
    "name": (gettext_lazy("单位名称或姓名"), "名称", "单位名称", "姓名"),
    "uscc": (gettext_lazy("统一社会信用代码"), "信用代码"),
    "note": (gettext_lazy("身份说明"),),
    "account": (gettext_lazy("本人账号的邮箱或手机号"), "账号"),
    "body": (gettext_lazy("作出决定的机关"), "决定机关", "处罚机关"),
    "number": (gettext_lazy("文号"), "决定书文号", "处罚决定书文号"),
    "decided_on": (gettext_lazy("作出决定的日期"), "决定日期", "处罚决定日期"),
    "scopes": (gettext_lazy("禁止的事项"), "事项", "范围"),
    "areas": (gettext_lazy("地域"),),
    "fields_": (gettext_lazy("领域"),),
    "starts_on": (gettext_lazy("期限的第一天"), "起始日期", "开始日期"),
    "last_on": (gettext_lazy("期限的最后一天"), "截止日期", "结束日期"),
    "source": (gettext_lazy("决定的链接"), "链接", "原文链接"),
}
#: The languages in which a template is offered, and so read, whatever the reader's is.
_LANGUAGES = ("zh-hans", "en")


def _in_each(label: Any) -> list[str]:
    """A label in each language of the template."""
    found = []
    for language in _LANGUAGES:
        with override(language):
            found.append(str(label))
    return found


@cache
def _known() -> dict[str, str]:
    """The headings that are understood -> the field."""
    return {
        heading(text): field
        for field, names in COLUMNS.items()
        for name in names
        for text in _in_each(name)
    }


_NEEDED = "number"
#: Characters of what is said of a cell: it may repeat the cell.
MOST_TOLD = 200
_BETWEEN = ("、", "，", ",", ";", "；", "\n")


def template_file() -> IO[bytes]:
    """The empty sheet with headings and explanations, rewound; the caller closes it."""
    scopes = "、".join(str(one.label) for one in SCOPES[VERSION])
    notes = [
        _("每行一份决定对一个单位或个人，一次最多 %(most)d 行。") % {"most": MOST_ROWS},
        _("“禁止的事项”可填：%(scopes)s；多项用分号隔开。") % {"scopes": scopes},
        _("地域写六位行政区划代码或本市区县名称，全国有效则不填；领域写名称或代码。"),
        _("有问题的行不会录入，其余各行照常录入；改正后可以重新上传，已经录入的行不会重复。"),
    ]
    needed = {"kind", "name", "body", "number", "decided_on", "scopes", "starts_on", "source"}
    columns = [
        Column(str(names[0]), 20, required=field in needed) for field, names in COLUMNS.items()
    ]
    return write_xlsx(_("禁止参加的决定"), columns, [], notes=notes)


def record_rows(sheet: Sheet, name: str, sha256: str, *, actor: Actor) -> Run:
    """Record the rows that can be read, and keep what became of each.

    `name` and `sha256` are of the file. Raises Forbidden, InvalidInput at `file` for a sheet without our headings.
    """
    places = _places(sheet.headers)
    run = Run(actor_id=actor.pk, file_name=name[:120], sha256=sha256, remarks=list(sheet.remarks))
    for number, cells in sheet.rows:
        said = {field: cells[place].strip() for field, place in places.items()}
        errors, known = _record(said, actor)
        if errors:
            run.refused += 1
            run.problems += [
                {
                    "row": number,
                    "column": _column(field, places, sheet.headers),
                    "text": text[:MOST_TOLD],
                }
                for field, texts in errors.items()
                for text in texts
            ]
        elif known:
            run.known += 1
        else:
            run.recorded += 1
    return services.keep_run(run, actor=actor)


def read_table(path: Path, name: str) -> Sheet:
    """Read a sheet of decisions. Raises InvalidInput at `file` where it cannot be read as a whole."""
    known = _known()
    wanted = Wanted(frozenset(known), frozenset(n for n, f in known.items() if f == _NEEDED))
    try:
        sheet = sheet_of(path, name, wanted=wanted, max_rows=MOST_ROWS)
    except NoRoom:
        raise
    except ChildFailed as error:
        raise InvalidInput({"file": [error.reason]}) from error
    if not sheet.rows:
        raise InvalidInput({"file": [_("表格里没有数据行")]})
    return sheet


def _places(headers: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    known = _known()
    for place, text in enumerate(headers):
        field = next((known[one] for one in spellings(text) if one in known), "")
        if not field:
            continue
        if field in found:
            reason = _("“%(name)s”一列出现了两次，请只留一列") % {"name": COLUMNS[field][0]}
            raise InvalidInput({"file": [reason]})
        found[field] = place
    lacking = [str(COLUMNS[one][0]) for one in ("name", "body", _NEEDED) if one not in found]
    if lacking:
        reason = _("没有找到这些列：%(names)s。请使用模板里的表头")
        raise InvalidInput({"file": [reason % {"names": "、".join(lacking)}]})
    return found


def _column(field: str, places: Mapping[str, int], headers: Sequence[str]) -> str:
    if field in places:
        return headers[places[field]]
    return str(COLUMNS[field][0]) if field in COLUMNS else ""


def _record(said: Mapping[str, str], actor: Actor) -> tuple[dict[str, list[str]], bool]:
    """Record a row: what is wrong with it by field, and whether it was recorded before."""
    form = DecisionForm(_data(said))
    if not form.is_valid():
        return {name: [str(one) for one in texts] for name, texts in form.errors.items()}, False
    if services.is_recorded(form.content):
        return {}, True
    try:
        services.record_decision(form.content, actor=actor)
    except Forbidden as error:
        return {"name": [str(error)]}, False
    except InvalidInput as error:
        names = {"fields": "fields_"}
        return {names.get(at, at): [str(one) for one in t] for at, t in error.errors.items()}, False
    return {}, False


def _data(said: Mapping[str, str]) -> dict[str, Any]:
    """The cells of a row as the page would send them."""
    data: dict[str, Any] = dict(said)
    data["kind"] = _kind(said)
    scopes = _scopes()
    data["scopes"] = [scopes.get(plain(one), one) for one in _several(said.get("scopes", ""))]
    terms = {
        plain(row.label_in(language)): row.code
        for row in taxonomy.terms(FIELDS)
        for language in _LANGUAGES
    }
    data["fields_"] = [terms.get(plain(one), one) for one in _several(said.get("fields_", ""))]
    return data


def _scopes() -> dict[str, str]:
    """The labels of the acts that may be forbidden, in each language -> the act."""
    return {plain(text): one.name for one in SCOPES[VERSION] for text in _in_each(one.label)}


def _kind(said: Mapping[str, str]) -> str:
    """单位 or 个人; where the sheet does not say it, a credit code means an organisation."""
    kinds = {plain(text): row.value for row in Decision.Kind for text in _in_each(row.label)}
    text = said.get("kind", "")
    if not text:
        return Decision.Kind.ORGANIZATION if said.get("uscc") else Decision.Kind.PERSON
    return kinds.get(plain(text), text)


def _several(text: str) -> list[str]:
    """The entries of a cell. A scope has 、 within, so it is tried whole before it is parted."""
    if plain(text) in _scopes():
        return [text]
    signs = _BETWEEN[3:] if any(sign in text for sign in _BETWEEN[3:]) else _BETWEEN
    for sign in signs:
        text = text.replace(sign, "\n")
    return [one.strip() for one in text.split("\n") if one.strip()]
