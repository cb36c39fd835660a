"""The HTML book: built without a warning, in the order of the course, searched in Chinese, whole without network."""

import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "book")]

from build_book import PARTS, ordered  # noqa: E402
from chinese_search import pairs  # noqa: E402
from link_notebooks import TEMPLATE, course, line_of, linked  # noqa: E402
from take_screenshots import BOOK, WIDER  # noqa: E402

NOTEBOOKS = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix()
    for path in (ROOT / "notebooks").rglob("*.ipynb")
    if ".ipynb_checkpoints" not in path.parts
)
FROM_ELSEWHERE = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data"}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    out = tmp_path_factory.mktemp("book")
    command = [sys.executable, str(ROOT / "scripts" / "build_book.py"), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=600, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return out / "html"


class Loads(HTMLParser):
    """Addresses that a page fetches by itself."""

    def __init__(self):
        super().__init__()
        self.addresses = []

    def handle_starttag(self, tag, attrs):
        self.addresses += [value for name, value in attrs if name == FROM_ELSEWHERE.get(tag) and value]


def loaded_by(page):
    reader = Loads()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader.addresses


def pages_of(book):
    return [page for page in book.rglob("*.html") if "_static" not in page.parts]


def terms(book):
    return json.loads((book / "searchindex.js").read_text(encoding="utf-8").removeprefix("Search.setIndex(")[:-1])[
        "terms"
    ]


# pages and their order


@pytest.mark.slow
def test_every_notebook_is_a_page_and_stands_in_the_contents_once(book):
    assert [page for page in NOTEBOOKS if not (book / f"{page}.html").is_file()] == []
    pages = [page for pages in ordered(ROOT).values() for page in pages]
    assert len(pages) == len(set(pages))
    assert set(NOTEBOOKS) <= set(pages)
    links = re.findall(
        r'class="toctree-l1[^"]*"><a class="reference internal" href="([^"]+)\.html',
        (book / "index.html").read_text(encoding="utf-8"),
    )
    assert [link for link in dict.fromkeys(links) if link != "#"] == pages


def test_the_parts_follow_the_course():
    english = [caption.split(" / ")[1] for caption, _ in PARTS]
    wanted = ["Start here", "Inventory", "Pathways", "Decisions", "All parks", "Methods", "Reproductions"]
    assert [name for name in english if name in wanted] == wanted


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_a_notebook_leads_to_its_neighbours(page):
    first = json.loads((ROOT / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"][0]
    source, line = "".join(first["source"]), line_of(page, course())
    assert source == linked(source, line), "run scripts/link_notebooks.py"
    for target in re.findall(r"\]\(([^)]+\.ipynb)\)", line):
        assert (ROOT / page).parent.joinpath(target).is_file()


def test_the_notebook_of_the_batch_has_no_links_that_would_lead_nowhere():
    """Its copies lie in the folders of a run, where the neighbours are not."""
    assert line_of(TEMPLATE, course()) == ""


def test_a_line_is_written_over_and_not_added_twice():
    once = linked("# Title\n\nText", "\n\n[← A](a.ipynb) · [B →](b.ipynb)")
    assert once == "# Title\n\n[← A](a.ipynb) · [B →](b.ipynb)\n\nText"
    assert linked(once, "\n\n[C →](c.ipynb)") == "# Title\n\n[C →](c.ipynb)\n\nText"


def test_every_chinese_title_belongs_to_a_page():
    titles = yaml.safe_load((ROOT / "book" / "titles.yml").read_text(encoding="utf-8"))
    gone = [page for page in titles if not any((ROOT / f"{page}{kind}").is_file() for kind in (".ipynb", ".md"))]
    assert gone == []


# without network


@pytest.mark.slow
def test_no_page_fetches_anything_from_another_host(book):
    fetched = {
        page.relative_to(book).as_posix(): [a for a in loaded_by(page) if re.match(r"(https?:)?//", a)]
        for page in pages_of(book)
    }
    assert {page: found for page, found in fetched.items() if found} == {}
    assert all(loaded_by(page) for page in pages_of(book))


@pytest.mark.slow
def test_everything_that_a_page_fetches_is_in_the_book(book):
    missing = [
        f"{page.name}: {address}"
        for page in pages_of(book)
        for address in loaded_by(page)
        if not address.startswith("data:") and not (page.parent / re.split("[?#]", address)[0]).exists()
    ]
    assert missing == []


@pytest.mark.slow
def test_styles_import_nothing_from_another_host(book):
    assert [
        css.name for css in book.rglob("*.css") if re.search(r"(@import|url\()\s*['\"]?https?:", css.read_text("utf-8"))
    ] == []


@pytest.mark.slow
def test_a_formula_is_a_drawing_inside_the_page(tmp_path):
    """Formulas by a script from another host would stay raw text without network."""
    pages = tmp_path / "source"
    pages.mkdir()
    (pages / "index.md").write_text("# F\n\nAn $E = V \\sigma I$ inside.\n\n$$\\frac{a}{b}$$\n", encoding="utf-8")
    script = "import sys; from sphinx.cmd.build import build_main; sys.exit(build_main(sys.argv[1:]))"
    words = ["-q", "-W", "-b", "html", "-c", str(ROOT / "book"), str(pages), str(tmp_path / "html")]
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    text = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    assert text.count("data:image/svg+xml;base64,") == 2
    assert 'alt="E = V \\sigma I"' in text
    assert not re.search(r"<script[^>]*mathjax", text, re.IGNORECASE)


# search


def test_pairs_of_characters_find_words_that_no_dictionary_has():
    assert pairs("碳达峰") == ["碳达", "达峰"]
    assert pairs("碳") == ["碳"]


@pytest.mark.slow
@pytest.mark.parametrize("word", ["达峰", "园区", "情景", "成员"])
def test_the_index_knows_where_a_chinese_word_stands(book, word):
    found = terms(book)[word]
    assert found if isinstance(found, list) else found >= 0


@pytest.mark.slow
def test_the_index_knows_english_words_by_their_stem(book):
    assert "emiss" in terms(book)


@pytest.mark.slow
def test_the_scripts_of_the_search_fit_together(book):
    """Sphinx names the stemmer after the language: a wrong name ends every search in an error."""
    script = (book / "_static" / "language_data.js").read_text(encoding="utf-8")
    [stemmer] = re.findall(r"window\.Stemmer = (\w+);", script)
    assert f"{stemmer}=function" in script.replace(" ", "")
    assert "var splitQuery" in script


@pytest.mark.slow
def test_in_a_browser_the_book_is_searched_in_chinese_fits_a_telephone_and_hides_nothing_from_a_screen_reader(book):
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no chromium: the search of the book was not tried")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 390, "height": 844})
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((book / "search.html").as_uri() + "?q=达峰年")
        page.wait_for_selector("ul.search li a", timeout=20_000)
        titles = page.eval_on_selector_all("ul.search li a", "all => all.map(each => each.textContent)")
        wider, serious = {}, {}
        for name in (*BOOK, "notebooks/03_all_parks", "docs/driver_scenarios", "docs/decisions"):
            page.goto((book / f"{name}.html").as_uri())
            wider[name] = page.evaluate(WIDER)
            page.wait_for_timeout(250)  # the theme lets the keyboard reach what scrolls
            page.evaluate((ROOT / "tests" / "data" / "axe" / "axe.min.js").read_text(encoding="utf-8"))
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
            serious[name] = [one["id"] for one in found if one["impact"] in ("serious", "critical")]
        answers = {}
        for name in (
            "00_start_here",
            "01_park_inventory",
            "02_park_pathways",
            "04_park_decisions",
            "05_park_cobenefits",
        ):
            page.goto((book / "notebooks" / f"{name}.html").as_uri())
            for width, height in ((1366, 768), (390, 844)):
                page.set_viewport_size({"width": width, "height": height})
                page.wait_for_timeout(150)
                found = page.locator(".pw-card h1").first.bounding_box()
                answers[name, width] = height - found["y"] - found["height"]
        page.goto((book / "index.html").as_uri())
        fonts = page.evaluate("document.fonts.ready.then(() => [...document.fonts].map(f => [f.family, f.status]))")
        browser.close()
    assert {place: below for place, below in answers.items() if below < 0} == {}, (
        "the answer is not on the first screen"
    )
    assert "Start here" in titles
    assert {name: by for name, by in wider.items() if by > 0} == {}, "wider than a telephone"
    assert {name: ids for name, ids in serious.items() if ids} == {}
    assert ["Pathways SC", "loaded"] in [[family.strip('"'), status] for family, status in fonts]
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
