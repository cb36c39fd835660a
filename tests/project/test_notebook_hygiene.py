"""Notebooks tell, the package computes: every notebook is thin, executed, and free of traces of a machine."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from machine_paths import MACHINE_PATH

import pathway_models as pw

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted(path for path in (ROOT / "notebooks").glob("**/*.ipynb") if ".ipynb_checkpoints" not in path.parts)
#: The one notebook in which a reader writes functions, a lever and a growth law, beside kernels and one action.
BUILDS_THE_MODEL = ROOT / "notebooks" / "methods" / "model_step_by_step.ipynb"
MOST_LINES = 12
TIMES = ("execution", "ExecuteTime", "papermill")


def each_notebook(test):
    return pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.relative_to(ROOT).as_posix())(test)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [(place, cell) for place, cell in enumerate(read(path).cells) if cell.cell_type == "code"]


def has_figure(cell):
    return any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))


def texts_of(cell):
    """Return source and text outputs of a cell; pictures hold no readable path."""
    yield cell.source
    for output in cell.get("outputs", []):
        yield output.get("text", "")
        yield from (text for kind, text in output.get("data", {}).items() if kind.startswith("text/"))


def parameter_fault(line, lines):
    """Return what is wrong with one assignment of a parameters cell, or nothing."""
    text = lines[line.lineno - 1 : line.end_lineno]
    if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name) or line.value is None:
        return f"not of the form name: type = literal  # comment: {text[0]}"
    try:
        ast.literal_eval(line.value)
    except ValueError:
        return f"not a literal: {text[0]}"
    return None if any(re.search(r"#\s*\S", row) for row in text) else f"without a comment: {text[0]}"


def test_there_are_notebooks():
    """Without this, every test below would pass on an empty folder."""
    assert NOTEBOOKS != []


@each_notebook
def test_notebook_is_valid_and_in_the_stored_form(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) == {"kernelspec", "language_info"}, "store it by: python tasks.py notebooks"


@each_notebook
def test_notebook_begins_with_its_title(path):
    first = read(path).cells[0]
    assert first.cell_type == "markdown"
    assert re.match(r"# \S", first.source)


@each_notebook
def test_parameters_are_one_cell_of_typed_and_commented_literals(path):
    tagged = [cell for cell in read(path).cells if "parameters" in cell.metadata.get("tags", [])]
    assert [cell.cell_type for cell in tagged] == ["code"]
    source = tagged[0].source
    statements = ast.parse(source).body
    assert statements != []
    assert [fault for line in statements if (fault := parameter_fault(line, source.splitlines()))] == []


@each_notebook
def test_cells_are_short(path):
    lengths = {place: len(cell.source.splitlines()) for place, cell in code_cells(path)}
    assert {place: lines for place, lines in lengths.items() if lines > MOST_LINES} == {}


def definitions(cell):
    """Functions, classes and named lambdas that a cell defines."""
    body = "\n".join("pass" if line.lstrip().startswith(("%", "!")) else line for line in cell.source.splitlines())
    return [
        node
        for node in ast.walk(ast.parse(body))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        or (isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Lambda))
    ]


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path != BUILDS_THE_MODEL], ids=lambda path: path.stem)
def test_cells_define_nothing(path):
    found = {place: [ast.unparse(node) for node in definitions(cell)] for place, cell in code_cells(path)}
    assert {place: names for place, names in found.items() if names} == {}, "the package is the place for definitions"


def test_one_notebook_defines_a_lever_and_a_growth_law():
    nodes = [node for _, cell in code_cells(BUILDS_THE_MODEL) for node in definitions(cell)]
    assert [node.name for node in nodes if isinstance(node, ast.FunctionDef)] == ["cap_energy", "fading_growth"]
    assert len(nodes) == 2, "functions alone: no class, no named lambda"
    assert all(ast.get_docstring(node) for node in nodes)


def test_that_notebook_builds_on_kernels_and_an_action_alone_up_to_its_comparison():
    """Before its last heading, the one of the package, it takes kernels, an action and a park alone."""
    cells = read(BUILDS_THE_MODEL).cells
    headings = [place for place, cell in enumerate(cells) if cell.cell_type == "markdown" and cell.source[:3] == "## "]
    imported, asked = set(), set()
    for cell in (cell for cell in cells[: headings[-1]] if cell.cell_type == "code"):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.ImportFrom):
                imported.add(".".join(node.module.split(".")[:2]))
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "pw":
                asked.add(node.attr)
    assert {name for name in imported if name.startswith("pathway_models")} == {
        "pathway_models.kernels",
        "pathway_models.levers",
    }
    assert asked == {"read_park"}
    assert "pw.project(" in "".join(cell.source for cell in cells[headings[-1] :])


@pytest.mark.parametrize("park", ["demo-cement", "demo-electronics", "region-hebei"])
def test_that_notebook_agrees_with_the_package_for_other_parks(park, monkeypatch):
    """Bought power and heat, processes, carriers that come and go: what its own province does not have."""
    pyplot = pytest.importorskip("matplotlib.pyplot")
    monkeypatch.setattr(pyplot, "show", lambda: pyplot.close("all"))
    names = {}
    with pyplot.rc_context():
        for _, cell in code_cells(BUILDS_THE_MODEL):
            exec(cell.source, names)
            if "parameters" in cell.metadata.get("tags", []):
                names |= {"park": park, "members": 50}
    assert names["off"] < 1e-9


@each_notebook
def test_every_code_cell_was_executed_in_order_and_the_notebook_shows_results(path):
    """A cell without execution_count is not compared by nbval: a stripped notebook would pass everything."""
    cells = code_cells(path)
    assert [cell.execution_count for _, cell in cells] == list(range(1, len(cells) + 1))
    assert any(cell.outputs for _, cell in cells)


@each_notebook
def test_stored_outputs_hold_no_error_and_no_warning(path):
    outputs = [(place, output) for place, cell in code_cells(path) for output in cell.outputs]
    assert [place for place, output in outputs if output.output_type == "error"] == []
    assert [place for place, output in outputs if output.get("name") == "stderr"] == []


@each_notebook
def test_a_question_stands_before_each_figure(path):
    cells = read(path).cells
    bare = [
        place
        for place, cell in enumerate(cells)
        if cell.cell_type == "code" and has_figure(cell) and cells[place - 1].cell_type != "markdown"
    ]
    assert bare == [], "figure cells without a Markdown cell before them"


@each_notebook
def test_a_sentence_worked_out_from_the_numbers_follows_each_figure(path):
    """Before the next figure or heading: a reader who cannot see the figure reads what it shows."""
    untold, waiting = [], None
    for place, cell in enumerate(read(path).cells):
        heading = cell.cell_type == "markdown" and re.search(r"^#+ \S", cell.source, re.MULTILINE)
        if waiting is not None and (heading or has_figure(cell)):
            untold.append(waiting)
            waiting = None
        if has_figure(cell):
            waiting = place
        elif any("text/markdown" in output.get("data", {}) for output in cell.get("outputs", [])):
            waiting = None
    assert untold + ([] if waiting is None else [waiting]) == []


@each_notebook
def test_notebook_names_no_path_of_a_machine(path):
    found = {
        place: match.group()
        for place, cell in enumerate(read(path).cells)
        for text in texts_of(cell)
        if (match := MACHINE_PATH.search(text))
    }
    assert found == {}


@each_notebook
def test_notebook_keeps_no_times_and_no_traces_of_papermill(path):
    notebook = read(path)
    assert set(TIMES) & set(notebook.metadata) == set()
    traced = [place for place, cell in enumerate(notebook.cells) if set(TIMES) & set(cell.metadata)]
    assert traced == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('park: str = "region-d"  # key of data/parks.csv', None),
        ("members: int = 200", "without a comment"),
        ('park = "region-d"  # untyped', "not of the form"),
        ("years: list = list(range(3))  # computed", "not a literal"),
    ],
)
def test_parameter_lines_are_judged(line, fault):
    found = parameter_fault(ast.parse(line).body[0], line.splitlines())
    assert found is None if fault is None else fault in found


def imported_from_inside(path):
    """Modules of the package that the cells of a notebook import from."""
    nodes = [node for _, cell in code_cells(path) for node in ast.walk(ast.parse(cell.source))]
    names = [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    names += [one.name for node in nodes if isinstance(node, ast.Import) for one in node.names]
    return [name for name in names if name.startswith("pathway_models.")]


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path != BUILDS_THE_MODEL], ids=lambda path: path.stem)
def test_a_notebook_takes_everything_from_the_public_face(path):
    assert imported_from_inside(path) == [], (
        "offer it as pw.NAME, pw.plotting.NAME, pw.tables.NAME or pw.sentences.NAME"
    )


def test_the_notebook_that_builds_the_model_would_be_noticed():
    assert "pathway_models.kernels.emissions" in imported_from_inside(BUILDS_THE_MODEL)


def faced(path):
    """Names that a notebook takes of each public face."""
    for node in (node for _, cell in code_cells(path) for node in ast.walk(ast.parse(cell.source))):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "pw":
            yield ("pw", node.attr)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in (
            "pw.plotting",
            "pw.tables",
            "pw.sentences",
        ):
            yield (node.value.attr, node.attr)


@each_notebook
def test_tab_completion_lists_every_name_that_a_notebook_uses(path):
    faces = {"pw": pw, "plotting": pw.plotting, "tables": pw.tables, "sentences": pw.sentences}
    assert [name for face, name in set(faced(path)) if name not in dir(faces[face])] == []


@pytest.mark.parametrize(
    "face", [pw, pw.plotting, pw.tables, pw.sentences], ids=["pw", "plotting", "tables", "sentences"]
)
def test_every_name_that_tab_completion_lists_is_there(face):
    assert [name for name in dir(face) if getattr(face, name, None) is None] == []


def shown_cells(path):
    """Sources of the cells of a notebook that show something, in their order."""
    return [cell.source for _, cell in code_cells(path) if cell.get("outputs")]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("00_start_here", "pw.answer("),
        ("01_park_inventory", "pw.answer("),
        ("02_park_pathways", "pw.answer("),
        ("03_all_parks", "pw.sentences.fleet_headline("),
        ("04_park_decisions", "pw.answer("),
        ("05_park_cobenefits", "pw.answer("),
    ],
)
def test_the_answer_is_the_first_thing_shown(name, answer):
    assert answer in shown_cells(ROOT / "notebooks" / f"{name}.ipynb")[0]


def test_levers_and_scenarios_of_ones_own_take_five_lines():
    cells = [cell for _, cell in code_cells(ROOT / "notebooks" / "00_start_here.ipynb") if "with_lever(" in cell.source]
    (cell,) = cells
    assert len(cell.source.splitlines()) <= 5
    assert ".with_scenario(" in cell.source
    assert "our_plan" in str(cell.outputs)
