"""Set-up works with Python alone, and the lists of packages agree with one another."""

import ast
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from interrupting import interrupted_at
from machine_paths import MACHINE_PATH, REGISTRY_HOSTS, find_all
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from several_processes import ONE_BY_ONE, scope_of, slow_first

ROOT = Path(__file__).resolve().parents[2]
TASKS = ROOT / "tasks.py"
CONDA_NAMES = {"matplotlib-base": "matplotlib", "nbconvert-core": "nbconvert"}
MANDATED = {"jupyterlab", "pandas", "numpy", "scipy", "matplotlib", "papermill", "pytest", "nbval"}


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def project():
    return tomllib.loads(text_of("pyproject.toml"))


def declared():
    """Return name and version bounds of the direct dependencies, those of developers among them."""
    tables = project()
    needs = [Requirement(text) for text in tables["project"]["dependencies"] + tables["dependency-groups"]["dev"]]
    return {canonicalize_name(need.name): need.specifier for need in needs}


def locked(name="requirements-test.lock.txt"):
    lines = [line for line in text_of(name).splitlines() if line and not line.startswith("#")]
    return [Requirement(line) for line in lines]


def needed_by_users():
    """Return the names of what a run, a report and the explorer need."""
    tables = project()["project"]
    extras = [text for name in ("app", "pdf", "sens") for text in tables["optional-dependencies"][name]]
    return {canonicalize_name(Requirement(text).name) for text in tables["dependencies"] + extras}


def conda():
    needs = yaml.safe_load(text_of("environment.yml"))["dependencies"]
    (by_pip,) = [each["pip"] for each in needs if isinstance(each, dict)]
    names = [text for text in needs if isinstance(text, str) and not text.startswith(("python ", "pip"))]
    found = [Requirement(text) for text in names + [text for text in by_pip if not text.startswith("-e")]]
    return {CONDA_NAMES.get(need.name, need.name): need.specifier for need in found}


def call_tasks(*words):
    command = [sys.executable, str(TASKS), *words]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60)


@pytest.fixture
def tasks(tmp_path, monkeypatch):
    """Return tasks.py as a module whose environments lie in a temporary folder and which installs nothing."""
    spec = importlib.util.spec_from_file_location("tasks_under_test", TASKS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "LOWEST_LOCK", tmp_path / "build" / "lowest.txt")
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    monkeypatch.setattr(module.shutil, "which", lambda name, path=None: None)
    module.commands = []

    def record(command, env=None):
        module.commands.append([str(word) for word in command])
        for lock in (module.LOCK, module.LOWEST_LOCK):
            module.venv_python(lock).parent.mkdir(parents=True, exist_ok=True)
            module.venv_python(lock).touch()

    monkeypatch.setattr(module, "call", record)
    return module


def test_every_mandated_package_is_declared():
    assert set(declared()) >= MANDATED
    assert project()["project"]["requires-python"] == ">=3.11"


def test_every_declared_package_has_a_lower_bound():
    assert {name for name, bounds in declared().items() if not any(bound.operator == ">=" for bound in bounds)} == set()


def test_lock_pins_every_declared_package_within_its_bounds():
    pins = {}
    for need in locked():
        pins.setdefault(canonicalize_name(need.name), []).append(need)
    assert set(declared()) - set(pins) == set()
    for name, bounds in declared().items():
        for need in pins[name]:
            (pin,) = need.specifier
            assert bounds.contains(pin.version), f"{need} lies outside {name}{bounds}"


def test_lock_of_users_is_part_of_the_lock_of_tests():
    users, tests = (
        {(need.name, str(need.specifier)) for need in locked(name)}
        for name in ("requirements.lock.txt", "requirements-test.lock.txt")
    )
    assert users < tests
    assert {canonicalize_name(need.name) for need in locked("requirements.lock.txt")} >= needed_by_users()


def test_every_extra_is_tested():
    extras = [Requirement(text) for texts in project()["project"]["optional-dependencies"].values() for text in texts]
    tested = declared()
    assert {canonicalize_name(need.name): need.specifier for need in extras}.items() <= tested.items()


