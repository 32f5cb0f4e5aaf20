"""From the cells of a row to what the wizard's forms say of them: the same verdicts on both ways.

Nothing is written here. A row is good when it has no problems; notes tell what was left out or
proposed.
"""

import tomllib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.achievements.exports import BROUGHT, CHILDREN, KNOWN, WRITTEN
from marketplace.achievements.forms import STEPS
from marketplace.achievements.imports import cells, contacts, titles
from marketplace.achievements.rulebook import (
    public_contacts,
    shares_problem,
    source_key,
    text_key,
)
from marketplace.kernel.errors import InvalidInput
from marketplace.listings.exports import ListingColumn
from marketplace.listings.imports import cells as shared
from marketplace.sheets.cells import column_letter, fault_of
from marketplace.sheets.headings import Wanted, plain, spellings

DISCIPLINES = Path(__file__).with_name("disciplines.toml")
MOST_WORDS, LONGEST_WORD = 8, 20
#: Columns of a result file: passed over when the corrected file comes back.
RESULT_HEADS = (gettext_lazy("行号"), gettext_lazy("结果"), gettext_lazy("问题"))
DISCIPLINE = "discipline"
#: One column for name, number and address together.
REACHED = "reached"
#: Without this column a table holds no achievements.
NEEDED = "description"
#: Stands in the column 编号 of the template's example rows: they are passed over.
EXAMPLE = "示例"
READ = (*WRITTEN, *BROUGHT)

#: How the text of a cell becomes what its form field takes; plain text where nothing is said.
READERS: dict[str, Callable[[str], Any]] = {
    **{name: shared.term(name) for name in ("industry", "field", "chain", "district")},
    **{name: shared.term(name) for name in ("stage", "attribute", "level", "contact_route")},
    "pricing_mode": shared.term("pricing"),
    "cooperation": shared.several_terms("cooperation"),
    "keywords": cells.words,
    "trl": cells.readiness,
    "has_sample": shared.yes_no,
    "is_state_owned": shared.yes_no,
    "price_min": cells.amount,
    "price_max": cells.amount,
}
ENTRIES: dict[str, Callable[[str], list[cells.Entry]]] = {
    "indicators": lambda text: cells.entries(text, cells.indicator),
    "patents": lambda text: cells.entries(text, cells.patent),
    "owners": cells.owners,
    "inventors": cells.inventors,
}


@dataclass
class Draft:
    """One row read: its values and child rows, what is wrong (`problems`) or worth knowing (`notes`).

    Problems and notes are (column's heading, text). `key` knows the row again.
    """

    number: int
    code: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    key: str = ""
    text_key: str = ""
    given_title: str = ""
    #: Whether a public text of the row holds a number, an address or a WeChat id.
    gives_away: bool = False

    @property
    def is_reachable(self) -> bool:
        """Whether the row itself says how to reach somebody."""
        return bool(self.values.get("contact_phone") or self.values.get("contact_email"))


@dataclass(frozen=True)
class Layout:
    """Which column stands where; `ignored` are the headings that say nothing to the import."""

    places: dict[str, int]
    heads: dict[str, str]
    ignored: list[str]

    def head(self, name: str) -> str:
        """How the sheet calls a column, or how the template would."""
        return self.heads.get(name) or str(_columns()[name].title)


def wanted() -> Wanted:
    """The headings by which the table is found in a file; without a text column it is none."""
    known = _headings()
    needed = {head for head, name in known.items() if name == NEEDED}
    return Wanted(frozenset(known), frozenset(needed))


def layout_of(headers: Sequence[str]) -> Layout:
    """Find the columns by their headings; the template's own heading comes before another word for it.

    Raises InvalidInput at `file` without a text column, or for a heading that stands there twice.
    """
    names = [_column_of(header) for header in headers]
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        if name and (name not in places or _is_own(headers[place], name)):
            if name in places and plain(headers[place]) == plain(headers[places[name]]):
                where = "、".join(column_letter(at) for at in (places[name], place))
                text = _("表头“%(name)s”重复出现（%(where)s 列）")
                raise InvalidInput({"file": [text % {"name": headers[place][:40], "where": where}]})
            places[name] = place
    if NEEDED not in places:
        text = _("没有找到“技术方案”（或“摘要”）一列，请使用模板，并保留表头")
        raise InvalidInput({"file": [text]})
    used = set(places.values())
    ignored = [
        header
        for place, header in enumerate(headers)
        if header and place not in used and names[place] != ""
    ]
    return Layout(places, {name: headers[place] for name, place in places.items()}, ignored)


