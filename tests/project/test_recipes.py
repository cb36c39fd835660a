"""The recipes of CONTRIBUTING.md, carried out on a copy of the package; only what they name is touched.

Lever and action: tests/levers/test_add_a_lever.py; what the growth law forecasts: tests/hindcast/test_growth_laws.py.
"""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pandas as pd
import pytest
from measure_structure import Structure
from test_architecture import hold_to_bounds

import pathway_models as pw

ROOT = Path(__file__).resolve().parents[2]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
#: A block of a recipe: its first line says where it goes.
BLOCK = re.compile(r"^ *```(?:python|yaml)\n( *# .*?)^ *```$", re.M | re.S)
RECIPES = ("growth law", "peak rule", "figure", "report chapter", "summary column", "export", "input field")
#: A recipe that asks for more code files than this is a seam that is missing.
MOST_FILES = 3


def blocks_of(recipe):
    """Return place and content of the blocks of a recipe."""
    text = CONTRIBUTING.partition(f"\n## Add an {recipe}\n" if recipe[0] in "aei" else f"\n## Add a {recipe}\n")[2]
    found = []
    for block in BLOCK.findall(text.partition("\n## ")[0]):
        place, _, content = textwrap.dedent(block).partition("\n")
        found.append((place.removeprefix("# "), content))
    return found


def file_of(place):
    return place.removeprefix("new file ").partition(",")[0]


def line_of(lines, start, path):
    """Find the one line that begins with a text, whatever its indent."""
    found = [at for at, line in enumerate(lines) if line.strip().startswith(start)]
    assert len(found) == 1, f"{path}: {len(found)} lines begin with {start!r}"
    return found[0]


