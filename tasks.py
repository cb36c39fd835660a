#!/usr/bin/env python3
"""Set up this project and do its jobs. Needs Python 3.11 or newer, and nothing else.

    python tasks.py run                         run every park and region that has data
    python tasks.py run region-d --members 200  run the named ones; options are those of "pathways run"
    python tasks.py test                        run all tests, all notebooks and the linters
    python tasks.py lint                        only the linters: import order of the rooms, ruff
    python tasks.py notebooks                   execute all notebooks again and store their outputs
    python tasks.py book                        make the HTML book of all notebooks and pages, without network
    python tasks.py setup                       only set up

("python3" on Linux and macOS, "py" on Windows.) The first call makes .venv from requirements.lock.txt, by uv
where it is installed and else by pip; pip's settings, such as PIP_INDEX_URL for a mirror, are respected by both.
"test" and "book" add what requirements-test.lock.txt holds beyond that; "test" also installs the Debian packages
it needs (a browser, LibreOffice) where it may, and says which are missing where it may not.
A conda environment made from environment.yml is used as it is while it is active.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock.txt"
TEST_LOCK = ROOT / "requirements-test.lock.txt"  # the same versions, and what tests and the book need beside them
PYPROJECT = ROOT / "pyproject.toml"
OLDEST_PYTHON = (3, 11)
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


def venv_python() -> Path:
    """Return the Python of .venv, whether it exists yet or not."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_finished(lock: Path) -> bool:
    """Tell whether .venv was made to the end, and from the present project and this lock or the larger one."""
    stamp = VENV / "pathways-stamp.txt"
    if not (venv_python().exists() and stamp.exists()):
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
    names = [re.split(r"[<>=!~ ]", need)[0] for need in project_tables()["project"]["dependencies"]]
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
    """Make .venv by uv, or add to it, from pip's index unless uv has its own."""
    env = dict(os.environ)
    index = None if {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & env.keys() else index_of_pip()
    if index:
        env["UV_DEFAULT_INDEX"] = index
    if not VENV.exists():
        call([uv, "venv", "--quiet", "--python", sys.executable, VENV], env)
    install = [uv, "pip", "install", "--quiet", "--python", venv_python()]
    call([*install, "-r", lock], env)
    call([*install, "--no-deps", "-e", ROOT], env)


def build_by_pip(lock: Path) -> None:
    """Make .venv by Python's own venv and pip, or add to it."""
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise SetupError(
            "this Python cannot make virtual environments: its module ensurepip is missing.\n"
            f"On Debian or Ubuntu:  sudo apt install python{version}-venv  (or python3-venv); or install uv."
        )
    # A setting that sends packages to the user's folder cannot hold inside a virtual environment.
    env = {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if not VENV.exists():
        call([sys.executable, "-m", "venv", VENV], env)
    # Byte-code is left to the first import: compiling all of it now takes a third of the whole time.
    install = [venv_python(), "-m", "pip", "install", "--no-compile"]
    if not sys.stdout.isatty():
        install.append("--quiet")
    call([*install, "-r", lock], env)
    call([*install, "--no-deps", "-e", ROOT], env)


def build(lock: Path) -> None:
    """Make .venv from nothing, or add to a smaller one: by uv if it is there and works, else by pip."""
    adding = is_finished(LOCK)
    if Path(sys.prefix) == VENV and not adding:
        raise SetupError(".venv must be made anew, but is in use: leave it first (deactivate), then try again.")
    uv = shutil.which("uv")
    ways = [("uv", lambda: build_by_uv(uv, lock))] if uv else []
    for name, way in [*ways, ("pip", lambda: build_by_pip(lock))]:
        print(f"Setting up .venv by {name}; this is done once and takes a minute or two ...", flush=True)
        started = time.monotonic()
        if VENV.exists() and not adding:
            shutil.rmtree(VENV)  # half-made, or made from another lock
        adding = False  # what one way left half-done, the next one begins anew
        try:
            way()
        except (OSError, subprocess.CalledProcessError) as failure:
            print(f"{name} did not succeed: {failure}", file=sys.stderr)
            continue
        (VENV / "pathways-stamp.txt").write_text(stamp_text(lock), encoding="utf-8")
        print(f"Set up in {time.monotonic() - started:.0f} s.", flush=True)
        return
    raise SetupError(
        "the packages could not be installed; the reason stands above.\n"
        "On a slow or closed network set PIP_INDEX_URL to a mirror that you can reach, and try again."
    )


def ready_python(lock: Path | None = None) -> Path:
    """Return a Python that has what a lock names (that of users by default), after making it where needed."""
    if is_complete_conda():
        return Path(sys.executable)
    if not is_finished(lock or LOCK):
        build(lock or LOCK)
    return venv_python()


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
    """Run a job in the project's folder with Unicode text everywhere, and return its exit code."""
    env = {**os.environ, "PYTHONUTF8": "1", **settings}
    return subprocess.run([str(word) for word in command], cwd=ROOT, env=env, check=False).returncode


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


def test(arguments: list[str]) -> int:
    """Run all tests and notebooks, then the linters; what is given goes to pytest."""
    install_system_programs()
    python = ready_python(TEST_LOCK)
    command = [python, "-m", "pytest", "--nbval", "--nbval-current-env"]
    command += ["--nbval-sanitize-with", ROOT / "tests" / "nbval_sanitize.cfg", *arguments]
    # The profile gives kernels back the inline figures that MPLBACKEND takes from them, and silences them.
    tests = exit_code_of(command, MPLBACKEND="Agg", IPYTHONDIR=str(ROOT / "tests" / "ipython"))
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
    """Make the environment and say where it is."""
    if arguments:
        raise SetupError(f"setup takes no arguments, but got: {' '.join(arguments)}")
    print(f"Ready: {ready_python()}")
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
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
