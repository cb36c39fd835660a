#!/usr/bin/env python3
"""Set up this project and do its jobs. Needs Python 3.11 or newer, and nothing else.

    python tasks.py run                         run every park and region that has data
    python tasks.py run region-d --members 200  run the named ones; options are those of "pathways run"
    python tasks.py test                        run all tests, all notebooks and the linters, one process a core
    python tasks.py test --fast                 the quick ones and the linters: no notebook, browser or office
    python tasks.py test tests/peaks -n 0       what pytest is to run, here in one process, as --pdb needs it
    python tasks.py test --campaign N [SEED]    N damaged workbooks and many other inputs, with a table of their ends
    python tasks.py test --lowest               the quick ones with the oldest packages that pyproject.toml allows
    python tasks.py lint                        only the linters: import order of the rooms, ruff
    python tasks.py notebooks                   execute all notebooks again and store their outputs
    python tasks.py book                        make the HTML book of all notebooks and pages, without network
    python tasks.py setup                       only set up; with --lowest what "test --lowest" needs

("python3" on Linux and macOS, "py" on Windows.) The first call makes .venv from requirements.lock.txt, by uv
where it is installed and else by pip; pip's settings, such as PIP_INDEX_URL for a mirror, are respected by both.
"test" and "book" add what requirements-test.lock.txt holds beyond that; "test" also installs the Debian packages
it needs (a browser, LibreOffice) where it may, and says which are missing where it may not. "test --lowest" has an
environment of its own, .venv-lowest.
A conda environment made from environment.yml is used as it is while it is active.
"""

from __future__ import annotations

import sys

try:
    import hashlib
    import importlib.util
    import json
    import os
    import re
    import shutil
    import signal
    import subprocess
    import sysconfig
    import time
    from pathlib import Path
except KeyboardInterrupt:  # they take long enough for it
    print("Stopped.", file=sys.stderr)
    sys.exit(130)

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock.txt"
TEST_LOCK = ROOT / "requirements-test.lock.txt"  # the same versions, and what tests and the book need beside them
LOWEST_LOCK = ROOT / "build" / "lowest.txt"  # computed: the oldest versions that pyproject.toml allows
PYPROJECT = ROOT / "pyproject.toml"
OLDEST_PYTHON = (3, 11)
#: Exit code of a program that Ctrl-C has ended, as shells have it.
INTERRUPTED = 130
#: Tests run in at most so many processes: each imports everything and takes up to 1 GB.
MOST_PROCESSES = 8
#: What some tests drive, and the Debian package it comes from.
SYSTEM_PROGRAMS = {"chromium": "chromium", "soffice": "libreoffice-calc-nogui libreoffice-writer-nogui"}
#: LibreOffice may be there without its spreadsheet or its word processor.
SYSTEM_PARTS = {"soffice": ("libsclo.so", "libswlo.so")}


class SetupError(Exception):
    """The environment cannot be made; the text says what the user can do."""


def project_tables() -> dict:
    """Read what pyproject.toml says about the package; settings of tools do not matter for the set-up."""
    import tomllib  # here, because a Python older than 3.11 must reach the message about its age

    tables = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    return {name: tables[name] for name in ("build-system", "project")}


