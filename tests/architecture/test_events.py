"""Events have words and listeners, handlers are known, diagrams are true."""

import ast
from pathlib import Path

from django.core.management import CommandError, call_command

import pytest

from marketplace.kernel import workflow
from marketplace.kernel.events import all_events, handler_named, handlers_of
from marketplace.kernel.workflow import Workflow
from tests.architecture.source import ROOT, modules


def test_every_event_has_words_and_a_subject() -> None:
    for event in all_events():
        assert str(event.label), event
        assert event.subject_kind.count(".") == 1, event


def test_every_listed_handler_exists() -> None:
    for event in all_events():
        for name in handlers_of(event):
            assert handler_named(name) is not None, name


#: Events that no handler listens to, and why: they are in the journal, where history and audit read them.
UNHEARD = {
    "what its author does to a draft changes nothing that others see": {
        *("AchievementDrafted", "AchievementDeleted", "AchievementEdited", "AchievementRecalled"),
        *("NeedDrafted", "NeedDeleted", "NeedEdited", "NeedRecalled"),
        *("OfferingDrafted", "OfferingDeleted", "OfferingEdited", "OfferingRecalled"),
        "OrganizationCreated",
        *("BrokerApplied", "BrokerRecalled", "BrokerConsented"),
        *("PublicityDrafted", "PublicityEdited", "PublicityDiscarded"),
        *("ObjectionDrafted", "ObjectionEdited"),
    },
    "a handler's deliveries are seen by the operator, and nobody but the bidder knows of a bid": {
        *("BidDrafted", "BidEdited", "BidDiscarded", "BidHandedIn", "BidConfirmed"),
        "BidKinDeclared",
        *("BidWithdrawn", "BidLapsed", "BidsClosed"),
        *("BidOpened", "BidUnreadable", "BidLeftClosed"),
    },
    "the pages read the rows themselves": {"TargetSet", "FiguresIssued"},
    "reviewers see the queue; it is counted in the menu": {
        *("AchievementSubmitted", "NeedSubmitted", "OfferingSubmitted", "ImportSubmitted"),
    },
    "a record of access, for audit": {
        *("AccessRefused", "AchievementContactShown", "NeedContactShown", "AttachmentDownloaded"),
        "OfferingContactShown",
        *("SignedIn", "SignInFailed"),
        "AuditAnchored",
        "AuditPackTaken",
    },
    "the service or the worker that publishes it has done all there is to do": {
        *("AchievementsImported", "AchievementsReturned", "ImportConfirmed", "ImportFailed"),
        *("ImportStarted", "DeliveriesRetried", "JobCancelled"),
        *("AttachmentCleared", "InvitationRevoked"),
    },
    "the page of the grant or of the agreement shows it": {
        *("AgreementAccepted", "GrantWithdrawn"),
    },
    "about one's own account, shown in its history": {
        *("ApiTokenCreated", "ApiTokenRevoked", "ContactConfirmed", "PasswordChanged"),
        *("PersonRegistered", "ProfileChanged", "SecondFactorChanged", "SecondFactorReset"),
    },
    "the page of the enquiry shows it": {
        *("EnquiriesJoined", "EnquirySeparated"),
        *("SilentReminded", "EnquiryMoved", "StepChanged", "NoteWritten"),
        *("MetAnswered", "LeadLapsed", "IntentSealed"),
    },
    "the page of the introduction shows it": {"MeetingAnswered"},
    "the page of the lead shows its new last day": {"LeadWorkedOn"},
    "the page of keeping shows what was erased, held and changed": {
        *("PeriodChanged", "RecordHeld", "RecordsPurged"),
    },
    "the page of the contract shows it": {
        *("ContractStarted", "PaymentRecorded", "InvoiceRecorded"),
        *("MilestoneDone", "OriginConfirmed", "DueReminded"),
    },
    "the report of the import says it": {"ContractsImported"},
    "the page of the bid, and the minutes, show it": {"UndertakingGiven", "BidRead"},
    "the page of the filing shows it": {
        *("FilingOpened", "FilingRecalled", "FilingReviewed", "FilingReopened", "FilingFiled"),
        *("BenefitRecorded", "CertificateFiled"),
    },
    "the ledger and the page of the month show it": {
        *("LedgerPosted", "LedgerCloseProposed", "LedgerCloseWithdrawn", "LedgerPeriodClosed"),
        *("RegisterImportStarted", "RegisterImportConfirmed", "RegisterImportFailed"),
    },
    "everybody reads it on the page of the publicity": {
        *("PublicityPublished", "PublicityProlonged", "ObjectionLapsed"),
    },
    "the page of the tender shows it": {
        *("TenderDrafted", "TenderEdited", "TenderDiscarded", "TenderRecalled"),
        "TenderArgued",
    },
    "the page of the result shows it": {"TermsExplained", "AwardContracted"},
    "the page of the standing shows it": {"StandingRecorded"},
    "the pages of the register and of the panel show it": {
        *("ExpertApplied", "ExpertLeft", "PanelPrepared", "PanelDrawn"),
        *("SeatLocked", "ReportSigned", "ExclusionDecided"),
    },
    "the page of the register shows it": {"DecisionsImported"},
    "the page of the custodian shows it": {"CustodianKeyMade", "RehearsalAnswered"},
    "the page of the mandate shows it": {"MandateCopyFiled"},
    "the page of the organisation reads its filings": {"FilingRecorded", "FilingRemoved"},
    "roles are granted on the command line": {"PlatformRoleGranted", "PlatformRoleRevoked"},
    "both sides see it on their page, where one of them ended it": {"DelegationEnded"},
    "every process reads the code lists again by itself": {
        *("TermAdded", "TermRenamed", "TermRestored", "TermRetired"),
        *("CalendarYearMarked", "WorkingDayAdded", "WorkingDayRemoved"),
    },
}


