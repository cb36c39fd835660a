"""Outputs speak one language: no English word in a Chinese one, no Chinese in an English one, beyond a committed list.

The list, ``words_of_both.txt``, holds names, units, abbreviations, ids, names of files and columns, and what is not
translated yet.  It may only shrink: a word that no output has is taken out of it, and `MOST` is lowered with it.
"""

import html
import re
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from reports import inputs_of

import pathway_models as pw
from pathway_models.batch.answer_card import answer_card
from pathway_models.batch.tables_only import run_tables
from pathway_models.cli.main import main
from pathway_models.report.audit_workbook import to_xlsx
from pathway_models.report.content import build_report
from pathway_models.report.outlines import read_outline

pytestmark = pytest.mark.slow

PARKS = ("demo-steel", "region-d", "eu-chemelot")
SCENARIOS = ("bau", "efficiency", "deep")
LIST = Path(__file__).with_name("words_of_both.txt")
#: Words of the list; lower it when the list shrinks, never raise it.
MOST = 34
LATIN = re.compile(r"[A-Za-z][A-Za-z'’]+")
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
#: What is no text of ours: ids and names of columns and files, codes of run and file, what is quoted in its own words.
NO_WORDS = re.compile(
    r"\b[\w-]+(?:\.(?:csv|yml|json|xlsx|html|md|ipynb)|/[\w./-]+)|\b(?:demo|region|eu|eip)-[\w-]+|\b\w*_\w+\b"
    r"|\b(?=\w*\d)[0-9a-f]{8,}\b…?|--[\w-]+|\b(?:[a-z]+\.){2,}\w+|\b20\d\d,[\w,]+|pathways run|\b[0-9a-f]{16}\b"
    r"|\babcdef\b"
)


def printed(lang, *words):
    done = CliRunner().invoke(main, ["--lang", lang, *map(str, words)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done.output


def page_text(page):
    return html.unescape(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.S))


def quoted(park):
    """Texts of a table and of the library that are shown in their own words."""
    yield from (*park.notes, park.boundary, park.licence, park.source)
    for text in (*park.notes, park.licence, park.boundary):
        yield from text.split(" / ")
    for lever in pw.read_levers().values():
        yield from lever.sources.values()


def outputs(lang, run, folder):
    """Everything a user reads on three parks in one language, by name."""
    said = {"summarise": printed(lang, "summarise", run), "list": printed(lang, "list", "--data")}
    said["check"] = printed(lang, "check", *PARKS)
    said["index"] = page_text((run / "index.html").read_text(encoding="utf-8"))
    for name in PARKS:
        park = pw.read_park(name)
        shown = {
            "decide": printed(lang, "decide", name, "--members", 10, "--fresh", 0, "--by", "family", "--as-of", 2026),
            "comply": printed(lang, "comply", name),
            "account": printed(lang, "account", name),
            "card": page_text(answer_card(run / name, lang)[1]),
        }
        inputs = inputs_of(park, lang, scenarios=SCENARIOS)
        shown["report"] = build_report(inputs, read_outline("special_report")).text()
        path = folder / f"{name}_{lang}.xlsx"
        path.write_bytes(to_xlsx(inputs, name))
        cells = (cell.value for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row)
        shown["audit"] = "\n".join(cell for cell in cells if isinstance(cell, str) and not cell.startswith("="))
        for kind, text in shown.items():
            for one in sorted(filter(None, quoted(park)), key=len, reverse=True):
                text = text.replace(one, " ")
            said[f"{kind} {name}"] = text
    return said


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("languages")
    scenarios = pw.read_scenarios().pick(list(SCENARIOS))
    run_tables(PARKS, folder / "run", scenarios, members=20, as_of=2026, workers=1)
    return {lang: outputs(lang, folder / "run", folder) for lang in ("zh", "en")}


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
