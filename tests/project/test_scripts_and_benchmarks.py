"""Every command of scripts/ and benchmarks/ starts, does its smallest piece of work, and leaves the tree as it was."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Commands with their smallest options, by what they print or write in the end; ``OUT`` is a folder of the test.
STARTED = {
    "benchmarks/calibration.py --stored --count 40": "Published p-values",
    "benchmarks/decisions.py --smallest": "Shapley shares",
    "benchmarks/faults.py --smallest": "holds: 1 tables have the same bytes in both",
    "benchmarks/headline_action.py --parks 2 --members 20": "2 parks and regions, 20 members",
    "benchmarks/level_outlook.py --smallest": "What the law in levels says",
    "benchmarks/observed_peak_rates.py --count 10": "outside the assumptions",
    "benchmarks/older_version.py . --places 1 --members 20": "by place: median ratio",
    "benchmarks/older_version.py . --reports --members 20 --repeats 0": "of one of the older ones",
    "benchmarks/one_off_years.py --quick": "an ordinary year inside",
    "benchmarks/province_sectors.py --parks 1 --members 20 --law parks_0_2": "total alone",
    "benchmarks/ratios.py --smallest": "one member at a time in pandas over engine",
    "benchmarks/synthetic_chain.py --parks 2 --members 20": "coverage_90",
    "scripts/build_china_now.py data/raw OUT": "china/provinces.csv",
    "scripts/build_iamc.py OUT": "iamc/mappings/pathway_models.yaml",
    "scripts/build_panels.py OUT": "panels/countries.csv.gz",
    "scripts/build_report_templates.py --out OUT": "report_zh.docx",
    "scripts/fit_baseline.py OUT": "baseline.yml",
    "scripts/fit_grid.py": "27 of 30",
    "scripts/fit_nowcast.py OUT": "nowcast.yml",
    "scripts/link_notebooks.py --check": "0 of",
    "scripts/list_assumptions.py OUT/assumptions.md": "assumptions.md",
    "scripts/make_figures.py OUT": "region-d-deep.png",
    "scripts/make_sample_workbooks.py OUT": "samples/sample-2021-2025_zh.xlsx",
    "scripts/measure_structure.py --names": "longest chain",
}
#: What ``OUT`` holds must be what is shipped.
REMADE = ("build_china_now", "build_iamc", "build_panels", "fit_baseline", "fit_nowcast")
#: Commands that other tests start, or that are started by one of the above.
ELSEWHERE = {
    "benchmarks/batch.py": "benchmarks/ratios.py",
    "benchmarks/engine.py": "benchmarks/ratios.py",
    "scripts/build_book.py": "tests/project/test_book.py",
    "scripts/build_energy_growth.py": "tests/intake/test_provinces.py",
    "scripts/build_province_activity.py": "tests/intake/test_provinces.py",
    "scripts/build_published_scenarios.py": "tests/reproduction/test_published_scenarios.py",
    "scripts/build_provinces.py": "tests/intake/test_data_files.py",
    "scripts/fit_park_spread.py": "tests/nowcast/test_park_spread.py",
    "scripts/build_region_d.py": "tests/intake/test_data_files.py",
    "scripts/build_register.py": "tests/intake/test_data_files.py",
    "scripts/build_sites.py": "tests/intake/test_data_files.py",
    "scripts/make_bad_workbooks.py": "tests/intake/test_workbook_faults.py",
    "scripts/make_demonstration_parks.py": "tests/intake/test_data_files.py",
    "scripts/take_screenshots.py": "tests/pages/test_pages_in_browser.py",
}
HERE = (
    "benchmarks/check_speed.py",
    "benchmarks/kaya_rival.py",
    "scripts/build_font.py",
    "scripts/execute_notebooks.py",
)


def start(command, *words):
    """Run a command as a user does; exit code, standard output and standard error."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    told = subprocess.run(
        [sys.executable, str(ROOT / command), *map(str, words)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return told.returncode, told.stdout, told.stderr


@pytest.fixture(autouse=True)
def untouched():
    """See that no file of the tree has changed."""
    before = tree()
    yield
    assert tree() == before


def tree():
    """Times and sizes of all files that are committed."""
    folders = ("benchmarks", "book", "data", "docs", "notebooks", "pathway_models", "scripts", "tests")
    kept = {"__pycache__", "ipython"}  # IPython puts a read-me into its profile when it first starts
    files = (path for name in folders for path in (ROOT / name).rglob("*") if kept.isdisjoint(path.parts))
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in files if path.is_file()}


def test_every_command_is_started_by_a_test():
    commands = {
        path.relative_to(ROOT).as_posix()
        for folder in ("scripts", "benchmarks")
        for path in (ROOT / folder).glob("*.py")
        if "__main__" in path.read_text(encoding="utf-8")
    }
    assert commands == {command.split()[0] for command in STARTED} | ELSEWHERE.keys() | set(HERE)
    for command, starter in ELSEWHERE.items():
        assert Path(command).stem in (ROOT / starter).read_text(encoding="utf-8"), command


