"""Events have words, workflows name permissions that exist, handlers are known, diagrams are true."""

from django.core.management import call_command

import pytest
import rules

from marketplace.kernel.events import all_events, handler_named, handlers_of
from marketplace.kernel.workflow import Workflow, flows


def test_every_event_has_words_and_a_subject() -> None:
    for event in all_events():
        assert str(event.label), event
        assert event.subject_kind.count(".") == 1, event


def test_every_listed_handler_exists() -> None:
    for event in all_events():
        for name in handlers_of(event):
            assert handler_named(name) is not None, name


@pytest.mark.parametrize("flow", flows(), ids=lambda flow: flow.subject)
def test_every_permission_of_a_workflow_is_registered(flow: Workflow) -> None:
    for move in flow.transitions.values():
        assert not move.permission or rules.perm_exists(move.permission), move.name


def test_diagrams_in_the_documents_are_up_to_date() -> None:
    call_command("workflow_diagrams", "--check")
