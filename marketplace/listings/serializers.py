"""A listing in the API. Both shapes are derived from the forms of the wizard, which also judge input."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar

from django import forms

from rest_framework import serializers

from marketplace.listings.forms import NumberField, Step, TrlField, judge
from marketplace.web.forms import (
    DateField,
    EitherField,
    KeywordsField,
    MoneyFormField,
    TermMultiField,
)
from marketplace.web.serializers import DayField, FigureField, WholeField

#: More fen than any price; keeps integers within what every client reads exactly.
MOST_FEN = 10**13
#: At most so many ways of cooperating in one request.
MOST_TERMS = 20
_FEN = "分；null 为面议"
Shape = Callable[[Any], serializers.Field]


def _whole(field: Any) -> serializers.Field:
    limits = {"min_value": field.min_value, "max_value": field.max_value}
    if field.initial is not None:
        return WholeField(default=field.initial, **limits)
    return WholeField(required=field.required, allow_null=not field.required, **limits)


#: Field of a form → field of the shape that is written. The first class that fits counts.
_WRITTEN: dict[type[forms.Field], Shape] = {
    KeywordsField: lambda field: _texts(max_length=field.most, required=False),
    TermMultiField: lambda _field: _texts(max_length=MOST_TERMS, required=False),
    MoneyFormField: lambda _field: _optional(
        WholeField, min_value=0, max_value=MOST_FEN, help_text=_FEN
    ),
    TrlField: lambda _field: _optional(WholeField, min_value=1, max_value=9),
    NumberField: lambda field: FigureField(
        max_digits=field.digits,
        decimal_places=field.places,
        required=field.required,
        allow_null=not field.required,
    ),
    DateField: lambda _field: _optional(DayField),
    forms.IntegerField: _whole,
    EitherField: lambda field: serializers.BooleanField(required=False, default=field.initial),
    forms.BooleanField: lambda _field: serializers.BooleanField(required=False),
    forms.EmailField: lambda _field: serializers.EmailField(required=False, allow_blank=True),
}
#: Field of a form → field of the shape that is read; text where none fits.
_READ: dict[type[forms.Field], Shape] = {
    KeywordsField: lambda _field: _texts(),
    TermMultiField: lambda _field: _texts(),
    MoneyFormField: lambda _field: serializers.IntegerField(allow_null=True, help_text=_FEN),
    TrlField: lambda _field: serializers.IntegerField(allow_null=True),
    DateField: lambda _field: serializers.DateField(allow_null=True),
    forms.IntegerField: lambda _field: serializers.IntegerField(allow_null=True),
    forms.BooleanField: lambda _field: serializers.BooleanField(),
}


def _texts(**options: Any) -> serializers.Field:
    return serializers.ListField(child=serializers.CharField(), **options)


def _optional(field: Callable[..., serializers.Field], **options: Any) -> serializers.Field:
    return field(required=False, allow_null=True, **options)


def _made(table: Mapping[type[forms.Field], Shape], field: forms.Field) -> serializers.Field | None:
    shape = next((made for kind, made in table.items() if isinstance(field, kind)), None)
    return shape(field) if shape else None


def _written(field: forms.Field, *, in_row: bool = False) -> serializers.Field:
    if made := _made(_WRITTEN, field):
        return made
    if field.initial is not None:
        # What the wizard chooses in advance may be left out, but not emptied.
        return serializers.CharField(
            required=False, **({"default": field.initial} if in_row else {})
        )
    if field.required:
        return serializers.CharField()
    return serializers.CharField(required=False, allow_blank=True)


@cache
def row_shape(form: type[forms.Form]) -> type[serializers.Serializer[Any]]:
    """The shape of one child row, both ways: `NeedIndicatorForm` becomes `NeedIndicatorData`."""
    fields = {name: _written(field, in_row=True) for name, field in form.base_fields.items()}
    name = form.__name__.removesuffix("Form") + "Data"
    return type(name, (serializers.Serializer,), {"__doc__": form.__doc__, **fields})


class OwnerBrief(serializers.Serializer[Any]):
    """Whose listing it is; null where the owner is not shown."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    is_verified = serializers.BooleanField()


class ListingRead(serializers.Serializer[Any]):
    """The public fields of any listing. Amounts in fen, days as `YYYY-MM-DD`, instants with their offset, +08:00.

    Subclasses name the wizard's `steps` and, in `shown`, which of their fields the public may see: a new
    field of a form stays private until it is named here.
    """

    steps: ClassVar[tuple[Step, ...]] = ()
    shown: ClassVar[tuple[str, ...]] = ()
    #: Shown in every kind that asks for it.
    common: ClassVar[tuple[str, ...]] = (
        *("title", "title_en", "summary", "summary_en", "industry", "field", "chain", "district"),
        *("keywords", "cooperation", "valid_until"),
    )

    code = serializers.CharField()
    status = serializers.CharField()
    rev = serializers.IntegerField()
    owner = serializers.SerializerMethodField()
    published_at = serializers.DateTimeField(allow_null=True)
    is_sample = serializers.BooleanField()
    url = serializers.SerializerMethodField()
    available_actions = serializers.SerializerMethodField()

    def get_fields(self) -> dict[str, Any]:
        """The declared fields, those of the forms that are shown, and the child rows."""
        fields = super().get_fields()
        known = {
            name: field for step in self.steps for name, field in step.form.base_fields.items()
        }
        for name in (*(name for name in self.common if name in known), *self.shown):
            fields[name] = _made(_READ, known[name]) or serializers.CharField()
        for step in self.steps:
            for related, (formset, _heading) in step.rows.items():
                fields[related] = row_shape(formset.form)(many=True, source=f"{related}.all")
        return fields

    def get_owner(self, listing: Any) -> dict[str, Any] | None:
        """The owner, unless it asked not to be named."""
        return None if listing.hide_owner else dict(OwnerBrief(listing.owner).data)

    def get_url(self, listing: Any) -> str:
        """The page of the listing."""
        return str(self.context["kind"].url("detail", listing.code))

    def get_available_actions(self, listing: Any) -> list[str]:
        """The moves that the caller can make now."""
        user = self.context["request"].user
        if not user.is_authenticated:
            return []
        return [move.name for move in self.context["kind"].flow.available(listing, user)]


@cache
def detail_shape(reads: type[ListingRead]) -> type[ListingRead]:
    """The shape of one listing, for the schema: with the part that only some callers get."""
    confidential = serializers.CharField(
        required=False,
        help_text="保密内容；只对本单位、审核人员和获授权的单位返回，其他人没有这个字段",
    )
    return type(f"{reads.__name__}Detail", (reads,), {"confidential": confidential})


class ListingWrite(serializers.Serializer[Any]):
    """A new listing. Only the title is demanded; submission says what else is missing.

    The forms of the wizard give the fields their types and judge their values, so page and API agree.
    Subclasses name the wizard's steps.
    """

    steps: ClassVar[tuple[Step, ...]] = ()

    owner = serializers.CharField(required=False, help_text="单位编号；只属于一个单位时可省略")

    def get_fields(self) -> dict[str, Any]:
        """The declared fields, those of the wizard's forms, and the child rows."""
        fields = super().get_fields()
        for step in self.steps:
            fields |= {name: _written(field) for name, field in step.form.base_fields.items()}
            for related, (formset, _heading) in step.rows.items():
                fields[related] = row_shape(formset.form)(many=True, required=False)
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """`values` and `rows` for the service. Raises ValidationError by field."""
        judged = judge(self.steps, attrs)
        if errors := judged.errors | judged.told:
            raise serializers.ValidationError(errors)
        return {"values": judged.values, "rows": judged.rows}
