"""The database itself refuses what no service would write: every state, every amount has a CHECK."""

import tomllib
from pathlib import Path

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, models, transaction

import pytest

from marketplace import taxonomy
from marketplace.kernel.models import CodeField
from marketplace.kernel.money import MoneyField

TREES = ("marketplace", "cms", "search")
#: Django itself gives these a CHECK that they are not negative.
POSITIVE = (
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.PositiveBigIntegerField,
)


def own_models():
    return [m for m in apps.get_models() if m.__module__.split(".")[0] in TREES]


def names_in(condition):
    """The fields that a condition speaks of."""
    for child in condition.children:
        if isinstance(child, models.Q):
            yield from names_in(child)
        else:
            yield child[0].split("__")[0]


def checked(model):
    checks = [c for c in model._meta.constraints if isinstance(c, models.CheckConstraint)]
    return {name for check in checks for name in names_in(check.condition)}


def values_in(condition, name):
    """What a condition says that a field may be; None when it says nothing of the kind."""
    for child in condition.children:
        if isinstance(child, models.Q):
            if (found := values_in(child, name)) is not None:
                return found
        elif child[0] == f"{name}__in":
            return set(child[1])
    return None


def allowed(model, name):
    """The values that a CHECK of this model names for the field; None when there is no such CHECK."""
    checks = [c for c in model._meta.constraints if isinstance(c, models.CheckConstraint)]
    found = [values_in(check.condition, name) for check in checks]
    return next((values for values in found if values is not None), None)


def is_short_text(field):
    """A code of some list or a state, by its length; numbers of records have a generator."""
    text = isinstance(field, models.CharField) and not isinstance(field, CodeField)
    return text and field.max_length is not None and field.max_length <= 16


#: Short texts that hold a code of the taxonomy, and of which list.
LISTS = {
    "achievements.Achievement.attribute": "attribute",
    "achievements.Achievement.contact_route": "contact_route",
    "achievements.Achievement.district": "district",
    "achievements.Achievement.field": "field",
    "achievements.Achievement.level": "level",
    "achievements.Achievement.pricing_mode": "pricing",
    "achievements.Achievement.stage": "stage",
    "achievements.AchievementIndicator.comparator": "comparator",
    "achievements.Patent.kind": "ip_kind",
    "achievements.Patent.status": "ip_status",
    "deals.Contract.aim": "aim",
    "deals.Contract.contract_type": "contract_type",
    "deals.Contract.field": "field",
    "deals.Contract.payment_mode": "payment_mode",
    "deals.Contract.plan_source": "plan_source",
    "deals.Contract.royalty_base": "royalty_base",
    "deals.ContractParty.nature": "party_nature",
    "deals.Deduction.kind": "deduction_kind",
    "enquiries.Lead.district": "district",
    "enquiries.Lead.field": "field",
    "needs.Need.contact_route": "contact_route",
    "needs.Need.district": "district",
    "needs.Need.field": "field",
    "needs.Need.kind": "need_kind",
    "needs.NeedIndicator.comparator": "comparator",
    "offerings.Filing.kind": "filing_kind",
    "offerings.Offering.category": "service_category",
    "offerings.Offering.contact_route": "contact_route",
    "offerings.Offering.district": "district",
    "offerings.Offering.field": "field",
    "offerings.Offering.price_mode": "service_pricing",
    "offerings.Qualification.scheme": "qualification",
    "parties.Organization.district": "district",
    "parties.Organization.kind": "org_kind",
    "registration.Filing.recognised_type": "contract_type",
    "tenders.Tender.district": "district",
}
#: Nobody edits it, but the ministry does: a new edition is a new seed, no change of the schema.
PUBLISHED_BY_OTHERS = {
    "field",
    "economy",
    "contract_type",
    "payment_mode",
    "royalty_base",
    "deduction_kind",
}
#: Short texts with no list of values.
FREE = {
    "awards.Result.panel",
    "brokerage.Introduction.kind",
    "brokerage.Introduction.listing_code",
    "brokerage.Mandate.listing_code",
    "brokerage.MandateVersion.wording",
    "enquiries.Enquiry.listing_code",
    "enquiries.Intent.statement_version",
    "enquiries.VisitorContact.consent_version",
    "journal.UnreadableRow.code",
    "matching.Match.weights_version",
    "matching.Reading.version",
    "disclosure.Reading.attachment_code",
    "deals.Amendment.section",
    # Places of parties of a contract may be anywhere: GB/T 2260, ISO 3166-1.
    "deals.Contract.desk_district",
    "deals.ContractParty.country",
    "deals.ContractParty.district",
    "deals.OriginProposal.kind",
    "deals.OriginProposal.record_code",
    "parties.ApiToken.prefix",
    "parties.User.consent_version",
    "registration.BenefitUse.report_because",
    "registration.Filing.district",
    "registration.Filing.reported_number",
    "registration.Filing.status_before_dispute",
    # Months, as 2026-11.
    "registration.LedgerBook.closed_month",
    "registration.LedgerPeriod.month",
    "registration.RegisterMapping.of",
    "registration.RegisterMapping.unit",
    "search.VocabularyWord.last",
    "statistics.IssueState.closed_through",
    "statistics.PublicIssue.since",
    "statistics.PublicIssue.through",
    # "" is the whole city.
    "statistics.Target.district",
}


