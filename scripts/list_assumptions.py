"""Write docs/assumptions.md from the ASSUME marks in code and data, for reviewers.

Usage: python scripts/list_assumptions.py [OUT.md]
"""

from __future__ import annotations

import re
from pathlib import Path

from _tables import places

ROOT = Path(__file__).resolve().parents[1]
MARK = re.compile(r"ASSUME:\s*(.*)")


def assumptions(path: Path) -> list[tuple[int, str]]:
    """Return line and text of every ASSUME mark of a file; continued comment lines are joined."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = []
    for at, line in enumerate(lines):
        match = MARK.search(line)
        if not match or "re.compile" in line or "startswith" in line or line.lstrip().startswith(">>>"):
            continue
        text = match.group(1).strip()
        for follow in lines[at + 1 :]:
            comment = re.match(r"\s*#\s?(?!ASSUME)(\S.*)", follow)
            if not (line.lstrip().startswith("#") and comment):
                break
            text += " " + comment.group(1).strip()
        found.append((at + 1, text.rstrip('"}').rstrip('"')))
    return found


def main(out: Path) -> None:
    """Write the page."""
    files = sorted((ROOT / "pathway_models").rglob("*.py")) + sorted((ROOT / "data").glob("*.yml"))
    made = "Made by `python scripts/list_assumptions.py` from the `ASSUME` marks; do not edit."
    parts = ["# Assumptions", "", made, ""]
    for path in files:
        marks = assumptions(path)
        if marks:
            parts += [f"## {path.relative_to(ROOT).as_posix()}", ""]
            parts += [f"- line {line}: {text}" for line, text in marks]
            parts.append("")
    out.write_text("\n".join(parts), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*places(__doc__, FILE=ROOT / "docs" / "assumptions.md"))
