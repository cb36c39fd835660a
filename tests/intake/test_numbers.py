"""Numbers by their forms: every reader of every input takes a text for the same number, or for none."""

import math
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from workbook_maker import Filled, cell_of, examined

from pathway_models.core.errors import InputError
from pathway_models.intake.numbers import exact_number, letters, meaning, number_in
from pathway_models.intake.panels import read_panel, read_series
from pathway_models.intake.published import COLUMNS as OF_ESTIMATES
from pathway_models.intake.published import read_estimates
from pathway_models.intake.table.rows import read_rows

DIGITS = st.text("0123456789", min_size=1, max_size=9)
FULL = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
#: Digits of other scripts, circled, raised, lowered and fractions: Python's ``float`` or NFKC takes many for digits.
OTHER_DIGITS = "".join(
    sign for sign in map(chr, range(0xA0, 0x1FBFA)) if unicodedata.category(sign) in ("Nd", "No", "Nl")
)
NOT_FULL = [sign for sign in OTHER_DIGITS if not "０" <= sign <= "９"]


@st.composite
def grouped(draw, mark=","):
    """Digits in groups of three behind a first group without a leading zero, and the number they are."""
    first = draw(st.integers(1, 999))
    others = draw(st.lists(st.integers(0, 999), min_size=1, max_size=3))
    text = mark.join([str(first), *(f"{group:03d}" for group in others)])
    return text, float(text.replace(mark, ""))


@st.composite
def misgrouped(draw):
    """Digits with commas or spaces that part no thousands: a leading zero, or a group not of three."""
    mark = draw(st.sampled_from([",", " ", "\u00a0", "，"]))
    kind = draw(st.sampled_from(["zero", "short", "long", "doubled"]))
    groups = [draw(st.integers(1, 999).map(str)), *draw(st.lists(st.integers(0, 999).map("{:03d}".format), min_size=1))]
    if kind == "zero":
        groups[0] = "0" * draw(st.integers(1, 2)) + draw(st.sampled_from(["", groups[0][0]]))
    elif kind == "doubled":
        groups.insert(1, "")
    else:
        groups[-1] = draw(st.text("0123456789", min_size=1, max_size=2) if kind == "short" else st.just("1234"))
    text = mark.join(groups)
    return draw(st.sampled_from([text, f"-{text}", f"{text}.5", text.translate(FULL)]))


@st.composite
def marked(draw):
    """A plain number with a sign in it, or behind it, that only a program takes for a part of it."""
    text, sign = draw(DIGITS), draw(st.sampled_from([*NOT_FULL, "_", "'", "’", "·", "\u0661", "\u00b2", "\u2460"]))
    at = draw(st.integers(1, len(text)))
    assume(sign != "_" or at < len(text))
    return text[:at] + sign + text[at:]


@st.composite
def of_two_widths(draw):
    first, second = draw(DIGITS), draw(DIGITS)
    return draw(st.sampled_from([first + second.translate(FULL), first.translate(FULL) + second]))


NO_NUMBER = st.one_of(misgrouped(), marked(), of_two_widths(), st.sampled_from(["nan", "inf", "1e999", "0x10", "1e"]))


@given(NO_NUMBER)
def test_what_can_be_read_in_two_ways_is_read_in_none(text):
    value, finding = number_in(text)
    assert value is None
    assert finding.severity == "error"
    assert math.isnan(exact_number(text))


@given(st.one_of(grouped(","), grouped(" "), grouped("\u00a0"), grouped("，")))
def test_thousands_are_read_and_told(pair):
    text, value = pair
    assert number_in(text)[0] == value
    assert number_in(text)[1].code == "normalised"


@given(st.floats(-1e12, 1e12, allow_nan=False).filter(lambda number: not 0 < abs(number) < 1e-100).map(repr))
def test_plain_numbers_are_read_without_a_word_by_every_reader(text):
    assert number_in(text) == (float(text), None)
    assert exact_number(text) == float(text)
    full = text.translate(FULL)
    assert "e" in text or exact_number(full) == float(text)


