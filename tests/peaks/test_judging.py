"""Judging the series of anyone: accepted forms, faults, gaps, and the command line."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from peak_series import tent

import pathway_models as pw
from pathway_models.cli.main import main
from pathway_models.core.errors import InputError
from pathway_models.intake.panels import check_series, read_series
from pathway_models.kernels.published_rules import RULES
from pathway_models.peaks import command as module
from pathway_models.peaks import judging
from pathway_models.peaks.command import judge_command
from pathway_models.peaks.judging import MISS_COLUMNS, judge_file, observed_peaks
from pathway_models.peaks.sentences import describe_verdicts

TABLE = "entity,year,value\n" + "".join(f"苏州,{1990 + k},{value:.3f}\n" for k, value in enumerate(tent(15, 15)))


def faults_of(action):
    with pytest.raises(InputError) as caught:
        action()
    return caught.value.faults


def written(tmp_path, text, encoding="utf-8", name="series.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.slow
def test_a_table_is_judged_by_every_rule_for_every_entity():
    one = pd.DataFrame({"year": range(1990, 2021), "value": tent(15, 15)})
    table = pd.concat([one.assign(entity="b"), one.assign(entity="a")], ignore_index=True)
    verdicts = pw.judge(table)
    assert verdicts.columns.tolist() == ["entity", "rule", "verdict", "peak_year", "detail"]
    assert len(verdicts) == 2 * len(RULES)
    assert verdicts["entity"].unique().tolist() == ["b", "a"]
    assert verdicts["peak_year"].dtype == "Int64"
    assert verdicts.loc[0, ["verdict", "peak_year"]].tolist() == ["peaked", 2005]


def test_the_same_series_may_come_as_series_mapping_or_table():
    years, values = np.arange(1990, 2021), tent(15, 15)
    as_series = pd.Series(values, index=years, name="park")
    forms = [
        as_series,
        {"park": as_series},
        {"park": dict(zip(years.tolist(), values, strict=True))},
        pd.DataFrame({"entity": "park", "year": years, "value": values}),
    ]
    first, *others = (pw.judge(form, "c40") for form in forms)
    for other in others:
        pd.testing.assert_frame_equal(other, first)
    assert pw.judge(dict(zip(years.tolist(), values, strict=True)), "c40")["entity"].tolist() == ["series"]


def test_other_column_names_and_the_order_of_rows_are_accepted():
    table = pd.DataFrame({"城市": "苏州", "年": [2012, 2010, 2011], "排放": [80, 90, 100]})
    verdicts = pw.judge(table, ["pathway"], entity="城市", year="年", value="排放")
    assert verdicts.loc[0, ["verdict", "peak_year"]].tolist() == ["peaked", 2011]


def test_companion_columns_reach_the_rules_that_use_them():
    table = pd.DataFrame({"entity": "x", "year": range(1990, 2020), "value": tent(15, 14)})
    assert pw.judge(table, "hausfather2021")["verdict"].tolist() == ["unknown"]
    full = table.assign(consumption=tent(15, 14), gdp=np.linspace(1, 2, 30), population=3e6)
    assert pw.judge(full, "hausfather2021")["verdict"].tolist() == ["peaked"]


def test_rules_are_judged_as_of_a_year():
    years = dict(zip(range(1990, 2021), tent(15, 15), strict=True))
    verdicts = pw.judge(years, ["unep_g20"], as_of=2008)
    assert verdicts["verdict"].tolist() == ["not_peaked"]
    nothing = pw.judge(years, ["unep_g20", "c40"], as_of=1980)
    assert nothing["verdict"].tolist() == ["unknown", "unknown"]
    assert nothing["detail"][0] == "no data up to 1980; the series starts in 1990"


def test_gaps_are_no_fault_and_stand_in_the_detail():
    years = {1990 + k: value for k, value in enumerate(tent(15, 15)) if k not in (3, 4)}
    verdicts = pw.judge(years, ["pathway", "c40"]).set_index("rule")
    assert verdicts["verdict"].to_dict() == {"pathway": "unknown", "c40": "peaked"}
    assert "no value for 1993, 1994" in verdicts.loc["pathway", "detail"]
    assert verdicts.loc["c40", "detail"].endswith("no value for 1993, 1994")


def test_an_empty_value_is_a_missing_year():
    table = pd.DataFrame({"entity": "x", "year": [2000, 2001, 2002, 2003], "value": [1.0, None, 3.0, 2.0]})
    assert check_series(table)["year"].tolist() == [2000, 2002, 2003]
    only_empty = pd.DataFrame({"entity": ["x", "y", "z"], "year": 2000, "value": [1.0, None, None]})
    assert check_series(only_empty).attrs["told"] == ["without any value, left aside: y, z"]
    nothing = only_empty.assign(value=None)
    assert [fault.value for fault in faults_of(lambda: check_series(nothing))] == ["x", "y", "z"]


def test_every_fault_is_named_at_once():
    table = pd.DataFrame({"entity": ["a", "a", ""], "year": [2000, 2000, "20x0"], "value": [1, -2, "n/a"]})
    faults = faults_of(lambda: pw.judge(table, ["c41"], as_of=9))
    assert [fault.code for fault in faults] == ["rule", "as_of", "negative", "twice", "entity", "number", "number"]
    assert "one of pathway, observed_peak_test, bersalli2023" in faults[0].expected


@pytest.mark.parametrize(
    ("series", "code"),
    [
        (pd.DataFrame({"entity": ["a"], "year": [2000]}), "columns"),
        (pd.DataFrame({"entity": [], "year": [], "value": []}), "empty"),
        ({}, "empty"),
        ([1, 2, 3], "series"),
        ({2000.5: 1.0}, "year"),
        ({1066: 1.0}, "year"),
        ({2000: float("inf")}, "number"),
    ],
)
def test_what_is_no_series_is_refused(series, code):
    assert [fault.code for fault in faults_of(lambda: pw.judge(series))] == [code]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_of_chinese_spreadsheets_are_read_in_each_of_their_encodings(tmp_path, encoding):
    table = read_series(written(tmp_path, TABLE, encoding))
    assert table["entity"].unique().tolist() == ["苏州"]
    assert table["year"].tolist() == list(range(1990, 2021))
    assert table["value"].to_numpy() == pytest.approx(tent(15, 15), abs=5e-4)


def test_full_width_digits_mean_what_they_show(tmp_path):
    table = read_series(written(tmp_path, "entity,year,value\n园区,２０１９,１２．５\n"))
    assert table.loc[0, ["year", "value"]].tolist() == [2019, 12.5]


def test_faults_of_a_file_are_named_by_line_in_reading_order(tmp_path):
    text = "entity,year,value\na,2000,1\na,2000,2\n\na,2001\na,2002,-1\na,2003,1 234\n,2004,5\na,20050,5\n"
    faults = faults_of(lambda: read_series(written(tmp_path, text)))
    assert [(fault.place.split(",")[0], fault.code) for fault in faults] == [
        ("line 3", "twice"),
        ("line 5", "fields"),
        ("line 6", "negative"),
        ("line 7", "number"),
        ("line 8", "entity"),
        ("line 9", "year"),
    ]
    assert all(fault.file == "series.csv" for fault in faults)


def test_missing_and_doubled_columns_are_named(tmp_path):
    faults = faults_of(lambda: read_series(written(tmp_path, "entity,year,year\na,1,2\n")))
    assert [fault.expected for fault in faults] == ["a column value", "each column once"]
    assert faults_of(lambda: read_series(tmp_path / "none.csv"))[0].code == "no_file"
    assert faults_of(lambda: read_series(written(tmp_path, "entity,year,value\n")))[0].code == "empty"


def test_observed_peaks_gives_each_series_its_own_error_rates():
    years = range(1990, 2021)
    series = {"falls": dict(zip(years, tent(15, 15), strict=True)), "short": {2019: 1.0, 2020: 2.0}}
    tested = observed_peaks(series).set_index("entity")
    assert tested["status"].to_dict() == {"falls": "peaked", "short": "unknown"}
    assert tested["peak_year"].tolist() == [2005, pd.NA]
    assert (tested.loc["falls", list(MISS_COLUMNS)] <= 0.5).all()
    assert tested.loc["short", list(MISS_COLUMNS)].isna().all()
    assert tested.loc["falls", "p_peaked"] < 0.01
    assert "years" in tested.loc["short", "detail"]


def command(*arguments):
    return CliRunner().invoke(judge_command, [str(argument) for argument in arguments])


def test_the_command_prints_an_aligned_table(tmp_path):
    result = command(written(tmp_path, TABLE), "--rule", "pathway", "--rule", "c40")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[:3] == ["", "## 苏州", ""]
    assert lines[3] == "rule     verdict  peak year  detail"
    assert lines[4].startswith("pathway  peaked        2005  plateau 2005-2005")
    assert lines[-1] == "苏州: peaked: 2 of the 2 rules that can judge say peaked (2005)."


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (("peaked", "rising", "unknown"), "undecided: 1 of the 2 rules that can judge say peaked (2011); 1 cannot"),
        (("rising", "plateau", "peaked"), "not peaked: 1 of the 3 rules"),
        (("unknown", "unknown", "unknown"), "no rule can judge this series."),
    ],
)
def test_the_verdict_counts_only_rules_that_can_judge(verdicts, said):
    years = pd.array([2011 if verdict == "peaked" else None for verdict in verdicts], dtype="Int64")
    assert describe_verdicts(pd.DataFrame({"verdict": verdicts, "peak_year": years})).startswith(said)


def test_the_command_writes_csv_and_json(tmp_path):
    path = written(tmp_path, TABLE)
    as_csv = command(path, "--rule", "c40", "--format", "csv").stdout.splitlines()
    assert as_csv[0] == "entity,rule,verdict,peak_year,detail"
    assert as_csv[1].startswith("苏州,c40,peaked,2005,")
    rows = json.loads(command(path, "--as-of", "1995", "--format", "json").stdout)
    assert len(rows) == len(RULES)
    assert {row["peak_year"] for row in rows} == {None}


def test_the_command_takes_other_columns_and_answers_a_mistake_without_a_traceback(tmp_path):
    path = written(tmp_path, TABLE.replace("entity,year,value", "city,y,mt"))
    names = ("--entity", "city", "--year", "y", "--value", "mt")
    assert command(path, *names, "--rule", "c40").exit_code == 0
    wrong = command(path, "--rule", "c40")
    assert wrong.exit_code == 1
    assert "a column entity" in wrong.output
    assert "Traceback" not in wrong.output
    unknown_rule = command(path, *names, "--rule", "c41")
    assert unknown_rule.exit_code == 1
    assert "'c41'" in unknown_rule.stderr


def test_a_name_of_the_input_is_no_formula_in_the_output(tmp_path):
    path = written(tmp_path, TABLE.replace("苏州", '"=HYPERLINK(""http://x.invalid"",""y"")"'))
    lines = command(path, "--rule", "c40", "--format", "csv").stdout.splitlines()
    assert lines[1].startswith("\"'=HYPERLINK")


# what contradicts a series, and what it lacks


@pytest.mark.parametrize("column", ["unit", "单位", "Units"])
def test_a_unit_that_changes_within_an_entity_is_refused_at_its_line(tmp_path, column):
    text = f"entity,year,value,{column}\na,2010,90,Mt\na,2011,100,Mt\na,2012,97000000,t\nb,2010,5,t\n"
    faults = faults_of(lambda: read_series(written(tmp_path, text)))
    assert [(fault.place, fault.code) for fault in faults] == [(f"line 4, {column}", "unit_changes")]
    assert "Mt in line 2" in faults[0].expected
    table = pd.read_csv(written(tmp_path, text))
    assert [fault.code for fault in faults_of(lambda: pw.judge(table))] == ["unit_changes"]


@pytest.mark.parametrize("column", ["sector", "scope", "行业", "Scenario"])
def test_rows_of_several_series_under_one_entity_are_refused(tmp_path, column):
    head = f"entity,{column},year,value\n"
    side_by_side = head + "a,steel,2010,90\na,cement,2010,40\na,steel,2011,80\na,cement,2011,50\n"
    one_after_the_other = head + "a,steel,2010,90\na,steel,2011,80\na,cement,2012,50\na,cement,2013,40\n"
    for text in (side_by_side, one_after_the_other):
        assert [fault.code for fault in faults_of(lambda text=text: read_series(written(tmp_path, text)))] == [
            "several_series"
        ]
    apart = head + "a,steel,2010,90\na,steel,2011,80\nb,cement,2010,50\nb,cement,2011,40\n"
    assert len(read_series(written(tmp_path, apart))) == 4


def test_remarks_and_columns_that_are_left_aside_are_named(tmp_path):
    head, *lines = TABLE.splitlines()
    text = "\n".join([f"{head},note", *(f"{line},x" for line in lines)])
    path = written(tmp_path, f"{text}\n,,,\nSource: somebody\n数据来源：某处,,,\n")
    told = pw.judge(read_series(path), "c40").attrs["told"]
    assert told[0] == "columns that are not used: note"
    assert [one.split(" is no row of data: ")[1] for one in told[1:]] == ["数据来源：某处", "Source: somebody"]
    answer = command(path, "--rule", "c40", "--format", "csv")
    assert "columns that are not used: note" in answer.stderr
    assert "note" not in answer.stdout
    in_between = path.read_text(encoding="utf-8") + "苏州,2021,1,x\n"
    assert "fields" in {fault.code for fault in faults_of(lambda: read_series(written(tmp_path, in_between)))}


def fallen(**companions):
    """A series that peaked in 2000 and falls significantly, with its companions."""
    years = range(1990, 2020)
    return pd.DataFrame({"entity": "x", "year": years, "value": tent(10, 19), **companions})


def test_consumption_that_rises_contradicts_lequere2019():
    alone = pw.judge(fallen(), "lequere2019").loc[0]
    assert (alone["verdict"], alone["detail"][-21:]) == ("peaked", "consumption not given")
    assert pw.judge(fallen(consumption=tent(10, 19)), "lequere2019")["verdict"].tolist() == ["peaked"]
    assert pw.judge(fallen(consumption=np.linspace(1, 2, 30)), "lequere2019")["verdict"].tolist() == ["not_peaked"]


def test_a_companion_that_no_chosen_rule_uses_is_named():
    told = pw.judge(fallen(consumption=np.linspace(1, 2, 30)), "c40").attrs["told"]
    assert told == ["columns that no chosen rule uses: consumption"]


@pytest.mark.parametrize(
    ("companions", "ending"),
    [
        ({}, "economy not given"),
        ({"population": np.linspace(1, 2, 30)}, "GDP not given"),
        ({"population": np.linspace(1, 2, 30), "gdp": [1.0] * 20 + [None] * 10}, "GDP not given"),
        ({"gdp": np.linspace(1, 2, 30)}, "population not given"),
        ({"gdp": np.linspace(1, 2, 30), "population": np.linspace(1, 2, 30)}, "proactive"),
        ({"gdp": np.linspace(2, 1, 30)}, "passive: GDP fell"),
    ],
)
def test_an_economy_that_is_not_given_is_no_finding_of_shan2022(companions, ending):
    assert pw.judge(fallen(**companions), "shan2022").loc[0, "detail"].endswith(ending)


@pytest.mark.slow
def test_a_series_whose_maximum_is_37_years_back_is_not_called_rising():
    """Only the last 30 years were tested, and those rise."""
    rng = np.random.default_rng(7)
    back = np.concatenate([np.linspace(40, 100, 21), np.linspace(96, 40, 7), np.linspace(40.5, 70, 30)])
    values = back * np.exp(rng.normal(0, 0.01, back.size))
    tested = observed_peaks(dict(zip(range(1960, 2018), values, strict=True)))
    assert int(np.argmax(values)) == len(values) - 1 - 37
    assert tested["status"].tolist() != ["rising"]
    assert pw.judge(dict(zip(range(1960, 2018), values, strict=True)), "observed_peak_test")["verdict"][0] != "rising"


def ragged(entities=40):
    """Series of all lengths, with gaps, zeros, equal values and companions."""
    rng = np.random.default_rng(5)
    rows = []
    for at in range(entities):
        length, first = int(rng.integers(1, 45)), int(rng.integers(1960, 2012))
        values = np.exp(np.cumsum(rng.normal(-0.005, 0.04, length)))
        values = np.round(values, 1) if at % 3 == 0 else values
        values[rng.random(length) < 0.02] = 0.0
        kept = rng.random(length) > (0.05 if at % 4 == 0 else -1.0)
        kept[0] = True
        for year in np.flatnonzero(kept):
            gdp = 100 * 1.02**year if at % 2 else np.nan
            rows.append((f"e{at}", first + int(year), float(values[year]), gdp))
    return pd.DataFrame(rows, columns=["entity", "year", "value", "gdp"])


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [None, 1995])
def test_many_series_get_the_answers_that_each_gets_alone(as_of):
    table = ragged()
    together = pw.judge(table, as_of=as_of)
    for name, group in table.groupby("entity", sort=False):
        years, values = group["year"].to_numpy(), group["value"].to_numpy()
        if as_of is not None and years[0] > as_of:
            continue
        missing = sorted(set(range(years[0], min(years[-1], as_of or years[-1]) + 1)) - set(years.tolist()))
        for row in together[together["entity"] == name].itertuples():
            extra = {"gdp": group["gdp"].to_numpy()} if "gdp" in RULES[row.rule].companions else {}
            alone = RULES[row.rule].apply(years, values, as_of=as_of, **extra)
            ending = f"; no value for {', '.join(map(str, missing))}" if missing and alone.verdict != "unknown" else ""
            year = None if pd.isna(row.peak_year) else row.peak_year
            assert (row.verdict, year, row.detail) == (alone.verdict, alone.peak_year, alone.detail + ending)


def test_a_file_is_judged_as_its_table(tmp_path):
    table = ragged(12)
    path = tmp_path / "series.csv"
    table.to_csv(path, index=False)
    found = judge_file(path, ["c40", "shan2022"], 2005)
    pd.testing.assert_frame_equal(found, pw.judge(read_series(path), ["c40", "shan2022"], 2005))
    assert {fault.code for fault in faults_of(lambda: judge_file(path, "none", 1))} == {"rule", "as_of"}


def test_long_work_is_announced_before_it_begins_and_minutes_of_it_are_refused(tmp_path, monkeypatch):
    path = written(tmp_path, TABLE)
    said = []
    judge_file(path, announce=said.append)
    assert not said
    monkeypatch.setattr(judging, "ANNOUNCED", 0.0)
    judge_file(path, "c40", announce=said.append)
    assert said == ["1 series by 1 rules: this takes about 1 seconds"]
    table = "entity,year,value\n" + "".join(f"a,{1900 + k},{100 - k}\n" for k in range(60))
    monkeypatch.setattr(judging, "MOST_SIMULATED", 59)
    path = written(tmp_path, table)
    (fault,) = faults_of(lambda: judge_file(path))
    assert fault.code == "lengths_many"
    assert "60 years" in fault.remedy
    assert len(judge_file(path, "c40")) == 1


@pytest.mark.parametrize(("lang", "said"), [("en", "12 series: their verdicts"), ("zh", "12个序列：仅列出判定结论")])
def test_of_many_series_a_terminal_shows_the_verdicts_alone(tmp_path, monkeypatch, lang, said):
    path = tmp_path / "series.csv"
    ragged(12).to_csv(path, index=False)
    call = ["judge", str(path), "--rule", "c40", "--lang", lang]
    whole = CliRunner().invoke(main, call)
    monkeypatch.setattr(module, "MOST_SHOWN", 11)
    short = CliRunner().invoke(main, call)
    assert (whole.exit_code, short.exit_code) == (0, 0)
    assert said in short.stderr
    assert said not in whole.stderr
    assert whole.stdout.endswith(short.stdout)
    assert whole.stdout.count("## e") == 12
    assert short.stdout.count("## e") == 0
    assert all(f"e{at}" in short.stdout for at in range(12))


def test_many_columns_that_nobody_asks_for_are_told_in_a_line(tmp_path):
    """A line of 128 kB has room for 15,000: none of them may cost a look at all the others."""
    others = [f"c{k}" for k in range(15_000)]
    text = "entity,year,value," + ",".join(others) + "\na,2000,1" + "," * 15_000 + "\n"
    path = written(tmp_path, text)
    (told,) = judge_file(path, "c40").attrs["told"]
    assert told == f"columns that are not used: {', '.join(others[:20])} and 14980 more"
    (told,) = pw.read_panel(path).told
    assert told.endswith("and 14980 more")


def test_a_table_of_columns_of_years_has_a_bound_of_its_own(tmp_path):
    years = range(1900, 2100)
    text = "entity," + ",".join(map(str, years)) + "\n" + "".join(f"e{k}" + ",1" * 200 + "\n" for k in range(1501))
    (fault,) = faults_of(lambda: judge_file(written(tmp_path, text), "c40", wide=True))
    assert (fault.code, fault.value) == ("text_large", "1501 x 200")


@pytest.mark.parametrize(
    ("values", "years"),
    [
        ([300, 310, 290, 0], "2003"),
        ([0, 300, 310, 290], "2000"),
        ([300, 310, 0, 290], "2002"),
        ([300, 200, 80, 0], ""),
        ([0, 0, 0, 120, 130], ""),
        ([300, 310, 0, 0], ""),
        ([0, 0, 0], ""),
    ],
)
def test_a_zero_beside_large_values_is_told(tmp_path, values, years):
    text = "entity,year,value\n" + "".join(f"a,{2000 + at},{value}\n" for at, value in enumerate(values))
    told = judge_file(written(tmp_path, text), "c40").attrs["told"]
    expected = [f"0 beside large values, taken for a year without emissions: a {years}"] if years else []
    assert told == expected
