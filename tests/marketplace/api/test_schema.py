"""The OpenAPI document names what each operation may answer, and what is required."""

from typing import Any

from django.test import Client

import pytest
import yaml

from marketplace.listings.kind import kinds

pytestmark = pytest.mark.django_db
READS = {"200", "400", "401", "403", "406", "414", "429"}
WRITES = {"400", "401", "403", "406", "409", "413", "414", "415", "429"}


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(client.get("/api/schema/").content)
    return found


@pytest.fixture
def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["operationId"]: one for path in document["paths"].values() for one in path.values()}


def test_each_operation_names_its_problems(operations: dict[str, dict[str, Any]]) -> None:
    named = {name: set(one["responses"]) for name, one in operations.items()}
    assert named == {
        "taxonomy_list": READS,
        "taxonomy_detail": READS | {"404"},
        "organization_list": READS | {"404"},
        "organization_detail": READS | {"404"},
        "search": READS,
        "agreement": READS,
        "agreement_accept": WRITES | {"200"},
        "grant_list": READS | {"404"},
        "grant_request": WRITES | {"200", "201", "422"},
        "grant_detail": READS | {"404"},
        "grant_move": WRITES | {"200", "404", "412", "428"},
        "exclusion_list": READS | {"404"},
        "exclusion_record": WRITES | {"200", "201", "422"},
        "exclusion_detail": READS | {"404"},
        "exclusion_correct": WRITES | {"200", "404", "412", "428"},
        "exclusion_move": WRITES | {"200", "404", "412", "428"},
        "custodian_list": READS | {"404"},
        "custodian_detail": READS | {"404"},
        "tender_list": READS | {"404"},
        "tender_draft": WRITES | {"200", "201", "422"},
        "tender_detail": READS | {"404"},
        "tender_ask": WRITES | {"200", "201", "404", "422"},
        "tender_move": WRITES | {"200", "404", "412", "428"},
        "bid_list": READS | {"404"},
        "bid_detail": READS | {"404"},
        "delivery_list": READS | {"404"},
        "delivery_detail": READS | {"404"},
        "panel_list": READS | {"404"},
        "panel_detail": READS | {"404"},
        "panel_scores": READS | {"404"},
        "panel_form": WRITES | {"200", "201", "422"},
        "panel_move": WRITES | {"200", "404", "412", "428"},
        "seat_list": READS | {"404"},
        "seat_detail": READS | {"404"},
        "seat_move": WRITES | {"200", "404", "412", "428"},
        "seat_scores": WRITES | {"200", "404", "412", "428"},
        "seat_ask": WRITES | {"200", "201", "404", "422"},
        "seat_reject": WRITES | {"200", "201", "404", "422"},
        "explanation_list": READS | {"404"},
        "explanation_answer": WRITES | {"200", "404"},
        "openedbid_list": READS | {"404"},
        "openedbid_detail": READS | {"404"},
        "opening_detail": READS | {"404"},
        "result_list": READS | {"404"},
        "result_detail": READS | {"404"},
        "result_move": WRITES | {"200", "404", "412", "428"},
        "delivery_move": WRITES | {"200", "404", "412", "428"},
        "own_expert": READS,
        "introduction_met": WRITES | {"200", "404"},
        "publicity_list": READS | {"404"},
        "publicity_draft": WRITES | {"200", "201", "422"},
        "publicity_detail": READS | {"404"},
        "publicity_move": WRITES | {"200", "204", "404", "412", "428"},
        "objection_list": READS | {"404"},
        "objection_draft": WRITES | {"200", "201", "422"},
        "objection_detail": READS | {"404"},
        "objection_move": WRITES | {"200", "404", "412", "428"},
        "enquiry_list": READS | {"404"},
        "enquiry_ask": WRITES | {"200", "201", "422"},
        "enquiry_detail": READS | {"404"},
        "enquiry_write": WRITES | {"200", "201", "404", "412", "422", "428"},
        "enquiry_close": WRITES | {"200", "404", "412", "428"},
        "enquiry_reopen": WRITES | {"200", "201", "404", "412", "422", "428"},
        "intent_list": READS | {"404"},
        "intent_propose": WRITES | {"200", "201", "404", "422"},
        "intent_detail": READS | {"404"},
        "intent_counter": WRITES | {"200", "201", "404", "412", "422", "428"},
        "intent_act": WRITES | {"200", "404", "412", "428"},
        "step_list": READS | {"404"},
        "step_add": WRITES | {"200", "201", "404", "422"},
        "step_detail": READS | {"404"},
        "step_done": WRITES | {"200", "404", "412", "428"},
        "note_list": READS | {"404"},
        "note_add": WRITES | {"200", "201", "404", "422"},
        "lead_list": READS | {"404"},
        "lead_detail": READS | {"404"},
        "lead_act": WRITES | {"200", "404", "412", "428"},
        "lead_consent": READS | {"404"},
        "lead_answer": WRITES | {"200", "404", "412", "428"},
        "contact_list": READS | {"404"},
        "contact_log": WRITES | {"200", "201", "422"},
        "contact_detail": READS | {"404"},
        "contact_reply": WRITES | {"200", "404", "412", "428"},
        "broker_list": READS | {"404"},
        "broker_detail": READS | {"404", "410"},
        "broker_own": READS,
        "broker_own_move": WRITES | {"200", "412", "428"},
        "mandate_list": READS | {"404"},
        "mandate_propose": WRITES | {"200", "201", "422"},
        "mandate_detail": READS | {"404"},
        "mandate_act": WRITES | {"200", "404", "412", "428"},
        "mandate_amend": WRITES | {"200", "404", "412", "428"},
        "introduction_list": READS | {"404"},
        "introduction_record": WRITES | {"200", "201", "422"},
        "introduction_detail": READS | {"404"},
        "introduction_answer": WRITES | {"200", "404", "412", "428"},
        "task_list": READS | {"404"},
        "task_add": WRITES | {"200", "201", "422"},
        "task_mark": WRITES | {"200", "404"},
        "pipeline_list": READS | {"404"},
        "commission_list": READS | {"404"},
        "commission_add": WRITES | {"200", "201", "404", "422"},
        "commission_act": WRITES | {"200", "404", "412", "428"},
        "broker_write": WRITES | {"200", "201", "404", "422"},
        "contract_list": READS | {"404"},
        "contract_begin": WRITES | {"200", "201", "422"},
        "contract_detail": READS | {"404"},
        "contract_act": WRITES | {"200", "404", "412", "428"},
        "contract_check": READS | {"404"},
        "contract_check_text": WRITES | {"200", "404"},
        "contract_invoices": READS | {"404"},
        "contract_invoice": WRITES | {"200", "404", "412", "422", "428"},
        "contract_payments": READS | {"404"},
        "contract_pay": WRITES | {"200", "404", "412", "422", "428"},
        "contract_reverse": WRITES | {"200", "404", "412", "428"},
        "contract_milestones": READS | {"404"},
        "contract_milestone_done": WRITES | {"200", "404", "412", "428"},
        "contract_texts": READS | {"404"},
        "contract_text_put": WRITES | {"200", "404", "412", "428"},
        "contract_attest": WRITES | {"200", "404", "412", "428"},
        "contract_sign": WRITES | {"200", "404", "412", "428"},
        "contract_copies": READS | {"404"},
        "contract_copy_add": WRITES | {"200", "404", "412", "428"},
        "contract_amendments": READS | {"404"},
        "contract_amendment_propose": WRITES | {"200", "201", "404", "412", "422", "428"},
        "contract_amendment": READS | {"404"},
        "contract_amendment_answer": WRITES | {"200", "404", "412", "428"},
        "contract_origins": READS | {"404"},
        "contract_origin_confirm": WRITES | {"200", "404", "412", "428"},
        "contract_save": WRITES | {"200", "404", "412", "428"},
        "met_list": READS | {"404"},
        "met_answer": WRITES | {"200", "404"},
        "filing_list": READS | {"404"},
        "filing_open": WRITES | {"200", "201"},
        "filing_detail": READS | {"404"},
        "filing_act": WRITES | {"200", "404", "412", "428"},
        "ledger_periods": READS | {"404"},
        "ledger_entries": READS | {"404"},
        "step_edit": WRITES | {"200", "404", "412", "428"},
        "step_remove": WRITES | {"204", "404", "412", "428"},
        "statistics_years": READS,
        "statistics_year": READS | {"404"},
        "thread_detail": READS | {"404"},
        "need_matches": READS | {"404"},
        "achievement_matches": READS | {"404"},
    } | {
        f"{kind.noun}_{name}": responses
        for kind in kinds()
        for name, responses in (
            ("list", READS | {"404"}),
            ("create", WRITES | {"200", "201", "422"}),
            ("detail", READS | {"404", "410"}),
            ("submit", WRITES | {"200", "404", "412", "428"}),
        )
    }


def test_every_problem_has_the_one_shape(
    document: dict[str, Any], operations: dict[str, dict[str, Any]]
) -> None:
    shapes = {
        str(answer["content"])
        for one in operations.values()
        for status, answer in one["responses"].items()
        if status >= "400" and status != "414"
    }
    assert shapes == {
        str({"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemData"}}})
    }
    problem = document["components"]["schemas"]["ProblemData"]
    assert problem["required"] == ["status", "title", "type"]


def test_what_is_required_is_said(
    document: dict[str, Any], operations: dict[str, dict[str, Any]]
) -> None:
    schemas = document["components"]["schemas"]
    for name in ("NeedWrite", "AchievementWrite"):
        assert schemas[name]["required"] == ["title"]
    for name in ("need_create", "achievement_create"):
        assert operations[name]["requestBody"]["required"] is True
    needed = [one["name"] for one in operations["search"]["parameters"] if one.get("required")]
    assert needed == ["q"]