def test_every_command_knows_help():
    """One that takes the first word for a path would write into a folder named ``--help``."""
    for command in {command.split()[0] for command in STARTED} | ELSEWHERE.keys() | set(HERE):
        text = (ROOT / command).read_text(encoding="utf-8")
        assert "sys.argv" not in text, command
        assert any(reader in text for reader in ("parse_args(", "places(__doc__", "output_folder(__doc__")), command


@pytest.mark.slow
@pytest.mark.parametrize("command", STARTED)
def test_command_does_its_smallest_piece_of_work(command, tmp_path):
    code, output, errors = start(*command.replace("OUT", str(tmp_path)).split())
    assert code == 0, errors
    assert "Traceback" not in errors
    made = {path.relative_to(tmp_path).as_posix(): path for path in tmp_path.rglob("*") if path.is_file()}
    assert STARTED[command] in output or STARTED[command] in made
    if Path(command.split()[0]).stem in REMADE:
        assert [name for name, path in made.items() if path.read_bytes() != (ROOT / "data" / name).read_bytes()] == []


def has_revision(name):
    """Tell whether a revision is in the history at hand; a source archive has none."""
    asked = ["git", "-C", str(ROOT), "cat-file", "-e", f"{name}^{{commit}}"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
def test_the_search_on_the_grid_of_0_2_0_finds_the_optimum_of_every_package_beside_that_version():
    beside = ["--against", "48ac5ce"] if has_revision("48ac5ce") else []
    code, output, errors = start("benchmarks/decisions.py", "--frozen", "--smallest", *beside)
    assert (code, errors) == (0, "")
    assert "grid of 0.2.0, 59,049 packages" in output
    assert "same optimum: yes (" in output
    assert "same optimum: yes (off)" not in output
    assert ("whole processes, same grid: 48ac5ce" in output) == bool(beside)


@pytest.mark.slow
def test_a_process_that_broke_off_is_no_time_that_counts(monkeypatch, tmp_path):
    """A search that finds nothing ends with 1 as well as a traceback does: only the first was a search."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    decisions = importlib.import_module("decisions")
    assert decisions.whole_process(["-c", "raise SystemExit(1)"], tmp_path) > 0
    with pytest.raises(SystemExit, match="no such package"):
        decisions.whole_process(["-c", "raise ImportError('no such package')"], tmp_path)


@pytest.mark.slow
def test_the_speed_of_checks_is_told_whether_the_promise_is_kept_or_not():
    code, output, errors = start("benchmarks/check_speed.py", 1)
    assert (code, errors) in [(0, ""), (1, "")]  # one reading on a busy machine says nothing
    assert len([line for line in output.splitlines() if "ratio" in line]) == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("work", "code", "told"),
    [
        (
            "sys.modules['ema_workbench'] = None; engine.against_ema('demo-steel', 20, 2, 1)",
            0,
            "EMA Workbench is not installed and left out: pip install ema-workbench\n",
        ),
        (
            "sys.executable = 'false'; engine.throw_away_python(Path('nowhere'))",
            1,
            "kaya-decomposition could not be installed: --without-kaya measures without it\n",
        ),
    ],
)
def test_a_rival_of_the_engine_that_is_not_there_is_told_in_one_line(work, code, told):
    start = f"import sys; from pathlib import Path; sys.path.insert(0, 'benchmarks'); import engine; {work}"
    done = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (code, told)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "missing"),
    [
        (["scripts/build_font.py", "OUT"], "NotoSansCJK-Regular.ttc is not there"),
        (["scripts/build_font.py", "OUT/fonts", "--unihan", "OUT/unihan.bz2"], "unihan.bz2 is not there"),
        (["benchmarks/kaya_rival.py", "OUT/factors.npz"], "run this by a Python that has kaya-decomposition"),
    ],
)
def test_a_command_whose_sources_are_not_here_says_so_in_one_line(command, missing, tmp_path):
    (tmp_path / "fonts").mkdir()
    for weight in ("Regular", "Bold"):
        (tmp_path / "fonts" / f"NotoSansCJK-{weight}.ttc").touch()
    code, output, errors = start(*(word.replace("OUT", str(tmp_path)) for word in command))
    assert (code, output) == (1, "")
    assert missing in errors
    assert len(errors.splitlines()) == 1


@pytest.mark.slow
def test_a_notebook_is_executed_in_its_place_and_a_failing_one_left_as_it_was(tmp_path):
    notebooks = {"sound": "1 + 1", "failing": "1 / 0"}
    for name, source in notebooks.items():
        cell = {"cell_type": "code", "id": "x", "metadata": {}, "execution_count": None, "outputs": []}
        cell["source"] = source
        text = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        (tmp_path / f"{name}.ipynb").write_text(text, encoding="utf-8")
    shutil.copyfile(tmp_path / "failing.ipynb", tmp_path / "before")
    code, output, errors = start("scripts/execute_notebooks.py", *(tmp_path / f"{name}.ipynb" for name in notebooks))
    assert code == 1
    assert "1 of 2 notebooks stored" in output
    assert "failing.ipynb: FAILED, file left as it was" in errors
    assert (tmp_path / "failing.ipynb").read_bytes() == (tmp_path / "before").read_bytes()
    (cell,) = json.loads((tmp_path / "sound.ipynb").read_text(encoding="utf-8"))["cells"]
    assert cell["outputs"][0]["data"]["text/plain"] in ("2", ["2"])
