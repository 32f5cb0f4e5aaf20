"""The seeds that come with the product, as `migrate` has laid them."""

import pytest

from marketplace.taxonomy import queries
from marketplace.taxonomy.models import Scheme, Term
from marketplace.taxonomy.services import load_seeds

pytestmark = pytest.mark.django_db


def test_the_lists_of_the_plan_are_there():
    assert set(Scheme.objects.values_list("code", flat=True)) == {
        *("contract_class", "contract_type", "party_nature", "plan_source", "aim"),
        *("deduction_kind", "payment_mode", "royalty_base", "economy"),
        "industry",
        "chain",
        "field",
        "district",
        "trl",
        "scale",
        "need_kind",
        "cooperation",
        "pricing",
        "contact_route",
        "org_kind",
        "comparator",
        "attribute",
        "level",
        "stage",
        "ip_kind",
        "ip_status",
        "service_category",
        "service_pricing",
        "qualification",
        "service_region",
        "filing_kind",
        "contract_kind",
        "closing_reason",
    }
    assert not Scheme.objects.filter(source="").exists()
    assert not Scheme.objects.filter(label_en="").exists()
    assert load_seeds() == 0


def test_sizes_that_the_law_and_the_plan_fix():
    sizes = {scheme.code: scheme.in_use for scheme in queries.schemes()}
    assert (sizes["field"], sizes["trl"], sizes["chain"]) == (11, 9, 13)
    tops = [term.code for term in queries.terms("industry") if term.level == 0]
    assert tops == [
        "it",
        "materials",
        "energy",
        "machinery",
        "pharma",
        "logistics",
        "wood",
        "fertilizer",
        "agri",
        "livelihood",
    ]


def test_every_term_has_an_english_name_and_an_honest_parent():
    assert not Term.objects.filter(label_en="").exists()
    for scheme in Scheme.objects.all():
        codes = set(scheme.terms.values_list("code", flat=True))
        parents = set(scheme.terms.exclude(parent="").values_list("parent", flat=True))
        assert parents <= codes, scheme.code


def test_counties_stand_under_the_city():
    assert queries.ancestors("district", "371302") == ["371300"]
    assert len(queries.descendants("district", "371300")) == 12
    assert queries.label("district", "371311") == "罗庄区"
    assert queries.ancestors("industry", "machinery.agri") == ["machinery"]


def test_chains_say_that_their_names_are_open():
    assert Scheme.objects.get(code="chain").editable
    assert all("待按正式文件核定" in term.note for term in queries.terms("chain"))