def test_lock_pins_exact_versions_from_no_particular_place():
    for need in locked():
        assert [pin.operator for pin in need.specifier] == ["=="]
        assert need.url is None


def test_lock_is_meant_for_every_system_and_python():
    markers = " ".join(str(need.marker) for need in locked() if need.marker)
    assert "win32" in markers
    assert "darwin" in markers
    assert "python_full_version" in markers


def test_conda_file_names_the_same_packages_with_the_same_bounds():
    assert conda() == declared()


def test_versions_and_licence_agree():
    version = project()["project"]["version"]
    citation = yaml.safe_load(text_of("CITATION.cff"))
    face = re.search(r'^__version__ = "(.+)"$', text_of("pathway_models/core/__init__.py"), flags=re.MULTILINE)
    assert citation["version"] == version == face.group(1)
    assert citation["license"] == project()["project"]["license"] == "Apache-2.0"
    assert text_of("LICENSE").lstrip().startswith("Apache License")


def test_committed_files_name_no_registry_host():
    assert find_all(REGISTRY_HOSTS) == []


@pytest.mark.slow
def test_committed_files_name_no_path_of_a_machine():
    assert find_all(MACHINE_PATH) == []


@pytest.mark.parametrize("start", ["/", "in '/", "file:///"])
def test_paths_of_a_machine_are_recognised(start):
    assert MACHINE_PATH.search(start + "tmp" + "/abc") is not None


@pytest.mark.parametrize("text", ["https://example.org/home/page", "tCO2/work/yr", "data/tmp/x.csv"])
def test_other_slashes_are_not_taken_for_paths_of_a_machine(text):
    assert MACHINE_PATH.search(text) is None


def test_tasks_uses_only_the_standard_library():
    tree = ast.parse(TASKS.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names)


def test_tasks_can_be_read_by_an_old_python_and_tells_it_its_age(tasks, monkeypatch, capsys):
    ast.parse(TASKS.read_text(encoding="utf-8"), feature_version=(3, 7))
    monkeypatch.setattr(tasks.sys, "version_info", (3, 9, 2, "final", 0))
    assert tasks.main(["test"]) == 1
    assert capsys.readouterr().err == "Python 3.11 or newer is needed, but this is Python 3.9.\n"


def test_tasks_explains_itself():
    answer = call_tasks("--help")
    assert answer.returncode == 0
    for command in ("run", "test", "lint", "notebooks", "book", "setup"):
        assert f"tasks.py {command}" in answer.stdout


@pytest.mark.parametrize("words", [("fly",), ()])
def test_tasks_refuses_what_it_does_not_know(words):
    answer = call_tasks(*words)
    assert answer.returncode == 2
    assert "run, test, lint, notebooks, book, setup" in answer.stderr


@pytest.mark.parametrize(
    ("given", "passed_on"),
    [
        ([], ["--all"]),
        (["--members", "200"], ["--all", "--members", "200"]),
        (["--", "region-d", "--members", "200"], ["region-d", "--members", "200"]),
        (["region-d"], ["region-d"]),
        (["--all", "--seed", "0"], ["--all", "--seed", "0"]),
    ],
)
def test_run_means_all_parks_unless_one_is_named(tasks, monkeypatch, given, passed_on):
    seen = []
    monkeypatch.setattr(tasks, "ready_python", lambda lock=None: Path("python"))
    monkeypatch.setattr(tasks, "script", lambda python, name: name)
    monkeypatch.setattr(tasks, "exit_code_of", lambda command, **settings: seen.append(command) or 7)
    assert tasks.main(["run", *given]) == 7
    assert seen == [["pathways", "run", *passed_on]]


def test_environment_is_built_once_and_again_when_the_lock_changes(tasks, monkeypatch, tmp_path):
    tasks.ready_python()
    built = len(tasks.commands)
    assert built > 0
    tasks.ready_python()
    assert len(tasks.commands) == built
    other = tmp_path / "other.txt"
    other.write_text("numpy==2.0.0\n", encoding="utf-8")
    monkeypatch.setattr(tasks, "LOCK", other)
    tasks.ready_python()
    assert len(tasks.commands) == 2 * built


