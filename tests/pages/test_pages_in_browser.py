"""The pages of one small run as people meet them, in a real browser: index, a park's page, its report, the explorer.

One run, one browser and one server serve all tests here; windows are those of `take_screenshots`.
"""

import http.client
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from browsers import browser, chromium  # noqa: F401  # fixtures
from click.testing import CliRunner
from reports import manifest
from take_screenshots import ANSWER, WIDER, WINDOWS, open_page, serving

import pathway_models as pw
from pathway_models.batch.answer_card import answer_card
from pathway_models.batch.notebook_page import to_html
from pathway_models.batch.results import compute_again
from pathway_models.batch.summary import index_page
from pathway_models.cli.main import main
from pathway_models.documents.html import to_html as report_page
from pathway_models.intake.library import read_scenarios
from pathway_models.language.rounding import share_text
from pathway_models.report.content import build_report
from pathway_models.report.inputs import gather, read_outline

pytestmark = pytest.mark.slow

#: As in notebooks/04_park_decisions, whose numbers are compared with the run's.
PARK, MEMBERS = "demo-steel", 300
#: Milliseconds a redraw may take while a slider is dragged; said, never asserted: another test runs beside it.
GOAL = 100
AXE = Path(__file__).parents[1] / "data" / "axe" / "axe.min.js"
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
KINDS = ("index", "park", "report", "explorer")
#: Where a page says its sentence.
SENTENCE = {"report": ".answer"}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of one park in English, and beside it its pages in Chinese."""
    folder = tmp_path_factory.mktemp("pages") / "run"
    words = ["run", PARK, "--members", str(MEMBERS), "--as-of", "2026", "--out", str(folder), "--workers", "1"]
    told = subprocess.run(
        [sys.executable, "-m", "pathway_models", *words], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert told.returncode == 0, told.stderr
    (folder.parent / "told.txt").write_text(told.stdout, encoding="utf-8")
    rows = pd.read_csv(folder / "summary.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    (folder / "index_zh.html").write_text(index_page("run", rows.to_dict("records"), [], [], "zh"), encoding="utf-8")
    notebook = nbformat.read(folder / PARK / "notebook.ipynb", as_version=4)
    page = to_html(notebook, *answer_card(folder / PARK, "zh"), "zh")
    (folder / PARK / "notebook_zh.html").write_text(page, encoding="utf-8")
    again = compute_again(folder, PARK)
    scenarios = pw.read_scenarios().pick(list(again.pathways.scenarios))
    inputs = gather(again.park, scenarios, again.pathways, manifest(scenarios, members=MEMBERS), lang="en")
    for lang, ending in (("en", ""), ("zh", "_zh")):
        report = build_report(inputs.in_language(lang), read_outline("special_report"))
        (folder / f"report{ending}.html").write_text(report_page(report), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def address(run):
    with serving(PARK, "--run", str(run), "--save-to", str(run.parent / "my_scenarios.yml")) as url:
        yield url


@pytest.fixture(scope="module")
def pages(run, address, browser):  # noqa: F811
    """Open pages by kind and language, each opened once."""
    opened = {}

    def get(kind, lang):
        if (kind, lang) not in opened:
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            page.asked, page.faults = [], []
            page.on("request", lambda request: page.asked.append(request.url))
            page.on("pageerror", lambda error: page.faults.append(str(error)))
            ending = "" if lang == "en" else "_zh"
            files = {name: run / f"{name}{ending}.html" for name in ("index", "report")}
            file = (files | {"park": run / PARK / f"notebook{ending}.html"}).get(kind)
            if file:
                open_page(page, file.as_uri())
            else:
                open_page(page, f"{address}&lang={lang}", ANSWER)
                page.wait_for_function("code => document.documentElement.lang === code",
                                       arg={"en": "en", "zh": "zh-CN"}[lang])  # fmt: skip
            opened[kind, lang] = page
        return opened[kind, lang]

    return get


@pytest.fixture
def page(pages):
    """The explorer in English, at the size of a laptop."""
    page = pages("explorer", "en")
    page.set_viewport_size({"width": 1366, "height": 768})
    return page


def box(page, selector):
    found = page.locator(selector).first.bounding_box()
    assert found, f"{selector} is not shown"
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("width", "height"), WINDOWS)
def test_no_page_is_wider_than_its_window_and_its_answer_is_on_the_first_screen(pages, kind, lang, width, height):
    page = pages(kind, lang)
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(150)
    page.evaluate("scrollTo(0, 0)")
    assert page.evaluate(WIDER) <= 0
    place = SENTENCE.get(kind, "h1")
    sentence = box(page, place)
    assert sentence["y"] >= 0
    assert sentence["y"] + sentence["height"] <= height
    assert sentence["x"] + sentence["width"] <= width
    assert "2030" in page.locator(place).first.inner_text()
    folder = os.environ.get("PATHWAYS_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{kind}_{lang}_{width}.png"))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_result_of_the_explorer_lies_below_the_fold_of_a_laptop(pages, lang):
    page = pages("explorer", lang)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.wait_for_timeout(150)
    for scrolled in (0, 400):  # it stays while the levers move by
        page.evaluate(f"scrollTo(0, {scrolled})")
        page.wait_for_timeout(50)
        for part in (ANSWER, "img.widget-image", ".pathways-facts"):
            found = box(page, part)
            assert found["y"] >= 0, part
            assert found["y"] + found["height"] <= 768, part
        assert box(page, "img.widget-image")["height"] > 200
    page.evaluate("scrollTo(0, 0)")
    assert box(page, ".pathways-result")["x"] < box(page, ".pathways-controls")["x"]


def test_on_a_telephone_the_answer_stays_above_the_levers(pages):
    page = pages("explorer", "en")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(150)
    page.locator(".pathways-lever").last.scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 300)")
    answer = box(page, ANSWER)
    assert answer["y"] >= 0
    assert answer["y"] + answer["height"] < 400
    assert box(page, ".pathways-lever >> nth=-1")["y"] > answer["y"] + answer["height"]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_serious_is_in_the_way_of_a_screen_reader(pages, kind, lang):
    page = pages(kind, lang)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [
        (one["id"], one["help"], [node["html"][:160] for node in one["nodes"][:3]])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert found["passes"], "nothing was looked at"


@pytest.mark.parametrize(("kind", "lang"), [(kind, lang) for kind in KINDS for lang in ("en", "zh")])
def test_page_names_park_and_language_and_has_the_chinese_signs_it_shows(pages, kind, lang):
    page = pages(kind, lang)
    assert page.evaluate("document.documentElement.lang")[:2] == lang
    assert page.title() not in ("", "Notebook", "notebook")
    if kind != "index":
        assert {"en": "steel", "zh": "钢铁"}[lang] in page.title()
    if lang == "zh" and kind != "report":  # which has the font under another name
        assert page.evaluate("document.fonts.ready.then(() => [...document.fonts].some(f => f.status === 'loaded'))")
        sizes = """signs => { const pen = document.createElement('canvas').getContext('2d');
            pen.font = '40px "Pathways SC"'; return [...signs].map(sign => pen.measureText(sign).width); }"""
        texts = page.evaluate("document.body.innerText")
        signs = "".join(sorted({sign for sign in texts if "\u4e00" <= sign <= "\u9fff"}))
        assert len(signs) > 40
        # A sign that the embedded font has is as wide as it is high.
        assert {round(width, 2) for width in page.evaluate(sizes, signs)} == {40.0}


def test_nothing_of_the_files_is_fetched_and_no_script_fails(pages, run):
    for kind in ("index", "park", "report"):
        page = pages(kind, "en")
        assert page.faults == []
        assert all(url.startswith(("data:", run.as_uri())) for url in page.asked), page.asked


def test_index_and_park_lead_to_one_another(pages, run):
    page = pages("index", "en")
    page.click("#answers a")
    assert page.url == (run / PARK / "notebook.html").as_uri()
    page.click("nav a")
    assert page.url == (run / "index.html").as_uri()


def test_code_of_a_park_page_is_shown_by_the_keyboard(pages):
    page = pages("park", "en")
    code = page.locator(".jp-CodeCell .jp-Cell-inputWrapper").first
    assert not code.is_visible()
    page.locator("#pw-code").focus()
    page.keyboard.press("Space")
    assert code.is_visible()
    page.keyboard.press("Space")


def test_contents_lead_to_the_parts_of_the_page(pages):
    page = pages("park", "zh")
    assert page.locator(".pw-contents a").count() > 8
    page.locator(".pw-contents a").nth(5).click()
    assert abs(box(page, "#part-6")["y"]) < 40
    assert page.locator("h2", has_text="Does it peak").count() == 0


# one number ------------------------------------------------------------------------------------------


def percents(run, scenario):
    """The share that peaks in time and that which is past, in whole percents, from the run's summary."""
    rows = pd.read_csv(run / "summary.csv", encoding="utf-8-sig").set_index("scenario")
    return round(100 * rows.loc[scenario, "p_peak_before"]), round(100 * rows.loc[scenario, "p_past"])


