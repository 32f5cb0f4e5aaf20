"""Status tables: nothing but the listed moves, by the right people, under the guards."""

from types import SimpleNamespace

from django.db.models import TextChoices

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel import workflow
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.workflow import Transition, Workflow, flow_of, flows
from marketplace.parties.models import Organization, Verification


class Status(TextChoices):
    DRAFT = "draft", "草稿"
    IN_REVIEW = "in_review", "审核中"
    PUBLISHED = "published", "已发布"
    EXPIRED = "expired", "已到期"


def needs_title(subject, _now):
    return "" if subject.title else "请填写标题"


def is_due(subject, now):
    return "" if now >= subject.due else "尚未到期"


FLOW = Workflow.of(
    Status,
    Status.DRAFT,
    Transition(
        "submit", "提交", {Status.DRAFT}, Status.IN_REVIEW, "t.submit", guards=(needs_title,)
    ),
    Transition("publish", "发布", {Status.IN_REVIEW}, Status.PUBLISHED, "t.publish"),
    Transition("return", "退回", {Status.IN_REVIEW}, Status.DRAFT, "t.publish"),
    Transition("withdraw", "撤回", {Status.IN_REVIEW, Status.PUBLISHED}, Status.DRAFT, "t.submit"),
    Transition("expire", "到期", {Status.PUBLISHED}, Status.EXPIRED, by_clock="t.expire"),
    Transition("halt", "中止", {Status.PUBLISHED}, Status.DRAFT, by_system=True),
)
#: Stands for an event of another slice; `fire` only asks that there is one.
FACT = object()


class Actor:
    def __init__(self, *permissions):
        self.permissions = set(permissions)

    def has_perm(self, name, _subject):
        return name in self.permissions


ALL = Actor("t.submit", "t.publish")


def subject(status="draft", title="x"):
    return SimpleNamespace(status=status, title=title)


def test_move_sets_the_status_and_nothing_else():
    item = subject()
    FLOW.fire("submit", item, ALL)
    assert vars(item) == {"status": "in_review", "title": "x"}


def test_wrong_state_is_refused_in_words():
    item = subject("published")
    with pytest.raises(Refused) as error:
        FLOW.fire("submit", item, ALL)
    assert str(error.value) == "当前状态为“已发布”，不能提交"
    assert item.status == "published"


def test_missing_permission_comes_before_the_state():
    with pytest.raises(Forbidden):
        FLOW.fire("submit", subject("published"), Actor())
    assert (
        str(FLOW.refusal("publish", subject("in_review"), Actor("t.submit")))
        == "没有权限进行此操作"
    )


def test_guard_gives_the_reason():
    assert FLOW.refusal("submit", subject(title=""), ALL) == "请填写标题"
    assert FLOW.refusal("submit", subject(), ALL) == ""


def test_buttons_are_the_moves_that_would_succeed():
    assert [move.name for move in FLOW.available(subject("in_review"), ALL)] == [
        *("publish", "return", "withdraw")
    ]
    assert FLOW.available(subject("published"), Actor("t.publish")) == []
    assert FLOW.available(subject(title=""), ALL) == []


def test_moves_by_the_clock_are_nobodys_button():
    item = subject("published")
    assert "expire" not in [move.name for move in FLOW.available(item, ALL)]
    FLOW.fire("expire", item, None)
    assert item.status == "expired"
    with pytest.raises(Refused):
        FLOW.fire("expire", item, None)


def test_moves_by_the_system_are_nobodys_button_and_name_a_fact():
    item = subject("published")
    assert "halt" not in [move.name for move in FLOW.available(item, ALL)]
    with pytest.raises(TypeError):
        FLOW.fire("halt", item, None)
    FLOW.fire("halt", item, None, because=FACT)
    assert item.status == "draft"
    with pytest.raises(Refused) as error:
        FLOW.fire("halt", item, None, because=FACT)
    assert str(error.value) == "当前状态为“草稿”，不能中止"


def test_a_fact_moves_nothing_that_a_person_or_the_clock_moves():
    for name, status in (("submit", "draft"), ("expire", "published")):
        item = subject(status)
        with pytest.raises(TypeError):
            FLOW.fire(name, item, None, because=FACT)
        assert item.status == status


@pytest.mark.parametrize(
    ("name", "because", "reason"),
    [
        ("expire", None, "“到期”由系统自动完成，不能手动操作"),
        ("halt", FACT, "“中止”由系统自动完成，不能手动操作"),
    ],
)
def test_a_person_makes_no_move_of_the_clock_or_the_system(name, because, reason):
    item = subject("published")
    assert str(FLOW.refusal(name, item, ALL)) == reason
    with pytest.raises(Refused) as error:
        FLOW.fire(name, item, ALL, because=because)
    assert (str(error.value), item.status) == (reason, "published")


def test_the_site_itself_makes_no_move_of_a_person():
    item = subject()
    with pytest.raises(Forbidden):
        FLOW.fire("submit", item, None)
    assert item.status == "draft"


def test_a_status_may_stand_in_a_column_of_another_name():
    flow = Workflow.of(
        Status,
        Status.DRAFT,
        Transition("submit", "提交", {Status.DRAFT}, Status.IN_REVIEW, "t.submit"),
        column="phase",
    )
    item = SimpleNamespace(phase="draft", status="untouched")
    flow.fire("submit", item, ALL)
    assert vars(item) == {"phase": "in_review", "status": "untouched"}