def test_tests_add_to_the_environment_of_a_run_and_a_run_takes_that_of_the_tests(tasks):
    tasks.ready_python()
    made = len(tasks.commands)
    (tasks.VENV / "kept.txt").touch()
    tasks.ready_python(tasks.TEST_LOCK)
    added = tasks.commands[made:]
    assert (tasks.VENV / "kept.txt").exists()
    assert [str(tasks.TEST_LOCK) in command for command in added] == [True, False]
    tasks.ready_python()
    assert len(tasks.commands) == made + len(added)


def test_missing_programs_are_named_where_they_cannot_be_installed(tasks, capsys):
    tasks.install_system_programs()
    assert "chromium libreoffice-calc-nogui libreoffice-writer-nogui" in capsys.readouterr().out
    assert tasks.commands == []


def test_office_without_its_spreadsheet_is_not_enough(tasks, monkeypatch, tmp_path):
    monkeypatch.setattr(tasks.sys, "platform", "linux")
    monkeypatch.setattr(tasks.shutil, "which", lambda name, path=None: str(tmp_path / name))
    assert not tasks.is_there("soffice")
    for part in tasks.SYSTEM_PARTS["soffice"]:
        (tmp_path / part).touch()
    assert tasks.is_there("soffice")
    assert tasks.is_there("chromium")


def test_half_made_environment_is_removed_and_built(tasks):
    leftover = tasks.VENV / "lib" / "leftover.txt"
    leftover.parent.mkdir(parents=True)
    leftover.touch()
    tasks.venv_python(tasks.LOCK).parent.mkdir(parents=True, exist_ok=True)
    tasks.venv_python(tasks.LOCK).touch()
    tasks.ready_python()
    assert not leftover.exists()
    assert tasks.is_finished(tasks.LOCK)
    assert not tasks.is_finished(tasks.TEST_LOCK)


def test_pip_is_used_when_uv_fails(tasks, monkeypatch, capsys):
    monkeypatch.setattr(tasks.shutil, "which", lambda name, path=None: "uv" if name == "uv" else None)

    def fail(uv, lock):
        raise subprocess.CalledProcessError(2, [uv])

    monkeypatch.setattr(tasks, "build_by_uv", fail)
    tasks.ready_python()
    assert tasks.is_finished(tasks.LOCK)
    assert any("pip" in command for command in tasks.commands)
    assert "uv did not succeed" in capsys.readouterr().err


def test_uv_takes_the_index_of_pip(tasks, monkeypatch):
    seen = []
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(tasks, "call", lambda command, env=None: seen.append(env["UV_DEFAULT_INDEX"]))
    tasks.build_by_uv("uv", tasks.LOCK)
    assert set(seen) == {"https://index.example/simple"}


def test_failed_installation_leaves_nothing_that_looks_finished(tasks, monkeypatch, capsys):
    def fail(command, env=None):
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(tasks, "call", fail)
    assert tasks.main(["setup"]) == 1
    assert not tasks.is_finished(tasks.LOCK)
    assert "PIP_INDEX_URL" in capsys.readouterr().err


