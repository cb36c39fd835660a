"""What a report says follows from its numbers, in the order of the notice, in both languages alike."""

import re
from dataclasses import replace

import numpy as np
import pytest
import reports

import pathway_models as pw
from pathway_models.documents.blocks import Figure, Heading, ReportBuilder, Table
from pathway_models.kernels.turning_points import STATUS
from pathway_models.language.rounding import money_text
from pathway_models.report.claims import target, verdict
from pathway_models.report.content import build_report

ORDER = ["review", "today", "gap", "targets", "tasks", "safeguards"]
ANNEXES = ["base_data", "factors", "method", "uncertainty", "manifest"]
#: The parks of the reports, of which one is tried with the quick tests.
ONE_QUICK = [reports.PARKS[0], *(pytest.param(park_id, marks=pytest.mark.slow) for park_id in reports.PARKS[1:])]
#: What a sentence that names a peak year ahead looks like.
NAMES_A_YEAR = {"en": r"peaks in (\d{4}) \(median", "zh": r"模拟结果中位数为(\d{4})年达峰"}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("park_id", reports.PARKS)
@pytest.mark.slow
def test_chapters_stand_in_the_order_of_the_notice(park_id, lang):
    assert [chapter.key for chapter in reports.report(park_id, lang).chapters] == ORDER + ANNEXES


@pytest.mark.parametrize("park_id", reports.PARKS)
@pytest.mark.slow
def test_both_languages_say_the_same_in_the_same_order(park_id):
    def shape(lang):
        blocks = reports.report(park_id, lang).blocks()
        return [(type(one).__name__, getattr(one, "role", ""), len(getattr(one, "rows", ()))) for one in blocks]

    assert shape("en") == shape("zh")


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("park_id", ONE_QUICK)
def test_a_peak_year_is_named_only_where_half_the_members_have_it(park_id, lang):
    on = reports.report_inputs(park_id, lang)
    medians = on.peaks.quantiles()[:, 1]
    carried = {f"{year:.0f}" for year in medians if np.isfinite(year)}
    named = re.findall(NAMES_A_YEAR[lang], reports.report(park_id, lang).text())
    assert named
    assert set(named) <= carried


def rising_park():
    """A park that grew by 15 % a year with all its energy: under the law of 0.2 most members still rise in 2035."""
    park = pw.read_park("demo-electronics")
    faster = 1.15 ** np.arange(park.years.size)
    return replace(park, activity=park.activity * faster, energy=park.energy * faster)


@pytest.mark.parametrize(
    ("lang", "silence"), [("en", "the numbers support no target year"), ("zh", "数值不支持给出目标年")]
)
def test_report_of_a_park_that_still_rises_claims_no_peak(lang, silence):
    # The law in levels expects no such growth to last: under it most members are past their peak in 2026.
    lasting = pw.with_law(pw.read_assumptions(), "parks_0_2")
    rising = build_report(reports.inputs_of(rising_park(), lang, scenarios=("bau",), until=2035, assumptions=lasting))
    assert rising.facts["verdict"] == "open"
    assert re.findall(NAMES_A_YEAR[lang], rising.text()) == []
    assert silence in rising.text()
    assert re.search({"en": r"can be set as a target", "zh": r"设为目标"}[lang], rising.text()) is None


@pytest.mark.slow
def test_parks_that_differ_get_reports_that_differ():
    fronts = [reports.report(park_id).summary for park_id in reports.PARKS]
    for role in ("answer", "body", "bullet"):
        told = {tuple(one.text for one in front if getattr(one, "role", "") == role) for front in fronts}
        assert len(told) == len(fronts)
    assert len({one.alt for front in fronts for one in front if isinstance(one, Figure)}) == len(fronts)


@pytest.mark.parametrize("park_id", ONE_QUICK)
def test_the_first_page_tells_the_probability_of_the_members(park_id):
    on = reports.report_inputs(park_id)
    without, advised = (100 * on.early(name) for name in (on.reference, on.chosen))
    front = reports.report(park_id).summary
    assert front[0].text.startswith(f"Without new measures it peaks before 2030 in {without:.0f} % of members; with")
    assert f"{advised:.0f} %" in front[0].text
    assert f"Shares of {reports.MEMBERS:,} members; sampling error ±" in front[-1].text


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("park_id", ONE_QUICK)
def test_the_first_page_is_the_decision_before_any_chapter(park_id, lang):
    front = reports.report(park_id, lang).summary
    roles = [getattr(one, "role", "figure") for one in front]
    assert roles == ["answer", "body", "figure", "label", "bullet", "bullet", "bullet", "label", "body", "note"]
    low, high = reports.report_inputs(park_id, lang).cost_range
    assert low <= high
    assert money_text(low, lang) in front[-2].text
    assert money_text(high, lang) in front[-2].text