def test_a_move_may_say_in_its_own_words_that_the_state_is_wrong():
    move = Transition("a", "a", {Status.DRAFT}, Status.IN_REVIEW, "t.submit", refusal="太晚了")
    flow = Workflow.of(Status, Status.DRAFT, move)
    assert flow.refusal("a", subject("published"), ALL) == "太晚了"


def test_rows_may_be_created_in_further_states_that_the_table_names():
    flow = Workflow.of(Status, Status.DRAFT, entries={Status.PUBLISHED, Status.IN_REVIEW})
    assert flow.entries == {"in_review", "published"}
    assert flow.mermaid().splitlines()[1:] == [
        "    [*] --> draft",
        "    [*] --> in_review",
        "    [*] --> published",
    ]


def test_a_table_with_a_subject_registers_itself_once(monkeypatch):
    monkeypatch.setattr(workflow, "_flows", {})
    second = Workflow.of(Status, Status.DRAFT, subject="parties.verification")
    first = Workflow.of(Status, Status.DRAFT, subject="parties.organization")
    other = Workflow.of(Status, Status.DRAFT, subject="parties.organization", column="phase")
    Workflow.of(Status, Status.DRAFT)
    assert flows() == (other, first, second)
    assert [flow.model for flow in flows()] == [Organization, Organization, Verification]
    assert flow_of(Organization) is first
    assert flow_of(Organization, "phase") is other
    assert flow_of(Verification, "phase") is None
    with pytest.raises(TypeError):
        Workflow.of(Status, Status.DRAFT, subject="parties.organization")


def test_guards_get_the_present(settings):
    from datetime import timedelta

    from marketplace.kernel import clock

    flow = Workflow.of(
        Status,
        Status.DRAFT,
        Transition(
            "expire", "到期", {Status.DRAFT}, Status.EXPIRED, by_clock="t.expire", guards=(is_due,)
        ),
    )
    item = SimpleNamespace(status="draft", due=clock.now() + timedelta(hours=1))
    assert flow.refusal("expire", item, None) == "尚未到期"
    with clock.shift(timedelta(hours=1)):
        assert flow.refusal("expire", item, None) == ""


@given(
    st.lists(
        st.tuples(st.sampled_from([*FLOW.transitions]), st.booleans(), st.booleans(), st.booleans())
    )
)
def test_random_walks_keep_to_the_table(steps):
    item = subject()
    for name, may_submit, may_publish, has_title in steps:
        granted = [p for p, yes in (("t.submit", may_submit), ("t.publish", may_publish)) if yes]
        item.title = "x" if has_title else ""
        move, before = FLOW.transitions[name], item.status
        actor = Actor(*granted) if granted or move.permission else None
        because = FACT if move.by_system else None
        offered = name in [button.name for button in FLOW.available(item, Actor(*granted))]
        refusal = FLOW.refusal(name, item, actor)
        try:
            FLOW.fire(name, item, actor, because=because)
        except (Refused, Forbidden) as error:
            said = str(error.reason)
        else:
            said = ""
        assert said == str(refusal)
        if said:
            assert item.status == before
            assert not offered
            continue
        assert before in move.sources
        assert item.status == move.target
        assert item.status in Status.values
        assert actor is None or move.permission in actor.permissions
        assert has_title or name != "submit"
        assert offered == bool(move.permission)


@pytest.mark.parametrize(
    "build",
    [
        lambda: Workflow.of(
            Status, Status.DRAFT, Transition("a", "a", {"unknown"}, Status.DRAFT, "p")
        ),
        lambda: Workflow.of(
            Status, Status.DRAFT, Transition("a", "a", {Status.DRAFT}, "unknown", "p")
        ),
        lambda: Workflow.of(Status, "unknown"),
        lambda: Workflow.of(Status, Status.DRAFT, entries=("unknown",)),
        lambda: Workflow.of(
            Status,
            Status.DRAFT,
            Transition("a", "a", {Status.DRAFT}, Status.EXPIRED, "p"),
            Transition("a", "a", {Status.DRAFT}, Status.PUBLISHED, "p"),
        ),
        lambda: Transition("a", "a", {Status.DRAFT}, Status.EXPIRED),
        lambda: Transition("a", "a", {Status.DRAFT}, Status.EXPIRED, "p", by_clock="t.a"),
        lambda: Transition("a", "a", {Status.DRAFT}, Status.EXPIRED, "p", by_system=True),
        lambda: Transition(
            "a", "a", {Status.DRAFT}, Status.EXPIRED, by_clock="t.a", by_system=True
        ),
    ],
)
def test_faulty_tables_fail_at_import(build):
    with pytest.raises(TypeError):
        build()


def test_diagram_shows_every_move_once():
    lines = FLOW.mermaid().splitlines()
    assert lines[:2] == ["stateDiagram-v2", "    [*] --> draft"]
    assert len(lines) == 2 + 7
    assert "    published --> draft: halt（系统自动）" in lines
    assert "    published --> expired: expire（到期自动）" in lines
    assert "    in_review --> draft: withdraw" in lines
