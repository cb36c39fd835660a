"""Outputs speak one language: no English word in a Chinese one, no Chinese in an English one, beyond a committed list.

The list, ``words_of_both.txt``, holds names, units, abbreviations, ids, names of files and columns, and what is not
translated yet.  It may only shrink: a word that no output has is taken out of it, and `MOST` is lowered with it.
"""

import html
import re
from pathlib import Path

import nbformat
import openpyxl
import pytest
from click.testing import CliRunner
from notebook_texts import shown
from reports import inputs_of

import pathway_models as pw
from pathway_models.batch.answer_card import answer_card
from pathway_models.batch.notebook_page import to_html
from pathway_models.batch.running import run_tables
from pathway_models.cli.main import main
from pathway_models.core.files import PARK_NOTEBOOK
from pathway_models.explorer.panel import Explorer
from pathway_models.language.words import VARIABLE
from pathway_models.report.audit_workbook import to_xlsx
from pathway_models.report.content import build_report
from pathway_models.report.inputs import read_outline

pytestmark = pytest.mark.slow

PARKS = ("demo-steel", "region-d", "eu-chemelot")
SCENARIOS = ("bau", "efficiency", "deep")
LIST = Path(__file__).with_name("words_of_both.txt")
#: Words of the list; lower it when the list shrinks, never raise it.
MOST = 30
LATIN = re.compile(r"[A-Za-z][A-Za-z'’]+")
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
#: What is no text of ours: ids and names of columns and files, codes of run and file, what is quoted in its own words.
NO_WORDS = re.compile(
    r"\b[\w-]+(?:\.(?:csv|yml|json|xlsx|html|md|ipynb)|/[\w./-]+)|(?<![A-Za-z])(?:demo|region|eu|eip)-[a-z-]+|\b\w*_\w+\b"
    r"|\b(?=\w*\d)[0-9a-f]{8,}\b…?|--[\w-]+|\b(?:[a-z]\w*\.){2,}\w+|\b20\d\d,[\w,]+|pathways run|\b[0-9a-f]{16}\b"
    # a command to copy; the mark of an assumption in every source
    r"|\babcdef\b|pathways report [^\n]*|(?<![A-Za-z])ASSUME(?![A-Za-z])"
)


