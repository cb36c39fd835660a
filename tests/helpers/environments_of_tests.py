"""Environments for programs that read our exports but pin older packages than ours, made by tests that need them."""

import hashlib
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "tests" / "environments"
SECONDS = 900


def run_in(name, script, *words, **settings):
    """Run a script of ``tests/environments`` in the environment of a name, and return what it printed."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    python = python_of(name)
    command = [python, LOCKS / script, *words]
    # A cache of its own: pint remembers paths of whichever environment filled the user's, also of one that is gone.
    env["XDG_CACHE_HOME"] = str(python.parents[1] / "cache")
    done = subprocess.run(
        [str(word) for word in command],
        env={**env, "PYTHONUTF8": "1", "MPLBACKEND": "Agg", **settings},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


@cache
def python_of(name):
    """Path of a Python that has the packages of ``<name>.lock.txt``: by uv where it is installed, else by pip.

    Without network the test is skipped with the reasons; where CI is set it fails, so that nothing goes untested
    unseen.
    """
    lock, folder = LOCKS / f"{name}.lock.txt", ROOT / f".venv-{name}"
    python, stamp = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"), folder / "stamp.txt"
    wanted = hashlib.sha256(f"{lock.read_text(encoding='utf-8')}{sys.version_info[:2]}{ROOT}".encode()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    reasons = []
    for way in (by_uv, by_pip):
        shutil.rmtree(folder, ignore_errors=True)
        try:
            way(folder, python, lock)
        except (OSError, subprocess.SubprocessError) as failure:
            said = (getattr(failure, "stderr", None) or str(failure)).strip().splitlines()
            reasons.append(f"{way.__name__}: {said[-1] if said else failure}")
        else:
            stamp.write_text(wanted, encoding="utf-8")
            return python
    shutil.rmtree(folder, ignore_errors=True)
    message = f"NOT TESTED WITH {name}: its environment could not be made ({'; '.join(reasons)})"
    return pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


def by_uv(folder, python, lock):
    """Make an environment by uv, from pip's index where pip is set to one: uv does not read pip's settings."""
    env = dict(os.environ)
    if "PIP_INDEX_URL" in env and not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & env.keys():
        env["UV_DEFAULT_INDEX"] = env["PIP_INDEX_URL"]
    call(["uv", "venv", "--quiet", "--python", sys.executable, folder], env)
    call(["uv", "pip", "install", "--quiet", "--python", python, "-r", lock], env)


def by_pip(folder, python, lock):
    """Make an environment by Python's own venv and pip."""
    env = {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    call([sys.executable, "-m", "venv", folder], env)
    call([python, "-m", "pip", "install", "--quiet", "--no-compile", "-r", lock], env)


def call(command, env):
    words = [str(word) for word in command]
    subprocess.run(words, cwd=ROOT, env=env, check=True, capture_output=True, text=True, timeout=SECONDS)