def test_every_event_has_a_handler_or_a_reason() -> None:
    """A new event is named here until a handler listens or a reason is written; so is a stale reason."""
    ours = {event for event in all_events() if not event.__module__.startswith("tests.")}
    unheard = {event.__name__ for event in ours if not handlers_of(event)}
    assert unheard == set().union(*UNHEARD.values())


def deaf_handlers(trees: dict[Path, ast.Module]) -> list[str]:
    """Functions of the rooms `handlers` that nothing calls: neither registered nor used in their room."""
    found = []
    for path, tree in trees.items():
        if "handlers" not in {path.stem, path.parent.name}:
            continue
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        found += [
            f"{path}: {node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef)
            and not node.decorator_list
            and node.name not in used
            # A maker of handlers is called by the slices that it makes them for.
            and not any(isinstance(inner, ast.FunctionDef) for inner in node.body)
        ]
    return found


def test_every_handler_listens() -> None:
    worked = ROOT / "tests/worked_slice/handlers.py"
    trees = {**modules(), worked: ast.parse(worked.read_text(encoding="utf-8"))}
    assert deaf_handlers(trees) == []


def test_a_handler_that_was_not_registered_is_noticed() -> None:
    tree = ast.parse("def hear(event):\n    act()\n\n@on(Fact)\ndef listen(event):\n    act()")
    assert deaf_handlers({Path("market/handlers.py"): tree}) == ["market/handlers.py: hear"]


def test_diagrams_in_the_documents_are_up_to_date() -> None:
    call_command("workflow_diagrams", "--check")


def test_a_diagram_that_is_missing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a table that was registered after the document was written."""
    monkeypatch.setattr(workflow, "_flows", dict(workflow._flows))
    known = workflow.flows()[0]
    Workflow.of(known.states, known.initial, subject=known.subject, column="phase")
    with pytest.raises(CommandError, match="out of date"):
        call_command("workflow_diagrams", "--check")
