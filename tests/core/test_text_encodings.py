"""Texts in the encodings of Chinese machines are read; others that decode as one of them are refused by name."""

import re
from functools import cache

import pytest
from data_reading import ROOT
from hypothesis import assume, given
from hypothesis import strategies as st

from pathway_models.core.errors import InputError
from pathway_models.core.files import read_text

WESTERN = ("Zürich", "Île-de-France", "Nariño", "São Paulo", "Österreich", "Köln", "Besançon", "Türkiye", "China’s")
TAIWAN = (
    "台北",
    "桃園",
    "屏東",
    "花蓮",
    "臺東",
    "苗栗",
    "金門",
    "香港",
    "九龍",
    "中國鋼鐵",
    "台灣水泥",
    "華新麗華",
    "排放量",
)
GB2312 = [
    bytes([first, second]).decode("gb2312")
    for first in range(0xB0, 0xF8)
    for second in range(0xA1, 0xFF)
    if not (first == 0xD7 and second > 0xF9)
]


@cache
def chinese_names():
    """All runs of Chinese characters in the shipped tables and descriptions."""
    names = set()
    for path in [*sorted(ROOT.glob("data/**/*.csv")), *sorted(ROOT.glob("data/**/*.yml"))]:
        names.update(re.findall(r"[\u4e00-\u9fff]{1,12}", path.read_text(encoding="utf-8")))
    return sorted(name for name in names if not is_utf8(name))


def is_utf8(name):
    """Tell whether the GB18030 bytes of a name are UTF-8 as well, which is then believed: 一 is."""
    try:
        return bool(name.encode("gb18030").decode("utf-8"))
    except UnicodeDecodeError:
        return False


def written(tmp_path, text, encoding):
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


def table(*names):
    return "entity,year,value\n" + "".join(f"{name},{year},12.5\n" for name in names for year in (2019, 2020))


@given(st.lists(st.sampled_from(chinese_names()), min_size=1, max_size=3))
def test_no_name_of_the_shipped_data_in_gb18030_is_doubted(tmp_path_factory, names):
    for text in (table(*names), names[0], "、".join(names)):
        assert read_text(written(tmp_path_factory.mktemp("names"), text, "gb18030")) == text


def test_every_name_of_the_shipped_data_is_read_by_itself(tmp_path):
    assert len(chinese_names()) > 2_000
    for name in chinese_names():
        text = f"名称\n{name}\n"
        assert read_text(written(tmp_path, text, "gb18030")) == text


@given(st.text(st.sampled_from(GB2312), min_size=1, max_size=4), st.text("ab1 ,.kgm²℃㎡Ωμ—（）①Ⅱ", max_size=4))
def test_no_text_of_gb_2312_is_doubted(tmp_path_factory, name, unit):
    text = f"entity,year\n{name},2019\n{name}{unit},2020\n"
    read_text(written(tmp_path_factory.mktemp("any"), text, "gb18030"))


@given(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
    st.text(st.sampled_from(GB2312), min_size=1, max_size=3),
    st.booleans(),
)
def test_one_rare_character_beside_ordinary_ones_is_no_other_encoding(tmp_path_factory, rare, name, is_first):
    text = table(rare + name if is_first else name + rare)
    assume(not is_utf8(text))
    assert read_text(written(tmp_path_factory.mktemp("rare"), text, "gb18030")) == text


@pytest.mark.parametrize("name", WESTERN)
def test_letters_with_accents_are_not_taken_for_chinese(tmp_path, name):
    path = written(tmp_path, table("Aachen", name), "cp1252")
    assert name not in path.read_bytes().decode("gb18030")
    with pytest.raises(InputError, match="UTF-8") as caught:
        read_text(path)
    (fault,) = caught.value.faults
    assert (fault.code, fault.place) == ("encoding_other", "line 4")
    assert name in fault.remedy
    assert "Latin-1" in fault.remedy
    assert fault.value.startswith(path.read_bytes().decode("gb18030").splitlines()[3][:3])


@pytest.mark.parametrize("name", TAIWAN)
def test_traditional_chinese_is_not_taken_for_other_characters(tmp_path, name):
    with pytest.raises(InputError) as caught:
        read_text(written(tmp_path, table(name), "big5"))
    (fault,) = caught.value.faults
    assert fault.code == "encoding_other"
    assert f"Big5, in which it says {name}" in fault.remedy


@given(st.lists(st.sampled_from(TAIWAN), min_size=2, max_size=6, unique=True))
def test_a_table_in_big5_is_refused(tmp_path_factory, names):
    with pytest.raises(InputError):
        read_text(written(tmp_path_factory.mktemp("big5"), table(*names), "big5"))


@given(st.lists(st.sampled_from(chinese_names()), min_size=2, max_size=6), st.sampled_from([b"\xfc", b"\xe9", b"\xe5"]))
def test_utf8_with_a_torn_part_is_not_read_as_gb18030(tmp_path_factory, names, torn):
    path = tmp_path_factory.mktemp("torn") / "table.csv"
    path.write_bytes(table(*names).encode() + b"Z" + torn + b"rich,2019,1\n")
    with pytest.raises(InputError) as caught:
        read_text(path)
    assert caught.value.faults[0].code in {"encoding_torn", "encoding"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_is_never_doubted(tmp_path, encoding):
    text = table(*WESTERN, *TAIWAN)
    assert read_text(written(tmp_path, text, encoding)) == text
