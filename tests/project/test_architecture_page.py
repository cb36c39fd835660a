"""docs/architecture.md tells the tree as it is, and every page names files that exist."""

import re
from pathlib import Path

import pytest
from build_book import LINK_TO_SOURCE
from test_architecture import (
    DELIVERY,
    EDGES,
    FULLEST_FOLDER,
    LARGEST_IMPORT_SHARE,
    LONGEST_CHAIN,
    MOST_FILES,
    MOST_ODD_DOCSTRINGS,
    MOST_WITH_ONE_IMPORTER,
    SPINE,
    TOOLKITS,
)

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "pathway_models"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
#: A room of the tree: name, kind, what it holds.
ROOM = re.compile(r"^  (\w+)/ +(spine|toolkit|capability|delivery) +(\S.*)$", re.M)
LINK = re.compile(r"\[[^\]]+\]\((?!https?:|#)([^)#\s]+)")
#: A file of the package, by its path or by its path inside the package.
FILE = re.compile(r"(?<![\w./<-])((?:[a-z_]\w*/)+[a-z_]\w*\.(?:py|md|yml|csv|ipynb)(?:\.gz)?)\b")
#: Paths in the pages that no file has: made by a recipe, or by a run.
MADE_BY_READERS = {
    "CONTRIBUTING.md": {"exports/medians", "laws/fading_growth"},
    "docs/add_a_study.md": {"smith2024"},
    "data/README.md": {"my-park"},
}
PAGES = [
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")),
    "README.md",
    "CONTRIBUTING.md",
    "data/README.md",
]


def rooms(kind):
    return [name for name, of, _ in ROOM.findall(PAGE) if of == kind]


def exists(name, page):
    folders = (ROOT, PACKAGE, ROOT / "data", (ROOT / page).parent)
    return any((folder / name).exists() for folder in folders)


def test_the_tree_has_every_room_once_in_its_order():
    on_disk = {folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").is_file()}
    listed = [name for name, _, _ in ROOM.findall(PAGE)]
    assert sorted(listed) == sorted(on_disk)
    assert tuple(rooms("spine")) == SPINE
    assert set(rooms("toolkit")) == TOOLKITS
    assert set(rooms("capability")) == set(EDGES)
    assert set(rooms("delivery")) == DELIVERY


def test_the_edges_are_those_that_the_tests_hold():
    rows = re.findall(r"^  \| `(\w+)` \| (.*) \|$", PAGE, re.M)
    assert {room: set(re.findall(r"`(\w+)`", others)) for room, others in rows} == EDGES


def test_the_bounds_are_those_that_the_tests_hold():
    bounds = dict(re.findall(r"^\| ([^|]+) \| ([\d.]+)[^|]*\|", PAGE, re.M))
    assert {name: float(value) for name, value in bounds.items()} == {
        "imports": 100 * LARGEST_IMPORT_SHARE,
        "longest chain of imports": LONGEST_CHAIN,
        "modules with one importer": MOST_WITH_ONE_IMPORTER,
        "files in a folder": FULLEST_FOLDER,
        "files": MOST_FILES,
        "circles": 0,
        "docstrings that open with a question word": MOST_ODD_DOCSTRINGS,
    }


def test_the_way_of_a_number_has_ten_steps_with_links():
    steps = re.split(r"^\d+\. ", PAGE.partition("## The way of a number")[2].partition("\n## ")[0], flags=re.M)[1:]
    # The last step ends where the paragraph after the list begins.
    assert [bool(LINK.search(step.partition("\n\n")[0])) for step in steps] == [True] * 10


def test_a_link_shows_the_path_it_leads_to():
    shown = re.findall(r"\[`([\w/]+\.py)`\]\(\.\./pathway_models/([^)]+)\)", PAGE)
    assert len(shown) > 15
    assert [text for text, target in shown if text != target] == []


def test_the_readme_and_the_recipes_lead_to_the_page():
    for name in ("README.md", "CONTRIBUTING.md"):
        assert "(docs/architecture.md)" in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_and_file_of_a_page_exists(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = {*FILE.findall(text)} | {name.rstrip("/") for name in LINK.findall(text)}
    made = MADE_BY_READERS.get(page, ())
    assert [name for name in sorted(named) if not exists(name, page) and not any(word in name for word in made)] == []


def test_a_book_keeps_the_text_of_a_link_to_a_source_file():
    line = "[`cli/main.py`](../pathway_models/cli/main.py), [notebook](../notebooks/06_explore.ipynb), [page](gaps.md)"
    kept = "`cli/main.py`, [notebook](../notebooks/06_explore.ipynb), [page](gaps.md)"
    assert LINK_TO_SOURCE.sub(r"\1", line) == kept
