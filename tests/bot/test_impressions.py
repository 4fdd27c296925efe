from __future__ import annotations

from hearings import make_impression

from bot.impressions import Impressions

ADA, BO = 1, 2


def test_the_impressions_of_a_person_are_given_the_oldest_first_until_they_are_dropped() -> None:
    impressions, kept = Impressions(), {note: make_impression(bytes([note])) for note in (5, 3, 9)}
    for note_id, impression in kept.items():
        impressions.keep(note_id, ADA, impression)
    assert list(impressions.find_all(ADA).items()) == list(kept.items())
    impressions.drop([5, 9, 77])
    assert list(impressions.find_all(ADA)) == [3]


def test_those_of_others_are_left() -> None:
    impressions = Impressions()
    impressions.keep(1, ADA, make_impression())
    impressions.keep(2, BO, make_impression())
    assert set(impressions.find_all(ADA)) == {1}
    assert set(impressions.find_all(BO)) == {2}


def test_whoever_is_forgotten_has_none() -> None:
    impressions = Impressions()
    impressions.keep(1, ADA, make_impression())
    impressions.keep(2, BO, make_impression())
    impressions.forget(ADA)
    assert impressions.find_all(ADA) == {}
    assert set(impressions.find_all(BO)) == {2}


def test_the_oldest_goes_where_there_are_too_many() -> None:
    impressions = Impressions(max_notes=2)
    for note_id in (1, 2, 1, 3):  # the first note was listened to once more
        impressions.keep(note_id, ADA, make_impression())
    assert list(impressions.find_all(ADA)) == [1, 3]
