"""The rooms of the package keep their order, their purity and their size; the linter's contracts are not empty."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml
from importlinter import api
from importlinter.cli import lint_imports
from measure_structure import Structure

from pathway_models.intake.factors.tables import read_carriers
from pathway_models.records.levers import FAMILIES

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "pathway_models"
CONFIG = str(ROOT / "pyproject.toml")
SPINE = ("core", "kernels", "levers", "records", "language", "intake", "baseline", "engine")
TOOLKITS = {"figures", "documents", "console", "runs"}
#: Capabilities, and the other capabilities that each may lean on.
EDGES = {
    "inventory": {"peaks"},
    "peaks": {"inventory"},
    "pathways": {"inventory", "peaks"},
    "gaps": {"inventory"},
    "hindcast": set(),
    "nowcast": set(),
    "decisions": {"compliance", "inventory"},
    "cobenefits": {"decisions"},
    "tracking": {"inventory", "peaks"},
    "fleet": {"decisions", "gaps", "inventory", "pathways", "peaks"},
    "reproduction": {"inventory", "peaks"},
    "guard": {"inventory", "peaks"},
    "compliance": {"inventory"},
}
DELIVERY = {"report", "exports", "explorer", "batch", "cli"}
FACES = {"plotting", "tables", "sentences"}
#: Rooms that read no files: what they need is handed to them.
ROOMS_WITHOUT_FILES = ("kernels", "records", "language", "levers", "baseline", "engine", *EDGES)
#: Files that read what a run has left behind.
READERS_OF_RESULTS = ("fleet/totals.py", "guard/comparing.py")
READERS = {"open", "read_text", "read_bytes", "read_csv", "read_excel", "safe_load", "load_workbook", "genfromtxt"}
TEXT_CALLS = {"read_text", "write_text", "open"}
#: Size that the house may grow to (docs/architecture.md).
LARGEST_IMPORT_SHARE = 0.04
LONGEST_CHAIN = 16
MOST_WITH_ONE_IMPORTER = 40
FULLEST_FOLDER = 25
MOST_FILES = 264
MOST_ODD_DOCSTRINGS = 2.0
#: Modules beside the figures that need matplotlib itself: the kernel that shows figures, what fills its caches.
DRAWING = {"batch.preload", "batch.summary", "documents.blocks", "runs.provenance"}
FOLDERS = {"records", "exports", "report"}


@cache
def nodes(*kinds):
    """Return all nodes of some kinds of the package's syntax trees, each with the path of its file inside it."""
    if kinds:
        return [(file, node) for file, node in nodes() if isinstance(node, kinds)]
    files = {name: file.relative_to(PACKAGE).as_posix() for name, file in structure().files.items()}
    return [(files[name], node) for name, found in structure().nodes.items() for node in found]


