"""The pages of a run and of a park open with the answer: the shares of the summary, from its rows alone."""

import csv

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from pathway_models import sentences
from pathway_models.batch.answer_card import STEPS, answer_card, read_steps, write_steps
from pathway_models.batch.summary import index_page, link_papers, summary_lines
from pathway_models.core.files import PARK_NOTEBOOK
from pathway_models.documents.page_fonts import FEW, FONT_FAMILY, font_face
from pathway_models.fleet.answers import SPLIT, answers, headline_of
from pathway_models.intake.library import read_scenarios
from pathway_models.language.rounding import stable_text
from pathway_models.records.peaks import Step

SCENARIOS = read_scenarios()
#: Scenario -> past, ahead, not before.
SPLITS = {
    "bau": (0.3, 0.1, 0.6),
    "efficiency": (0.3, 0.2, 0.5),
    "substitution": (0.3, 0.35, 0.35),
    "deep": (0.3, 0.6, 0.1),
}


def rows(park="north", splits=SPLITS, **other):
    return [
        {
            "park_id": park, "name": f"Park {park}", "name_zh": f"{park}园区", "kind": "park", "invented": "true",
            "scenario": scenario, "last_observed_year": "2020", "emissions_last_tco2": "1.5e7", "peak_year_p05": "2021",
            "peak_year_p50": "2040", "peak_year_p95": ">2055", "p_peak_before_2030": str(past + ahead),
            "share_censored": "0.1", "peak_status": "after", "peak_value_p50_tco2": "1.6e7", "seed": "1",
            "members": "100", "until": "2060", "p_past": str(past), "p_ahead": str(ahead), "p_not_before": str(late),
            "p_se": "0.02", "issue_year": "2026", "account": "scope_1_2", **other,
        }
        for scenario, (past, ahead, late) in splits.items()
    ]  # fmt: skip


def write(folder, lines):
    with (folder / "summary.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)


def test_the_answer_is_the_first_the_best_and_the_one_family_that_gains_most():
    (one,) = answers(rows(), SCENARIOS)
    assert (one.without.past, one.without.ahead, one.best.ahead) == (0.3, 0.1, 0.6)
    assert (one.best_scenario, one.decisive) == ("deep", "substitution")
    assert one.points == pytest.approx(50.0)


def test_nothing_decides_where_no_family_gains_a_point():
    flat = dict.fromkeys(SPLITS, (0.3, 0.1, 0.6))
    (one,) = answers(rows(splits=flat), SCENARIOS)
    assert (one.best_scenario, one.decisive, one.points) == ("bau", "", 0.0)


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "told"), [("en", "no single-family scenario"), ("zh", "无单类措施情景")])
def test_a_run_without_scenarios_of_one_family_does_not_say_that_none_gains(lang, told):
    two = rows(splits={name: SPLITS[name] for name in ("bau", "deep")})
    (one,) = answers(two, SCENARIOS)
    assert (one.decisive, one.has_families) == ("", False)
    cell = BeautifulSoup(index_page("run", two, [], [], lang), "html.parser").select_one("#answers .why").text
    assert told in cell


@pytest.mark.parametrize("members", [7, 300])
def test_rounded_shares_of_all_members_are_all_and_never_more(members):
    """Found by a run of 3,000 members: 0.333333 and 0.666667 and the like add up to 1.0000003."""
    for past in range(members + 1):
        texts = [stable_text(one / members) for one in (past, members - past, 0)]
        held = dict(zip((f"{name}_if_drivers_hold" for name in SPLIT), texts, strict=True))
        (one,) = answers(rows(splits={"bau": [float(text) for text in texts]}, **held), SCENARIOS)
        assert one.without.before == one.without.if_drivers_hold == 1.0


def test_parks_without_a_headline_are_left_out():
    assert answers(rows(p_past=""), SCENARIOS) == []


