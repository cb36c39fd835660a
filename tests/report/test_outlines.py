"""Outlines as data: the right plan for the data's years, every item filled or named as missing."""

import re
from dataclasses import replace

import pytest
import reports

import pathway_models as pw
from pathway_models.core.errors import InputError
from pathway_models.decisions.project_effects import project_effects
from pathway_models.documents.blocks import Heading
from pathway_models.intake.plans.investments import COLUMNS, read_investments
from pathway_models.intake.rules import read_account
from pathway_models.report.content import WRITERS, build_report
from pathway_models.report.inputs import Plan, outline_ids, plan_of, plans_of, read_outline, told

CHINESE = {"“十一五”", "“十二五”", "“十三五”", "“十四五”", "“十五五”"}
#: Last year of a record of five years, and the plans it may name.
RECORDS = {
    2015: ({"12th"}, {"“十二五”"}),
    2019: ({"12th", "13th"}, {"“十二五”", "“十三五”"}),
    2020: ({"13th"}, {"“十三五”"}),
    2024: ({"13th", "14th"}, {"“十三五”", "“十四五”"}),
    2025: ({"14th"}, {"“十四五”"}),
}
INVESTMENTS = f"""{",".join(COLUMNS)}
Boilers,Heat works,Electric boilers,2026,2,20,90,100,120,8,12,15,5,-4000,-21000,electrification,,invented,invented
Roofs,Power company,Solar roofs,2027,1,25,,,,,30,,,-2000,-9000,,,invented,invented
Steam,Heat works,Heat pumps,2027,1,15,,50,,,8,,,-3000,-8000,,,invented,invented
"""


def ending(year, park_id="demo-cement"):
    """A park whose five years end in a year."""
    park = pw.read_park(park_id)
    moved = park.years - park.last_observed_year + year
    memo = {key: {y - park.last_observed_year + year: v for y, v in of.items()} for key, of in park.memo_items.items()}
    return replace(park, years=moved, memo_items=memo, origins={}, one_off_years=())


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("year", RECORDS)
def test_a_document_names_the_plans_of_its_own_years_and_no_other(year, lang):
    inputs = reports.inputs_of(ending(year), lang, scenarios=("bau",))
    for kind in outline_ids("CN"):
        text = build_report(inputs, read_outline(kind)).text()
        named = set(re.findall(r"\b(\d\d)th\b", text)) if lang == "en" else CHINESE & set(re.findall("“[^”]{3}”", text))
        expected = {name[:2] for name in RECORDS[year][0]} if lang == "en" else RECORDS[year][1]
        assert named <= expected, kind
        assert named == expected or kind == "zero_carbon"  # which has no chapter of review


def test_five_year_plans_have_their_years_and_names():
    assert (Plan(13).first, Plan(13).last) == (2016, 2020)
    assert [plan_of(year).number for year in (1981, 2010, 2011, 2025, 2026, 2030)] == [6, 11, 12, 14, 15, 15]
    assert plan_of(1980) is None
    assert told(plans_of(2014, 2026), "zh") == "“十四五”“十五五”"
    assert told(plans_of(2016, 2025), "en") == "13th and 14th"


@pytest.mark.parametrize("kind", outline_ids())
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_item_is_filled_or_says_what_it_needs(kind, lang):
    outline = read_outline(kind)
    report = build_report(reports.report_inputs("demo-cement", lang), outline)
    assert [chapter.key for chapter in report.chapters] == [one.key for one in (*outline.chapters, *outline.annexes)]
    for chapter in report.chapters:
        blocks = chapter.blocks
        assert blocks
        for this, following in zip(blocks, [*blocks[1:], None], strict=True):
            if isinstance(this, Heading):
                assert following is not None
                assert not isinstance(following, Heading)
    unfilled = [item.needs.told(lang) for one in outline.chapters for item in one.items if not item.write]
    assert all(needs in report.text() for needs in unfilled)


def test_writers_of_the_outlines_exist():
    named = {
        name
        for kind in outline_ids()
        for chapter in (*read_outline(kind).chapters, *read_outline(kind).annexes)
        for name in (*chapter.write, *(name for item in chapter.items for name in item.write))
    }
    assert named == set(WRITERS)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_projects_and_their_economics_stand_in_the_application(tmp_path, lang):
    path = tmp_path / "mine.investments.csv"
    path.write_text(INVESTMENTS, encoding="utf-8")
    inputs, projects = reports.report_inputs("demo-cement", lang), read_investments(path)
    effects = project_effects(inputs.park, projects, read_account("zero_carbon_910"), members=10)
    inputs = replace(inputs, investments=projects, effects=effects)
    text = build_report(inputs, read_outline("zero_carbon")).text()
    assert "Electric boilers" in text
    assert {"en": "cost not known", "zh": "成本未知"}[lang] in text
    assert "100 (90.0-120)" in text
    assert {"en": "whole lever, weakest setting", "zh": "该措施全园区最低力度"}[lang] in text
    assert {"en": "Needed: a list of projects", "zh": "需要：项目清单"}[lang] not in text


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("2026,2,20", "2026,0,20", "whole number of years"),
        ("90,100,120", "110,100,120", "low <= likely <= high"),
        (",5,-4000", ",500,-4000", "between 0 and the investment"),
        ("-9000,,,", "-9000,flying,,", "a lever"),
        ("Steam,Heat", "Boilers,Heat", "a name of its own"),
        ("Boilers,Heat", "=1+1,Heat", "a name"),
        ("12,15,5", "nan,15,5", "a number"),
    ],
)
def test_investments_are_checked(tmp_path, wrong, right, told):
    assert wrong in INVESTMENTS
    path = tmp_path / "mine.investments.csv"
    path.write_text(INVESTMENTS.replace(wrong, right, 1), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_investments(path)
    assert told in str(error.value)
    assert "line" in str(error.value)


def test_international_bunkers_are_listed_apart_and_not_deducted():
    park = pw.read_park("demo-cement")
    with_bunkers = replace(park, memo_items={**park.memo_items, ("bunker", "park", "kerosene"): {2020: 1234.0}})
    account = read_account("zero_carbon_910")
    assert pw.take_account(with_bunkers, account).total() == pytest.approx(pw.take_account(park, account).total())
    text = build_report(reports.inputs_of(with_bunkers, scenarios=("bau",)), read_outline("zero_carbon")).text()
    assert "international bunkers, kerosene" in text
    assert "1,234" in text
