"""The owner of an anonymous need is named to nobody before it names itself, and then to one asker alone."""

from collections.abc import Callable
from typing import Any

from django.core import mail
from django.test import Client
from django.urls import reverse

import pytest

from marketplace.enquiries import queries, services
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.policies import _proxies, register_proxy
from marketplace.enquiries.queries.inbox import Asked
from marketplace.enquiries.rulebook import CHECKS
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.notices.models import Notice
from marketplace.workbench import queries as workbench
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.enquiries import make_enquiry
from tests.factories.files import pdf_bytes, upload
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(cast: Cast) -> Any:
    return make_need(cast.enterprise, cast.member, state="published", hide_owner=True)


@pytest.fixture
def enquiry(cast: Cast, need: Any) -> Enquiry:
    asked = make_enquiry(need, cast.university, cast.university_member)
    services.write(asked, "可以谈，请介绍一下工艺。", actor=cast.member)
    asked.refresh_from_db()
    return asked


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def secrets_of(cast: Cast) -> tuple[str, ...]:
    return (cast.enterprise.name, cast.enterprise.code, cast.member.name, "沂蒙磁材")


def test_no_page_mail_or_notice_names_a_hidden_owner(
    cast: Cast, enquiry: Enquiry, drain: Callable[[], int]
) -> None:
    drain()
    client = signed_in(cast.university_member)
    pages = {
        name: client.get(address).content.decode()
        for name, address in {
            "show": reverse("enquiries:show", args=[enquiry.code]),
            "inbox": reverse("enquiries:inbox"),
            "found": f"{reverse('enquiries:inbox')}?q=沂蒙",
            "home": reverse("workbench:home"),
            "join": reverse("enquiries:join", args=[enquiry.code]),
        }.items()
    }
    assert "需求方" in pages["show"]
    told = Notice.objects.filter(recipient=cast.university_member)
    texts = {
        **pages,
        "notices": "".join(f"{row.title}{row.body}{row.url}" for row in told),
        "mails": "".join(
            row.body + row.subject for row in mail.outbox if cast.university_member.email in row.to
        ),
    }
    leaks = {
        (name, secret)
        for name, text in texts.items()
        for secret in secrets_of(cast)
        if secret in text
    }
    assert leaks - {("found", "沂蒙")} == set()
    assert enquiry.title not in pages["found"]


def test_a_search_by_the_name_finds_nothing_for_the_asker(cast: Cast, enquiry: Enquiry) -> None:
    asked = Asked(words="沂蒙磁材")
    assert not queries.inbox(cast.university_member, asked).exists()
    assert queries.inbox(cast.member, asked).get() == enquiry
    services.name_owner(enquiry, actor=cast.approver, rev=enquiry.rev)
    assert queries.inbox(cast.university_member, asked).exists()


def test_approvers_name_the_owner_to_one_asker(cast: Cast, need: Any, enquiry: Enquiry) -> None:
    other = make_enquiry(need, cast.other_enterprise, cast.outsider)
    with pytest.raises(Forbidden):
        services.name_owner(enquiry, actor=cast.member)
    address = reverse("enquiries:name", args=[enquiry.code])
    client = signed_in(cast.approver)
    assert client.get(address).status_code == 200
    assert client.post(address, {"rev": str(enquiry.rev)}).status_code == 302
    shown = signed_in(cast.university_member).get(reverse("enquiries:show", args=[enquiry.code]))
    assert cast.enterprise.name in shown.content.decode()
    kept = signed_in(cast.outsider).get(reverse("enquiries:show", args=[other.code]))
    assert cast.enterprise.name not in kept.content.decode()
    with pytest.raises(Refused):
        services.name_owner(enquiry, actor=cast.approver)


def test_a_name_in_text_or_file_is_warned_of_once(cast: Cast, enquiry: Enquiry) -> None:
    address = reverse("enquiries:show", args=[enquiry.code])
    client = signed_in(cast.member)
    page = client.get(address).content.decode()
    sent = {
        name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("rev", "form_key")
    }
    named = upload(pdf_bytes(), "沂蒙磁材检测报告.pdf")
    warned = client.post(address, {**sent, "text": "报告见附件", "attachments": named})
    shown = warned.content.decode()
    assert warned.status_code == 400
    assert "仍要发送" in shown
    assert "报告见附件" in shown
    with pytest.raises(InvalidInput):
        services.write(enquiry, "我们沂蒙磁材有限公司愿意合作", actor=cast.member)
    named.seek(0)
    again = {**sent, "text": "报告见附件", "attachments": named, "names_checked": "on"}
    assert client.post(address, again).status_code == 302
    [file] = queries.files_of(queries.messages_of(enquiry)[:1]).popitem()[1]
    assert signed_in(cast.university_member).get(file.url).status_code == 200
    assert signed_in(cast.outsider).get(file.url).status_code == 404