def _column_of(header: str) -> str | None:
    """The column that a heading names, "" for one that is passed over, None for an unknown one."""
    known = _headings()
    return next((known[name] for name in spellings(header) if name in known), None)


def _is_own(header: str, name: str) -> bool:
    """Whether the template itself calls the column so."""
    return plain(str(_columns()[name].title)) in spellings(header)


def _columns() -> dict[str, ListingColumn]:
    return {column.name: column for column in READ}


@cache
def _headings() -> dict[str, str]:
    """Every heading that is understood, in each language; "" for what an export adds."""
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for column in READ:
                for head in (str(column.title), *column.aliases):
                    found[plain(head)] = column.name
            passed_over = [*(column.title for column in KNOWN), *RESULT_HEADS]
            found |= {plain(str(head)): "" for head in passed_over}
    return found


@cache
def disciplines() -> dict[str, list[str]]:
    """Field and industry of the disciplines that leave no doubt."""
    return tomllib.loads(DISCIPLINES.read_text(encoding="utf-8"))


class RowReader:
    """Reads the rows of one sheet. The forms are made once and used again for every row."""

    def __init__(self, layout: Layout, owner: str) -> None:
        self.layout = layout
        self.owner = owner
        self.forms = [step.form({}) for step in STEPS]
        self.row_forms = {
            name: formset.form for step in STEPS for name, (formset, _title) in step.rows.items()
        }
        self.most = {name: f.max_num for s in STEPS for name, (f, _t) in s.rows.items()}

    def read(self, number: int, texts: Sequence[str]) -> Draft:
        """Judge one row."""
        draft = Draft(number)
        given = {name: texts[place].strip() for name, place in self.layout.places.items()}
        faulty = {name: fault for name, text in given.items() if (fault := fault_of(text))}
        draft.problems += [(self.layout.head(name), fault) for name, fault in faulty.items()]
        given |= dict.fromkeys(faulty, "")
        draft.code = given.pop("code", "")
        draft.given_title = given.get("title", "")
        draft.key = source_key(self.owner, draft.given_title, given.get("description", ""))
        draft.text_key = text_key(self.owner, given.get("description", ""))
        data = self._data(draft, given)
        self._reach(draft, data, given.get(REACHED, ""))
        self._propose(draft, data, given)
        self._judge(draft, data, without=faulty)
        for name in CHILDREN:
            draft.rows[name] = self._children(draft, name, given.get(name, ""))
        self._check_shares(draft)
        self._look_for_contacts(draft)
        return draft

    def _data(self, draft: Draft, given: dict[str, str]) -> dict[str, Any]:
        """What the forms are to judge; a cell that can't be read at all is a problem here."""
        data: dict[str, Any] = {"contact_route": "direct"}
        for name, text in given.items():
            if not text or name in ENTRIES or name in {DISCIPLINE, REACHED}:
                continue
            try:
                data[name] = READERS.get(name, str)(text)
            except shared.CellError as error:
                draft.problems.append((self.layout.head(name), str(error)))
        if words := data.get("keywords"):
            data["keywords"] = self._fitting(draft, words)
        return data

    def _fitting(self, draft: Draft, words: list[str]) -> list[str]:
        """Archives have more and longer keywords than a listing shows: the first that fit are kept."""
        kept = [word for word in dict.fromkeys(words) if len(word) <= LONGEST_WORD][:MOST_WORDS]
        if left := [word for word in words if word not in kept]:
            text = _("未采用的关键词：%(words)s") % {"words": "、".join(left)[:120]}
            draft.notes.append((self.layout.head("keywords"), text))
        return kept

    def _reach(self, draft: Draft, data: dict[str, Any], text: str) -> None:
        """Part the column 联系方式; columns of their own come before it."""
        if not text:
            return
        head = self.layout.head(REACHED)
        try:
            found = contacts.read_contact(text)
        except shared.CellError as error:
            draft.problems.append((head, str(error)))
            return
        parts = {"name": found.name, "phone": found.phone, "email": found.email}
        for name, value in parts.items():
            data.setdefault(f"contact_{name}", value)
        if found.left:
            words = {"left": "、".join(found.left)[:120]}
            draft.notes.append((head, _("未采用的联系方式：%(left)s") % words))

    def _propose(self, draft: Draft, data: dict[str, Any], given: dict[str, str]) -> None:
        """Fill what an archive lacks from what it has, and say so."""
        text = given.get("description", "")
        draft.values["proposed_title"] = False
        if not draft.given_title and (title := titles.propose_title(text)):
            data["title"] = title
            draft.values["proposed_title"] = True
            draft.notes.append(
                (self.layout.head("title"), _("名称由正文提取：%(title)s") % {"title": title})
            )
        if not data.get("summary") and text:
            data["summary"] = titles.propose_summary(text)
        field_code, industry = disciplines().get(given.get(DISCIPLINE, ""), ["", ""])
        if field_code and not given.get("field"):
            data["field"] = field_code
        if industry and not given.get("industry"):
            data["industry"] = industry

    def _judge(self, draft: Draft, data: dict[str, Any], without: Collection[str]) -> None:
        """The wizard's own forms, with this row as what was typed; `without` cells that are no values."""
        has_text = source_key(self.owner, "", str(data.get(NEEDED, "")))
        if not has_text and NEEDED not in without:
            draft.problems.append((self.layout.head("description"), _("请填写")))
        for form in self.forms:
            form.data = data
            form.full_clean()
            for name, errors in form.errors.items():
                if name in without:
                    continue
                head = self.layout.head(self._cell_of(name)) if name in _columns() else ""
                draft.problems += [(head, str(text)) for text in errors]
            draft.values |= form.cleaned_data

    def _cell_of(self, name: str) -> str:
        """The column of the sheet from which a value came."""
        is_parted = name.startswith("contact_") and name not in self.layout.places
        return REACHED if is_parted and REACHED in self.layout.places else name

    def _children(self, draft: Draft, name: str, text: str) -> list[dict[str, Any]]:
        if not text:
            return []
        head = self.layout.head(name)
        try:
            found = ENTRIES[name](text)
        except shared.CellError as error:
            draft.problems.append((head, str(error)))
            return []
        if len(found) > self.most[name]:
            draft.problems.append((head, _("最多 %(count)s 行") % {"count": self.most[name]}))
            return []
        return list(self._judged_rows(draft, head, self.row_forms[name], found))

    def _judged_rows(
        self, draft: Draft, head: str, form_class: Any, found: Iterable[cells.Entry]
    ) -> Iterable[dict[str, Any]]:
        for place, entry in enumerate(found, start=1):
            form = form_class(entry)
            if form.is_valid():
                yield form.cleaned_data
                continue
            for name, errors in form.errors.items():
                label = form.fields[name].label if name in form.fields else ""
                draft.problems += [
                    (
                        head,
                        _("第 %(n)s 项%(what)s：%(text)s") % {"n": place, "what": label, "text": e},
                    )
                    for e in errors
                ]

    def _check_shares(self, draft: Draft) -> None:
        shares = [row.get("share") for row in draft.rows["owners"]]
        if problem := shares_problem(shares):
            draft.problems.append((self.layout.head("owners"), str(problem)))

    def _look_for_contacts(self, draft: Draft) -> None:
        """What everybody will read is searched for numbers and addresses, which need not be there."""
        rows = [draft.rows.get(name, []) for name in CHILDREN]
        found = public_contacts(draft.values, *rows, blocks=False)
        draft.gives_away = bool(found)
        draft.notes += [(self.layout.head(one.field), str(one.text)) for one in found]
