"""The page of a run as a person uses it: sorted by a column, filtered, searched, in a real browser."""

import re
import zipfile
from dataclasses import dataclass

import pytest
from browsers import browser, chromium  # noqa: F401  # fixtures

from pathway_models.batch.summary import index_page

pytestmark = pytest.mark.slow

#: Invented parks: id, kind, scenario, emissions (tCO2), median peak year, P(peak before 2030).
PARKS = [
    ("north", "park", "bau", 9e4, "2041", 0.25),
    ("north", "park", "Deep cuts", 9e4, "2024", 0.9),
    ("south", "park", "bau", 1.2e6, ">2060", 0.05),
    ("south", "park", "Deep cuts", 1.2e6, "2031", 0.45),
    ("whole", "region", "bau", 5e5, "2060", 0.1),
    ("whole", "region", "Deep cuts", 5e5, "2027", 0.7),
]
HEADS = {"emissions": 9, "p50": 11, "chance": 3}


@dataclass(frozen=True)
class Ended:
    park_id: str
    status: str = "done"
    cause: str = ""
    came_out: bool = True


def rows():
    return [
        {
            "park_id": park, "name": f"Park {park}", "name_zh": f"{park}园区", "kind": kind,
            "invented": str(kind == "park").lower(),
            "scenario": scenario, "last_observed_year": "2020", "emissions_last_tco2": str(emissions),
            "peak_year_p05": "2021", "peak_year_p50": peak, "peak_year_p95": ">2060",
            "p_peak_before_2030": str(chance), "share_censored": "0.1", "peak_status": "within_horizon",
            "peak_value_p50_tco2": str(emissions), "seed": "1", "members": "10", "until": "2060",
            "peak_parts": "2016-2023 54 %; ≥2031 44 %" if (park, scenario) == ("whole", "Deep cuts") else "",
        }
        for park, kind, scenario, emissions, peak, chance in PARKS
    ]  # fmt: skip