def tables(folder, text):
    """A table of every kind with a text for its number, and what reads it."""
    quoted = f'"{text}"'
    estimate = dict.fromkeys(OF_ESTIMATES, "x") | {"value": quoted, "tolerance": "1", "near_within": "1"}
    content = {
        "series.csv": f"entity,year,value\na,2018,{quoted}\n",
        "panel.csv": f"entity,year,emissions_tco2\na,2018,{quoted}\n",
        "estimates.csv": ",".join(OF_ESTIMATES) + "\n" + ",".join({**estimate, "confidence": "seen"}.values()) + "\n",
        "park.csv": "year,sector,quantity,item,value,unit,source,confidence,note\n"
        f"2018,park,energy,bituminous,{quoted},t,invented,invented,\n",
    }
    for name, lines in content.items():
        (folder / name).write_text(lines, encoding="utf-8")
    yield lambda: read_series(folder / "series.csv")["value"][0]
    yield lambda: read_panel(folder / "panel.csv").values["emissions_tco2"][0, 0]
    yield lambda: read_estimates(folder / "estimates.csv")[0].value

    def of_park():
        rows, faults = read_rows(folder / "park.csv")
        if faults:
            raise InputError(faults)
        return rows[0].value

    yield of_park


@given(NO_NUMBER)
def test_no_table_takes_what_the_reader_of_numbers_refuses(tmp_path_factory, text):
    for read in tables(tmp_path_factory.mktemp("tables"), text):
        with pytest.raises(InputError):
            read()


@given(st.integers(1, 10**9))
def test_every_table_takes_plain_digits(tmp_path_factory, number):
    for read in tables(tmp_path_factory.mktemp("tables"), str(number)):
        assert read() == number


@pytest.mark.parametrize("text", ["9530①", "8900²", "1_000", "0,315", "00,315", "0 315", "０，３１５", "1,00,000"])
def test_the_forms_that_were_misread_are_refused(tmp_path, text):
    assert number_in(text)[0] is None
    filled = Filled()
    place = filled.put(2019, "bituminous", text)
    assert examined(filled, tmp_path).of("error")[0].place == place


# number formats


@given(
    body=st.sampled_from(["0", "#,##0", "0.00", "#,##0.0#", "0.00E+00", "??0"]),
    commas=st.integers(0, 3),
    around=st.sampled_from([("", ""), ("_ ", "_ "), ("* ", ""), ("[Red]", ""), ("[$¥-804]", ""), ("\\(", "\\)")]),
    value=st.floats(1, 1e9),
)
def test_a_format_with_commas_behind_its_digits_shows_another_number(body, commas, around, value):
    number_format = around[0] + body + "," * commas + around[1]
    assert meaning(number_format, value).is_scaled == bool(commas)
    assert meaning(f"{number_format};[Red]-0", value) == meaning(number_format, value)
    assert not meaning(f"0;{number_format}", value).is_scaled


@given(word=st.text("万千百亿吨tkgWh元", min_size=1, max_size=4), marked_by=st.sampled_from(['"{}"', "\\{}", "!{}"]))
def test_words_of_a_format_are_found_unless_they_are_money(word, marked_by):
    text = marked_by.format(word) if '"' in marked_by else "".join(marked_by.format(sign) for sign in word)
    found = meaning(f"#,##0.00{text}", 5.0).words
    assert found == ("" if word == "元" else letters(word))


@pytest.mark.slow
@given(st.text(st.characters(codec="utf-8"), max_size=40), st.floats(-1e9, 1e9))
def test_every_text_is_a_format_of_some_meaning(number_format, value):
    meaning(number_format, value)


@pytest.mark.parametrize(("unit", "code"), [("%", "percent_format"), ("t", "format_scaled"), ("share", None)])
def test_a_percentage_is_set_against_its_unit(tmp_path, unit, code):
    key = {"%": "water_reuse", "share": "water_reuse", "t": "bituminous"}[unit]
    filled = Filled()
    for lines in filled.lines.values():
        lines[key] = {"value": 0.85 if unit == "share" else 85, "unit": unit}
    filled.touch = lambda book: book.get_worksheet_by_name("2019").write_number(
        cell_of(key), 0.85, book.add_format({"num_format": "0.0%"})
    )
    found = [fault.code for fault in examined(filled, tmp_path).faults if fault.place == f"2019!{cell_of(key)}"]
    assert (code in found) if code else not {"percent_format", "format_scaled"} & set(found)


@pytest.mark.parametrize("text", ["2.22507e-313", "4.94066e-324", "1.11254e-308", "1e-101"])
def test_amounts_too_small_to_divide_by_are_refused(tmp_path, text):
    """Found by a campaign: their quotients are infinite."""
    filled = Filled()
    filled.put(2019, "natural_gas", text)
    (fault,) = examined(filled, tmp_path).of("error")
    assert (fault.code, fault.value) == ("number_small", text)


def test_what_is_left_of_a_difference_is_a_number():
    assert number_in("2.8e-17")[0] == 2.8e-17
