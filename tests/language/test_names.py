"""Words and names: every one in both languages, invented parks marked, what is unknown shown by its id."""

import re
import string

import pytest

from pathway_models.core.errors import PathwayError
from pathway_models.intake.naming import headline, is_invented, item_name, park_name, scenario_name
from pathway_models.intake.parks import read_park
from pathway_models.intake.register import read_register
from pathway_models.language.words import INVENTED, WORDS, say, share_words, word, word_list

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def blanks(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", WORDS)
def test_every_word_has_both_languages_with_the_same_blanks(key):
    english, chinese = WORDS[key]
    assert english
    assert not CHINESE.search(english)
    assert chinese
    assert blanks(english) == blanks(chinese)


@pytest.mark.parametrize("speak", [word, park_name, scenario_name, item_name])
def test_other_languages_are_refused(speak):
    with pytest.raises(ValueError, match=re.escape("lang is 'en' or 'zh', not 'de'")):
        speak("coal", "de")


def test_a_sentence_is_said_in_the_language_asked_for():
    assert say("zh", en="yes", zh="是") == "是"


@pytest.mark.slow
def test_every_sector_and_process_of_the_shipped_tables_has_a_name_in_both_languages():
    for entry in read_register():
        if entry.has_data:
            park = read_park(entry.park_id)
            for item in (*park.sectors, *park.carriers, *(process.name for process in park.processes)):
                assert CHINESE.search(item_name(item, "zh")), (entry.park_id, item)
                assert not CHINESE.search(item_name(item, "en"))


def test_what_has_no_name_is_shown_by_its_id():
    assert park_name("my-park", "en") == "my-park"
    assert scenario_name("my_scenario", "zh") == "my_scenario"
    assert scenario_name("towards_neutral_2060", "en") == "Towards neutrality in 2060"  # of the driver families
    assert item_name("ship_building", "zh") == "ship building"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_invented_parks_are_marked_in_both_languages_wherever_they_are_named(lang):
    assert headline("demo-steel", lang).startswith(f"[{INVENTED}] ")
    assert INVENTED not in headline("region-d", lang)


def test_whether_an_unregistered_park_is_invented_is_not_guessed():
    with pytest.raises(PathwayError, match=re.escape("'my-park' is not in the register: give the Park itself")):
        is_invented("my-park")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_word_list_explains_the_words_of_the_answer(lang):
    explained = {term for term, _ in word_list(lang, 2030)["entries"]}
    assert set(share_words(lang, 2030).values()) <= explained
