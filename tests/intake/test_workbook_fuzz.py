"""Whatever happens to a good workbook: no traceback, no hang, and never another number without a word."""

import io
import string
import zipfile
from xml.sax.saxutils import quoteattr

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbook_maker import YEARS, Filled, cell_of, examined, park_cell, repacked

from pathway_models.core.errors import InputError
from pathway_models.intake.examination import examine_workbook
from pathway_models.intake.numbers import INVISIBLE, arithmetic, read_number, read_text, read_year

KEYS = ("bituminous", "natural_gas", "electricity", "heat", "value_added", "limestone", "green_power")
COLUMNS = ("value", "unit", "grade", "feedstock", "factor", "factor_unit")
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**12), 10**12),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
    st.sampled_from(["万t", "t", "１２", "1,2", "=1+1", "#N/A", "A", "share", "10⁴", "-", "2019年", "tCO2/TJ", "％"]),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(scope="module")
def sound(folder):
    """The bytes of a good workbook, and the park in it."""
    examination = examined(Filled(), folder, "sound")
    return (folder / "sound.xlsx").read_bytes(), examination.park


def outcome(content, folder):
    """The park of some bytes, or None where they are refused."""
    path = folder / "changed.xlsx"
    path.write_bytes(content)
    try:
        return examine_workbook(path).park
    except InputError:
        return None


def is_same(park, other):
    arrays = ("years", "activity", "energy", "factors", "outputs", "process_factors", "sinks")
    return all(np.array_equal(getattr(park, name), getattr(other, name)) for name in arrays)


@settings(max_examples=60)
@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255), length=st.integers(1, 40))
def test_damaged_bytes_are_refused_or_change_nothing(sound, folder, place, value, length):
    content, park = sound
    start = int(place * len(content))
    damaged = content[:start] + bytes([value]) * length + content[start + length :]
    found = outcome(damaged, folder)
    assert found is None or is_same(found, park)


@settings(max_examples=30)
@given(place=st.floats(0, 1, exclude_max=True))
def test_a_file_that_ends_early_is_refused(sound, folder, place):
    content, _ = sound
    assert outcome(content[: int(place * len(content))], folder) is None


@pytest.mark.slow
@settings(max_examples=40)
@given(
    part=st.sampled_from(["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/styles.xml"]),
    place=st.floats(0, 1, exclude_max=True),
    piece=st.text(string.printable, max_size=12),
)
def test_damaged_parts_in_a_whole_archive_never_end_in_a_traceback(sound, folder, part, place, piece):
    content, _ = sound
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == part:
                at = int(place * len(text))
                text = text[:at] + piece.encode() + text[at + len(piece) :]
            new.writestr(name, text)
    outcome(stream.getvalue(), folder)


@pytest.mark.slow
@settings(max_examples=30)
@given(
    number_format=st.integers(0, 999), font=st.integers(0, 99), style=st.text('0#?,.%;_[]"\\!*Ee+-万t<>=1', max_size=12)
)
def test_any_style_of_a_cell_is_read_or_told(sound, folder, number_format, font, style):
    content, park = sound
    formats = f'<numFmts count="1"><numFmt numFmtId="{number_format}" formatCode={quoteattr(style)}/></numFmts><fonts'

    def change(parts):
        text = parts["xl/styles.xml"].decode()
        text = text.replace("<fonts", formats, 1) if style else text
        plain = '<cellXfs count="1"><xf numFmtId="0" fontId="0"'
        text = text.replace(plain, f'<cellXfs count="1"><xf numFmtId="{number_format}" fontId="{font}"')
        return {**parts, "xl/styles.xml": text.encode()}

    (folder / "changed.xlsx").write_bytes(repacked(content, change))
    found = examine_workbook(folder / "changed.xlsx")
    assert found.park is None or is_same(found.park, park)
    codes = {fault.code for fault in found.of("error")}
    assert found.park is not None or codes <= {"date", "percent_format", "year_cell", "year"}


@pytest.mark.slow
@settings(max_examples=80)
@given(
    year=st.sampled_from(YEARS),
    key=st.sampled_from(KEYS),
    column=st.sampled_from(COLUMNS),
    value=ANYTHING,
    other=st.sampled_from(["park_id", "name_zh", "first_year", "price_year", "grid_factor", "invented", None]),
)
def test_anything_in_a_cell_is_read_told_or_refused(sound, folder, year, key, column, value, other):
    """A park comes out only where the changed cell holds a plain value, or the reading says how it was read."""
    content, park = sound
    book = openpyxl.load_workbook(io.BytesIO(content))
    try:
        book[str(year)][cell_of(key, column)] = value
        if other:
            book["园区"][park_cell(other)] = value
    except openpyxl.utils.exceptions.IllegalCharacterError:
        return
    path = folder / "cell.xlsx"
    book.save(path)
    examination = examine_workbook(path)
    if examination.park is None:
        assert examination.of("error")
        return
    places = {fault.place for fault in examination.faults}
    was_told = f"{year}!{cell_of(key, column)}" in places
    is_plain = isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0
    is_blank = value is None or not str(value).strip()
    is_word = value in ("万t", "t", "A", "share", "tCO2/TJ")
    assert is_same(examination.park, park) or was_told or is_plain or is_blank or is_word


@pytest.mark.slow
@given(st.text(max_size=30))
def test_every_text_is_a_number_in_one_way_or_none(text):
    value, findings = read_number(text)
    if value is None:
        is_blank = not text.translate(INVISIBLE).strip()
        assert is_blank != bool(findings)
    else:
        assert [finding.severity for finding in findings] == ["note"]
        assert repr(value) in findings[0].remedy


@given(st.just(0.0) | st.floats(1e-100, 1e12))
def test_full_width_and_grouped_numbers_are_the_number_itself(value):
    full_width = repr(value).translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
    assert read_number(full_width)[0] == value
    assert read_number(f"{value:,.3f}")[0] == float(f"{value:.3f}")


@given(st.text(max_size=40))
def test_every_text_and_year_is_read_or_refused(text):
    shown, findings = read_text(text)
    assert not findings or not shown
    assert not shown.startswith(("=", "+", "-", "@"))
    year, found = read_year(text)
    assert year is None or (1900 <= year <= 2100 and found)


def test_points_alone_are_no_sum():
    """Found by a fuzzing test: Python takes three points for a value."""
    assert [arithmetic(f"={text}") for text in ("...", "....", "1+...", "-...")] == [None] * 4


@given(st.text("0123456789.+-*/() ", max_size=60))
def test_plain_arithmetic_is_what_python_says_or_not_judged(text):
    result = arithmetic(f"={text}")
    if result is not None and not {"**", "//", "..."} & {text[at : at + n] for at in range(len(text)) for n in (2, 3)}:
        assert result == pytest.approx(float(eval(text.strip(), {"__builtins__": {}})), rel=1e-12)
