"""What a slice has, but did not declare. A part that is left out on purpose has its reason here."""

import re
import subprocess
import sys

from django.apps import apps
from django.contrib.auth.models import AnonymousUser

import pytest

from marketplace.kernel.workflow import Workflow, flows
from marketplace.web.slices import Slice, parts, slices
from tests.architecture.source import ROOT, modules

#: Prefixes of codes that nobody types into the search box, and why.
NO_CODE_PAGE = {
    "PP": "a match is read on the page of either listing",
    "PC": "a batch is opened from the page of imports or the review queue",
    "CY": "a member is a row on the page of the organisation",
    "YQ": "an invitation is opened by the link that was sent",
    "RZ": "a dossier is read on the page of the organisation",
    "DL": "a delegation is a row on the page of deputies",
    "BZ": "a step is a row on the page of its enquiry",
    "LP": "a token is a row on the page of one's account",
    "FJ": "an attachment is opened from the page of what it belongs to",
    "TZ": "a message is a row of the list of messages",
    "ZS": "an acceptance is a row on the page of the agreement",
    "RW": "a broker's own task is a row on the page of tasks",
    "LX": "a message to a broker is a row on the page of messages",
    "ZZ": "a certificate is a row on the page of its broker",
    "BG": "an amendment is a row on the page of its tender",
    "ZI": "a cancellation is a row on the page of its tender",
    "TW": "a question is a row on the page of its tender",
    "ZG": "the record of standing is the page of the operator",
    "GZ": "a job is shown on the page that started it",
}

#: Flows with a reviewer whose rows are in no `ReviewQueue`, and why.
_OWN_QUEUE = "registrars decide in a queue with a menu entry of its own, parties:verification_queue"
NO_REVIEW = {
    "registration.filing": "registrars decide at a desk of heaps, which has a menu entry of its own",
    "parties.organization": _OWN_QUEUE,
    "parties.verification": _OWN_QUEUE,
    "brokerage.ruling": "appeals stand above the list of introductions, and are a to-do",
    "brokerage.broker": "registrars decide in the register, which has a menu entry of its own",
}

#: Public pages of one row that search engines are not told of, and why.
NO_SITEMAP = {
    "files:download": "an attachment is a file of a page that is told",
    "enquiries:visit_file": "a file that one visitor may have",
    "records:record": "data for programs; the page of the tender is told",
}

#: Slices with public pages and tables of their own but without samples, and why.
NO_SAMPLES = {
    "matching": "matches are computed from the samples of listings",
    "files": "attachments belong to rows of other slices",
    "records": "samples are no open data",
}

#: A row in such a state waits for a reviewer; so does one that a move of such a permission takes on.
WAITING = {"in_review", "pending"}
REVIEWS = ("review_", "verify_", "decide_", "approve_")
#: The address of a page of one row.
OF_ONE_ROW = re.compile(r"^[^<>]+<\w+:code>/$")
#: Modules that work by being imported: they register handlers and permissions.
REGISTERING = {"handlers", "policies"}


def test_every_code_has_a_page_or_a_reason() -> None:
    prefixes = {
        prefix
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if (prefix := getattr(field, "prefix", ""))
    }
    assert prefixes - {one.prefix for one in parts("codes")} == NO_CODE_PAGE.keys()


def is_reviewed(flow: Workflow) -> bool:
    """Whether somebody decides on what others submit."""
    by_people = [move for move in flow.transitions.values() if move.permission]
    verbs = [move.permission.partition(".")[2] for move in by_people]
    return bool(WAITING & set(flow.states.values)) or any(v.startswith(REVIEWS) for v in verbs)


@pytest.mark.django_db
def test_every_flow_with_a_reviewer_has_a_queue_or_a_reason() -> None:
    reviewed = {flow.subject for flow in flows() if is_reviewed(flow)}
    queued = {queue.rows(AnonymousUser()).model._meta.label_lower for queue in parts("reviews")}
    assert reviewed - queued == NO_REVIEW.keys()


def test_every_public_page_of_a_row_is_in_a_sitemap_or_has_a_reason() -> None:
    pages = {
        f"{one.name}:{address.name}"
        for one in slices()
        for address in one.addresses("public")
        if OF_ONE_ROW.match(str(address.pattern))
    }
    assert pages - {one.page for one in parts("sitemaps")} == NO_SITEMAP.keys()


def has_tables(one: Slice) -> bool:
    """Whether the slice stores rows of its own."""
    return any(apps.get_app_config(one.name).get_models())


def test_every_slice_with_public_rows_has_samples_or_a_reason() -> None:
    public = {one.name for one in slices() if one.addresses("public") and has_tables(one)}
    marked = {
        model._meta.app_label
        for model in apps.get_models()
        if "is_sample" in {field.name for field in model._meta.get_fields()}
        if model._meta.app_label in {one.name for one in slices() if one.urls}
    }
    assert (public | marked) - {one.name for one in slices() if one.samples} == NO_SAMPLES.keys()


def test_modules_that_register_are_loaded_at_the_start() -> None:
    """In a process of its own: here, another test may have imported what `apps.py` forgot."""
    script = "import sys, django; django.setup(); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    written = {
        ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        for path in modules()
        if REGISTERING & {path.stem, path.parent.name}
    }
    assert written - set(loaded) == set()
