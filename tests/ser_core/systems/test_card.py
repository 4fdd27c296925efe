from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ser_core.systems import mlp_300
from ser_core.systems.card import name_licence, write_system_card

if TYPE_CHECKING:
    from ser_core.systems.system import System

FIELDS: dict[str, Any] = {"id": "mlp-300-1a2b3c4d", "licence": "CC0 1.0", "settings": {}}
FIGURES: dict[str, Any] = {
    "ravdess": {
        "clips": 1440,
        "speakers": 24,
        "emotions": ["happy", "sad"],
        "accuracy": 0.4,
        "uar": 0.41,
        "ece": 0.05,
        "recall": {"happy": 0.5, "sad": 0.3},
        "by_gender": {"uar": {"female": 0.5, "male": 0.3}},
        "gender": None,
    }
}


def write(
    system: System = mlp_300.SYSTEM, *, has_gender_teller: bool = True, **fields: object
) -> str:
    return write_system_card(
        system, FIELDS | fields, FIGURES, seed=7, has_gender_teller=has_gender_teller
    )


def test_a_card_names_system_corpora_licences_protocol_and_figures() -> None:
    card = write()
    for told in (
        "# mlp-300-1a2b3c4d",
        "A reference system of the laboratory, `mlp-300`",
        "Licence of this bundle: CC0 1.0",
        "`classic180`; each clip as it is; seed 7",
        "| 1440 | 24 | CC BY-NC-SA 4.0 |",
        "unseen speakers",
        "| ravdess | 2 | 40.0 % | 41.0 % | 50.0 % | 30.0 % | 5.0 % | - |",
        "| happy | 50.0 % |",
        "`ser train --system mlp-300`",
    ):
        assert told in card


def test_a_card_tells_settings_copies_and_what_is_needed() -> None:
    system = replace(mlp_300.SYSTEM, noisy_copies=2, extra="opensmile")
    card = write(system, settings={"alpha": 0.1, "hidden_layer_sizes": (8, 4)})
    assert "`ser train --system mlp-300 --set alpha=0.1 --set hidden_layer_sizes=8x4`" in card
    assert "each clip also as 2 noisy copies" in card
    assert "needs the extra `opensmile`. So does whoever uses it" in card
    assert "openSMILE" not in write(replace(system, extra="training"))


@pytest.mark.parametrize(
    ("is_together", "has_gender_teller", "told"),
    [
        (True, False, "emotion and gender together"),
        (False, True, "logistic regression"),
        (False, False, "both for as probable"),
    ],
)
def test_a_card_tells_where_genders_come_from(
    is_together: bool,  # noqa: FBT001 - an example
    has_gender_teller: bool,  # noqa: FBT001 - an example
    told: str,
) -> None:
    system = replace(mlp_300.SYSTEM, tells_gender=is_together)
    assert told in write(system, has_gender_teller=has_gender_teller)


def test_each_licence_is_named_once_and_those_of_other_corpora_too() -> None:
    assert name_licence(["ravdess"]) == "CC BY-NC-SA 4.0"
    both = name_licence(["ravdess", "crema-d", "mine"])
    assert both == "ODbL 1.0, contents DbCL 1.0 and CC BY-NC-SA 4.0 and that of mine"