def own_fields():
    for model in own_models():
        for field in model._meta.local_fields:
            yield model, field, f"{model._meta.label}.{field.name}"


def seeds():
    """The lists of the taxonomy as they are delivered, by their codes."""
    folder = Path(taxonomy.__file__).with_name("seeds")
    parts = [tomllib.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.toml")]
    return {scheme["code"]: scheme for part in parts for scheme in part["scheme"]}


def test_every_short_text_has_a_check_or_a_reason():
    """A new state or code without a CHECK is found here; so is a line that is no longer needed."""
    unchecked = {
        label
        for model, field, label in own_fields()
        if is_short_text(field) and field.name not in checked(model)
    }
    lists = seeds()
    editable = {
        label
        for label, code in LISTS.items()
        if lists[code].get("editable", True) or code in PUBLISHED_BY_OTHERS
    }
    assert unchecked == editable | FREE


@pytest.mark.parametrize("label", sorted(LISTS))
def test_a_check_of_a_list_names_the_terms_of_the_list(label):
    model, field = next((m, f) for m, f, found in own_fields() if found == label)
    named = allowed(model, field.name)
    if named is not None:
        terms = {term[0] for term in seeds()[LISTS[label]]["terms"]}
        assert named == terms | ({""} if field.blank else set())


def bounded():
    """Every field with a fixed set of values, and every amount."""
    for model, field, label in own_fields():
        named = is_short_text(field) and allowed(model, field.name)
        if field.choices or named or isinstance(field, MoneyField):
            yield pytest.param(model, field, id=label)


@pytest.mark.parametrize(("model", "field"), list(bounded()))
def test_every_state_and_amount_has_a_check(model, field):
    assert field.name in checked(model)


def test_every_other_number_is_not_negative_or_is_no_amount():
    """A key of another table, a window of time: whatever else is a whole number says so here."""
    others = {
        f"{model._meta.label}.{field.name}"
        for model in own_models()
        for field in model._meta.local_fields
        if isinstance(field, models.IntegerField)
        and not isinstance(field, (*POSITIVE, models.AutoField, models.BigAutoField))
        and field.name not in checked(model)
    }
    assert others == {
        "disclosure.Grant.subject_id",
        "disclosure.NameRelease.subject_id",
        "disclosure.Reading.subject_id",
        "files.Attachment.subject_id",
        "journal.Entry.subject_id",
        "journal.Version.subject_id",
        "notices.Notice.entry_id",
        "publicity.Publicity.subject_id",
        # Net of reversals: the sums of a month of corrections may be negative.
        "registration.LedgerPeriod.amount_fen",
        "registration.LedgerPeriod.contracts",
        "registration.LedgerPeriod.technical_fen",
        "registration.LedgerSum.amount_fen",
        "registration.LedgerSum.contracts",
        "registration.LedgerSum.technical_fen",
        "statistics.IssueState.last_entry",
        "statistics.PublicIssue.after_entry",
        "statistics.PublicIssue.amount_fen",
        "statistics.PublicIssue.contracts",
        "statistics.PublicIssue.technical_fen",
        "statistics.PublicIssue.to_entry",
        "web.RateBucket.window",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "field"), list(bounded()))
def test_the_database_refuses_what_is_out_of_bounds(model, field):
    """An UPDATE past every form and service; the row is made past them too."""
    wrong = -1 if isinstance(field, MoneyField) else "?"
    row = raw_row(model, {field.attname: wrong})
    with pytest.raises(IntegrityError, match=r"(?i)check"), transaction.atomic():
        insert(model, row)


def raw_row(model, given):
    """Column values of a row that is wrong in nothing but `given`."""
    row = {}
    for field in model._meta.local_concrete_fields:
        if field.attname in given:
            row[field.column] = given[field.attname]
        elif field.primary_key and not field.remote_field:
            row[field.column] = 10**9 if "Auto" in field.get_internal_type() else "x"
        elif field.null:
            row[field.column] = None
        else:
            row[field.column] = plain(field)
    return row


def plain(field):
    if field.remote_field:
        return 10**9
    if field.has_default():
        value = field.get_default()
    else:
        value = field.choices[0][0] if field.choices else {"text": "x"}.get("text")
    kind = field.get_internal_type()
    if not field.has_default() and not field.choices:
        if "Integer" in kind or kind in {"FloatField", "DecimalField"}:
            value = 1
        elif kind == "BooleanField":
            value = False
        elif kind == "DateTimeField":
            value = "2026-11-27 00:00:00+00:00"
        elif kind == "DateField":
            value = "2026-11-27"
        elif kind == "BinaryField":
            value = b"x"
    return field.get_db_prep_save(value, connection_of())


def connection_of():
    from django.db import connection

    return connection


def insert(model, row):
    connection = connection_of()
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, row))
    marks = ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})",
            list(row.values()),
        )


def test_checks_name_fields_that_exist():
    for model in own_models():
        for name in checked(model):
            try:
                model._meta.get_field(name)
            except FieldDoesNotExist:
                pytest.fail(f"{model._meta.label}: a check of {name!r}")