@pytest.fixture(scope="module", params=["en", "zh"])
def page(request, browser, tmp_path_factory):  # noqa: F811
    file = tmp_path_factory.mktemp("run") / "index.html"
    ended = [Ended(name) for name in ("north", "south", "whole")]
    file.write_text(index_page("run", rows(), ended, [], request.param), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.lang, page.faults, page.asked = request.param, [], []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("request", lambda asked: page.asked.append(asked.url))
    page.file = file.as_uri()
    return page


@pytest.fixture
def fresh(page):
    page.goto(page.file)
    return page


def shown(page, column=0):
    """Texts of a column in the rows that can be seen, from above."""
    cells = page.locator(f"#parks tbody tr:visible td:nth-child({column + 1})").all_inner_texts()
    return [cell.strip() for cell in cells]


def ids(page):
    return [next(name for name in ("north", "south", "whole") if name in text) for text in shown(page)]


def press(page, head):
    page.locator("#parks thead button").nth(HEADS[head]).click()


def test_it_opens_with_the_first_scenario_of_every_park(fresh):
    assert ids(fresh) == ["north", "south", "whole"]
    assert len(set(shown(fresh, 2))) == 1


def test_a_column_of_numbers_is_sorted_as_numbers_and_turned_round_by_a_second_press(fresh):
    press(fresh, "emissions")
    assert ids(fresh) == ["north", "whole", "south"]
    press(fresh, "emissions")
    assert ids(fresh) == ["south", "whole", "north"]
    assert fresh.locator("#parks th[aria-sort=descending]").count() == 1


def test_no_peak_by_the_horizon_comes_after_every_year(fresh):
    press(fresh, "p50")
    assert shown(fresh, HEADS["p50"]) == ["2041", "2060", ">2060"]


def test_only_one_column_is_marked_as_sorted(fresh):
    press(fresh, "p50")
    press(fresh, "chance")
    assert fresh.locator("#parks th[aria-sort]").count() == 1
    assert ids(fresh) == ["south", "whole", "north"]


def test_another_scenario_is_shown_also_where_its_name_has_capitals(fresh):
    fresh.select_option("#scenario", "Deep cuts")
    humps = {"en": "2016-2023\u00a054\u00a0%; ≥2031\u00a044\u00a0%", "zh": "2016-2023\u00a054%; ≥2031\u00a044%"}[
        fresh.lang
    ]
    assert shown(fresh, HEADS["p50"]) == ["2024", "2031", humps]
    fresh.select_option("#scenario", "")
    assert len(shown(fresh)) == len(PARKS)


def test_kind_and_search_narrow_together_and_give_back_what_they_hid(fresh):
    fresh.select_option("#kind", "invented")
    assert ids(fresh) == ["north", "south"]
    fresh.fill("#search", " SOUTH ")
    assert ids(fresh) == ["south"]
    fresh.select_option("#kind", "")
    fresh.fill("#search", "")
    assert ids(fresh) == ["north", "south", "whole"]


def test_sorting_works_by_the_keyboard(fresh):
    fresh.locator("#parks thead button").nth(HEADS["emissions"]).focus()
    fresh.keyboard.press("Enter")
    assert ids(fresh) == ["north", "whole", "south"]


def test_kinds_and_shipped_scenarios_are_shown_by_their_names(fresh):
    assert shown(fresh, 1)[0] == {"en": "invented park", "zh": "虚构园区"}[fresh.lang]
    assert shown(fresh, 2)[0] != "bau"


def test_the_page_asks_for_no_other_file_and_its_script_does_not_fail(fresh):
    assert fresh.faults == []
    assert {url for url in fresh.asked if not url.startswith("data:")} == {fresh.file}


def test_nothing_is_cut_off_at_the_right(fresh):
    cut = "[...document.querySelectorAll('body, table, td, th')].filter(one => one.scrollWidth > one.clientWidth + 1)"
    for width, columns in ((1920, 16), (1366, 16), (768, 7), (390, 3)):
        fresh.set_viewport_size({"width": width, "height": 900})
        wider = fresh.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, width
        assert fresh.evaluate(f"{cut}.map(one => one.textContent)") == [], width
        assert fresh.locator("#parks thead th:visible").count() == columns
    fresh.set_viewport_size({"width": 1400, "height": 900})


def test_heads_stay_in_sight_while_parks_go_by(many):
    for table in ("answers", "parks"):
        many.locator(f"#{table} tbody tr").nth(200).scroll_into_view_if_needed()
        many.evaluate("scrollBy(0, 200)")
        assert abs(many.locator(f"#{table} thead th").first.bounding_box()["y"]) < 1


# five hundred parks -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(browser, tmp_path_factory):  # noqa: F811
    """A run of 500 parks and ten scenarios, packed as a zip and unpacked elsewhere, as one passes it on."""
    folder = tmp_path_factory.mktemp("many")
    names = [f"s{at}" for at in range(10)]
    shares = {"p_past": "0.3", "p_ahead": "0.2", "p_not_before": "0.5", "p_se": "0.015", "issue_year": "2026"}
    first = rows()[0] | shares
    lines = [
        first | {"park_id": f"park-{at:03d}", "name": f"Industrial park {at}", "scenario": name,
                 "emissions_last_tco2": str(1e6 + at * 7919 % 500 * 1e4)}
        for at in range(500) for name in names
    ]  # fmt: skip
    with zipfile.ZipFile(folder / "run.zip", "w") as packed:
        packed.writestr("run/index.html", index_page("run", lines, [], [], "en"))
        packed.writestr("run/park-000/notebook.html", "<title>Park 0</title>")
    zipfile.ZipFile(folder / "run.zip").extractall(folder / "elsewhere")
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.file = folder / "elsewhere" / "run" / "index.html"
    page.goto(page.file.as_uri())
    return page


def test_a_page_of_five_hundred_parks_has_at_most_two_megabytes_and_half_of_one_for_fonts(many):
    text = many.file.read_text(encoding="utf-8")
    assert len(text.encode()) <= 2e6
    assert sum(map(len, re.findall(r"font/woff;base64,([^)]*)", text))) <= 5e5
    assert many.locator("#answers tbody tr").count() == many.locator("#parks tbody tr").count() == 500


def test_five_hundred_parks_are_sorted_in_little_more_than_it_takes_to_lay_them_out(many):
    """Seconds depend on the machine (some .1 on a quiet one): the rival is the browser laying the same table out."""
    ticks = many.context.new_cdp_session(many)
    ticks.send("Performance.enable", {"timeDomain": "threadTicks"})

    def used():
        return {one["name"]: one["value"] for one in ticks.send("Performance.getMetrics")["metrics"]}["TaskDuration"]

    def least(work, given):
        spent = []
        for _ in range(4):
            begin = used()
            many.evaluate(f"([table, at]) => {{ {work}; document.body.getBoundingClientRect(); }}", given)
            spent.append(used() - begin)
        return min(spent)

    again = "const body = document.getElementById(table).tBodies[0]; body.replaceWith(body.cloneNode(true))"
    for table, column in (("answers", 0), ("parks", HEADS["emissions"])):
        sorting = least("document.querySelectorAll(`#${table} th button`)[at].click()", [table, column])
        laying = least(again, [table, column])
        assert 0 < sorting < 2.0 * laying, (table, sorting, laying)
    told = [float(text.replace(",", "")) for text in many.locator("#parks tbody td:nth-child(10)").all_inner_texts()]
    assert told == sorted(told, reverse=True)


def test_the_head_of_the_table_stays_in_sight(many):
    many.evaluate("scrollTo(0, 5000)")
    assert many.evaluate("document.querySelector('#answers th').getBoundingClientRect().y") == 0
    many.evaluate("scrollTo(0, 0)")


def test_it_prints_on_paper_without_controls_and_without_cut_columns(many):
    many.set_viewport_size({"width": 718, "height": 1000})  # A4 between margins of a centimetre
    many.emulate_media(media="print")
    assert many.evaluate("document.documentElement.scrollWidth") <= 718
    assert not many.locator(".filters").first.is_visible()
    assert many.locator("#answers .strip").first.is_visible()
    # Buttons are not painted in the heads that pages repeat: their words stand there without them.
    told = "one => getComputedStyle(one, '::before').content.slice(1, -1)"
    heads = many.locator("#answers thead th")
    assert heads.evaluate_all(f"all => all.map({told})") == heads.locator("button").all_text_contents()
    assert not heads.locator("button").first.is_visible()
    many.emulate_media(media="screen")
    many.set_viewport_size({"width": 1366, "height": 768})


def test_links_of_an_unpacked_run_lead_to_its_parks(many):
    many.fill("#search", "park-000")
    many.locator("#parks tbody a").first.click()
    assert many.title() == "Park 0"
