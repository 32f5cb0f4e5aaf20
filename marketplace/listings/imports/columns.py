"""The columns of an import, derived from the forms of a kind's wizard."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput
from marketplace.listings.exports import COMMON, CONTACT
from marketplace.listings.forms import Step
from marketplace.listings.imports.cells import CellError, several_terms, term, yes_no
from marketplace.sheets.headings import Wanted, plain, spellings
from marketplace.web.forms import EitherField, MoneyFormField, TermField, TermMultiField

#: Between the parts of a row of a child table, as an export writes it.
BAR = "|"
#: Without this column a sheet is none of ours: a draft needs a title and nothing else.
NEEDED = "title"
#: The columns of an export by other names than the wizard's, so that an exported list can be read.
_ALIASES = {column.name: (column.title, *column.aliases) for column in (*COMMON, *CONTACT)}


@dataclass(frozen=True)
class Column:
    """A field of the wizard, or a child table: then `parts` are the fields of one row of it."""

    name: str
    label: Any
    field: forms.Field | None = None
    parts: tuple[tuple[str, forms.Field], ...] = ()

    @property
    def heading(self) -> str:
        """The heading in the reader's language; an amount has its unit in it."""
        if isinstance(self.field, MoneyFormField):
            return _("%(label)s（%(unit)s）") % {"label": self.label, "unit": self.field.suffix}
        return str(self.label)

    @property
    def names(self) -> set[str]:
        """Every heading by which the column is known, as `plain` writes it.

        An amount without its unit is not known: nobody can tell 元 from 万元 by the figure.
        """
        found: set[str] = set()
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                is_amount = isinstance(self.field, MoneyFormField)
                found.update([plain(self.heading)] if is_amount else spellings(self.heading))
        return found

    def read(self, text: str) -> Any:
        """What a cell says, as the API would send it. Raises CellError."""
        if self.field is not None:
            return _read(self.field, text)
        return [self._row(line) for line in text.split("\n") if line.strip()]

    def _row(self, line: str) -> dict[str, Any]:
        texts = [part.strip() for part in line.replace("｜", BAR).split(BAR)]
        if len(texts) > len(self.parts):
            raise CellError(_("竖线过多，格式为：%(form)s") % {"form": self.form})
        given = {n: f.initial for n, f in self.parts if f.initial is not None}
        for (name, field), text in zip(self.parts, texts, strict=False):
            if text:
                given[name] = _read(field, text)
        return given

    @property
    def form(self) -> str:
        """How a row of a child table is written: 资质类型|证书编号|…"""
        return BAR.join(str(field.label) for _name, field in self.parts)


@dataclass(frozen=True)
class Layout:
    """The columns of one kind, and where a sheet has them."""

    columns: tuple[Column, ...]

    @classmethod
    def of(cls, steps: Sequence[Step]) -> "Layout":
        """The columns of these steps: the fields of each, then its child tables."""
        found = []
        for step in steps:
            found += [Column(name, field.label, field) for name, field in _ordered(step.form)]
            for related, (formset, heading) in step.rows.items():
                found.append(Column(related, heading, parts=tuple(_ordered(formset.form))))
        return cls(tuple(found))

    @cached_property
    def known(self) -> dict[str, Column]:
        """The columns by every name; what one is called goes before what another is also called."""
        found: dict[str, Column] = {}
        for column in self.columns:
            for name in sorted(column.names):
                found.setdefault(name, column)
        for column in self.columns:
            for alias in _ALIASES.get(column.name, ()):
                found.setdefault(plain(str(alias)), column)
        return found

    @property
    def wanted(self) -> Wanted:
        """What the reader of sheets looks for."""
        needed = {name for name, column in self.known.items() if column.name == NEEDED}
        return Wanted(frozenset(self.known), frozenset(needed))

    def places(self, headers: Sequence[str]) -> dict[int, Column]:
        """Which columns of a sheet are read. Raises InvalidInput at `file` for none, and for doubled ones."""
        found: dict[int, Column] = {}
        for place, header in enumerate(headers):
            column = next((self.known[n] for n in spellings(header) if n in self.known), None)
            if column is None:
                continue
            if column in found.values():
                text = _("“%(name)s”一列出现了两次，请只留一列") % {"name": column.heading}
                raise InvalidInput({"file": [text]})
            found[place] = column
        if NEEDED not in {column.name for column in found.values()}:
            (title,) = (column.heading for column in self.columns if column.name == NEEDED)
            text = _("没有找到“%(name)s”一列，请使用模板里的表头") % {"name": title}
            raise InvalidInput({"file": [text]})
        return found


def _ordered(form: type[forms.Form]) -> list[tuple[str, forms.Field]]:
    """The fields of a form in the order in which a page shows them."""
    fields = form.base_fields
    first = [name for name in form.field_order or () if name in fields]
    return [(name, fields[name]) for name in dict.fromkeys([*first, *fields])]


def _either(field: forms.Field, text: str) -> bool:
    """One of two, in the words of the form in any language."""
    wanted = plain(text)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for key, label in field.choices:  # type: ignore[attr-defined]
                if wanted == plain(str(label)):
                    return bool(key == "yes")
    shown = "、".join(str(label) for _key, label in field.choices)  # type: ignore[attr-defined]
    raise CellError(_("请填写其中之一：%(choices)s") % {"choices": shown})


#: Kind of field → how its cell is read. The first that fits counts; the form reads all other texts.
_READS: dict[type[forms.Field], Callable[[Any, str], Any]] = {
    TermMultiField: lambda field, text: several_terms(field.terms.scheme)(text),
    TermField: lambda field, text: term(field.terms.scheme)(text),
    EitherField: _either,
    forms.BooleanField: lambda _field, text: yes_no(text),
}


def _read(field: forms.Field, text: str) -> Any:
    read = next((made for kind, made in _READS.items() if isinstance(field, kind)), None)
    return read(field, text) if read else text
