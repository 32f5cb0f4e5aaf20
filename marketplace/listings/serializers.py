"""What every kind of listing shares in the API: shown fields, and input through the wizard's forms."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import QueryDict

from rest_framework import serializers

from marketplace.listings.forms import Step


class OwnerBrief(serializers.Serializer[Any]):
    """Whose listing it is; null where the owner is not shown."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    is_verified = serializers.BooleanField()


class ListingRead(serializers.Serializer[Any]):
    """The public fields of any listing. Amounts in fen, days as `YYYY-MM-DD`, instants in UTC."""

    code = serializers.CharField()
    status = serializers.CharField()
    rev = serializers.IntegerField()
    title = serializers.CharField()
    title_en = serializers.CharField()
    summary = serializers.CharField()
    summary_en = serializers.CharField()
    industry = serializers.CharField()
    field = serializers.CharField()
    chain = serializers.CharField()
    district = serializers.CharField()
    keywords = serializers.ListField(child=serializers.CharField())
    cooperation = serializers.ListField(child=serializers.CharField())
    owner = serializers.SerializerMethodField()
    published_at = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    is_sample = serializers.BooleanField()
    url = serializers.SerializerMethodField()
    available_actions = serializers.SerializerMethodField()

    def get_owner(self, listing: Any) -> dict[str, Any] | None:
        """The owner, unless it asked not to be named."""
        if listing.hide_owner:
            return None
        return dict(OwnerBrief(listing.owner).data)

    def get_url(self, listing: Any) -> str:
        """The page of the listing."""
        return str(self.context["kind"].url("detail", listing.code))

    def get_available_actions(self, listing: Any) -> list[str]:
        """The moves that the caller can make now."""
        user = self.context["request"].user
        if not user.is_authenticated:
            return []
        return [move.name for move in self.context["kind"].flow.available(listing, user)]


class ListingWrite(serializers.Serializer[Any]):
    """Input for a draft. The same forms as in the wizard judge it, so page and API agree.

    Subclasses declare their fields for the schema, name the wizard's steps, and turn a row into what
    the row's form expects where the two differ.
    """

    steps: ClassVar[tuple[Step, ...]] = ()

    def form_row(self, related: str, row: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """A row as its form expects it."""
        return {name: "" if value is None else value for name, value in row.items()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """`values` and `rows` for the service. Raises ValidationError by field."""
        values: dict[str, Any] = {}
        rows: dict[str, list[dict[str, Any]]] = {}
        errors: dict[str, Any] = {}
        plain = {name: "" if value is None else value for name, value in attrs.items()}
        for step in self.steps:
            form = step.form({**_initial(step), **plain})
            if not form.is_valid():
                errors |= {name: list(texts) for name, texts in form.errors.items()}
            values |= {name: form.cleaned_data.get(name) for name in form.fields if name in attrs}
            for related, (formset, _heading) in step.rows.items():
                if related in attrs:
                    rows[related] = self._rows(related, formset, attrs[related], errors)
        if errors:
            raise serializers.ValidationError(errors)
        return {"values": values, "rows": rows}

    def _rows(
        self, related: str, formset: Any, items: list[Any], errors: dict[str, Any]
    ) -> list[dict[str, Any]]:
        data = QueryDict(mutable=True)
        data[f"{related}-TOTAL_FORMS"] = str(len(items))
        data[f"{related}-INITIAL_FORMS"] = "0"
        for number, item in enumerate(items):
            for name, value in self.form_row(related, item).items():
                data[f"{related}-{number}-{name}"] = str(value)
        bound = formset(data, prefix=related)
        if bound.is_valid():
            cleaned: list[dict[str, Any]] = bound.values
            return cleaned
        errors[related] = [*bound.non_form_errors(), *(dict(e) for e in bound.errors if e)]
        return []


def _initial(step: Step) -> dict[str, Any]:
    """Choices that the wizard preselects need not be sent."""
    fields = step.form.base_fields
    return {name: f.initial for name, f in fields.items() if f.initial is not None}
