"""Pages of publicities and objections: what each reader sees and sends."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from marketplace.kernel import clock
from marketplace.publicity.models import Objection, Publicity
from tests.cast import Cast
from tests.factories.files import pdf_bytes
from tests.factories.files import upload as uploaded
from tests.factories.publicity import make_objection, make_publicity
from tests.filled import form_with, sent_by
from tests.marketplace.deals.pages import signed_in

pytestmark = pytest.mark.django_db


def at(name: str, *args: Any) -> str:
    return reverse(f"publicity:{name}", args=args)


def opened(client: Client, address: str, field: str) -> dict[str, Any]:
    return sent_by(form_with(client.get(address).content.decode(), field))


def text_of(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def running(cast: Cast) -> Publicity:
    return make_publicity(cast.university, cast.university_admin)


def test_from_draft_to_the_public_page(cast: Cast) -> None:
    client = signed_in(cast.university_member)
    address = at("new")
    sent = opened(client, address, "title") | {
        "title": ["缓释微丸专利转让公示"],
        "body": ["第一段。\n\n第二段 <b>不是标签</b>。"],
        "result": ["缓释微丸"],
        "people": ["课题组"],
        "counterpart": ["某公司"],
        "contact": ["科技处 0539-1"],
    }
    bad = client.post(address, sent | {"days": ["3"]})
    assert bad.status_code == 400
    assert "不少于 15 日" in text_of(bad)
    assert "缓释微丸专利转让公示" in text_of(bad)
    made = client.post(address, sent, follow=True)
    assert "草稿已保存" in text_of(made)
    row = Publicity.objects.get()
    # A price is lacking: the draft is kept, and the page says what must be added.
    assert "发布前还要补充：拟交易价格" in text_of(made)
    assert 'value="publish"' not in text_of(made), "a member does not publish"
    admin = signed_in(cast.university_admin)
    page = at("manage", row.code)
    early = admin.post(page, opened(admin, page, "act") | {"act": "publish"})
    assert early.status_code == 400
    assert "还不能发布，请先补充：拟交易价格" in text_of(early)
    edit = at("edit", row.code)
    assert (
        admin.post(edit, opened(admin, edit, "title") | {"price": ["150 万元"]}).status_code == 302
    )
    files = at("files", row.code)
    assert "已添加附件" in text_of(
        client.post(files, {"file": uploaded(pdf_bytes(), "决议.pdf")}, follow=True)
    )
    assert "请上传文件" in text_of(client.post(files, {}, follow=True))
    assert "已办理：发布公示" in text_of(
        admin.post(page, opened(admin, page, "act") | {"act": "publish"}, follow=True)
    )
    public = text_of(Client().get(at("detail", row.code)))
    for words in ("缓释微丸专利转让公示", "150 万元", "决议.pdf", "没有收到异议", "提出异议"):
        assert words in public
    assert "第二段 &lt;b&gt;不是标签&lt;/b&gt;。" in public
    assert row.title in text_of(Client().get(at("list")))
    assert admin.get(edit)["Location"] == page
    late = admin.post(edit, sent | {"rev": ["1"]})
    assert late.status_code in {400, 409}
    row.refresh_from_db()
    assert row.title == "缓释微丸专利转让公示"


def test_a_draft_is_not_public(cast: Cast) -> None:
    row = make_publicity(cast.university, cast.university_admin, state="draft")
    for client in (Client(), signed_in(cast.outsider), signed_in(cast.authority)):
        assert client.get(at("detail", row.code)).status_code == 404
        assert row.title not in text_of(client.get(at("list")))
    for person in (cast.outsider, cast.authority, cast.operator):
        assert signed_in(person).get(at("manage", row.code)).status_code == 404
    client = signed_in(cast.university_member)
    page = at("manage", row.code)
    gone = client.post(page, opened(client, page, "act") | {"act": "discard"}, follow=True)
    assert "已办理：删除草稿" in text_of(gone)
    assert not Publicity.objects.exists()


def test_an_objection_from_draft_to_remedy(cast: Cast, running: Publicity) -> None:
    member, approver = signed_in(cast.member), signed_in(cast.approver)
    address = at("contest", running.code)
    sent = opened(member, address, "text") | {
        "ground": ["price"],
        "interest": ["曾询价"],
        "text": ["价格偏低。"],
        "file": uploaded(pdf_bytes(), "报价单.pdf"),
    }
    wrong = member.post(address, sent | {"text": [""], "file": uploaded(pdf_bytes(), "x.pdf")})
    assert wrong.status_code == 400
    assert "曾询价" in text_of(wrong)
    made = member.post(address, sent | {"file": uploaded(pdf_bytes(), "报价单.pdf")}, follow=True)
    assert "才算提出异议" in text_of(made)
    row = Objection.objects.get()
    page = at("objection", row.code)
    assert 'value="submit"' not in text_of(member.get(page))
    assert "提出异议：" in text_of(approver.get("/workbench/"))
    assert "报价单.pdf" in text_of(approver.get(page))
    assert "已办理：提出异议" in text_of(
        approver.post(page, opened(approver, page, "act") | {"act": "submit"}, follow=True)
    )
    public = text_of(Client().get(at("detail", running.code)))
    assert "公示已暂停" in public
    assert "公示内容不实" not in public
    assert "价格明显不合理" in public
    for secret in (cast.enterprise.name, "价格偏低。", "曾询价", "报价单.pdf", row.code):
        assert secret not in public
    admin = signed_in(cast.university_admin)
    assert "答复异议：" in text_of(admin.get("/workbench/"))
    empty = admin.post(page, opened(admin, page, "dismiss-answer") | {"act": "uphold"})
    assert empty.status_code == 400
    done = admin.post(
        page,
        opened(admin, page, "uphold-answer") | {"act": "uphold", "uphold-answer": ["重新评估。"]},
        follow=True,
    )
    assert "已办理：异议成立" in text_of(done)
    admin.post(
        page,
        opened(admin, page, "report-text") | {"act": "report", "report-text": ["已重新评估。"]},
    )
    authority = signed_in(cast.authority)
    assert "处理异议和投诉：" in text_of(authority.get("/workbench/"))
    authority.post(page, opened(authority, page, "act") | {"act": "remedy"})
    row.refresh_from_db()
    assert row.status == "remedied"
    public = text_of(Client().get(at("detail", running.code)))
    for words in ("重新评估。", "已重新评估。", "已整改"):
        assert words in public


def test_a_stale_answer_is_refused_and_shows_what_is_now(cast: Cast, running: Publicity) -> None:
    row = make_objection(running, cast.enterprise, cast.approver)
    admin, page = signed_in(cast.university_admin), at("objection", row.code)
    sent = opened(admin, page, "dismiss-answer") | {
        "act": "dismiss",
        "dismiss-answer": ["不成立。"],
    }
    signed_in(cast.approver).post(
        page, opened(signed_in(cast.approver), page, "act") | {"act": "withdraw"}
    )
    late = admin.post(page, sent)
    assert late.status_code == 409
    row.refresh_from_db()
    assert row.status == "withdrawn"
    unknown = admin.post(page, sent | {"act": "nonsense"})
    assert unknown.status_code == 400
    assert "请选择要做的操作" in text_of(unknown)


def test_after_the_end_nothing_is_raised(cast: Cast, running: Publicity) -> None:
    with clock.shift(timedelta(days=30)):
        public = text_of(Client().get(at("detail", running.code)))
        assert "公示期已满" in public
        assert at("contest", running.code) not in public
        client = signed_in(cast.approver)
        assert "提出异议的期限已过" in text_of(client.get(at("contest", running.code)))


def test_the_authority_stops_and_resumes(cast: Cast, running: Publicity) -> None:
    client, page = signed_in(cast.authority), at("manage", running.code)
    sent = opened(client, page, "suspend-reason") | {
        "act": "suspend",
        "suspend-reason": ["核查程序"],
    }
    assert "已办理：暂停公示" in text_of(client.post(page, sent, follow=True))
    assert "主管部门决定" in text_of(Client().get(at("detail", running.code)))
    sent = opened(client, page, "resume-reason") | {"act": "resume", "resume-reason": ["合规"]}
    assert "已办理：恢复公示" in text_of(client.post(page, sent, follow=True))


def test_lists_cost_the_same_for_one_and_thirty(cast: Cast) -> None:
    def cost(client: Client, address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    first = make_publicity(cast.university, cast.university_admin)
    make_objection(first, cast.enterprise, cast.approver)
    readers = (
        (Client(), at("list")),
        (signed_in(cast.university_admin), at("own")),
        (signed_in(cast.university_admin), at("objections")),
        (signed_in(cast.authority), at("objections")),
    )
    before = [cost(client, address) for client, address in readers]
    for _n in range(30):
        row = make_publicity(cast.university, cast.university_admin)
        make_objection(row, cast.enterprise, cast.approver)
    assert [cost(client, address) for client, address in readers] == before


def test_the_list_is_narrowed(cast: Cast, running: Publicity) -> None:
    other = make_publicity(cast.enterprise, cast.approver, title="另一单位的公示")
    only = text_of(Client().get(at("list"), {"org": cast.enterprise.code}))
    assert other.title in only
    assert running.title not in only
    assert "没有公示" in text_of(Client().get(at("list"), {"status": "ended"}))
    for odd in ("?status=nonsense", "?org=%00", "?page=99999", "?org=XX2026-000000-0"):
        assert Client().get(at("list") + odd).status_code == 200


def test_what_has_ended_reads_so_before_the_clock_has_written_it(running: Publicity) -> None:
    suspended = make_publicity(
        running.owner, running.published_by, title="期满前已暂停", days=running.days
    )
    Publicity.objects.filter(pk=suspended.pk).update(
        suspended_at=clock.now(), suspended_for="authority"
    )
    assert running.ends_at is not None
    client, listed = Client(), at("list")
    api = "/api/v1/publicity/"

    def found(state: str) -> tuple[bool, bool, list[str]]:
        page = text_of(client.get(f"{listed}?status={state}"))
        rows = client.get(f"{api}?status={state}").json()["results"]
        return (running.code in page, suspended.code in page, [row["code"] for row in rows])

    before = timedelta(seconds=5)
    with clock.shift(running.ends_at - clock.now() - before):
        assert found("running") == (True, True, [suspended.code, running.code])
        assert found("ended") == (False, False, [])
    with clock.shift(running.ends_at - clock.now()):
        assert found("running") == (False, True, [suspended.code])
        assert found("ended") == (True, False, [running.code])
        page = text_of(client.get(at("detail", running.code)))
        assert "公示期满" in page
        assert "公示中" not in page
        read = client.get(f"{api}{running.code}/").json()
        assert (read["status"], read["rev"]) == ("ended", running.rev)
    # Reading wrote nothing.
    assert Publicity.objects.get(pk=running.pk).status == "running"
