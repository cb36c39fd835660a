"""A small campaign of inputs of every form; ``python tasks.py test --campaign 10000`` is the full one."""

import pytest
from campaign import campaign, plain


def test_the_second_reader_reads_as_a_careful_person_does():
    texts = ("1,234", "1 234.5", "１２", "0,315", "1_000", "9530①", "8900²", "1,23", "nan", "")
    assert [plain(text) for text in texts] == [1234.0, 1234.5, 12.0, None, None, None, None, None, None, None]


@pytest.mark.slow
@pytest.mark.skipif("sys.platform == 'win32'", reason="links and signals of other systems")
def test_nothing_of_a_small_campaign_is_faulty():
    tallies = campaign(60, 100, 15, 0, of=20240401)
    assert [told for tally in tallies for told in tally.faults] == []
    damaged, ordinary, side, descriptions, calls = tallies
    assert all(sum(tally.ends.values()) >= 15 for tally in (damaged, side, descriptions, calls))
    assert all(tally.ends["accepted rightly"] and tally.ends["refused clearly"] for tally in (damaged, side))
    assert descriptions.ends["refused clearly"]  # one in twenty is accepted, of fifty perhaps none
    assert ordinary.ends["accepted rightly"] == 3