def apply(package, place, content):
    """Put a block where its first line says."""
    path = package / file_of(place)
    if place.startswith("new file "):
        assert not path.exists()
        path.write_text(content, encoding="utf-8")
        return
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    how = place.partition(", ")[2]
    if how == "at the end":
        lines.append(content)
    elif how.startswith("at the end of "):
        first = line_of(lines, how.removeprefix("at the end of "), path)
        end = next(at for at, line in enumerate(lines) if at > first and line[0] in ")}]")
        lines.insert(end, content)
    elif how.startswith("behind "):
        lines.insert(line_of(lines, how.removeprefix("behind "), path) + 1, content)
    else:
        lines[line_of(lines, how.removeprefix("in place of "), path)] = content
    path.write_text("".join(lines), encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the package and its data to which all recipes have been applied."""
    folder = tmp_path_factory.mktemp("recipes")
    shutil.copytree(ROOT / "pathway_models", folder / "pathway_models", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("raw", "demonstration"))
    for recipe in RECIPES:
        for place, content in blocks_of(recipe):
            apply(folder / "pathway_models", place, content)
    return folder


@pytest.fixture
def carried_out(copy, tmp_path):
    """Run Python in the copy; return what it prints."""

    def run(*words):
        environment = {**os.environ, "PYTHONPATH": str(copy), "PATHWAYS_LANG": "en"}
        environment.pop("PATHWAY_DATA", None)
        command = [sys.executable, *map(str, words)]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def script(text):
    return "-c", textwrap.dedent(text)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_takes_at_most_three_files(recipe):
    code = {file_of(place) for place, _ in blocks_of(recipe) if not place.startswith("../data/")}
    assert 1 <= len(code) <= MOST_FILES


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_names_its_tests_and_they_exist(recipe):
    text = CONTRIBUTING.partition(f" {recipe}\n")[2].partition("\n## ")[0]
    named = re.findall(r"`(tests/[\w/]+\.py)`", text)
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


@pytest.mark.slow
def test_the_recipes_keep_the_bounds_of_the_house(copy):
    hold_to_bounds(Structure(copy))


@pytest.mark.slow  # not with the oldest packages: linters of another year ask for other things
def test_the_blocks_of_the_recipes_pass_the_linter(copy):
    for word in ("format", "check"):
        command = [sys.executable, "-m", "ruff", word, "--config", ROOT / "pyproject.toml", "--no-cache", copy]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=100, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_a_peak_rule_judges_a_series_by_its_name(carried_out, tmp_path):
    series = {2000 + at: value for at, value in enumerate([90, 95, 100, 98, 95, 90, 85, 80, 76, 72, 70, 69])}
    lines = ["entity,year,emissions", *(f"here,{year},{value}" for year, value in series.items())]
    (tmp_path / "series.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    words = ("judge", "series.csv", "--value", "emissions", "--rule", "mean_of_three", "--format", "csv")
    told = carried_out("-m", "pathway_models", *words)
    assert 'here,mean_of_three,peaked,2003,"3-year mean highest in 2003, 8 years before the end"' in told


@pytest.mark.slow
def test_a_figure_is_drawn_and_described_by_its_public_names(carried_out):
    told = carried_out(
        *script(
            """
            import pathway_models as pw
            park, scenarios = pw.read_park("demo-steel"), pw.read_scenarios().pick(["bau", "deep"])
            peaks = pw.find_peaks(pw.project(park, scenarios, pw.sample(park, scenarios, members=20, seed=1)))
            for lang in ("en", "zh"):
                figure = pw.plotting.peaked_by(peaks, lang=lang)
                print(len(figure.axes[0].lines), any("INVENTED" in text.get_text() for text in figure.texts))
            print(pw.plotting.describe_peaked_by(peaks, "deep", year=2060))
            """
        )
    )
    assert "have peaked by 2060." in told
    assert told.count("True") == 2


@pytest.mark.slow
def test_a_report_chapter_stands_in_every_format_and_language(carried_out):
    told = carried_out(
        *script(
            f"""
            import sys
            sys.path.insert(0, {str(ROOT / "tests" / "helpers")!r})
            import reports
            from pathway_models.documents.docx import to_docx
            from pathway_models.documents.html import to_html
            for lang in ("en", "zh"):
                report = reports.report("region-d", lang, search=False)
                print([chapter.key for chapter in report.chapters])
                assert len(to_docx(report)) > 10_000
                assert report.chapters[6].heading.full in to_html(report)
                print(report.chapters[6].heading.full)
            """
        )
    )
    assert told.count("'safeguards', 'cautions', 'base_data'") == 2
    assert "7. How far the numbers reach" in told
    assert "七、数据的适用范围" in told


@pytest.fixture(scope="module")
def run_of_the_copy(copy):
    """A run made by the copy: one park, few members, tables only."""
    words = script(
        """
        import pathway_models as pw
        chosen = pw.read_scenarios().pick(["bau", "deep"])
        pw.run_tables(["demo-steel"], "made", chosen, members=10, seed=3, workers=1)
        """
    )
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    subprocess.run([sys.executable, *words], cwd=copy, env=environment, timeout=300, check=True)
    return copy / "made"


@pytest.mark.slow
def test_a_summary_column_stands_last_and_is_read_as_a_number(run_of_the_copy, carried_out):
    written = pd.read_csv(run_of_the_copy / "summary.csv", encoding="utf-8-sig")
    assert list(written)[-1] == "years_left"
    assert written["years_left"].tolist() == [2029 - pw.read_park("demo-steel").last_observed_year] * 2
    told = carried_out(
        *script(
            f"""
            import pathway_models as pw
            print(pw.open_run({str(run_of_the_copy)!r}).summary["years_left"].dtype)
            """
        )
    )
    assert told.strip() == "int64"


@pytest.mark.slow
def test_an_export_is_a_format_of_the_command(run_of_the_copy, carried_out, tmp_path):
    carried_out("-m", "pathway_models", "export", run_of_the_copy, "--format", "medians", "--out", tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "made_medians.csv")
    assert table[["park_id", "scenario"]].to_numpy().tolist() == [["demo-steel", "bau"], ["demo-steel", "deep"]]
    scenarios = pw.read_scenarios().pick(["bau", "deep"])
    park = pw.read_park("demo-steel")
    totals = pw.project(park, scenarios, pw.sample(park, scenarios, members=10, seed=3)).total()
    assert table["2060"].to_numpy() == pytest.approx(pd.DataFrame(totals[:, :, -1]).median(axis=1), rel=1e-8)


@pytest.mark.slow
def test_an_input_field_is_read_from_workbook_and_table_alike(carried_out):
    told = carried_out(
        *script(
            f"""
            import shutil
            import sys
            from pathlib import Path
            sys.path.insert(0, {str(ROOT / "tests" / "helpers")!r})
            import pathway_models as pw
            from workbook_maker import Filled, examined
            filled = Filled()
            for year, lines in filled.lines.items():
                lines["visitors"] = {{"value": year}}
            print(examined(filled, Path()).park.memo_items["visitors", "park", ""])
            for name in ("demo-steel.csv", "demo-steel.yml"):
                shutil.copyfile(Path({str(ROOT / "data" / "parks")!r}, name), name)
            table = Path("demo-steel.csv")
            lines = [f"{{year}},,visitors,,{{year}},persons,invented,invented," for year in range(2016, 2021)]
            table.write_text(table.read_text(encoding="utf-8") + "\\n".join(lines) + "\\n", encoding="utf-8")
            print(pw.read_park(table).memo_items["visitors", "park", ""])
            table.write_text(table.read_text(encoding="utf-8").replace("persons", "GJ"), encoding="utf-8")
            print([fault.code for fault in pw.examine_park(table).faults if fault.severity == "error"])
            """
        )
    )
    of_workbook, of_table, refused = told.splitlines()
    assert of_workbook == str({year: float(year) for year in (2018, 2019, 2020)})
    assert of_table == str({year: float(year) for year in range(2016, 2021)})
    assert refused == str(["unit"] * 5)
