from typing import Any

from django import forms
from django.http import QueryDict

import pytest

from marketplace.web.forms import JiebangForm, PlainTextField, RowForm, TermField, rows_of


class Sample(JiebangForm):
    title = PlainTextField(label="名称", max_length=10, help_text="一句话")
    mode = forms.ChoiceField(
        label="方式", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect
    )
    kinds = forms.MultipleChoiceField(
        label="类别",
        choices=[("a", "甲"), ("b", "乙")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agree = forms.BooleanField(label="同意")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)
    upload = forms.FileField(label="附件", required=False)

    def clean(self) -> None:
        if self.data.get("title") == "whole":
            raise forms.ValidationError("整体 <b>有误</b>")


class Indicator(RowForm):
    name = PlainTextField(label="指标", max_length=10)
    comparator = TermField(lambda: [("ge", "≥"), ("le", "≤")], label="比较", blank=None)
    must = forms.BooleanField(label="必须", required=False)


Rows = rows_of(Indicator, most=4)


class TestForm:
    def test_a_field_ties_label_hint_error_and_counter_together(self) -> None:
        page = str(Sample({})["title"].as_field_group())
        assert "<label\n" in page or "<label for" in page
        assert 'for="id_title"' in page
        assert 'aria-describedby="id_title_helptext id_title_error id_title_count"' in page
        assert 'aria-invalid="true"' in page
        assert 'aria-required="true"' in page
        for part in ("helptext", "error", "count"):
            assert f'id="id_title_{part}"' in page
        assert "（必填）" in page
        assert " required" not in page

    def test_fields_that_a_form_adds_later_look_and_speak_like_the_declared_ones(self) -> None:
        form = Sample({})
        form.fields["note"] = PlainTextField(label="说明", max_length=10, multiline=True)
        form.fields["sure"] = forms.ChoiceField(
            label="声明", choices=[("a", "甲")], widget=forms.RadioSelect
        )
        form.fields["file"] = forms.FileField(label="材料")
        assert 'class="c-input"' in str(form["note"])
        assert "c-check" in str(form["sure"])
        assert [form.errors[name][0] for name in ("note", "sure", "file")] == [
            *("请填写", "请选择", "请选择文件"),
        ]

    def test_the_summary_leads_to_each_field(self) -> None:
        page = str(Sample({"title": "x" * 11}))
        assert "有 3 处需要修改" in page
        for target in ("id_title", "id_mode_0", "id_agree"):
            assert f'href="#{target}"' in page
            assert f'id="{target}"' in page

    def test_errors_of_the_whole_form_are_escaped(self) -> None:
        page = str(Sample({"title": "whole", "mode": "a", "agree": "on"}))
        assert "整体 &lt;b&gt;有误&lt;/b&gt;" in page

    def test_choices_are_a_group(self) -> None:
        page = str(Sample({})["mode"].as_field_group())
        assert page.startswith("<fieldset")
        assert "<legend>" in page
        assert 'aria-describedby="id_mode_error"' in page

    def test_what_was_typed_stays(self) -> None:
        page = str(Sample({"title": "<i>太长太长太长太长太长</i>", "kinds": ["b"], "mode": "b"}))
        assert 'value="&lt;i&gt;太长太长太长太长太长&lt;/i&gt;"' in page
        assert page.count(" checked") == 2

    def test_hushed_it_shows_no_errors(self) -> None:
        form = Sample({"title": ""})
        form.hush()
        assert "c-errors" not in str(form)
        assert form.errors == {}

    def test_hidden_fields_have_no_label(self) -> None:
        assert str(Sample()).count('type="hidden"') == 1

    def test_an_unbound_form_has_no_errors(self) -> None:
        assert "c-errors" not in str(Sample())
        assert "is-bad" not in str(Sample())


def sent(*rows: dict[str, str], total: Any = None, query: bool = True, **more: str) -> Any:
    data = {
        "i-TOTAL_FORMS": str(len(rows) if total is None else total),
        "i-INITIAL_FORMS": "0",
        **more,
    }
    for number, row in enumerate(rows):
        data |= {f"i-{number}-{name}": value for name, value in row.items()}
    if not query:
        return data
    dictionary = QueryDict(mutable=True)
    dictionary.update(data)
    return dictionary


A, B, C = ({"name": name, "comparator": "ge"} for name in ("甲", "乙", "丙"))
BLANK = {"name": " ", "comparator": "ge"}


class TestRows:
    def test_filled_rows_in_order(self) -> None:
        rows = Rows(sent(A, BLANK, B), prefix="i")
        assert rows.is_valid()
        assert not rows.edited
        assert [row["name"] for row in rows.values] == ["甲", "乙"]

    def test_a_choice_alone_fills_no_row(self) -> None:
        rows = Rows(sent(A, {"name": "", "comparator": "le", "must": "on"}), prefix="i")
        assert rows.is_valid()
        assert len(rows.values) == 1

    def test_an_error_stands_in_its_row(self) -> None:
        rows = Rows(sent(A, {"name": "长" * 11, "comparator": "ge"}), prefix="i")
        assert not rows.is_valid()
        assert rows.forms[0].errors == {}
        assert 'id="id_i-1-name_error"' in str(rows)

    @pytest.mark.parametrize("query", [True, False])
    def test_add_keeps_what_was_typed_and_shows_no_error(self, query: bool) -> None:
        rows = Rows(
            sent({"name": "长" * 11, "comparator": "le"}, query=query, add_row_i="1"), prefix="i"
        )
        assert rows.edited
        assert not rows.is_valid()
        assert len(rows.forms) == 2
        page = str(rows)
        assert "长" * 11 in page
        assert "is-bad" not in page
        assert 'name="i-TOTAL_FORMS" value="2"' in page

    @pytest.mark.parametrize(
        ("gone", "left"), [("0", ["乙", "丙"]), ("1", ["甲", "丙"]), ("2", ["甲", "乙"])]
    )
    @pytest.mark.parametrize("query", [True, False])
    def test_drop_moves_the_rest_up(self, gone: str, left: list[str], query: bool) -> None:
        rows = Rows(sent(A, B, C, query=query, drop_row_i=gone), prefix="i")
        assert rows.edited
        assert [row["name"].value() for row in rows.forms] == left

    def test_a_checked_box_moves_with_its_row(self) -> None:
        rows = Rows(sent(A, {**B, "must": "on"}, C, drop_row_i="0"), prefix="i")
        assert [row["must"].value() for row in rows.forms] == [True, False]

    @pytest.mark.parametrize("gone", ["99", "-1", "x", "", "9" * 5000, "１"])
    def test_a_row_that_is_not_there(self, gone: str) -> None:
        rows = Rows(sent(A, B, drop_row_i=gone), prefix="i")
        assert [row["name"].value() for row in rows.forms] == ["甲", "乙"]

    def test_no_more_than_the_most(self) -> None:
        rows = Rows(sent(A, A, A, A, add_row_i="1"), prefix="i")
        assert len(rows.forms) == 4
        assert rows.full
        assert "disabled" in str(rows)
        refused = Rows(sent(A, A, A, A, A), prefix="i")
        assert not refused.is_valid()
        assert "最多 4 行" in str(refused)

    @pytest.mark.parametrize("total", ["9" * 30, "1000000", "-1", "x", ""])
    def test_a_forged_total_costs_nothing(self, total: str) -> None:
        for more in ({}, {"add_row_i": "1"}):
            rows = Rows(sent(A, total=total, **more), prefix="i")
            rows.is_valid()
            assert len(rows.forms) <= 8
            assert str(rows)

    def test_a_missing_management_form_is_a_message(self) -> None:
        rows = Rows({}, prefix="i")
        assert not rows.is_valid()
        assert "页面已过期" in str(rows)

    def test_at_least_so_many_filled(self) -> None:
        least = rows_of(Indicator, least=2)
        rows = least(sent(A, BLANK, BLANK), prefix="i")
        assert not rows.is_valid()
        assert "至少填写 2 行" in str(rows)
        assert least(sent(A, B), prefix="i").is_valid()

    def test_a_row_that_may_stay_empty_demands_nothing_until_it_is_begun(self) -> None:
        for rows, shown in (
            (Rows(prefix="i", initial=[{"name": "甲"}]), [True, False]),
            (Rows(sent(A, BLANK), prefix="i"), [True, False]),
            (rows_of(Indicator, least=1, extra=1)(prefix="i"), [True, False]),
        ):
            fields = [str(row["name"].as_field_group()) for row in rows.forms]
            assert [page.count("（必填）") for page in fields] == [1, 1]
            assert ["data-must hidden" not in page for page in fields] == shown
            assert ['aria-required="true"' in page for page in fields] == shown
        assert "data-must hidden" in str(rows.empty_form["name"].as_field_group())
        begun = Rows(sent(A, {"name": "", "comparator": "ge"}), prefix="i")
        assert begun.is_valid()
        assert [row["name"] for row in begun.values] == ["甲"]

    def test_stored_rows_and_one_blank(self) -> None:
        rows = Rows(prefix="i", initial=[{"name": "甲", "comparator": "le"}])
        page = str(rows)
        assert [row["name"].value() for row in rows.forms] == ["甲", None]
        assert page.count("<template") == 1
        assert 'name="add_row_i"' in page
        assert 'name="drop_row_i"' in page

    def test_a_stored_row_may_be_emptied(self) -> None:
        data = sent(BLANK, B)
        data["i-INITIAL_FORMS"] = "2"
        rows = Rows(data, prefix="i", initial=[{"name": "甲"}, {"name": "乙"}])
        assert rows.is_valid()
        assert [row["name"] for row in rows.values] == ["乙"]

    def test_enter_presses_no_row_button(self) -> None:
        page = str(Rows(prefix="i"))
        first = page[page.index("<button") :]
        assert "name=" not in first[: first.index(">")]