def test_joining_never_tells_who_a_hidden_owner_is(cast: Cast, enquiry: Enquiry) -> None:
    """The same refusal for the right guess and for the wrong one."""
    of_the_owner = make_achievement(cast.enterprise, cast.member, state="published")
    of_another = make_achievement(cast.other_enterprise, cast.outsider, state="published")
    right = make_enquiry(of_the_owner, cast.university, cast.university_member)
    wrong = make_enquiry(of_another, cast.university, cast.university_member)
    reasons = set()
    for guess in (right, wrong):
        with pytest.raises(Refused) as refused:
            services.join(enquiry, guess, actor=cast.university_member)
        reasons.add(str(refused.value))
    assert len(reasons) == 1
    services.name_owner(enquiry, actor=cast.approver)
    services.join(enquiry, right, actor=cast.university_member)
    with pytest.raises(Refused):
        services.join(enquiry, wrong, actor=cast.university_member)


def test_a_proxy_of_the_hidden_owner_learns_nothing_by_asking(cast: Cast, need: Any) -> None:
    """A refusal would say whose the need is, so the question is kept for the operator."""

    def is_client(user: Any, org_id: int) -> bool:
        return user.pk == cast.broker.pk and org_id == cast.enterprise.pk

    def clients(user: Any) -> list[int]:
        return [cast.enterprise.pk] if user.pk == cast.broker.pk else []

    register_proxy(is_client, clients)
    try:
        asked = make_enquiry(need, cast.enterprise, cast.broker)
    finally:
        _proxies.remove((is_client, clients))
    assert asked.for_operator == "same_party"
    [todo] = [row for row in workbench.todos(cast.operator) if row.text == asked.code]
    assert "核实后处理" in signed_in(cast.operator).get(todo.url).content.decode()


def test_whoever_was_named_the_owner_before_sees_it_from_the_start(cast: Cast, need: Any) -> None:
    first = make_enquiry(need, cast.university, cast.university_member)
    services.name_owner(first, actor=cast.approver)
    Enquiry.objects.all().delete()
    again = make_enquiry(need, cast.university, cast.university_member)
    assert not again.owner_is_hidden


def test_the_reason_to_open_it_again_is_looked_at_for_the_name(cast: Cast, need: Any) -> None:
    over = make_enquiry(need, cast.university, cast.university_member, state="closed")
    said = {"actor": cast.member, "reason": f"{cast.enterprise.name}想再谈"}
    with pytest.raises(InvalidInput) as caught:
        services.write(over, "您好", **said)
    assert list(caught.value.errors) == ["names_checked"]
    services.write(over, "您好", names_checked=True, **said)


def test_what_is_written_beside_the_messages_is_looked_at_for_the_name(
    cast: Cast, enquiry: Enquiry
) -> None:
    named = f"由{cast.enterprise.name}试制"
    day = clock.today()
    values = {
        "contract_kind": "development",
        "subject": "共同开发",
        "checks": {code: {"answer": "none", "note": ""} for code in CHECKS},
    }
    in_check = {**values["checks"], "consent": {"answer": "clear", "note": named}}
    stone = [{"what": named, "due": day, "share": 10}]
    step = services.add_step(enquiry, what="看样", side="owner", due=day, actor=cast.member)
    acts = [
        lambda **more: services.add_note(
            enquiry, text=named, is_shared=True, actor=cast.member, **more
        ),
        lambda **more: services.add_step(
            enquiry, what=named, side="owner", due=day, actor=cast.member, **more
        ),
        lambda **more: services.edit_step(
            step, what=named, side="owner", due=day, actor=cast.member, **more
        ),
        *(
            lambda more_values=more_values, **more: services.propose_intent(
                enquiry, {**values, **more_values}, actor=cast.approver, **more
            )
            for more_values in ({"subject": named}, {"milestones": stone}, {"checks": in_check})
        ),
        lambda **more: services.close(
            enquiry, reason="price", note=named, actor=cast.member, **more
        ),
    ]
    for act in acts:
        with pytest.raises(InvalidInput) as refused:
            act()
        assert set(refused.value.errors) == {"names_checked"}
    assert (enquiry.notes.count(), enquiry.intents.count()) == (0, 0)
    # For the own side alone it is no secret; and the asker may guess without being told.
    services.add_note(enquiry, text=named, is_shared=False, actor=cast.member)
    services.add_note(enquiry, text=named, is_shared=True, actor=cast.university_member)
    services.add_step(enquiry, what=named, side="owner", due=day, actor=cast.university_member)
    acts[0](names_checked=True)

    client = signed_in(cast.member)
    address = reverse("enquiries:step_new", args=[enquiry.code])
    sent = {"what": named, "side": "owner", "due": day.isoformat()}
    warned = client.post(address, sent)
    assert (
        warned.status_code,
        'type="checkbox" name="names_checked"' in warned.content.decode(),
    ) == (400, True)
    assert client.post(address, {**sent, "names_checked": "on"}).status_code == 302