def with_peaks(on, years, status):
    """The same inputs with other peaks in its advised path."""
    at = on.peaks.scenarios.index(on.chosen)
    all_years, all_status, event = on.peaks.year.copy(), on.peaks.status.copy(), on.peaks.event.copy()
    all_years[at], all_status[at] = years, STATUS.index(status)
    event[at] = np.reshape(years, (-1, 1)) < on.peaks.years
    return replace(on, peaks=replace(on.peaks, year=all_years, status=all_status, event=event))


@pytest.mark.parametrize(
    ("years", "status", "expected", "words"),
    [
        (2025, "bridged", "sure", "can be set as a target"),
        (2035, "after", "late", "do not support"),
        (2060, "not_within_horizon", "open", "no target year"),
        (2060, "plateau", "open", "no target year"),
    ],
)
def test_a_target_is_set_only_where_the_members_carry_it(years, status, expected, words):
    on = with_peaks(reports.report_inputs("demo-steel"), years, status)
    assert verdict(on, on.chosen) == expected
    assert words in target(on)


@pytest.mark.parametrize(("past", "expected"), [(False, "likely"), (True, "passed")])
def test_just_below_nine_in_ten_is_likely_and_not_sure(past, expected):
    on = reports.report_inputs("demo-steel")
    on = replace(on, peaks=replace(on.peaks, settled=np.full_like(on.peaks.settled, past)))
    years = np.where(np.arange(reports.MEMBERS) < 0.9 * reports.MEMBERS - 1, 2025, 2040)
    assert verdict(with_peaks(on, years, "ahead"), on.chosen) == expected


def test_tasks_are_the_levers_of_the_advised_path():
    on = reports.report_inputs("demo-steel")
    tasks = next(chapter for chapter in reports.report("demo-steel").chapters if chapter.key == "tasks")
    bullets = [block.text for block in tasks.blocks if getattr(block, "role", "") == "bullet"]
    names = [measure.lever.name_en for measure in on.scenarios[on.chosen].measures]
    assert sorted(bullets) == sorted(line for line in bullets for name in names if line.startswith(f"{name} ("))
    assert len(bullets) == len(names)


@pytest.mark.slow
def test_without_a_search_the_tasks_come_from_the_best_scenario_of_the_run():
    on = reports.report_inputs("demo-steel", search=False)
    early = on.peaks.p_before(2030)
    assert on.early(on.chosen) == early.max()
    assert "No package was searched for" in reports.report("demo-steel", search=False).text()


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_invented_park_is_marked_on_the_first_page_and_on_every_page(lang):
    made_up, real = reports.report("demo-steel", lang), reports.report("region-d", lang)
    assert "INVENTED / 虚构" in made_up.mark
    assert "INVENTED / 虚构" in made_up.footer
    assert "INVENTED / 虚构" in made_up.header
    assert real.mark == ""
    assert "INVENTED" not in real.footer + real.header + real.text()


@pytest.mark.slow
@pytest.mark.parametrize("park_id", reports.PARKS)
def test_tables_and_figures_are_numbered_without_gaps_and_described(park_id):
    written = reports.report(park_id)
    for kind in (Table, Figure):
        found = [one for one in written.of(kind) if one.number]
        assert [one.number for one in found] == list(range(1, len(found) + 1))
        assert all(one.caption for one in found)
    assert all(len(figure.alt) > 20 for figure in written.of(Figure))
    assert all(len(row) == len(table.head) for table in written.of(Table) for row in table.rows)


@pytest.mark.slow
def test_chinese_headings_are_numbered_as_official_documents_are():
    headings = [block.full for block in reports.report("region-d", "zh").of(Heading)]
    assert headings[0].startswith("一、")
    assert headings[1].startswith("（一）")
    assert "附录A 基础数据表" in headings


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_years_that_the_table_lacks_are_not_spoken_of(lang):
    text = reports.report("region-anhui", lang, search=False).text()
    told = {"en": "every year of the 12th plan, 2011-2015 and 2016-2019 of the 13th plan", "zh": "中的2016—2019年"}
    assert told[lang] in text


@pytest.mark.slow
def test_the_footer_holds_the_run():
    assert reports.report("region-d").footer == "region-d · run 0123456789ab"


@pytest.mark.slow
def test_control_characters_of_a_name_never_reach_a_document():
    on = reports.report_inputs("demo-steel", search=False)
    park = replace(on.park, name_en="A\x00B\x0bC\x1b[31m park")
    assert build_report(replace(on, park=park)).park_name == "ABC[31m park"


def test_a_pen_leaves_out_empty_sentences_and_parts_lines():
    pen = ReportBuilder("en")
    pen.chapter("one", "One", lambda p: p.say("", "a\nb", "  "))
    assert [block.text for block in pen.chapters[0].blocks] == ["a", "b"]


@pytest.mark.slow
def test_measures_left_out_of_the_search_are_named_in_the_language_of_the_report(levers):
    on = reports.report_inputs("demo-electronics", "zh")
    found = replace(on.decision, dropped={"coal_to_gas": "the park uses no coal", "process": "no process"})
    text = build_report(replace(on, decision=found)).text()
    assert f"未纳入优选：{levers['coal_to_gas'].name_zh}、工艺降碳。" in text
