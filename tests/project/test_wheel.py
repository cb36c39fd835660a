"""The package as others install it: a wheel, made from the source distribution, used away from the repository."""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest
import yaml
from data_reading import DATA, ROOT
from small_runs import make_parks

from pathway_models.core.files import PACKAGE_FOLDER, PARK_NOTEBOOK, SHIPPED_FOLDER, data_folder
from pathway_models.runs.provenance import code_hash, shared_inputs

SOURCES = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "pathway_models", "data", "notebooks")
LITTER = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "*.egg-info")
#: What the wheel leaves out: sources that only scripts read.
LEFT_OUT = {"demonstration", "raw", "sites"}
BUILD = "import sys, setuptools.build_meta as backend; print(getattr(backend, sys.argv[1])(sys.argv[2]))"
SHIPPED = "pathway_models/_shipped/"


def copy_sources(target):
    """Copy what a distribution is built from, so that building leaves nothing in the repository."""
    target.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=LITTER)
        else:
            shutil.copy(ROOT / name, target)
    return target


def build(source, what):
    """Build a distribution with the setuptools of this environment; return its path."""
    command = [sys.executable, "-c", BUILD, f"build_{what}", "dist"]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return source / "dist" / done.stdout.split()[-1]


def names_in(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Return a wheel built from the source distribution, in a folder where an older build has left a module."""
    folder = tmp_path_factory.mktemp("distributions")
    archive = build(copy_sources(folder / "sources"), "sdist")
    with tarfile.open(archive) as sources:
        sources.extractall(folder, filter="data")
    source = folder / archive.name.removesuffix(".tar.gz")
    left = source / "build" / "lib" / "pathway_models" / "of_an_older_version.py"
    left.parent.mkdir(parents=True)
    left.touch()
    return build(source, "wheel")


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Return a folder with a fresh environment that holds the wheel; dependencies are those of the tests."""
    folder = tmp_path_factory.mktemp("away")
    venv.create(folder / ".venv")
    (packages,) = (folder / ".venv").glob("[Ll]ib/**/site-packages")
    (packages / "dependencies.pth").write_text(f"{Path(pytest.__file__).parents[1]}\n", encoding="utf-8")
    python = folder / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    options = ["--quiet", "--no-index", "--no-deps", wheel]
    if importlib.util.find_spec("pip") is None:  # an environment made by uv
        install = ["uv", "pip", "install", "--python", python, *options]
    else:
        install = [sys.executable, "-m", "pip", "--python", python, "install", "--no-compile", *options]
    subprocess.run(install, check=True, timeout=120)
    return folder


def command(installed, program, *words):
    found = shutil.which(program, path=os.pathsep.join(str(installed / ".venv" / name) for name in ("bin", "Scripts")))
    return [found, *map(str, words)]


def environment():
    """Return the variables of a user who knows nothing of the repository."""
    of_the_tests = ("PYTHONPATH", "PATHWAY_DATA", "MPLBACKEND")
    env = {name: value for name, value in os.environ.items() if name not in of_the_tests}
    # Templates of nbconvert and voila are installed beside the packages, in the environment of the tests.
    return env | {"PYTHONUTF8": "1", "JUPYTER_PATH": str(Path(sys.prefix, "share", "jupyter"))}


def call(installed, program, *words):
    words = command(installed, program, *words)
    done = subprocess.run(
        words, cwd=installed, env=environment(), capture_output=True, text=True, encoding="utf-8", timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_a_checkout_reads_the_folders_at_its_top():
    assert SHIPPED_FOLDER == ROOT
    assert data_folder() == DATA
    assert PARK_NOTEBOOK.is_file()


def test_one_module_knows_where_the_folders_stand():
    modules = {path.relative_to(PACKAGE_FOLDER).as_posix(): path for path in PACKAGE_FOLDER.rglob("*.py")}
    climbing = re.compile(r"__file__.*(parents\[|parent\.parent)")
    assert [name for name, path in modules.items() if climbing.search(path.read_text(encoding="utf-8"))] == [
        "core/files.py"
    ]


def test_no_study_reads_a_file_that_the_wheel_leaves_out():
    text = (ROOT / "setup.py").read_text(encoding="utf-8")
    left_out = [DATA.parent / name for name in re.findall(r'^    "(data/.+)",$', text, re.MULTILINE)]
    assert left_out
    assert all(path.exists() for path in left_out)
    for about in (DATA / "published").glob("*/study.yml"):
        for name in (yaml.safe_load(about.read_text(encoding="utf-8")).get("inputs") or {}).values():
            read = (about.parent / name).resolve()
            assert read.is_file()
            assert not {read, *read.parents} & set(left_out), f"{about.parent.name} reads {name}"


@pytest.mark.slow
def test_the_wheel_holds_the_package_alone_with_data_and_notebooks_inside(wheel):
    names = names_in(wheel)
    assert {name.split("/")[0].rpartition(".")[2] for name in names} == {"pathway_models", "dist-info"}
    assert "pathway_models/of_an_older_version.py" not in names
    assert not [name for name in names if "checkpoint" in name or "__pycache__" in name]
    shipped = {name.removeprefix(SHIPPED) for name in names if name.startswith(SHIPPED)}
    there = {
        path.relative_to(ROOT).as_posix()
        for folder in ("data", "notebooks")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not any(part.startswith((".", "__")) for part in path.relative_to(ROOT).parts)
    }
    assert shipped <= there
    assert {name.split("/")[1] for name in there - shipped} == LEFT_OUT
    with zipfile.ZipFile(wheel) as archive:
        assert all(archive.read(SHIPPED + name) == (ROOT / name).read_bytes() for name in shipped)


@pytest.mark.slow
def test_an_editable_installation_copies_no_data(tmp_path):
    names = names_in(build(copy_sources(tmp_path / "sources"), "editable"))
    assert not [name for name in names if name.startswith("pathway_models/") or name.startswith("data/")]


@pytest.mark.slow
def test_an_installed_package_rests_on_the_same_code_and_data(installed):
    code = (
        "import json, pathway_models; from pathway_models.runs.provenance import code_hash, commit, shared_inputs;"
        "print(json.dumps([pathway_models.__file__, code_hash(), shared_inputs(), commit()]))"
    )
    file, code_there, inputs_there, commit_there = json.loads(call(installed, "python", "-c", code))
    assert Path(file).is_relative_to(installed)
    assert code_there == code_hash()
    assert inputs_there == shared_inputs()
    assert commit_there == {}


@pytest.mark.slow
def test_an_installed_package_runs_reports_and_reproduces(installed):
    make_parks(installed, ["my-park"])
    options = ("--scenarios", "bau", "deep", "--members", "20", "--workers", "1", "--quiet")
    call(installed, "pathways", "run", "region-d", "my-park", *options, "--out", "run")
    record = json.loads((installed / "run" / "run.json").read_text(encoding="utf-8"))
    assert record["notebook_sha256"] == hashlib.sha256(PARK_NOTEBOOK.read_bytes()).hexdigest()
    assert record["inputs_sha256"].items() >= shared_inputs().items()
    assert (installed / "run" / "my-park" / "notebook.html").is_file()
    call(installed, "pathways", "report", "run", "my-park", "--format", "html", "--no-package")
    assert (installed / "run" / "reports" / "my-park_zh.html").is_file()
    call(installed, "pathways", "template", "empty.xlsx")
    assert "0 errors" in call(installed, "pathways", "check", "my-park")
    # These read what stands under data/raw.
    assert "reproduced" in call(installed, "pathways", "reproduce", "china_intensity", "grant2026")


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("voila") is None, reason="voila is not installed")
def test_an_installed_explorer_serves_its_page(installed):
    words = command(installed, "pathways", "explore", "demo-steel", "--no-browser", "--members", "5")
    settings = {"cwd": installed, "env": environment(), "start_new_session": True}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, **settings) as server:
        try:
            page = _page(server.stdout.readline().strip(), server)
        finally:
            os.killpg(server.pid, signal.SIGKILL)
    assert "application/vnd.jupyter.widget-view+json" in page  # what the last cell shows: the sliders


def _page(address, server):
    """Ask until the server answers."""
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=120) as answer:
                return answer.read().decode("utf-8")
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the explorer has not answered")
