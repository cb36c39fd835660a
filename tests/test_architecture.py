"""The rooms of the package keep their order, their purity and their size; the linter's contracts are not empty."""

import ast
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml
from importlinter import api
from importlinter.cli import lint_imports
from scipy.sparse.csgraph import connected_components

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "pathway_models"
CONFIG = str(ROOT / "pyproject.toml")
ROOMS = (
    "running",
    "presenting",
    "findings",
    "projection",
    "forecasting",
    "accounting",
    "intake",
    "records",
    "levers",
    "kernels",
    "foundations",
)
ROOMS_WITHOUT_FILES = tuple(room for room in ROOMS if room not in ("intake", "presenting", "running"))
READERS = {"open", "read_text", "read_bytes", "read_csv", "read_excel", "safe_load", "load_workbook", "genfromtxt"}
TEXT_CALLS = {"read_text", "write_text", "open"}
#: Tables of names by which others are imported when they are asked for: of commands, and of the public face.
TABLES_OF_NAMES = ("pathway_models.running.cli", "pathway_models")
LONGEST_FUNCTION = 40
LONGEST_FILE = 300


@cache
def sources():
    """Return the parsed files of the package by their path inside it."""
    files = sorted(PACKAGE.rglob("*.py"))
    return {file.relative_to(PACKAGE).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def called_name(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def imported_names(node):
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.level == 0 else []


def calls():
    for file, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield f"{file}:{node.lineno}", called_name(node), node


def names_encoding(call):
    """Tell whether a call names an encoding, or opens bytes, as all parts of an archive are."""
    words = [word.value for word in call.args if isinstance(word, ast.Constant)]
    is_named = any(keyword.arg in ("encoding", None) for keyword in call.keywords) or "utf-8" in words
    is_bytes = ast.unparse(call.func) == "archive.open" or any("b" in word for word in words if isinstance(word, str))
    return is_named or is_bytes


def room_of(place):
    return place.split("/")[0] if "/" in place else ""


def body_length(function):
    """Count the lines of a function without its docstring and decorators."""
    docstring = ast.get_docstring(function, clean=False)
    return function.end_lineno - function.lineno + 1 - (docstring.count("\n") + 1 if docstring is not None else 0)


def module_name(place):
    """Return the dotted name of a file of the package."""
    return ".".join(part for part in ("pathway_models", *Path(place).with_suffix("").parts) if part != "__init__")


def modules_named_in(text):
    """Return the dotted names in a text, such as "module:attribute" or a program given to another Python."""
    return re.findall(r"\bpathway_models(?:\.\w+)+", text)


def named_by(tree):
    """Yield every dotted name that a module imports, wherever it does, or names in a string that is no docstring."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and ast.get_docstring(node, clean=False) is not None
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            # ``from package import module`` needs the module; its package only if that is where the name stands.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from imported_names(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield from modules_named_in(node.value)


def import_graph(trees):
    """Return the modules that each module of the package needs, now or later.

    Parameters
    ----------
    trees : dict of str to ast.Module
        By path inside the package.
    """
    by_name = {module_name(place): tree for place, tree in trees.items()}
    graph = {name: set() for name in by_name}
    for name, tree in by_name.items():
        if name in TABLES_OF_NAMES:
            continue
        for found in named_by(tree):
            while found and found not in graph:
                found = found.rpartition(".")[0]
            graph[name] |= {found} - {"", name}
    return graph


def circles(graph):
    """Return the sets of modules that need each other: strongly connected components of two or more."""
    names = sorted(graph)
    matrix = np.array([[other in graph[name] for other in names] for name in names])
    _, component = connected_components(matrix, directed=True, connection="strong")
    groups = [[name for name, at in zip(names, component, strict=True) if at == group] for group in set(component)]
    return sorted(group for group in groups if len(group) > 1)


def test_rooms_import_only_from_rooms_below(capsys):
    verdict = lint_imports(config_filename=CONFIG, no_cache=True)
    assert verdict == 0, capsys.readouterr().out


def test_no_modules_need_each_other():
    """Imports inside functions and for types alone count, and so do modules named in strings."""
    assert circles(import_graph(sources())) == []


@pytest.mark.parametrize(
    "back",
    [
        "from pathway_models.kernels.one import f",
        "from pathway_models.kernels import one",
        "import pathway_models.kernels.one",
        "def late():\n    from pathway_models.kernels.one import f",
        "if TYPE_CHECKING:\n    from pathway_models.kernels.one import f",
        "import_module('pathway_models.kernels.one')",
        "served = 'pathway_models.kernels.one:f'",
        "program = f'from pathway_models.kernels.one import f; f({1})'",
    ],
)
def test_a_circle_is_seen_however_it_closes(back):
    texts = {
        "__init__.py": "from pathway_models.kernels.two import g",
        "kernels/__init__.py": "",
        "kernels/one.py": "from pathway_models.kernels.two import g",
        "kernels/two.py": f'"""See pathway_models.kernels.three."""\n{back}',
        "kernels/three.py": "from pathway_models.kernels.two import g",
    }
    graph = import_graph({place: ast.parse(text) for place, text in texts.items()})
    assert circles(graph) == [["pathway_models.kernels.one", "pathway_models.kernels.two"]]


def test_linter_knows_every_room_in_the_right_order():
    contracts = {contract["id"]: contract for contract in api.read_configuration(CONFIG)["contracts_options"]}
    assert tuple(contracts["rooms"]["layers"]) == ROOMS
    folders = {folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists()}
    assert folders == set(ROOMS)


def test_no_room_below_running_imports_the_public_face():
    """``import pathway_models`` inside the package would tie every room to every other."""
    guilty = [
        f"{file}:{node.lineno}"
        for file, tree in sources().items()
        for node in ast.walk(tree)
        if room_of(file) != "running" and "pathway_models" in imported_names(node)
    ]
    assert guilty == []


def test_what_two_modules_share_has_a_public_name():
    guilty = [
        f"{file}:{node.lineno} {alias.name}"
        for file, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pathway_models")
        for alias in node.names
        if alias.name.startswith("_") and not alias.name.startswith("__")
    ]
    assert guilty == []


def test_only_intake_presenting_and_running_touch_files():
    guilty = [place for place, name, _ in calls() if name in READERS and room_of(place) in ROOMS_WITHOUT_FILES]
    assert guilty == []


def test_text_is_read_and_written_with_a_named_encoding():
    """A Chinese Windows would otherwise read and write GBK."""
    guilty = [
        f"{place} {name}"
        for place, name, call in calls()
        if name in TEXT_CALLS
        and (name == "open" or isinstance(call.func, ast.Attribute))
        and not names_encoding(call)
        and not is_of_a_parent_class(call)
    ]
    assert guilty == []


def is_of_a_parent_class(call):
    """Whether a call is ``super().name(...)``: a class's own writing and no file's."""
    owner = getattr(call.func, "value", None)
    return isinstance(owner, ast.Call) and getattr(owner.func, "id", "") == "super"


def test_every_random_generator_has_a_seed():
    guilty = [place for place, name, call in calls() if name == "default_rng" and not (call.args or call.keywords)]
    legacy = [place for place, _, call in calls() if "np.random.seed" in ast.unparse(call.func)]
    assert guilty + legacy == []


def test_no_scenario_is_named_in_code():
    """Scenarios are data: a user's own scenario file works like ours."""
    scenarios, levers = (
        yaml.safe_load((ROOT / "data" / f"{name}.yml").read_text(encoding="utf-8"))[name]
        for name in ("scenarios", "levers")
    )
    # A word that is also a lever family (efficiency) or a setting (moderate) means that in code.
    words = {lever["family"] for lever in levers.values()} | {s for lever in levers.values() for s in lever["settings"]}
    names = set(scenarios) - words
    assert names
    guilty = [
        f"{file}:{node.lineno} {node.value!r}"
        for file, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in names
    ]
    assert guilty == []


def test_a_function_can_be_seen_whole():
    long = {
        f"{file}:{node.lineno} {node.name}": length
        for file, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (length := body_length(node)) > LONGEST_FUNCTION
    }
    assert long == {}


@pytest.mark.parametrize("folder", ["pathway_models", "scripts"])
def test_a_file_can_be_read_in_one_sitting(folder):
    lengths = {
        file.relative_to(ROOT).as_posix(): len(file.read_text(encoding="utf-8").splitlines())
        for file in (ROOT / folder).rglob("*.py")
    }
    assert {file: length for file, length in lengths.items() if length > LONGEST_FILE} == {}


def test_nothing_is_left_to_do_in_the_code():
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
    marked = [
        f"{file.relative_to(ROOT)}: {mark}"
        for file in sorted(PACKAGE.rglob("*.py"))
        for mark in marks
        if mark in file.read_text(encoding="utf-8")
    ]
    unwritten = [
        f"{file}:{node.lineno}"
        for file, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and node.exc is not None and "NotImplementedError" in ast.unparse(node.exc)
    ]
    assert marked + unwritten == []