def stamp_text(lock: Path) -> str:
    """Return the fingerprint of all that an environment is made from."""
    parts = [
        lock.read_text(encoding="utf-8"),
        json.dumps(project_tables(), sort_keys=True),
        f"{sys.version_info[:2]} {sys.platform} {ROOT}",
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def plain_name(need: str) -> str:
    """Return the name of a package that a line asks for, as all indexes write it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~; ]", need)[0]).lower()


def direct_needs() -> dict:
    """Return the lines of pyproject.toml that ask for packages, those of developers among them, by package."""
    import tomllib

    tables = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    needs = tables["project"]["dependencies"] + tables["dependency-groups"]["dev"]
    return {plain_name(need): need for need in needs}


def lowest_lock() -> Path:
    """Write the versions of the environment of lowest bounds, and return the file.

    What pyproject.toml names gets its lower bound, and what that needs in its turn nothing newer than the lock
    of the tests has: a release of tomorrow changes nothing.
    """
    needs = direct_needs()
    pinned = [re.sub(r">=\s*([^,;\s]+).*", r"==\1", need) for need in needs.values()]
    locked = [line for line in TEST_LOCK.read_text(encoding="utf-8").splitlines() if "==" in line]
    others = [line.replace("==", "<=", 1) for line in locked if plain_name(line) not in needs]
    LOWEST_LOCK.parent.mkdir(exist_ok=True)
    LOWEST_LOCK.write_text("\n".join([*pinned, *others]) + "\n", encoding="utf-8")
    return LOWEST_LOCK


def packages_of(lock: Path) -> list:
    """Return the words by which pip and uv install what a lock stands for."""
    return ["-r", lock] if lock != LOWEST_LOCK else [*direct_needs(), "-c", lock]


def venv_of(lock: Path) -> Path:
    """Return the folder of the environment that is made from a lock."""
    return VENV if lock != LOWEST_LOCK else VENV.with_name(".venv-lowest")


def venv_python(lock: Path) -> Path:
    """Return the Python of an environment, whether it exists yet or not."""
    return venv_of(lock) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_finished(lock: Path) -> bool:
    """Tell whether an environment was made to the end, and from the present project and this lock or a larger one."""
    stamp = venv_of(lock) / "pathways-stamp.txt"
    if not (venv_python(lock).exists() and stamp.exists()):
        return False
    return stamp.read_text(encoding="utf-8") in {stamp_text(lock), stamp_text(TEST_LOCK)}


def is_complete_conda() -> bool:
    """Tell whether this Python is that of an active conda environment that holds this project."""
    from importlib import metadata  # here, because Python 3.7 lacks it

    if os.environ.get("CONDA_PREFIX") is None or Path(os.environ["CONDA_PREFIX"]) != Path(sys.prefix):
        return False
    # Only its own packages: the folder of this script holds traces of installations elsewhere.
    found = metadata.distributions(path=[sysconfig.get_path("purelib")])
    installed = {each.metadata["Name"].lower().replace("_", "-"): each for each in found}
    ours = installed.get("pathway-models")
    origin = ours.read_text("direct_url.json") if ours else None
    if origin is None or json.loads(origin)["url"] != ROOT.as_uri():
        return False
    names = [plain_name(need) for need in project_tables()["project"]["dependencies"]]
    missing = sorted(set(names) - set(installed))
    if missing:
        print(f"The conda environment lacks {', '.join(missing)}: using .venv instead.")
    return not missing


def call(command: list, env: dict | None = None) -> None:
    """Run a command to its success."""
    subprocess.run([str(word) for word in command], cwd=ROOT, env=env, check=True)


def index_of_pip() -> str | None:
    """Return the package index that pip is set to, if it is set to one: uv does not read pip's settings."""
    if "PIP_INDEX_URL" in os.environ:
        return os.environ["PIP_INDEX_URL"]
    asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    return answer.stdout.strip() if answer.returncode == 0 else None


def build_by_uv(uv: str, lock: Path) -> None:
    """Make an environment by uv, or add to it, from pip's index unless uv has its own."""
    env = dict(os.environ)
    index = None if {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & env.keys() else index_of_pip()
    if index:
        env["UV_DEFAULT_INDEX"] = index
    if not venv_of(lock).exists():
        call([uv, "venv", "--quiet", "--python", sys.executable, venv_of(lock)], env)
    install = [uv, "pip", "install", "--quiet", "--python", venv_python(lock)]
    call([*install, *packages_of(lock)], env)
    call([*install, "--no-deps", "-e", ROOT], env)


def build_by_pip(lock: Path) -> None:
    """Make an environment by Python's own venv and pip, or add to it."""
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise SetupError(
            "this Python cannot make virtual environments: its module ensurepip is missing.\n"
            f"On Debian or Ubuntu:  sudo apt install python{version}-venv  (or python3-venv); or install uv."
        )
    # A setting that sends packages to the user's folder cannot hold inside a virtual environment.
    env = {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if not venv_of(lock).exists():
        call([sys.executable, "-m", "venv", venv_of(lock)], env)
    # Byte-code is left to the first import: compiling all of it now takes a third of the whole time.
    install = [venv_python(lock), "-m", "pip", "install", "--no-compile"]
    if not sys.stdout.isatty():
        install.append("--quiet")
    call([*install, *packages_of(lock)], env)
    call([*install, "--no-deps", "-e", ROOT], env)


def build(lock: Path) -> None:
    """Make an environment from nothing, or add to a smaller one: by uv if it is there and works, else by pip."""
    folder, adding = venv_of(lock), lock != LOWEST_LOCK and is_finished(LOCK)
    if Path(sys.prefix) == folder and not adding:
        raise SetupError(
            f"{folder.name} must be made anew, but is in use: leave it first (deactivate), then try again."
        )
    uv = shutil.which("uv")
    ways = [("uv", lambda: build_by_uv(uv, lock))] if uv else []
    for name, way in [*ways, ("pip", lambda: build_by_pip(lock))]:
        print(f"Setting up {folder.name} by {name}; this is done once and takes a minute or two ...", flush=True)
        started = time.monotonic()
        if folder.exists() and not adding:
            shutil.rmtree(folder)  # half-made, or made from another lock
        adding = False  # what one way left half-done, the next one begins anew
        try:
            way()
        except (OSError, subprocess.CalledProcessError) as failure:
            print(f"{name} did not succeed: {failure}", file=sys.stderr)
            continue
        (folder / "pathways-stamp.txt").write_text(stamp_text(lock), encoding="utf-8")
        print(f"Set up in {time.monotonic() - started:.0f} s.", flush=True)
        return
    raise SetupError(
        "the packages could not be installed; the reason stands above.\n"
        "On a slow or closed network set PIP_INDEX_URL to a mirror that you can reach, and try again."
    )


def ready_python(lock: Path | None = None) -> Path:
    """Return a Python that has what a lock names (that of users by default), after making it where needed."""
    lock = lock or LOCK
    if lock != LOWEST_LOCK and is_complete_conda():
        return Path(sys.executable)
    if not is_finished(lock):
        build(lock)
    return venv_python(lock)


def is_there(program: str) -> bool:
    """Tell whether a program is installed with the parts of it that tests need."""
    found = shutil.which(program)
    if found is None:
        return False
    parts = SYSTEM_PARTS.get(program, ()) if sys.platform == "linux" else ()
    return all((Path(found).resolve().parent / part).exists() for part in parts)


def install_system_programs() -> None:
    """Install the programs that some tests drive: on Debian as root; elsewhere say what is missing.

    A failed installation is no reason to stop: the tests that need the program say so themselves.
    """
    missing = " ".join(package for program, package in SYSTEM_PROGRAMS.items() if not is_there(program))
    if not missing:
        return
    if not (shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0):
        print(f"Tests of browser and spreadsheet will not run; they need (Debian names): {missing}", flush=True)
        return
    print(f"Installing {missing} ...", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = {"env": env, "stdout": subprocess.DEVNULL, "stdin": subprocess.DEVNULL, "check": False}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing.split()], **quiet)


def script(python: Path, name: str) -> str:
    """Return the path of a command that was installed beside a Python."""
    found = shutil.which(name, path=os.pathsep.join([str(python.parent), str(python.parent / "Scripts")]))
    if found is None:
        raise SetupError(f"the command {name} is missing from {python.parent}: delete .venv and try again.")
    return found


def exit_code_of(command: list, **settings: str) -> int:
    """Run a job in the project's folder with Unicode text everywhere, and return its exit code.

    Ctrl-C reaches the job by itself, which ends in its own way: a run keeps what is finished. Nothing else is begun.
    """
    env = {**os.environ, "PYTHONUTF8": "1", **settings}
    pressed = []
    before = signal.signal(signal.SIGINT, lambda *_: pressed.append(True))
    try:
        code = subprocess.run([str(word) for word in command], cwd=ROOT, env=env, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        sys.exit(INTERRUPTED if code == -signal.SIGINT else code)
    return code


def run(arguments: list[str]) -> int:
    """Run parks. Without a name in the first place all of them are meant."""
    named = bool(arguments) and not arguments[0].startswith("-")
    everything = [] if named or {"--all", "--help", "-h"} & set(arguments) else ["--all"]
    return exit_code_of([script(ready_python(), "pathways"), "run", *everything, *arguments])


def lint(arguments: list[str]) -> int:
    """Check the import order of the rooms and the style of the code."""
    python = ready_python(TEST_LOCK)
    rooms = exit_code_of([script(python, "lint-imports")])
    style = exit_code_of([python, "-m", "ruff", "check", *(arguments or ["."])])
    return 1 if rooms or style else 0


def cores() -> int:
    """Count the processor cores that this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def byte_code() -> dict[str, str]:
    """Settings that keep byte-code in ``build/`` where it must not be written beside the sources.

    Tests start hundreds of Pythons: each would compile all its packages again, half of its time.
    """
    if not os.environ.get("PYTHONDONTWRITEBYTECODE"):
        return {}
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(ROOT / "build" / "pycache")}


def test(arguments: list[str]) -> int:
    """Run tests, then the linters: all and the notebooks, or those that --fast or --lowest pick.

    Everything else that is given goes to pytest, behind our own words: ``-n 0`` runs the tests in one process.
    """
    if arguments[:1] == ["--campaign"]:
        paths = os.pathsep.join(map(str, (ROOT, ROOT / "tests" / "helpers", ROOT / "scripts")))
        command = [ready_python(TEST_LOCK), ROOT / "tests" / "helpers" / "campaign.py", *(arguments[1:] or ["1000"])]
        return exit_code_of(command, PYTHONPATH=paths)
    from concurrent.futures import ThreadPoolExecutor  # here, because most calls do without

    kinds = {"--fast", "--lowest"}.intersection(arguments)
    words = [word for word in arguments if word not in kinds]
    with ThreadPoolExecutor(1) as beside:
        programs = None if kinds else beside.submit(install_system_programs)
        python = ready_python(lowest_lock() if "--lowest" in kinds else TEST_LOCK)
        if programs:
            programs.result()
    if kinds:
        marks = "not slow or lowest" if "--lowest" in kinds else "not slow"
        words = ["-m", marks, "--hypothesis-profile", "few", "-p", "no:nbval", *words]
    else:
        words = ["--nbval", "--nbval-current-env", "--nbval-sanitize-with", "tests/nbval_sanitize.cfg", *words]
    words = ["-n", str(min(cores(), MOST_PROCESSES)), "--dist", "loadscope", *words]
    # The profile gives kernels back the inline figures that MPLBACKEND takes from them, and silences them.
    settings = {"MPLBACKEND": "Agg", "IPYTHONDIR": str(ROOT / "tests" / "ipython"), **byte_code()}
    tests = exit_code_of([python, "-m", "pytest", *words], **settings)
    if "--lowest" in kinds:  # the linters judge the same files whatever is installed
        return tests
    linters = lint([])
    print(f"Tests {'FAILED' if tests else 'passed'}, linters {'FAILED' if linters else 'passed'}.")
    return tests or linters


def notebooks(arguments: list[str]) -> int:
    """Execute notebooks again and store their outputs: all, or the ones named."""
    return exit_code_of([ready_python(), ROOT / "scripts" / "execute_notebooks.py", *arguments])


def book(arguments: list[str]) -> int:
    """Make the HTML book."""
    return exit_code_of([ready_python(TEST_LOCK), ROOT / "scripts" / "build_book.py", *arguments])


def setup(arguments: list[str]) -> int:
    """Make the environment, or that of the oldest packages, and say where it is."""
    if arguments not in ([], ["--lowest"]):
        raise SetupError(f"setup takes no arguments but --lowest, but got: {' '.join(arguments)}")
    print(f"Ready: {ready_python(lowest_lock() if arguments else None)}")
    return 0


COMMANDS = {"run": run, "test": test, "lint": lint, "notebooks": notebooks, "book": book, "setup": setup}


def main(words: list[str]) -> int:
    """Do the command that the words name, and return the exit code."""
    if sys.version_info < OLDEST_PYTHON:  # the user's Python may be older
        needed, present = (".".join(map(str, version[:2])) for version in (OLDEST_PYTHON, sys.version_info))
        print(f"Python {needed} or newer is needed, but this is Python {present}.", file=sys.stderr)
        return 1
    if words and words[0] in ("-h", "--help", "help"):
        print(__doc__)
        return 0
    if not words or words[0] not in COMMANDS:
        said = f"unknown command: {words[0]}" if words else "a command is missing"
        print(f"{said}; there are {', '.join(COMMANDS)}. More: python tasks.py --help", file=sys.stderr)
        return 2
    arguments = words[2:] if words[1:2] == ["--"] else words[1:]
    try:
        return COMMANDS[words[0]](arguments)
    except SetupError as error:
        print(f"Cannot go on: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
