"""Sample articles and guides in both languages, marked 示例 and removable.

They go the way of an editor's own pages: saved as a revision and published, so that history, search
and feeds know them. A page that is there already is left as it is.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from wagtail.models import Page

from cms.models import HomePage, NewsIndexPage, NewsPage, PolicyIndexPage, PolicyPage, StandardPage
from cms.tree import ensure_tree
from marketplace.kernel import clock

FOLDER = Path(settings.BASE_DIR) / "deploy" / "samples"
CHINESE = settings.LANGUAGE_CODE
ENGLISH = "en"
#: The words of `category` in news.json.
CATEGORIES = {
    "平台动态": "platform",
    "案例": "case",
    "活动": "event",
    "使用指南": "guide",
    "技术解读": "insight",
    "政策解读": "reading",
    "办事指南": "guide",
}
KINDS: dict[str, tuple[type[Any], type[Any]]] = {
    "news": (NewsIndexPage, NewsPage),
    "policy": (PolicyIndexPage, PolicyPage),
}
TYPES = (NewsPage, PolicyPage, StandardPage)


@transaction.atomic
def load() -> int:
    """Load what is not there yet; how many pages were made. A page is known by its place."""
    ensure_tree()
    made = sum(_article(row) for row in _read("news"))
    made += sum(_guide(row) for row in _read("guides"))
    words = _read("popular")
    for home in HomePage.objects.filter(popular="").select_related("locale"):
        home.popular = "\n".join(words[home.locale.language_code])
        home.save(update_fields=["popular"])
    return made


@transaction.atomic
def remove() -> int:
    """Delete every page marked as a sample, with what hangs under it; how many went."""
    gone = 0
    for model in TYPES:
        for page in model.objects.filter(is_sample=True).order_by("-depth"):
            page.delete()
            gone += 1
    words = _read("popular")
    for home in HomePage.objects.select_related("locale"):
        if home.popular == "\n".join(words[home.locale.language_code]):
            home.popular = ""
            home.save(update_fields=["popular"])
    return gone


def _read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def _article(row: Mapping[str, Any]) -> int:
    index, model = KINDS[row["kind"]]
    shared = {
        "slug": row["key"],
        "category": CATEGORIES[row["category"]],
        "published_at": clock.now() - timedelta(days=row["published_days_ago"]),
    }
    made = 0
    twin = None
    for language, end in ((CHINESE, ""), (ENGLISH, "_en")):
        above = index.objects.filter(locale__language_code=language).first()
        if above is None or not row.get(f"body{end}"):
            continue
        found = model.objects.child_of(above).filter(slug=row["key"]).first()
        if found is None:
            values = shared | {"title": row[f"title{end}"], "summary": row[f"summary{end}"]}
            origin = row.get(f"source{end}", "")
            if model is NewsPage:
                values["source"] = origin
            else:
                values["issuer"] = origin
                values["number"] = row.get("number", "")
                values["source_text"] = row.get(f"source_text{end}", "")
            found = _publish(above, model, twin, _paragraphs(row[f"body{end}"]), values)
            made += 1
        twin = twin or found
    return made


def _guide(row: Mapping[str, Any]) -> int:
    made = 0
    twin = None
    for language in (CHINESE, ENGLISH):
        text = row[language]
        pages = StandardPage.objects.filter(locale__language_code=language)
        above = pages.filter(slug=row["under"], depth=3).first()
        if above is None:
            continue
        found = pages.child_of(above).filter(slug=row["slug"]).first()
        if found is None:
            values = {"slug": row["slug"], "title": text["title"], "lead": text["lead"]}
            found = _publish(above, StandardPage, twin, text["body"], values)
            made += 1
        twin = twin or found
    return made


def _publish(
    above: Page, model: type[Any], twin: Any, body: list[Any], values: dict[str, Any]
) -> Any:
    if twin is not None:
        values["translation_key"] = twin.translation_key
    page = model(
        locale=above.locale,
        is_sample=True,
        live=False,
        body=json.dumps(body, ensure_ascii=False),
        **values,
    )
    above.add_child(instance=page)
    page.save_revision().publish()
    return page


def _paragraphs(text: str) -> list[dict[str, Any]]:
    """Plain paragraphs as one block of text; the sample files hold no markup."""
    html = "".join(f"<p>{line.strip()}</p>" for line in text.splitlines() if line.strip())
    return [{"type": "text", "value": html}]
