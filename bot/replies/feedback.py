"""PURE  Was the answer right? The buttons to say so, and what is said of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.languages import gettext as _
from bot.replies.formats import EMOJIS, name_emotion
from ser_core.emotions import EMOTIONS, GENDERS

if TYPE_CHECKING:
    from bot.database.learning import Opinion
    from ser_core.recognition import Recognition

FEEDBACK: Final = "feedback"
"""What the data of each button begin with; the note and one word follow."""
RIGHT: Final = "right"
CHOOSE: Final = "choose"
BACK: Final = "back"
"""These words, or the emotion or gender that somebody says it was."""

_IN_A_ROW: Final = 2


def offer(
    note_id: int, recognition: Recognition, opinion: Opinion | None
) -> tuple[InlineKeyboardButton, ...]:
    """Give the row of buttons under the answer to one's own note.

    It asks whether the answer was right, or what it was where the answer was not sure; once
    somebody has said something, it tells what, and takes something else in its place.
    """
    said = _name_opinion(opinion)
    if said:
        return (_make_button(_("✏️ You said: {label}").format(label=said), note_id, CHOOSE),)
    if not recognition.is_sure:
        return (_make_button(_("✏️ What was it?"), note_id, CHOOSE),)
    return (
        _make_button(_("👍 Right"), note_id, RIGHT),
        _make_button(_("👎 Wrong"), note_id, CHOOSE),
    )


def offer_choice(note_id: int, opinion: Opinion | None) -> InlineKeyboardMarkup:
    """Give a button for each emotion and each gender; what was said already is ticked."""
    chosen = set() if opinion is None else {opinion.emotion, opinion.gender}
    labels = {emotion: f"{EMOJIS[emotion]} {name_emotion(emotion)}" for emotion in EMOTIONS}
    labels |= {gender: _name_gender(gender) for gender in GENDERS}
    buttons = [
        _make_button(f"✓ {label}" if word in chosen else label, note_id, word)
        for word, label in labels.items()
    ]
    rows = [buttons[at : at + _IN_A_ROW] for at in range(0, len(buttons), _IN_A_ROW)]
    return InlineKeyboardMarkup([*rows, [_make_button(_("↩️ Back"), note_id, BACK)]])


def thank() -> str:
    """Thank for an opinion."""
    return _("🙏 Thank you!")


def _name_opinion(opinion: Opinion | None) -> str:
    """Give what somebody said of a note; nothing where they said nothing."""
    if opinion is None:
        return ""
    names = [
        name_emotion(opinion.emotion) if opinion.emotion else "",
        _name_gender(opinion.gender) if opinion.gender else "",
    ]
    return " · ".join(name for name in names if name)


def _name_gender(gender: str) -> str:
    """Give the name of a gender as a label: it is the voice that sounds so."""
    return {"female": _("Female voice"), "male": _("Male voice")}[gender]


def _make_button(label: str, note_id: int, word: str) -> InlineKeyboardButton:
    """Give a button that says a word of a note."""
    return InlineKeyboardButton(label, callback_data=f"{FEEDBACK}:{note_id}:{word}")
