"""Texts of an input that would like to be markup: every page shows them as they were written and runs nothing."""

import csv
import subprocess
import sys
import warnings

import openpyxl
import pytest
import yaml
from browsers import browser, chromium  # noqa: F401  # fixtures
from plan_tables import OVERRIDES, PROJECT, PROJECTS, TARGET
from workbook_maker import PARK, Filled, Formula

from pathway_models.core.files import data_folder
from pathway_models.intake.plans.investments import COLUMNS as INVESTMENTS

pytestmark = pytest.mark.slow

#: Each would set ``window.ran`` or open a dialog, load a file of the machine or of another one, or hide what follows.
PAYLOADS = [
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=2>",
    "<svg onload=window.ran=3>",
    "<svg><script>window.ran=4</script></svg>",
    "<b onmouseover=window.ran=5>bold</b>",
    "<iframe srcdoc='<script>parent.ran=6</script>'></iframe>",
    "<a href=javascript:window.ran=7>press</a>",
    "[press](javascript:window.ran=8)",
    "[press][k] [k]: javascript:window.ran=9",
    "![picture](../../run.json)",
    "![picture](attachment:none.png)",
    "<javascript:window.ran=10>",
    "&lt;script&gt;window.ran=11&lt;/script&gt;",
    "'\"><script>window.ran=12</script>",
    "</title></style></textarea><script>window.ran=13</script>",
    "$\\href{javascript:window.ran=14}{x}$ \\(y\\) `z`",
    "**loud** _soft_ ~~gone~~ | a | b |",
    "{{ 7*7 }} {% raw %} ${window.ran=15}",
    "<meta http-equiv=refresh content=0;url=javascript:window.ran=16>",
    "<!-- <textarea> <plaintext>",
]
#: Name of the run's folder: all that no system forbids there.
RUN = "<img src=x onerror=window.ran=20>&amp;'\""
LIBRARIES = ("levers.yml", "scenarios.yml")
FIRST, SECOND = PAYLOADS[:10], PAYLOADS[10:]


def table_of(folder, name, texts):
    """A demonstration park as CSV, with hostile texts in every field that takes a text."""
    source, hostile = data_folder() / "parks" / "demo-steel", " ".join(texts)
    table, description = folder / f"{name}.csv", folder / f"{name}.yml"
    with (
        source.with_suffix(".csv").open(encoding="utf-8", newline="") as given,
        table.open("w", encoding="utf-8", newline="") as taken,
    ):
        lines = csv.DictReader(given)
        told = csv.DictWriter(taken, lines.fieldnames)
        told.writeheader()
        sectors = {"park": "park"}
        for line in lines:
            sector = sectors.setdefault(line["sector"], texts[len(sectors)])
            told.writerow({**line, "sector": sector, "source": hostile, "note": hostile})
    fields = yaml.safe_load(source.with_suffix(".yml").read_text(encoding="utf-8"))
    named = ("name_zh", "name_en", "archetype", "province", "boundary", "licence")
    fields |= {"park_id": name, "source": texts, "notes": texts, **dict.fromkeys(named, hostile)}
    description.write_text(yaml.safe_dump(fields, allow_unicode=True), encoding="utf-8")
    return table


def workbook_of(folder, name, texts):
    """A workbook with hostile texts in every field, as names of sheets, and beside every value."""
    half = " ".join(texts)
    filled = Filled(park={**PARK, "park_id": name, "name_zh": half, "name_en": half, "archetype": half,
                          "boundary": half, "licence": half, "remarks": half})  # fmt: skip
    for lines in filled.lines.values():
        for at, columns in enumerate(lines.values()):
            columns["note"] = texts[at % len(texts)]
    filled.lists["主要企业"] = [
        {"year": year, "name": half, "entry": "diesel_oil", "value": lines["diesel_oil"]["value"], "unit": "t",
         "note": half} for year, lines in filled.lines.items()
    ]  # fmt: skip
    path = filled.write(folder / f"{name}.xlsx")
    book = openpyxl.load_workbook(path)
    for text in texts:
        if not set(text) & set("[]*?:/\\"):  # no reader takes a sheet of such a name
            with warnings.catch_warnings(action="ignore"):  # some are longer than programs like
                book.create_sheet(text)
    book.save(path)
    return path


def plans_of(folder, name, texts):
    """Tables beside a park's own: a committed load, a path of a driver, a project, with hostile names and sources."""
    hostile = " ".join(texts).replace("=", "≡")  # no plan begins with a formula, and here each is quoted in a sentence
    sector = texts[1]
    load = {**PROJECT, "project": hostile, "sector": sector, "start": 2026, "source": hostile}
    path = {**TARGET, "sector": sector, "year": 2035, "value": 300_000, "source": hostile}
    project = {"project": hostile, "owner": hostile, "content": hostile, "start": 2026, "years": 2, "lifetime": 15,
               "capital": 30, "saving": 4, "lever": "electrification", "source": hostile,
               "confidence": "invented"}  # fmt: skip
    for ending, columns, line in (
        ("projects", PROJECTS, load), ("overrides", OVERRIDES, path), ("investments", INVESTMENTS, project),
    ):  # fmt: skip
        with (folder / f"{name}.{ending}.csv").open("w", encoding="utf-8", newline="") as file:
            told = csv.DictWriter(file, columns)
            told.writeheader()
            told.writerow(line)


