"""Ctrl-C at a chosen moment of a program's start, independent of the load."""

import os
import signal
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Python imports a module of the name ``sitecustomize`` before anything else.
PRESSING = """
import os, signal, sys

class Pressing:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["PRESS_AT"]:
            # As within a dataclass: an exec of a text, after which Python would end by SIGINT of itself.
            exec(f"signal.raise_signal({os.environ.get('PRESS', 'signal.SIGINT')})")

sys.meta_path.insert(0, Pressing())
"""


def interrupted_at(module, command, folder, number=signal.SIGINT):
    """Run a command that gets a signal when it begins to import a module; return exit code and both streams."""
    (folder / "sitecustomize.py").write_text(PRESSING, encoding="utf-8")
    paths = os.pathsep.join([str(folder), str(ROOT)])
    env = {**os.environ, "PYTHONPATH": paths, "PRESS_AT": module, "PRESS": str(int(number)), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [str(word) for word in command], env=env, capture_output=True, text=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout, done.stderr
