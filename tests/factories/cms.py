"""Pages, published as an editor publishes them."""

import json
from typing import Any

from cms.models import HomePage, NewsIndexPage, NewsPage, PolicyIndexPage, PolicyPage, StandardPage

INDEXES = {NewsPage: NewsIndexPage, PolicyPage: PolicyIndexPage, StandardPage: HomePage}


def make_page(
    model: type[Any] = NewsPage, *, language: str = "zh-hans", twin: Any = None, **values: Any
) -> Any:
    """A published page under its section; `twin` is the same page in another language."""
    above = INDEXES[model].objects.get(locale__language_code=language)
    if twin is not None:
        values["translation_key"] = twin.translation_key
        values.setdefault("slug", twin.slug)
    body = values.pop("body", "<p>正文。</p>")
    values["body"] = json.dumps([{"type": "text", "value": body}], ensure_ascii=False)
    page = model(
        **{"title": "开放试用", "slug": "opening", "locale": above.locale, "live": False, **values}
    )
    above.add_child(instance=page)
    page.save_revision().publish()
    return model.objects.get(pk=page.pk)


def make_pages(model: type[Any], count: int, start: int = 0) -> None:
    """Several of them."""
    for number in range(start, start + count):
        make_page(model, title=f"第 {number} 篇", slug=f"article-{number}")
