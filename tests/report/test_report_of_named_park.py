"""The report of a real park that is known by the emissions of its sectors, and stands in another country."""

import re

import pytest
import reports

from pathway_models.report.audit_workbook import to_xlsx
from pathway_models.report.content import build_report
from pathway_models.report.inputs import outline_ids

TOLD = {
    "en": ("This park is in Germany", "neither energy nor value added", "European Commission and C. Rossi",
           "goals of China and not of Germany", "No air pollutants are reported: they are calculated by energy"),
    "zh": ("本园区位于德国", "既无能耗也无增加值", "署名欧盟委员会与C. Rossi", "非德国目标",
           "其按能源品种核算，而表中没有分品种数据"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_says_what_it_cannot_tell_and_uses_no_chinese_factor(lang):
    inputs = reports.report_inputs("eu-leuna", lang, search=False)
    text = build_report(inputs).text()
    for words in TOLD[lang]:
        assert words in text
    for foreign in ("GBT32151", "national_2021", "HJ 274", "CO2 per GDP -18", "单位GDP二氧化碳排放 -18"):
        assert foreign not in text


@pytest.mark.slow
def test_no_chinese_document_or_plan_is_written_for_it():
    """Plans of China have no place in it, whichever years the record has."""
    for lang in ("en", "zh"):
        report = build_report(reports.report_inputs("eu-leuna", lang, search=False))
        assert not re.search("Five-Year|五”|科财函|专项报告|special report", report.title + report.text())
    assert outline_ids("DE") == ("pathways",)
    assert outline_ids("CN") == ("special_report", "annual", "zero_carbon")


@pytest.mark.slow
def test_both_languages_say_the_same_in_the_same_order():
    def shape(lang):
        blocks = build_report(reports.report_inputs("eu-leuna", lang, search=False)).blocks()
        return [(type(one).__name__, len(getattr(one, "rows", ()))) for one in blocks]

    assert shape("en") == shape("zh")


def test_the_audit_workbook_reproduces_its_pathway():
    # It refuses to be written where its formulas differ from the engine.
    inputs = reports.report_inputs("eu-leuna", "en", search=False)
    assert to_xlsx(inputs, "eu-leuna").startswith(b"PK")