@pytest.mark.parametrize(("lang", "told"), [("en", "1 of 2 places"), ("zh", "2个园区（区域）中有1个")])
def test_the_sentence_counts_places_that_are_more_likely_than_not(lang, told):
    sure = {name: (0.6, 0.1, 0.3) for name in SPLITS}
    found = answers([*rows(), *rows("south", sure)], SCENARIOS)
    assert told in headline_of(found, lang=lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_strips_of_the_page_are_the_shares_of_the_summary(lang):
    page = BeautifulSoup(index_page("run", rows(), [], [], lang), "html.parser")
    strips = page.select("#answers .strip")
    assert [[i["style"] for i in strip.select("i")] for strip in strips] == [
        ["width:30.0%", "width:10.0%", "width:60.0%"],
        ["width:30.0%", "width:60.0%", "width:10.0%"],
    ]
    assert page.select_one("#answers td.gain").text.strip() == "+50"
    assert page.select_one("h1").text.strip() == headline_of(answers(rows(), SCENARIOS), lang=lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_card_of_a_park_has_the_same_shares(tmp_path, lang):
    write(tmp_path, rows())
    name, card = answer_card(tmp_path, lang)
    assert name == {"en": "Park north", "zh": "north园区"}[lang]
    parts = [i["style"] for i in BeautifulSoup(card, "html.parser").select(".pw-strip i")]
    assert parts == ["width:30.0%", "width:10.0%", "width:60.0%", "width:30.0%", "width:60.0%", "width:10.0%"]
    assert all(share in card for share in {"en": ("40 %", "90 %"), "zh": ("40%", "90%")}[lang])
    assert answer_card(tmp_path / "nowhere", lang) == ("", "")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_another_year_in_question_is_the_one_in_words(tmp_path, lang):
    later = rows(before="2035", p_peak_before="0.45")
    write(tmp_path, later)
    pages = [index_page("run", later, [], [], lang), answer_card(tmp_path, lang)[1], *summary_lines(later, [], lang)]
    texts = [BeautifulSoup(page, "html.parser").text for page in pages]
    assert all("2035" in text for text in texts[:3])
    assert not any("2030" in text for text in texts)
    assert '"45 % ±2.0"' in pages[0]
    assert " 45" in texts[3]
    assert "2035" in sentences.all_parks(pd.DataFrame(later), "bau", lang=lang)


def test_real_parks_regions_and_invented_ones_stand_apart_and_only_real_places_are_counted():
    lines = [*rows("made"), *rows("land", invented="false", kind="region"), *rows("works", invented="false")]
    page = BeautifulSoup(index_page("run", lines, [], [], "en"), "html.parser")
    assert [body["data-kind"] for body in page.select("#answers tbody")] == ["park", "region", "invented"]
    assert page.select_one("#answers .group").text == "Real parks (1)"
    assert "of 2 real places" in page.select_one("h1").text
    alone = BeautifulSoup(index_page("run", lines[: -len(rows("works"))], [], [], "en"), "html.parser")
    assert alone.select_one("h1").text.startswith("Park land peaks before 2030 in 40 % of members")
    assert not BeautifulSoup(index_page("run", rows(), [], [], "en"), "html.parser").select(".group")


def test_reports_and_audit_workbooks_are_linked_once_they_are_there(tmp_path):
    page = tmp_path / "index.html"
    page.write_text(index_page("run", rows("a&b"), [], [], "en"), encoding="utf-8")

    def links():
        parsed = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        return {link.text: link["href"] for link in parsed.select("#answers a")}

    assert links() == {"Park a&b": "a%26b/notebook.html", "notebook": "a%26b/notebook.ipynb"}
    (tmp_path / "reports").mkdir()
    for name in ("a&b_zh.docx", "a&b_en.docx", "a&b_zh.xlsx", "other_en.pdf"):
        (tmp_path / "reports" / name).touch()
    for _ in range(2):  # again: nothing is put in twice
        link_papers(tmp_path)
        assert links()["report (Word)"] == "reports/a%26b_en.docx"
        assert links()["audit workbook"] == "reports/a%26b_zh.xlsx"
        assert len(links()) == 4


def test_the_card_has_the_other_reading_where_the_run_has_it(tmp_path):
    write(tmp_path, rows(p_past_if_drivers_hold="0.2", p_ahead_if_drivers_hold="0.35"))
    assert "55 %" in answer_card(tmp_path, "en")[1]


def test_a_name_that_is_markup_stays_text(tmp_path):
    hostile = rows(name="<img src=x onerror=alert(1)>")
    page = BeautifulSoup(index_page("run", hostile, [], [], "en"), "html.parser")
    assert page.select("#answers img") == []


def test_fonts_are_embedded_for_the_signs_shown_and_for_nothing_else():
    assert FONT_FAMILY not in font_face("Latin only, ± and …")
    assert FONT_FAMILY in font_face("达峰")
    texts = ("Latin", "达峰齉", many := PARK_NOTEBOOK.read_text(encoding="utf-8"), many + "齉")
    rules = [font_face(text).count("@font-face") for text in texts]
    assert rules == [1, 2, 2, 3]  # 齉 is in no text of ours


def test_a_page_of_few_chinese_characters_embeds_those_alone():
    few, many = (font_face("".join(chr(0x4E00 + at) for at in range(count))) for count in (FEW, FEW + 1))
    assert len(few) < len(many) / 4


# what to do first ----------------------------------------------------------------------------------------------

STEPS_OF_NORTH = (
    Step("efficiency", "Save energy", "节能", "efficiency", "strong", 2026, 2040, 0.08, 2e6, -547.0, has_price=True),
    Step("other", "Other branches", "新业态", "structure", "strong", 2026, 2041, 0.06, 1e6, -515.0, has_price=False),
    Step("green", "Green power", "绿电", "substitution", "strong", 2026, 2040, 0.05, 1e6, 17.8, has_price=True),
    Step("small", "Nearly nothing", "微", "management", "strong", 2026, 2030, 0.004, 1e4, 1.0, has_price=False),
)


@pytest.mark.parametrize(
    ("lang", "told"),
    [("en", ["Save energy", "+8 points by itself, saves 547 million CNY a year", "pays for itself below 515 million"]),
     ("zh", ["节能", "单独可提高8个百分点，每年净节省5.47亿元", "每年低于5.15亿元即合算"])],
)  # fmt: skip
def test_what_to_do_first_stands_on_card_index_and_terminal(tmp_path, lang, told):
    write(tmp_path, rows())
    write_steps(tmp_path / STEPS, "north", STEPS_OF_NORTH)
    assert read_steps(tmp_path) == STEPS_OF_NORTH
    card = BeautifulSoup(answer_card(tmp_path, lang)[1], "html.parser")
    lines = [one.text for one in card.select(".pw-steps li")]
    assert len(lines) == 3, "what gains no point is nothing to begin with"
    assert all(any(text in line for line in lines) for text in told)
    page = BeautifulSoup(index_page("run", rows(), [], [], lang, (), {"north": STEPS_OF_NORTH}), "html.parser")
    assert f"{told[0]}" in page.select_one("#answers .why").text
    assert "+8" in page.select_one("#answers .why").text
    screen = "".join(summary_lines(rows(), [], lang, {"north": STEPS_OF_NORTH})).replace("\n", " ")
    assert told[0] in screen
    assert {"en": "What decides it", "zh": "起决定作用"}[lang] in screen


def test_nothing_is_said_to_be_first_where_nothing_gains_a_point_or_the_run_is_older(tmp_path):
    write(tmp_path, rows())
    assert "What to do first" not in answer_card(tmp_path, "en")[1], "a run of an older version has no such table"
    write_steps(tmp_path / STEPS, "north", STEPS_OF_NORTH[3:])
    card = BeautifulSoup(answer_card(tmp_path, "en")[1], "html.parser")
    assert not card.select(".pw-steps")
    assert "no measure gains a percentage point by itself" in card.text
    flat = rows(splits=dict.fromkeys(SPLITS, (0.3, 0.1, 0.6)))
    write(tmp_path, flat)
    assert "What to do first" not in answer_card(tmp_path, "en")[1], "no scenario of the run does better"


def test_of_many_parks_the_terminal_says_where_it_is_said():
    many = [row for at in range(8) for row in rows(f"park-{at}")]
    lines = summary_lines(many, [], "en", {f"park-{at}": STEPS_OF_NORTH for at in range(8)})
    assert sum("index.html" in line for line in lines) == 1
    assert not any("Save energy" in line for line in lines)