def own_files(folder):
    """Scenarios with drivers, and levers, of one's own, with hostile names, descriptions and sources."""
    libraries = {name: yaml.safe_load((data_folder() / name).read_text(encoding="utf-8")) for name in LIBRARIES}
    shipped = libraries["levers.yml"]["levers"]["electrification"]
    levers, scenarios = {}, {"bau": libraries["scenarios.yml"]["scenarios"]["bau"]}
    for name, texts in (("first", FIRST), ("second", SECOND)):
        hostile = " ".join(texts)  # the longest name that is taken
        words = dict.fromkeys(("name_en", "name_zh", "description"), hostile)
        levers[name] = {**shipped, **{key: hostile for key in words if key in shipped}}
        path = {"driver": "activity", "sector": "all", "period": "2026-2040", "kind": "growth", "value": 3,
                "unit": "%/yr", "source": hostile}  # fmt: skip
        scenarios[name] = {**words, "drivers": [path], "levers": {name: "strong"}}
    for name, content in (("levers", levers), ("scenarios", scenarios)):
        text = yaml.safe_dump({name: content}, allow_unicode=True, sort_keys=False)
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return ["--scenario-file", str(folder / "scenarios.yml"), "--lever-file", str(folder / "levers.yml")]


def made(folder):
    """The run of all hostile parks: a table, two workbooks with ten payloads each, a table and a formula to refuse."""
    parks = [table_of(folder, "hostile-table", PAYLOADS)]
    plans_of(folder, "hostile-table", PAYLOADS)
    parks += [workbook_of(folder, f"hostile-{n}", texts) for n, texts in enumerate((FIRST, SECOND))]
    refused = table_of(folder, "hostile-refused", PAYLOADS)
    refused.write_text(refused.read_text(encoding="utf-8").replace("2018", PAYLOADS[1]), encoding="utf-8")
    unsaved = Filled(park={**PARK, "park_id": "hostile-formula"})
    unsaved.put(2019, "natural_gas", Formula('=IF("<img src=x onerror=window.ran=21>"="",0,525)', None))
    formula = unsaved.write(folder / "hostile-formula.xlsx")  # the refusal shows it
    words = ["run", *map(str, parks), str(refused), str(formula), "--out", str(folder / RUN), "--members", "20",
             "--workers", "1", "--quiet", *own_files(folder)]  # fmt: skip
    command = [sys.executable, "-c", "from pathway_models.cli.main import main; main()"]
    done = subprocess.run([*command, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("Traceback")) == (1, 0), done.stdout + done.stderr
    assert (folder / RUN / "status.csv").is_file(), done.stdout + done.stderr
    assert [line.split(",")[1] for line in (folder / RUN / "status.csv").read_text("utf-8-sig").splitlines()[1:]] == [
        *["done"] * len(parks), "refused", "refused",
    ]  # fmt: skip
    report = [*command, "report", str(folder / RUN), "--all", "--format", "html", "--no-package", "--out"]
    done = subprocess.run([*report, str(folder / "reports")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return made(tmp_path_factory.mktemp("hostile"))


PAGES = [f"{RUN}/index.html", *(f"{RUN}/{park}/notebook.html" for park in ("hostile-table", "hostile-0", "hostile-1")),
         *(f"reports/{park}_zh.html" for park in ("hostile-table", "hostile-0", "hostile-1"))]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_no_text_of_an_input_becomes_markup(browser, folder, page):  # noqa: F811
    opened = browser.new_page()
    refused, asked = [], []
    opened.on("dialog", lambda dialog: refused.append(dialog.message) or dialog.dismiss())
    opened.on("console", lambda said: refused.append(said.text))
    opened.on("request", lambda request: asked.append(request.url))
    address = (folder / page).as_uri()
    opened.goto(address)
    for link in opened.locator("main a").all()[:20]:
        link.dispatch_event("click")
    opened.wait_for_timeout(200)
    assert opened.evaluate("window.ran") is None
    assert refused == []
    assert {url.split("#")[0] for url in asked if not url.startswith("data:")} == {address}
    hostile = "iframe, [onerror], [onload], [onmouseover], [href^=javascript], svg script, meta[http-equiv=refresh]"
    assert opened.locator(hostile).count() == 0
    opened.close()


@pytest.mark.parametrize("park", ["hostile-table", "hostile-0", "hostile-1"])
def test_every_text_is_shown_as_it_was_written(browser, folder, park):  # noqa: F811
    opened = browser.new_page()
    opened.goto((folder / RUN / park / "notebook.html").as_uri())
    shown = " ".join(opened.inner_text("body").split())
    for text in {"hostile-0": FIRST, "hostile-1": SECOND}.get(park, PAYLOADS):
        assert text in shown
    opened.close()


def test_a_formula_that_is_refused_is_shown_as_it_was_written(browser, folder):  # noqa: F811
    opened = browser.new_page()
    opened.goto((folder / RUN / "index.html").as_uri())
    assert "<img src=x onerror=window.ran=21>" in opened.locator("body").text_content()
    opened.close()