def printed(lang, *words):
    done = CliRunner().invoke(main, ["--lang", lang, *map(str, words)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done.output


def page_text(page):
    return html.unescape(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.S))


def outputs_of_notebooks(lang):
    """What the course shows: displays and figures."""
    given = {"lang": lang, "members": 20}
    said = {f"02 {park}": shown("02_park_pathways", park=park, **given) for park in PARKS}
    # A European park has verified emissions alone: nothing of the notebook on energy and factors can be told.
    said |= {f"01 {park}": shown("01_park_inventory", park=park, **given) for park in PARKS[:2]}
    said["00 region-d"] = shown("00_start_here", park="region-d", **given)
    said["03"] = shown("03_all_parks", parks=["demo-steel", "demo-cement"], **given)
    said["04 demo-steel"] = shown("04_park_decisions", **given)
    said["05 demo-steel"] = shown("05_park_cobenefits", **given)
    return {f"notebook {name}": page_text(text) for name, text in said.items()}


def texts_of_the_page(lang):
    """What the notebook of the batch says between its outputs, as a park's page has it."""
    notebook = nbformat.read(PARK_NOTEBOOK, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    return page_text(to_html(notebook, "-", "<p></p>", lang))


def outputs_of_explorer(lang, park, folder):
    """What the explorer says: card, table, lists to choose from, labels, and the notes of its levers."""
    page = Explorer(park, folder / "mine.yml", members=10, lang=lang, state={"b": "deep"})
    controls = [
        page.park,
        page.before,
        page.probability,
        page.start,
        page.growth,
        page.side,
        page.background,
        page.name,
    ]
    controls += page.buttons.values()
    said = [one.value for one in (page.answer, page.facts)] + [control.description for control in controls]
    said += [text for choice in (page.park, page.start, page.growth) for text, _ in choice.options]
    levers = page.levers.controls.values()
    said += [control.row.children[0].value for control in levers]
    said += [text for control in levers for text, _ in control.setting.options]
    return page_text("\n".join(map(str, said)))


def quoted(park):
    """Texts of a table and of the library that are shown in their own words."""
    yield from (*park.notes, park.boundary, park.licence, park.source)
    for text in (*park.notes, park.licence, park.boundary):
        yield from text.split(" / ")
    for lever in pw.read_levers().values():
        yield from lever.sources.values()
        yield from (source.replace("ASSUME", "assumed here") for source in lever.sources.values())


def outputs(lang, run, folder):
    """Everything a user reads on three parks in one language, by name."""
    said = {"summarise": printed(lang, "summarise", run), "list": printed(lang, "list", "--data")}
    said["check"] = printed(lang, "check", *PARKS)
    said["index"] = page_text((run / "index.html").read_text(encoding="utf-8"))
    said["fleet"] = printed(
        lang, "fleet", "demo-steel", "demo-cement", "--members", 10, "--lang", lang, "--as-of", 2026
    )
    said["page"] = texts_of_the_page(lang)
    own = [text for name in (*PARKS, "demo-cement") for text in quoted(pw.read_park(name))]
    said |= {name: without_quoted(text, own) for name, text in outputs_of_notebooks(lang).items()}
    for name in PARKS:
        park = pw.read_park(name)
        shown = {
            "decide": printed(lang, "decide", name, "--members", 10, "--fresh", 0, "--by", "family", "--as-of", 2026),
            "comply": printed(lang, "comply", name),
            "account": printed(lang, "account", name),
            "card": page_text(answer_card(run / name, lang)[1]),
            "explorer": outputs_of_explorer(lang, name, folder),
        }
        inputs = inputs_of(park, lang, scenarios=SCENARIOS)
        shown["report"] = build_report(inputs, read_outline("special_report")).text()
        path = folder / f"{name}_{lang}.xlsx"
        path.write_bytes(to_xlsx(inputs, name))
        cells = (cell.value for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row)
        shown["audit"] = "\n".join(cell for cell in cells if isinstance(cell, str) and not cell.startswith("="))
        for kind, text in shown.items():
            said[f"{kind} {name}"] = without_quoted(text, quoted(park))
    return said


def without_quoted(text, texts):
    for one in sorted(filter(None, texts), key=len, reverse=True):
        text = text.replace(one, " ")
    return text


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("languages")
    patch = pytest.MonkeyPatch()
    scenarios = pw.read_scenarios().pick(list(SCENARIOS))
    run_tables(PARKS, folder / "run", scenarios, members=20, as_of=2026, workers=1)
    said = {}
    for lang in ("zh", "en"):
        patch.setenv(VARIABLE, lang)  # as a run sets it for its notebooks
        said[lang] = outputs(lang, folder / "run", folder)
    patch.undo()
    return said


def foreign(found):
    """Words of the other language, with the outputs that have them."""
    words = {}
    for lang, sign in (("zh", LATIN), ("en", CHINESE)):
        for name, text in found[lang].items():
            for word in sign.findall(NO_WORDS.sub(" ", text)):
                words.setdefault(word, set()).add(f"{lang}: {name}")
    return words


def listed():
    return [line for line in LIST.read_text(encoding="utf-8").split() if line]


def test_no_output_speaks_two_languages_beyond_the_list(found):
    words = foreign(found)
    new = {word: sorted(where) for word, where in words.items() if word not in listed()}
    assert new == {}, "say it in one language"


def test_the_list_holds_nothing_that_no_output_has_and_only_shrinks(found):
    words = listed()
    assert sorted(set(words) - set(foreign(found))) == [], "take these out of the list and lower MOST"
    assert len(words) == len(set(words)) <= MOST
