from __future__ import annotations

from ser_core.emotions import AFFECT, EMOTIONS, GENDERS


def test_the_labels_stand_in_their_fixed_order() -> None:
    assert " ".join(EMOTIONS) == "neutral calm happy sad angry fearful disgust surprised"
    assert " ".join(GENDERS) == "female male"


def test_every_emotion_has_a_place_in_feeling_space() -> None:
    assert tuple(AFFECT) == EMOTIONS
    assert all(-1 <= coordinate <= 1 for affect in AFFECT.values() for coordinate in affect)


def test_opposite_emotions_lie_in_opposite_corners() -> None:
    assert AFFECT["happy"].valence > 0 > AFFECT["sad"].valence
    assert AFFECT["angry"].arousal > 0 > AFFECT["calm"].arousal
    assert AFFECT["neutral"] == (0, 0)
