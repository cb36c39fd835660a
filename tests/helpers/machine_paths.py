"""Patterns forbidden in committed files: paths of one machine, and hosts of package registries."""

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FOLDERS = "home|Users|root|tmp|work|mnt|opt|private"
MACHINE_PATH = re.compile(
    rf"(?<![\w.:/])/(?:{FOLDERS})/\w|file:///(?:{FOLDERS})|\b[A-Za-z]:\\{{1,2}}(?:Users|Temp|Windows)\b"
)
# Written in pieces, so that this file does not match itself.
REGISTRY_HOSTS = re.compile(
    "|".join(
        rf"\b{name}\.{domain}\b"
        for name, domain in [
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("npmjs", "(?:org|com)"),
            ("anaconda", "org"),
            ("debian", "org"),
            ("mirrors?", r"\w+\.(?:cn|com|edu|org)"),
        ]
    )
)
NOT_COMMITTED = {"results", "__pycache__", "build", "dist", "htmlcov", "node_modules"}


def committed_texts():
    """Yield path and text of every file that belongs to the project; pictures, fonts and archives are left out."""
    for folder, below, names in os.walk(ROOT):
        below[:] = [
            name
            for name in below
            if name not in NOT_COMMITTED
            and not name.endswith(".egg-info")
            and (not name.startswith(".") or name == ".ci")
        ]
        for path in (Path(folder, name) for name in names if name != ".git"):  # a file in a second work tree
            try:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def find_all(pattern):
    """Return every place of the project's files where a pattern stands."""
    return [
        f"{path}:{number}: {match.group()}"
        for path, text in committed_texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if (match := pattern.search(line))
    ]
