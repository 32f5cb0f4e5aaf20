"""English for every string: nothing missing, nothing fuzzy, and the compiled file is the same."""

import ast
import gettext
import re
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.parties.events import SignedIn
from tests.architecture.source import ROOT, modules, templates

CATALOGUE = ROOT / "deploy/locale/en/LC_MESSAGES"
CHINESE = re.compile(r"[\u3400-\u9fff]")
#: What may stand in a template untranslated: tags, comments, blocks that translate.
TRANSLATED = re.compile(
    r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|{%\s*blocktranslate.*?endblocktranslate\s*%}|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
#: Pages that must work without Django's machinery, and mails, have both languages in one file.
BILINGUAL = {"500.html"}
#: The component gallery shows samples to developers; it is no page of the product.
GALLERY = {"ui.html"}


def entries() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for block in (CATALOGUE / "django.po").read_text(encoding="utf-8").split("\n\n"):
        row: dict[str, str] = {"flags": ""}
        key = ""
        for line in block.splitlines():
            if line.startswith("#,"):
                row["flags"] += line
            elif match := re.match(r'(msgid|msgid_plural|msgstr(?:\[\d\])?|msgctxt) "(.*)"$', line):
                key = match[1]
                row[key] = match[2]
            elif line.startswith('"'):
                row[key] += line[1:-1]
        if row.get("msgid"):
            rows.append(row)
    return rows


def test_every_string_has_english() -> None:
    missing = [
        row["msgid"]
        for row in entries()
        if not all(value for key, value in row.items() if key.startswith("msgstr"))
    ]
    fuzzy = [row["msgid"] for row in entries() if "fuzzy" in row["flags"]]
    assert (missing, fuzzy) == ([], [])


def test_english_is_not_chinese() -> None:
    """A few texts name things in Chinese on purpose; a whole untranslated sentence is a slip."""
    copied = [
        row["msgid"]
        for row in entries()
        if row["msgid"] == row.get("msgstr") and len(CHINESE.findall(row["msgid"])) > 4
    ]
    assert copied == []


def test_placeholders_survive_translation() -> None:
    wrong = []
    for row in entries():
        wanted = sorted(re.findall(r"%\(\w+\)[sd]", row["msgid"]))
        for key, value in row.items():
            found = sorted(re.findall(r"%\(\w+\)[sd]", value))
            # "one" needs no number.
            singular = key == "msgstr[0]" and set(found) <= set(wanted)
            if key.startswith("msgstr") and found != wanted and not singular:
                wrong.append(row["msgid"])
    assert wrong == []


def test_compiled_catalogue_is_the_written_one() -> None:
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for row in entries():
        if "msgctxt" in row or "msgid_plural" in row:
            continue
        msgid = unescape(row["msgid"])
        assert compiled.gettext(msgid) == unescape(row["msgstr"]), msgid


def unescape(text: str) -> str:
    return text.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\").replace("\\t", "\t")


def test_no_template_has_text_outside_translation() -> None:
    found = []
    for path, text in templates().items():
        if Path(path).name in BILINGUAL | GALLERY:
            continue
        # The same number of lines stays, so that the message can name one.
        bare = TRANSLATED.sub(lambda match: "\n" * match[0].count("\n"), text)
        found += [
            f"{path}:{number} {line.strip()[:60]}"
            for number, line in enumerate(bare.splitlines(), start=1)
            if CHINESE.search(line)
        ]
    assert found == []


#: A string as gettext looks it up: its context, "" for none, and the text.
Key = tuple[str, str]
_PLAIN = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
_IN_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}


def marked_in_python() -> set[Key]:
    """Every literal given to gettext under one of its usual names."""
    found: set[Key] = set()
    for tree in modules().values():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in _PLAIN | _IN_CONTEXT
            ):
                texts = [
                    arg.value
                    for arg in node.args[:2]
                    if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                ]
                if node.func.id in _PLAIN and texts:
                    found.add(("", texts[0]))
                elif node.func.id in _IN_CONTEXT and len(texts) == 2:
                    found.add((texts[0], texts[1]))
    return found


def marked_in_templates() -> set[Key]:
    """Every literal of `translate`, with its context, and of `_()` in a tag."""
    tag = re.compile(
        r"""{%\s*translate\s+(?:"([^"]+)"|'([^']+)')(?:\s+context\s+["']([^"']+)["'])?"""
    )
    called = re.compile(r'_\("([^"]+)"\)')
    found: set[Key] = set()
    for body in templates().values():
        found |= {(hit[3] or "", hit[1] or hit[2]) for hit in tag.finditer(body)}
        found |= {("", hit[1]) for hit in called.finditer(body)}
    return found


def missing_from(known: set[Key], marked: set[Key]) -> list[Key]:
    """What is marked and not known: a text of another context is not found by gettext."""
    return sorted(marked - known)


def test_every_marked_string_is_in_the_catalogue() -> None:
    """What `makemessages` would add is missing from the catalogue: looked for in the code."""
    known = {(unescape(row.get("msgctxt", "")), unescape(row["msgid"])) for row in entries()}
    assert missing_from(known, marked_in_python() | marked_in_templates()) == []


def test_a_text_that_is_known_in_another_context_alone_is_missing() -> None:
    assert missing_from({("mandate", "撤回")}, {("", "撤回")}) == [("", "撤回")]
    assert missing_from({("", "撤回")}, {("mandate", "撤回")}) == [("mandate", "撤回")]
    assert missing_from({("", "撤回")}, {("", "撤回")}) == []


def test_no_msgid_is_both_a_fact_and_what_a_page_offers() -> None:
    """登录 is “Sign in” on a button and “Signed in” in a history: a fact has a context of its own."""
    offered = {
        found
        for text in templates().values()
        for pair in re.findall(r'translate "([^"]+)"(?! context)|\b_\("([^"]+)"\)', text)
        for found in pair
    } | {
        node.args[0].value
        for path, tree in modules().items()
        if path.stem != "events"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "_"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    labels = {
        node.value.args[0].value: str(path)
        for path, tree in modules().items()
        if path.stem == "events"
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and getattr(node.targets[0], "id", "") == "label"
        and isinstance(node.value, ast.Call)
        and getattr(node.value.func, "id", "") == "_"
    }
    assert len(labels) > 30
    assert {label: path for label, path in labels.items() if label in offered} == {}


def test_the_button_and_the_fact_of_signing_in_in_english() -> None:
    with translation.override("en"):
        assert (str(_("登录")), str(SignedIn.label)) == ("Sign in", "Signed in")
