#!/usr/bin/env python3
"""Measure the structure of the package: sizes, imports, depth, circles; optionally beside another revision.

    python scripts/measure_structure.py                    the working tree
    python scripts/measure_structure.py --against 48ac5ce  the same figures of a revision beside it

Imports are counted wherever they stand, those inside functions included, and so are names that are imported by a
string (``import_module("pathway_models...")``).  The table of commands and the public faces, which import what is
asked for, are not counted as importers: they need not be read to follow a number.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import statistics
import subprocess
import tarfile
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.sparse.csgraph import connected_components

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "pathway_models"
#: Modules that re-export names of others by string.
FACES = {"", "plotting", "tables", "sentences", "cli.main", "running.cli"}
#: ``pathway_models.room.module`` or ``pathway_models.room.module:function`` as a string.
BY_NAME = re.compile(rf"{PACKAGE}((?:\.\w+)+)(?::\w+)?")

#: Rooms to which a recipe adds a file by itself: laws, actions, exports, studies.  Bounds leave them out.
BY_RECIPE = ("baseline.laws.", "levers.", "exports.", "reproduction.studies.")


@dataclass
class Structure:
    """The modules of a package and which of them import which.

    Parameters
    ----------
    folder : Path
        Holds the package's folder.
    """

    folder: Path
    files: dict[str, Path] = field(init=False)
    trees: dict[str, ast.Module] = field(init=False)

    def __post_init__(self) -> None:
        package = self.folder / PACKAGE
        self.files = {}
        for file in sorted(package.rglob("*.py")):
            parts = file.relative_to(package).with_suffix("").parts
            self.files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
        self.trees = {name: ast.parse(file.read_text(encoding="utf-8")) for name, file in self.files.items()}

    @cached_property
    def nodes(self) -> dict[str, list[ast.AST]]:
        """Module -> all nodes of its syntax tree."""
        return {name: list(ast.walk(tree)) for name, tree in self.trees.items()}

    def module_of(self, dotted: str) -> str | None:
        """Find the module that a dotted name below the package belongs to."""
        while dotted and dotted not in self.files:
            dotted = dotted.rpartition(".")[0]
        return dotted or None

    @cached_property
    def passed_on(self) -> dict[tuple[str, str], str]:
        """Map room and name that its ``__init__`` imports from one of its modules to that module."""
        return {
            (room, alias.name): node.module.removeprefix(f"{PACKAGE}.")
            for room, file in self.files.items()
            if file.name == "__init__.py" and room
            for node in self.trees[room].body
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PACKAGE}.{room}.")
            for alias in node.names
        }

    def home_of(self, room: str, name: str) -> str | None:
        """Find the module in which a name stands that is imported from a module or from its room."""
        return self.passed_on.get((room, name)) or self.module_of(f"{room}.{name}".lstrip("."))

    def imports_of(self, name: str) -> set[str]:
        """Name the modules that a module imports, early, late or by a string."""
        found = set()
        for node in self.nodes[name]:
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
                below = node.module.removeprefix(PACKAGE).lstrip(".")
                found |= {self.home_of(below, alias.name) for alias in node.names}
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and name not in FACES:
                whole = BY_NAME.fullmatch(node.value)
                found |= {self.module_of(whole.group(1).lstrip("."))} if whole else set()
        return found - {name, None}

    @cached_property
    def imports(self) -> dict[str, set[str]]:
        """Module -> modules it imports."""
        return {name: self.imports_of(name) for name in self.files}

    @cached_property
    def circles(self) -> list[tuple[str, ...]]:
        """Sets of modules that import each other: strongly connected components of the graph of imports."""
        names = list(self.files)
        links = np.array([[other in self.imports[name] for other in names] for name in names])
        labels = connected_components(links, connection="strong")[1]
        groups = [tuple(sorted(name for name, of in zip(names, labels, strict=True) if of == at)) for at in set(labels)]
        return sorted(group for group in groups if len(group) > 1)

    @cached_property
    def chain(self) -> list[str]:
        """The longest chain of imports, from the module nobody needs down to one that needs nobody."""
        inside = {name: next((c for c in self.circles if name in c), ()) for name in self.files}
        below: dict[str, list[str]] = {}

        def longest(name: str) -> list[str]:
            if name not in below:
                others = [longest(o) for o in sorted(self.imports[name]) if o not in inside[name]]
                below[name] = [name, *max(others, key=len, default=[])]
            return below[name]

        return max((longest(name) for name in self.files), key=len)

    @property
    def importers(self) -> Counter[str]:
        """How many modules import each module; packages' own files do not count."""
        return Counter(o for name, found in self.imports.items() if name not in FACES for o in found)

    @property
    def with_one_importer(self) -> list[str]:
        """Modules imported by exactly one other module."""
        counts = self.importers
        return [name for name, file in self.files.items() if counts[name] == 1 and file.name != "__init__.py"]

    @property
    def functions(self) -> dict[str, int]:
        """Lines of every function and method with its docstring."""
        return {
            f"{name}:{node.name}": node.end_lineno - node.lineno + 1
            for name, nodes in self.nodes.items()
            for node in nodes
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }

    @property
    def lines(self) -> dict[str, int]:
        """Lines of every file."""
        return {name: file.read_text(encoding="utf-8").count("\n") for name, file in self.files.items()}

    @property
    def bounded(self) -> list[str]:
        """Modules that the bounds of files and imports count: all but those that recipes add."""
        return [name for name in self.files if not name.startswith(BY_RECIPE)]

    @property
    def import_share(self) -> float:
        """Share of the lines of bounded modules that import statements take."""
        lines = self.lines
        imports = sum(
            node.end_lineno - node.lineno + 1
            for name in self.bounded
            for node in self.nodes[name]
            if isinstance(node, ast.Import | ast.ImportFrom)
        )
        return imports / sum(lines[name] for name in self.bounded)

    @property
    def odd_docstrings(self) -> float:
        """Share of docstrings that open with a question word, in per cent."""
        kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
        texts = [ast.get_docstring(n) for nodes in self.nodes.values() for n in nodes if isinstance(n, kinds)]
        texts = [text for text in texts if text]
        odd = [text for text in texts if re.match(r"(What|Whether|How|Where|Whose|Who|Which|When)\b", text)]
        return 100 * len(odd) / len(texts)

    def figures(self) -> dict[str, str]:
        """Name -> figure, as a table shows them."""
        lines, functions = self.lines, self.functions
        folders = Counter(file.parent.relative_to(self.folder).as_posix() for file in self.files.values())
        fullest, number = folders.most_common(1)[0]
        largest, longest = max(lines, key=lines.get), max(functions, key=functions.get)
        return {
            "files": f"{len(lines)}, {len(self.bounded)} beside laws, actions, exports, studies",
            "lines": f"{sum(lines.values()):,}",
            "file, median": f"{statistics.median(lines.values()):.0f} lines",
            "file, largest": f"{lines[largest]} lines ({largest})",
            "function, median": f"{statistics.median(functions.values()):.0f} lines",
            "function, largest": f"{functions[longest]} lines ({longest})",
            "imports": f"{100 * self.import_share:.2f} % of their lines",
            "longest chain of imports": f"{len(self.chain)} modules",
            "modules with one importer": str(len(self.with_one_importer)),
            "fullest folder": f"{number} files ({fullest})",
            "circles": str(len(self.circles)),
            "docstrings opening with a question word": f"{self.odd_docstrings:.1f} %",
        }


def structure_of(revision: str, folder: Path) -> Structure:
    """Unpack the package of a git revision into a folder and read it."""
    packed = subprocess.run(["git", "archive", revision, PACKAGE], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return Structure(folder)


def main(words: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", metavar="REVISION", help="a git revision to set beside the working tree")
    parser.add_argument("--names", action="store_true", help="name the modules behind the figures")
    given = parser.parse_args(words)
    here = Structure(ROOT)
    columns = [here.figures()]
    if given.against:
        with tempfile.TemporaryDirectory() as folder:
            columns.insert(0, structure_of(given.against, Path(folder)).figures())
    for name in columns[-1]:
        print(f"{name:42s}" + "".join(f"{column[name]:50s}" for column in columns).rstrip())
    if given.names:
        print("\nlongest chain:", " > ".join(here.chain))
        print("one importer:", " ".join(here.with_one_importer))
        print("circles:", *here.circles)


if __name__ == "__main__":
    main()