def outputs(name):
    """What the cells of a stored notebook show, as text."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    data = (output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ()))
    return "\n".join("".join(one.get("text/markdown", "")) + "".join(one.get("text/plain", "")) for one in data)


def test_park_has_one_number_on_all_pages(run, pages, capsys):
    without, past = percents(run, "bau")
    deep, _ = percents(run, "deep")
    sentence = (
        f"Without new measures it peaks before 2030 in {without} % of members; with “Deep reduction”, in {deep} %."
    )
    strips = f"{past} %"
    for kind in ("park", "explorer"):
        assert pages(kind, "en").locator(".pw-card h1").inner_text() == sentence, kind
        assert pages(kind, "en").locator(".pw-card .p").first.inner_text() == strips, kind
    assert (
        f"in {without} % of members without new measures, in {deep} %"
        in pages("index", "en").locator("h1").inner_text()
    )
    assert pages("index", "en").locator("#answers .p").first.inner_text() == strips
    text = pages("park", "en").locator("main").inner_text()
    assert f"Business as usual: {without} % ±" in text
    assert f"Deep reduction: {deep} % ±" in text
    told = (run.parent / "told.txt").read_text(encoding="utf-8")
    assert re.search(rf"\b{without} ?± ?\d", told), told
    assert re.search(rf"\b{deep} ?± ?\d", told), told


def test_report_decisions_and_command_line_have_the_number_of_the_same_members(run, pages):
    without, past = percents(run, "bau")
    deep, _ = percents(run, "deep")
    report = pages("report", "en")
    said = report.locator(".answer").first.inner_text()
    assert f"{without} %" in said
    assert f"{deep} %" in said
    text = report.locator("main").inner_text()
    assert f"Business as usual: {without} % ±" in text
    assert f"{past} % are already past" in text
    decided = outputs("04_park_decisions")
    assert f"In {past} % of all members the peak before 2030 is already past" in decided
    # The grid holds packages that go beyond `deep`.
    assert int(re.search(r"the grid reaches (\d+) %", decided)[1]) >= deep
    told = CliRunner().invoke(main, ["--lang", "en", "summarise", str(run)]).output
    assert re.search(rf"\b{without} ?± ?\d", told), told
    assert re.search(rf"\b{deep} ?± ?\d", told), told


#: Notebook -> park, members, and how it writes the share of a scenario.
NUMBERS = {
    "00_start_here": ("region-d", 500, r"Business as usual: {bau} ±"),
    "02_park_pathways": ("region-d", 500, r"Business as usual: {bau} ±(.|\n)*Deep reduction: {deep} ±"),
    "03_all_parks": ("demo-steel", 200, r"demo-steel .*Mt.*\(2020\) +{bau}"),
}


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_notebooks_have_the_number_of_a_run_with_their_members(name):
    park_id, members, form = NUMBERS[name]
    park, chosen = pw.read_park(park_id), pw.read_scenarios().pick(["bau", "deep"])
    draws = pw.sample(park, chosen, members=members, seed=20240401, assumptions=pw.read_assumptions(as_of=2026))
    shares = pw.find_peaks(pw.project(park, chosen, draws)).p_before(2030)
    told = dict(zip(chosen, (share_text(share, "en") for share in shares), strict=True))
    assert re.search(form.format(**told), outputs(name)), told


# the keyboard ----------------------------------------------------------------------------------------

#: Numbers everything on a page that does something, of a group of radio buttons the chosen one; returns their names.
NUMBERED = """() => [...document.querySelectorAll('a[href], button, select, input, summary, .noUi-handle')]
    .filter(e => e.checkVisibility({checkVisibilityCSS: true}) && !(e.type === 'radio' && !e.checked)
        && !(e.type === 'hidden'))
    .map((e, at) => { e.dataset.at = at; return e.outerHTML.slice(0, 120); })"""
#: Number of what has the focus, and whether one sees that it has: a ring of its own, or of the label around it.
FOCUSED = """() => { const e = document.activeElement, ring = one => { const s = getComputedStyle(one);
        return s.outlineStyle !== 'none' && s.outlineWidth !== '0px' || s.boxShadow !== 'none'; };
    return [e.dataset.at ?? '', ring(e) || !!e.closest('label') && ring(e.closest('label'))]; }"""


def reached_by_tab(page):
    """Press Tab through a page; return what it never reached, and what it reached without showing it."""
    names, seen = page.evaluate(NUMBERED), {}
    # Tab goes on from where the page was last used: it begins before the first element.
    page.evaluate("""() => { const first = document.createElement('span'); first.tabIndex = 0;
        document.body.prepend(first); first.focus(); first.onblur = () => first.remove(); }""")
    for _ in range(2 * len(names) + 20):
        page.keyboard.press("Tab")
        at, is_shown = page.evaluate(FOCUSED)
        if at and int(at) in seen and len(seen) == len(names):
            break
        if at:
            seen[int(at)] = is_shown
    missed = [name for at, name in enumerate(names) if at not in seen]
    return missed, [names[at] for at, is_shown in seen.items() if not is_shown]


@pytest.mark.parametrize("kind", ["index", "park", "explorer"])
def test_everything_on_a_page_is_reached_by_tab_and_shows_that_it_is(pages, kind):
    page = pages(kind, "en")
    page.set_viewport_size({"width": 1366, "height": 768})
    missed, unseen = reached_by_tab(page)
    assert missed == [], "not reached"
    assert unseen == [], "reached without a ring that shows it"


def test_the_index_is_used_by_the_keyboard_alone(pages, run):
    page = pages("index", "en")
    page.locator("#search").focus()
    page.keyboard.type("nowhere")
    assert page.locator("#answers tbody tr:visible").count() == 0
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    assert page.locator("#answers tbody tr:visible").count() == 1
    page.locator("#kind").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator("#kind").input_value() == "invented"
    page.locator("#answers thead button").nth(3).focus()
    page.keyboard.press("Enter")
    assert page.locator("#answers th[aria-sort]").count() == 1
    for at in range(page.locator("summary").count()):
        summary, is_open = page.locator("summary").nth(at), "e => e.parentElement.open"
        summary.focus()
        page.keyboard.press("Enter")
        assert summary.evaluate(is_open)
        page.keyboard.press("Enter")
        assert not summary.evaluate(is_open)
    page.locator("#answers a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/notebook.html")
    page.go_back()


def test_the_explorer_is_used_by_the_keyboard_alone(browser, address):  # noqa: F811
    page = browser.new_page(
        viewport={"width": 1366, "height": 768}
    )  # of its own: the others go on from where they were
    open_page(page, f"{address}&lang=en", ANSWER)
    page.wait_for_timeout(1000)

    def link():
        return page.get_attribute(".pathways-answer", "data-link")

    def press(name, *keys):
        """Press keys on an element, and wait until the levers of the answer have changed and rested."""
        before = link()
        page.locator(name).first.focus()
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_function("said => document.querySelector('.pathways-answer').dataset.link !== said", arg=before)
        page.wait_for_timeout(800)

    first = link()
    press(".pathways-lever input[type=radio]:checked", "ArrowLeft")  # one step weaker
    press("button:has-text('copy to the other')", "Space")
    press("button:has-text('undo')", "Enter")
    press("button:has-text('reset')", "Enter")
    assert link() == first
    page.locator(".pathways-question input[type=number]").first.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.querySelector('.pathways-answer h1').innerText.includes('2031')")
    page.close()


# the explorer ----------------------------------------------------------------------------------------


def answer(page):
    return page.inner_text(".pathways-answer h1")


def choose(page, name, setting):
    """Choose a setting of a lever by the keyboard, and wait until the answer follows."""
    before = page.get_attribute(".pathways-answer", "data-link")
    row = page.locator(".pathways-lever", has=page.locator(".pathways-name", has_text=re.compile(f"^{name}$")))
    row.locator("input[type=radio]").nth(["off", "moderate", "strong"].index(setting)).focus()
    page.keyboard.press("Space")
    page.wait_for_function("said => document.querySelector('.pathways-answer').dataset.link !== said", arg=before)
    page.wait_for_timeout(100)


@pytest.mark.parametrize("path", ["/", "/api/kernels"])
def test_page_answers_nobody_without_its_token(page, address, path):
    port = int(re.search(r":(\d+)/", address).group(1))
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    line.request("GET", path)
    answered = line.getresponse()
    answered.read()
    line.close()
    assert answered.status == 302
    assert "login" in answered.headers["Location"]


def test_address_that_is_shown_holds_the_state_and_no_token(page):
    assert "token" not in page.url
    assert "b=deep" in page.url


def test_moving_levers_moves_the_answer_the_picture_and_the_address(page, capsys):
    first, picture = answer(page), page.get_attribute("img.widget-image", "src")
    begin = time.perf_counter()
    choose(page, "Green power purchase and on-site renewables", "off")
    seen = 1000 * (time.perf_counter() - begin)
    choose(page, "Energy efficiency", "moderate")
    page.wait_for_function("said => document.querySelector('.pathways-answer h1').innerText !== said", arg=first)
    assert page.get_attribute("img.widget-image", "src") != picture
    page.wait_for_function("() => location.search.includes('energy_efficiency.moderate.2023.2038')")
    assert page.get_attribute("img.widget-image", "alt") == answer(page)
    with capsys.disabled():
        took = int(page.inner_text(".pace"))
        print(f"\nredrawn in {took} ms at {MEMBERS} members (goal: {GOAL} ms); key to changed page {seen:.0f} ms")


def test_years_of_a_lever_move_by_the_keyboard(page):
    before = page.get_attribute(".pathways-answer", "data-link")
    handle = page.locator(".noUi-handle[aria-label='Low-carbon processes: year of full effect']")
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("said => document.querySelector('.pathways-answer').dataset.link !== said", arg=before)
    page.wait_for_function("() => location.search.includes('process_change.strong.2025.2043')")


def test_notes_open_and_close_by_the_keyboard(page):
    note = page.locator(".pathways-tip").first
    note.locator("summary").focus()
    page.keyboard.press("Enter")
    assert note.locator("div").is_visible()
    page.keyboard.press("Escape")
    assert not note.locator("div").is_visible()


def test_saved_scenario_is_valid_and_found_again_after_a_reload(page, run):
    told = answer(page).replace("own package B", "by_hand")
    page.fill("input[type=text]", "by_hand")
    page.keyboard.press("Tab")
    page.click("button:has-text('save as scenario')")
    page.wait_for_selector("code.command")
    command = page.inner_text("code.command").split()
    saved = read_scenarios(run.parent / "my_scenarios.yml")
    chosen = {measure.lever.lever_id: measure.setting for measure in saved["by_hand"].measures}
    assert chosen["energy_efficiency"] == "moderate"
    assert "green_power" not in chosen
    assert command[:3] == ["pathways", "run", PARK]
    assert Path(command[command.index("--scenario-file") + 1]) == run.parent / "my_scenarios.yml"
    open_page(page, page.url, ANSWER)
    page.wait_for_selector("select:has(option:has-text('by_hand'))")
    assert answer(page) == told, "the address brings the levers back, and their name is known"


def test_name_of_a_shipped_scenario_is_refused_on_the_page(page):
    page.fill("input[type=text]", "deep")
    page.keyboard.press("Tab")
    page.click("button:has-text('save as scenario')")
    page.wait_for_selector(".refused")
    assert "shipped scenario" in page.inner_text(".refused")


def test_no_script_but_those_of_the_server_runs_on_the_page(page):
    refused = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    page.evaluate(
        """() => { const box = document.querySelector('.pathways-answer');
        box.innerHTML = '<img src=x onerror="window.ran=1"><a id="run" href="javascript:window.ran=2">x</a>';
        document.getElementById('run').click(); }"""
    )
    page.wait_for_timeout(500)
    assert page.evaluate("window.ran") is None
    assert len(refused) >= 2


def test_page_asks_nothing_of_other_machines(page):
    """Last, so that everything that was done above is counted."""
    foreign = [url for url in page.asked if not re.match(r"(http|ws)://127\.0\.0\.1[:/]|data:|blob:", url)]
    assert foreign == []