def test_conda_environment_is_used_when_it_holds_this_project_and_all_it_needs(tasks, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CONDA_PREFIX", sys.prefix)
    monkeypatch.setattr(tasks.sysconfig, "get_path", lambda name: str(tmp_path))
    assert not tasks.is_complete_conda()
    needs = [Requirement(text).name for text in project()["project"]["dependencies"]]
    for name in ["pathway_models", *needs]:
        folder = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    origin = tmp_path / "pathway_models-1.0.dist-info" / "direct_url.json"
    origin.write_text('{"url": "file:///elsewhere"}', encoding="utf-8")
    assert not tasks.is_complete_conda()
    origin.write_text(f'{{"url": "{ROOT.as_uri()}"}}', encoding="utf-8")
    assert tasks.is_complete_conda()
    (tmp_path / "tqdm-1.0.dist-info" / "METADATA").unlink()
    (tmp_path / "tqdm-1.0.dist-info").rmdir()
    assert not tasks.is_complete_conda()
    assert "lacks tqdm" in capsys.readouterr().out


def test_missing_venv_module_names_the_package_to_install(tasks, monkeypatch, capsys):
    monkeypatch.setattr(tasks.importlib.util, "find_spec", lambda name: None)
    assert tasks.main(["test"]) == 1
    assert re.search(r"sudo apt install python3\.\d+-venv", capsys.readouterr().err)


def test_the_lowest_environment_has_the_lower_bound_of_all_that_is_declared_and_nothing_newer_than_the_lock(tasks):
    text = tasks.lowest_lock().read_text(encoding="utf-8")
    asked = [Requirement(line) for line in text.splitlines()]
    pinned = {canonicalize_name(need.name): need.specifier for need in asked if "==" in str(need.specifier)}
    assert pinned.keys() == declared().keys()
    for name, bounds in declared().items():
        (lowest,) = (bound.version for bound in bounds if bound.operator == ">=")
        assert str(pinned[name]) == f"=={lowest}"
    latest = {(need.name, str(need.specifier).replace("==", "<="), str(need.marker)) for need in locked()}
    others = {(need.name, str(need.specifier), str(need.marker)) for need in asked if "<=" in str(need.specifier)}
    assert others == {need for need in latest if need[0] not in pinned}


def test_the_lowest_environment_is_one_of_its_own_and_made_again_when_a_bound_moves(tasks, monkeypatch, tmp_path):
    python = tasks.ready_python(tasks.lowest_lock())
    assert python.is_relative_to(tmp_path / ".venv-lowest")
    install = next(command for command in tasks.commands if "-c" in command)
    assert install[install.index("-c") + 1] == str(tasks.LOWEST_LOCK)
    assert {canonicalize_name(word) for word in install} >= declared().keys()
    assert not tasks.is_finished(tasks.LOCK)
    made = len(tasks.commands)
    tasks.ready_python(tasks.lowest_lock())
    assert len(tasks.commands) == made
    moved = tmp_path / "pyproject.toml"
    moved.write_text(text_of("pyproject.toml").replace("hypothesis>=", "hypothesis>=6.999,>="), encoding="utf-8")
    monkeypatch.setattr(tasks, "PYPROJECT", moved)
    tasks.ready_python(tasks.lowest_lock())
    assert len(tasks.commands) == 2 * made


@pytest.mark.parametrize(
    ("given", "lock", "words", "lints"),
    [
        (["-x"], "TEST_LOCK", ["--nbval", "-x"], True),
        (["--fast", "tests/figures"], "TEST_LOCK", ["-m", "not slow", "tests/figures"], True),
        (["--lowest", "-x"], "LOWEST_LOCK", ["-m", "not slow or lowest", "-x"], False),
    ],
)
def test_the_tests_asked_for_run_where_they_belong(tasks, monkeypatch, given, lock, words, lints):
    seen = []
    monkeypatch.setattr(tasks, "ready_python", lambda lock: lock)
    monkeypatch.setattr(tasks, "install_system_programs", lambda: None)
    monkeypatch.setattr(tasks, "exit_code_of", lambda command, **settings: seen.append(command) or 3)
    monkeypatch.setattr(tasks, "lint", lambda words: seen.append("linters") or 0)
    assert tasks.main(["test", *given]) == 3
    assert seen[0][:3] == [getattr(tasks, lock), "-m", "pytest"]
    assert [word for word in seen[0][3:] if word in words] == words
    assert seen[0][3:5] == ["-n", str(min(tasks.cores(), tasks.MOST_PROCESSES))]  # before words that may change it
    assert seen[1:] == ["linters"] * lints


def test_ci_runs_the_documented_test_commands():
    lines = text_of(".ci/run").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert [
        line.removeprefix("exec ") for line in lines if line.removeprefix("exec ").startswith("python3 tasks.py")
    ] == [
        "python3 tasks.py setup --lowest > /dev/null 2>&1 &",
        "python3 tasks.py test",
        "python3 tasks.py test --lowest",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="a script of the shell")
@pytest.mark.parametrize("can_have_uv", [True, False])
def test_ci_takes_uv_where_it_can_be_had(can_have_uv, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    stub = f'#!/bin/bash\necho "$@" >> "{tmp_path}/said"\n[[ $* != *pip* || {int(can_have_uv)} = 1 ]]\n'
    (tools / "python3").write_text(stub, encoding="utf-8")
    (tools / "python3").chmod(0o755)
    for program in ("bash", "dirname"):
        (tools / program).symlink_to(shutil.which(program))
    done = subprocess.run([ROOT / ".ci" / "run"], env={"PATH": str(tools)}, check=False, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    said = (tmp_path / "said").read_text(encoding="utf-8").splitlines()
    assert said[0] == "-m pip install --quiet --target build/uv uv<1"
    assert sorted(said[1:3]) == ["tasks.py setup --lowest", "tasks.py test"]  # side by side
    assert said[3:] == ["tasks.py test --lowest"]


def item(name, slow=False):
    marker = pytest.mark.slow if slow else None
    return SimpleNamespace(path=Path(name), get_closest_marker=lambda asked: marker if asked == "slow" else None)


def test_files_with_many_slow_tests_come_first_and_stay_whole():
    first, second, third = item("a.py"), item("b.py", slow=True), item("b.py")
    cells = [item("c.ipynb"), item("c.ipynb")]
    items = [first, second, third, *cells]
    slow_first(items)
    assert items == [*cells, second, third, first]
    assert scope_of("tests/a.py::Tests::test_b[c::d]") == "tests/a.py"
    for file in ONE_BY_ONE:
        assert (ROOT / file).is_file()
        assert scope_of(f"{file}::test_a[b]") == f"{file}::test_a[b]"


def is_unordered(node):
    """Tell whether an expression is a set, in whatever order this process has it."""
    called = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
    parts = (node.left, node.right) if isinstance(node, ast.BinOp) else ()
    return isinstance(node, ast.Set | ast.SetComp) or called in ("set", "frozenset") or any(map(is_unordered, parts))


@pytest.mark.slow
def test_parameters_of_tests_come_in_one_order():
    """Processes that collect tests in different orders cannot share them out."""
    assert is_unordered(ast.parse("set(RULES) - {'a'}", mode="eval").body)
    guilty = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "parametrize"
        if any(map(is_unordered, node.args))
    ]
    assert guilty == []


@pytest.mark.parametrize("module", ["hashlib", "subprocess"])
def test_ctrl_c_while_tasks_is_read_ends_with_one_line(module, tmp_path):
    assert interrupted_at(module, [sys.executable, TASKS, "--help"], tmp_path) == (130, "", "Stopped.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups of this kind")
@pytest.mark.parametrize(
    ("handler", "code"), [("lambda *_: time.sleep(0.3) or sys.exit(7)", 7), ("signal.SIG_DFL", 130)]
)
def test_ctrl_c_leaves_a_job_its_own_end_and_begins_nothing_else(handler, code):
    """A run writes its status table before it ends."""
    job = (
        f"import signal, sys, time\nsignal.signal(signal.SIGINT, {handler})\nprint('ready', flush=True)\ntime.sleep(60)"
    )
    outer = f"import sys, tasks\ntasks.exit_code_of([sys.executable, '-c', {job!r}])\nprint('something else')"
    words = {"cwd": ROOT, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", outer], start_new_session=True, **words) as process:
        assert process.stdout.readline() == "ready\n"
        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert (process.returncode, said) == (code, "")


def test_byte_code_of_tests_is_kept_in_build_where_it_must_not_lie_beside_the_sources(tasks, monkeypatch):
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    assert tasks.byte_code() == {}
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    asked = "import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)"
    environment = {**os.environ, **tasks.byte_code()}
    told = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", str(tasks.ROOT / "build" / "pycache")]
