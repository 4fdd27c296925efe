from __future__ import annotations

from ser_core.plots import lettering
from ser_core.plots.lettering import find_families, make_writable


def test_the_font_that_comes_with_matplotlib_is_first() -> None:
    assert find_families()[0] == "DejaVu Sans"


def test_fonts_that_are_not_installed_are_left_out() -> None:
    assert not lettering._find_letters("No Such Font 1")
    assert all(lettering._find_letters(family) for family in find_families())


def test_letters_of_many_scripts_stay() -> None:
    for text in ("note.ogg", "señal ü.wav", "сказка.wav", "φωνή.mp3"):
        assert make_writable(text, 30) == text


def test_what_no_font_can_write_becomes_a_box() -> None:
    assert make_writable("\udcff\n.wav", 30) == "□□.wav"


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    written = make_writable("a" * 50 + "b" * 50 + ".wav", 20)
    assert written == "aaaaaaaaa…bbbbbb.wav"
    assert len(written) == 20


def test_dollars_are_no_formula() -> None:
    assert make_writable("$x$", 30) == r"\$x\$"
