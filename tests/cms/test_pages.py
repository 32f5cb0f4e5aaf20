"""What pages show: meta tags, sections, empty states, hostile text, and at what price."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from wagtail.blocks import StructBlockValidationError
from wagtail.rich_text import RichText

import pytest

from cms.blocks.links import LinkBlock, check_address
from cms.models import HomePage, NewsPage, PolicyPage
from search import engine
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.cms import make_page, make_pages
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


def html_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def queries_of(client: Client, path: str) -> int:
    client.get(path)  # caches of the process
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_an_empty_market_says_what_to_do(client: Client) -> None:
    html = html_of(client, "/")
    assert html.count("年技术合同成交额") == 1
    assert "正式登记数据尚未公布" in html
    assert "科技成果：还没有公开的信息" in html
    assert "技术需求：还没有公开的信息" in html
    assert "170.00 亿元" in html
    assert "52.13 亿元" in html
    assert "科技服务：还没有公开的信息" in html
    assert "在此对接" not in html


def test_the_home_page_shows_the_market(client: Client, cast: Cast, drain: Any) -> None:
    offer = make_achievement(cast.university, cast.university_admin, state="published")
    make_achievement(cast.university, cast.university_admin, title="未公开的成果")
    make_need(cast.enterprise, cast.member, state="published", hide_owner=True)
    drain()
    engine.rebuild("achievements")
    engine.rebuild("needs")
    html = html_of(client, "/")
    assert offer.title in html
    assert "未公开的成果" not in html
    assert "某企业（已认证）" in html
    assert "科技成果 1 项、技术需求 1 项，在此对接。" in " ".join(html.split())
    assert f'href="/achievements/{offer.code}/"' in html
    assert 'href="/achievements/?industry=materials"' in html


def test_edited_words_and_links_are_shown(client: Client) -> None:
    home = HomePage.objects.get(slug="home")
    home.popular = "无醛胶\n\n 晶界扩散 "
    home.hero_title = "一行\n两行"
    home.save_revision().publish()
    html = html_of(client, "/")
    assert "一行<br>两行" in html
    assert 'href="/search/?q=%E6%99%B6%E7%95%8C%E6%89%A9%E6%95%A3"' in html
    assert home.popular_words == ["无醛胶", "晶界扩散"]
    assert 'class="c-door' in html


def test_meta_tags_of_an_article(client: Client) -> None:
    from datetime import UTC, datetime

    make_page(
        title="标题",
        summary="摘要",
        source="市科技局",
        published_at=datetime(2026, 11, 1, 1, 0, tzinfo=UTC),
    )
    html = html_of(client, "/news/opening/")
    for name, value in (
        ("SiteName", "临沂技术市场"),
        ("ColumnName", "新闻动态"),
        ("ArticleTitle", "标题"),
        ("PubDate", "2026-11-01 09:00"),
        ("ContentSource", "市科技局"),
        ("description", "摘要"),
    ):
        assert f'<meta name="{name}" content="{value}">' in html, name


def test_a_policy_names_issuer_number_date_and_source(client: Client) -> None:
    from datetime import date

    make_page(
        PolicyPage,
        issuer="市政府",
        number="临政字〔2022〕18号",
        issued_on=date(2022, 2, 1),
        source_text="规划原文",
        source_url="https://example.com/plan",
    )
    html = html_of(client, "/policies/opening/")
    for text in ("市政府", "临政字〔2022〕18号", "2022-02-01", 'href="https://example.com/plan"'):
        assert text in html


def test_lists_filter_by_category_and_ignore_unknown_ones(client: Client) -> None:
    make_page(title="甲", slug="a", category="case")
    make_page(title="乙", slug="b", category="event")
    html = html_of(client, "/news/?category=case")
    assert ">甲</a>" in html
    assert ">乙</a>" not in html
    assert ">乙</a>" in html_of(client, "/news/?category=%22%3E%3Cscript%3E")
    assert "<script>" not in html_of(client, "/news/?category=%22%3E%3Cscript%3E").split("<main")[1]
    assert html_of(client, "/news/?page=999999999999999999999")


@pytest.mark.parametrize("path", ["/news/", "/en/news/", "/news/feed/", "/"])
def test_thirty_articles_cost_what_one_does(client: Client, path: str) -> None:
    make_pages(NewsPage, 2)
    few = queries_of(client, path)
    make_pages(NewsPage, 30, start=2)
    assert queries_of(client, path) == few


def test_the_home_page_is_cheap(client: Client, cast: Cast, samples: int, drain: Any) -> None:
    for number in range(8):
        make_achievement(
            cast.university, cast.university_admin, state="published", title=f"成果 {number} 号技术"
        )
        make_need(cast.enterprise, cast.member, state="published", title=f"需求 {number} 号难题")
    drain()
    for path in ("/", "/en/"):
        assert queries_of(client, path) <= 25, path


def test_hostile_text_stays_text(client: Client) -> None:
    mean = "<script>alert(1)</script>\"'>&"
    make_page(title=mean, summary=mean, source=mean)
    for path in ("/news/opening/", "/news/", "/", "/news/feed/"):
        html = client.get(path).content.decode()
        assert "<script>alert" not in html
    home = HomePage.objects.get(slug="home")
    home.hero_title = home.popular = mean
    home.save_revision().publish()
    assert "<script>alert" not in html_of(client, "/")


def test_the_editor_drops_what_rich_text_may_not_hold() -> None:
    from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

    from cms.blocks.text import FEATURES

    converter = ContentstateConverter(features=FEATURES)
    state = {
        "blocks": [
            {
                "key": "a",
                "text": "<img src=x onerror=alert(1)> 链接",
                "type": "unstyled",
                "depth": 0,
                "inlineStyleRanges": [{"offset": 0, "length": 3, "style": "CODE"}],
                "entityRanges": [{"offset": 29, "length": 2, "key": 0}],
            }
        ],
        "entityMap": {
            "0": {"type": "LINK", "mutability": "MUTABLE", "data": {"url": "javascript:alert(1)"}}
        },
    }
    html = str(RichText(converter.to_database_format(json.dumps(state))))
    assert "<img" not in html
    assert "javascript" not in html
    assert "&lt;img" in html


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "//evil.example",
        "/\\evil.example",
        "data:text/html,x",
        "ftp://x.example",
    ],
)
def test_links_lead_nowhere_strange(address: str) -> None:
    with pytest.raises(ValidationError):
        check_address(address)
    block = LinkBlock()
    with pytest.raises(StructBlockValidationError):
        block.clean(block.to_python({"label": "走", "url": address}))


def test_a_link_has_one_place_to_go() -> None:
    block = LinkBlock()
    check_address("/news/")
    check_address("https://example.com/a")
    for value in ({"label": "走"}, {"label": "走", "url": "/a/", "target": "needs:list"}):
        with pytest.raises(StructBlockValidationError):
            block.clean(block.to_python(value))
    assert (
        block.clean(block.to_python({"label": "走", "target": "needs:list"})).address == "/needs/"
    )


def test_an_image_needs_words(client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from wagtail.images.blocks import ImageBlock
    from wagtail.images.models import Image
    from wagtail.images.tests.utils import get_test_image_file

    image = Image.objects.create(title="示意图", file=get_test_image_file())
    assert isinstance(image.file.name, str)
    assert SimpleUploadedFile
    block = ImageBlock()
    with pytest.raises(StructBlockValidationError):
        block.clean(block.to_python({"image": image.pk, "alt_text": "", "decorative": False}))


def test_scaled_images_are_served_and_nothing_else(client: Client, tmp_path: Any) -> None:
    (tmp_path / "media" / "images").mkdir(parents=True)
    (tmp_path / "media" / "images" / "a.webp").write_bytes(b"RIFF")
    (tmp_path / "secret_key").write_text("secret")
    response = client.get("/media/images/a.webp")
    assert (response.status_code, b"".join(response)) == (200, b"RIFF")
    assert response.headers["Content-Security-Policy"] == "default-src 'none'"
    for path in (
        "..%2f..%2fsecret_key",
        "..%2foriginal_images%2fa.png",
        "../../secret_key",
        "none.webp",
        ".",
        "%00",
    ):
        assert client.get(f"/media/images/{path}").status_code == 404, path


def test_pages_take_no_posts(client: Client) -> None:
    assert client.post("/").status_code == 405
    assert client.post("/news/").status_code == 405


def test_feeds_name_the_newest_in_the_readers_language(client: Client) -> None:
    first = make_page(title="开放 & 试用", slug="both", summary="摘要")
    make_page(title="Open for trial", language="en", twin=first)
    response = client.get("/news/feed/")
    text = response.content.decode()
    assert response.headers["Content-Type"].startswith("application/atom+xml")
    assert 'xml:lang="zh-Hans"' in text
    assert "开放 &amp; 试用" in text
    assert "/news/both/" in text
    english = client.get("/en/news/feed/").content.decode()
    assert 'xml:lang="en"' in english
    assert "Open for trial" in english
    assert "/en/news/both/" in english
    assert client.get("/policies/feed/").status_code == 200


def test_a_broken_stream_does_not_break_the_page(client: Client) -> None:
    page = make_page()
    raw = json.dumps([{"type": "gone", "value": "x"}, {"type": "text", "value": "<p>好</p>"}])
    NewsPage.objects.filter(pk=page.pk).update(body=raw)
    assert "好" in html_of(client, "/news/opening/")


def test_every_block_has_a_preview(client: Client) -> None:
    from cms.blocks import BodyBlock, DoorBlock, SectionsBlock
    from tests.factories.parties import make_staff

    client.force_login(make_staff("editor"))
    made = [
        *HomePage._meta.get_field("sections").stream_block.child_blocks.items(),
        *HomePage._meta.get_field("doors").stream_block.child_blocks.items(),
        *NewsPage._meta.get_field("body").stream_block.child_blocks.items(),
    ]
    assert {name for name, _block in made} >= {
        *SectionsBlock().child_blocks,
        *BodyBlock().child_blocks,
    }
    assert DoorBlock().is_previewable
    for name, block in made:
        assert block.is_previewable, name
        assert block.meta.description, name
        response = client.get("/cms/block-preview/", {"id": block.definition_prefix})
        assert response.status_code == 200, name
        assert "web/css/pages.css" in response.content.decode(), name
