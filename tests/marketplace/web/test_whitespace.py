"""What is taken out of a template's source, and what stays as it was written."""

from django.template import engines

import pytest

from marketplace.web.whitespace import collapsed


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>\n        a  b\n    </p>", "<p>\na b\n</p>"),
        ("<b>a</b> <i>b</i><u>c</u>", "<b>a</b> <i>b</i><u>c</u>"),
        ("a\t\tb\tc", "a b c"),
        ("a{% if x %}\n    b{% endif %}\n\n\nc", "a{% if x %}\nb{% endif %}\nc"),
        ("{% include 'a.html' with  x=1 %}", "{% include 'a.html' with  x=1 %}"),
        ("{{ a|default:'x  y' }}   {# c  d #}", "{{ a|default:'x  y' }} {# c  d #}"),
    ],
)
def test_runs_become_one_character(source: str, expected: str) -> None:
    assert collapsed(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "<pre>\n  a\n    b</pre>",
        "<textarea name='x'>\n  {{ text }}\n\n  </textarea>",
        "<script>\n  var a =  1;\n</script>",
        "<STYLE>\n  a  {}\n</STYLE>",
        "{% blocktranslate %}a\n   b{% endblocktranslate %}",
        "{% blocktranslate trimmed %}\n  {{ a }}  b{% plural %}\n  c{% endblocktranslate %}",
        "{% verbatim %}\n  a{% endverbatim %}",
    ],
)
def test_what_counts_by_the_character_is_kept(source: str) -> None:
    assert collapsed(source) == source


def test_text_after_a_kept_part_is_collapsed_again() -> None:
    source = "<pre>\n  a</pre>\n  <p>\n  {% blocktrans %}a  b{% endblocktrans %}\n  c</p>"
    assert collapsed(source) == (
        "<pre>\n  a</pre>\n<p>\n{% blocktrans %}a  b{% endblocktrans %}\nc</p>"
    )


def test_own_pages_are_read_so_and_those_of_libraries_are_not() -> None:
    def source_of(name: str) -> str:
        return str(engines["django"].get_template(name).template.source)

    assert "\n    " not in source_of("web/base.html")
    assert "\n    " in source_of("wagtailadmin/base.html")
    assert "\n" in source_of("portal/robots.txt")