def called_name(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def imported_names(node):
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.level == 0 else []


def calls():
    for file, node in nodes(ast.Call):
        yield f"{file}:{node.lineno}", called_name(node), node


def names_encoding(call):
    """Tell whether a call names an encoding, or opens bytes, as all parts of an archive are."""
    words = [word.value for word in call.args if isinstance(word, ast.Constant)]
    is_named = any(keyword.arg in ("encoding", None) for keyword in call.keywords) or "utf-8" in words
    is_bytes = ast.unparse(call.func) == "archive.open" or any("b" in word for word in words if isinstance(word, str))
    return is_named or is_bytes


def room_of(place):
    return place.split("/")[0] if "/" in place else ""


@cache
def structure():
    return Structure(ROOT)


def test_rooms_import_only_from_rooms_below(capsys):
    verdict = lint_imports(config_filename=CONFIG, no_cache=True)
    assert verdict == 0, capsys.readouterr().out


def test_linter_and_tests_know_the_same_rooms():
    contracts = {contract["id"]: contract for contract in api.read_configuration(CONFIG)["contracts_options"]}
    delivery, capabilities, toolkits, *spine = [
        tuple(name.strip() for name in layer.split(":")) for layer in contracts["rooms"]["layers"]
    ]
    assert set(delivery) == DELIVERY | FACES
    assert set(capabilities) == set(EDGES)
    assert set(toolkits) == TOOLKITS
    assert tuple(name for (name,) in reversed(spine)) == SPINE
    folders = {folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists()}
    assert folders == {*SPINE, *TOOLKITS, *EDGES, *DELIVERY}


@pytest.mark.slow
def test_a_capability_leans_on_others_along_listed_edges_only():
    found = {
        room: {other.split(".")[0] for name in names for other in structure().imports[name]} & set(EDGES) - {room}
        for room, names in ((room, [n for n in structure().files if n.split(".")[0] == room]) for room in EDGES)
    }
    assert found == EDGES


def test_no_modules_need_each_other():
    """Imports inside functions count, and names given as strings: a circle is a circle however late it closes."""
    assert structure().circles == []


def test_the_house_stays_small():
    """Bounds of docs/architecture.md; ``scripts/measure_structure.py --names`` tells which modules are behind them."""
    hold_to_bounds(structure())


def hold_to_bounds(now):
    folders = Counter(file.parent for file in now.files.values())
    assert now.import_share <= LARGEST_IMPORT_SHARE
    assert len(now.chain) <= LONGEST_CHAIN
    assert len(now.with_one_importer) <= MOST_WITH_ONE_IMPORTER
    assert max(folders.values()) <= FULLEST_FOLDER
    assert len(now.bounded) <= MOST_FILES
    assert now.odd_docstrings <= MOST_ODD_DOCSTRINGS


@pytest.mark.slow
def test_only_figures_draw_and_only_commands_parse_arguments():
    """``console`` is the toolkit of the commands: it may know click; a fork of the batch draws to fill its caches."""
    guilty = [
        f"{file}: {library}"
        for file, node in nodes(ast.Import, ast.ImportFrom)
        for library in {imported.split(".")[0] for imported in imported_names(node)} & {"matplotlib", "click"}
        if not is_allowed(file.removesuffix(".py").replace("/", "."), library)
    ]
    assert guilty == []


def is_allowed(name, library):
    room, _, last = name.partition(".")
    if library == "click":
        return room in {"cli", "console"} or last == "command"
    return room == "figures" or last.endswith("figures") or name in DRAWING


def test_no_room_imports_the_public_face():
    """``import pathway_models`` below delivery would tie every room to every other."""
    guilty = [
        f"{file}:{node.lineno}"
        for file, node in nodes(ast.Import, ast.ImportFrom)
        if room_of(file) not in DELIVERY and is_public_face(node)
    ]
    assert guilty == []


def is_public_face(node):
    if isinstance(node, ast.ImportFrom) and node.module == "pathway_models":
        return any(alias.name not in FACES | FOLDERS for alias in node.names)
    return "pathway_models" in imported_names(node) and isinstance(node, ast.Import)


def test_what_two_modules_share_has_a_public_name():
    guilty = [
        f"{file}:{node.lineno} {alias.name}"
        for file, node in nodes(ast.ImportFrom)
        if (node.module or "").startswith("pathway_models")
        for alias in node.names
        if alias.name.startswith("_") and not alias.name.startswith("__")
    ]
    assert guilty == []


def test_only_intake_toolkits_and_delivery_touch_files():
    guilty = [
        place
        for place, name, _ in calls()
        if name in READERS and room_of(place) in ROOMS_WITHOUT_FILES and not place.startswith(READERS_OF_RESULTS)
        if not place.split(":")[0].endswith("command.py")
    ]
    assert guilty == []


def test_text_is_read_and_written_with_a_named_encoding():
    """A Chinese Windows would otherwise read and write GBK."""
    guilty = [
        f"{place} {name}"
        for place, name, call in calls()
        if name in TEXT_CALLS
        and (name == "open" or isinstance(call.func, ast.Attribute))
        and not names_encoding(call)
        and not is_our_own(call)
    ]
    assert guilty == []


def is_our_own(call):
    """Tell whether a call is a class's own writing, ``super().name(...)``, or a reader that finds the encoding."""
    owner = getattr(call.func, "value", None)
    is_parent = isinstance(owner, ast.Call) and getattr(owner.func, "id", "") == "super"
    return is_parent or getattr(owner, "id", "") == "files"


def test_names_are_imported_from_the_module_they_stand_in():
    """One taken from where it was only imported goes with that import, and a late import fails late."""
    stand = {module: names_standing_in(module) for module in structure().trees}
    guilty = [
        f"{place}:{node.lineno} {alias.name} of {node.module}"
        for place, node in nodes(ast.ImportFrom)
        if (below := module_of(node)) in stand
        for alias in node.names
        if alias.name not in stand[below] and f"{below}.{alias.name}".lstrip(".") not in stand
    ]
    assert guilty == []


def module_of(node):
    return (node.module or "").removeprefix("pathway_models").lstrip(".") if is_own(node) else None


def is_own(node):
    return (node.module or "").split(".")[0] == "pathway_models"


def names_standing_in(module):
    """Name what a module defines or passes on (``import name as name``); a room's own file passes on all."""
    found = set()
    for node in structure().trees[module].body:
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                found.add(part.id)
            elif isinstance(part, ast.FunctionDef | ast.ClassDef):
                found.add(part.name)
            elif isinstance(part, ast.ImportFrom):
                is_room = structure().files[module].name == "__init__.py"
                found |= {alias.name for alias in part.names if is_room or alias.asname == alias.name}
    return found


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
    guilty = [f"{file}:{node.lineno} {node.value!r}" for file, node in nodes(ast.Constant) if node.value in names]
    assert guilty == []


def test_no_lever_is_named_in_code():
    library = yaml.safe_load((ROOT / "data" / "levers.yml").read_text(encoding="utf-8"))["levers"]
    carriers = read_carriers()
    names = set(library) - set(FAMILIES) - set(carriers) - {carrier.group for carrier in carriers.values()}
    assert len(names) > 10
    assert [f"{file}:{node.lineno} {node.value}" for file, node in nodes(ast.Constant) if node.value in names] == []


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
        for file, node in nodes(ast.Raise)
        if node.exc is not None and "NotImplementedError" in ast.unparse(node.exc)
    ]
    assert marked + unwritten == []
