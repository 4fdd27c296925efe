"""`ser plot`: recordings, or what corpora hold, as pictures."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import typer
from threadpoolctl import threadpool_limits

from ser_core.commands.corpora import list_skipped
from ser_core.commands.recognise import LIMITS, STANDARD_INPUT, read_recording
from ser_core.corpora import read_corpus
from ser_core.decode import decode
from ser_core.errors import NoSpeech, SerError
from ser_core.pipeline import listen_to_waveform
from ser_core.plots import draw_counts, draw_recording
from ser_core.plots.recording import describe
from ser_core.store import load_model

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from matplotlib.figure import Figure

    from ser_core.corpora import Reading
    from ser_core.recognition import Recognition
    from ser_core.store import Model
    from ser_core.waveform import Waveform

PictureFormat = Literal["png", "svg"]

COUNTS_NAME: Final = "emotion-counts"
STANDARD_INPUT_NAME: Final = "standard-input"
DPI: Final = 140
_METADATA: Final = {".png": {"Software": None}, ".svg": {"Creator": None, "Date": None}}
"""Nothing that changes from day to day."""


def plot_files(files: Sequence[str], *, out: Path, place: str, picture: PictureFormat) -> bool:
    """Draw each recording into a folder, and print where; tell whether all were drawn.

    A recording in which nobody speaks is drawn, too.

    Raises:
        SetupError: if the model cannot be used.
    """
    model = load_model(place)
    threadpool_limits(1)  # the networks are so small that threads only wait for each other
    taken = {Path(file).resolve() for file in files}
    all_drawn = True
    for file in files:
        try:
            waveform = decode(read_recording(file), LIMITS)
            recognition = _listen(waveform, model)
            figure = draw_recording(waveform, recognition, _name(file))
            path = _choose_path(_name(file), out, picture, taken)
            write_picture(figure, path)
        except (SerError, OSError) as error:
            all_drawn = False
            typer.echo(f"{file}: {getattr(error, 'strerror', None) or error}", err=True)
        else:
            taken.add(path.resolve())
            typer.echo(f"{file}: {describe(waveform, recognition)} -> {path}")
    return all_drawn


def plot_corpora(names: Sequence[str], corpora: Path, *, out: Path, picture: PictureFormat) -> None:
    """Draw how many clips of which emotion corpora hold, and print where.

    Raises:
        CorpusError: if one of them cannot be read.
    """
    readings: dict[str, Reading] = {}
    for name in dict.fromkeys(names):
        reading = read_corpus(name, corpora)
        title = reading.clips[0].corpus
        readings[name if title in readings else title] = reading
        for line in list_skipped(name, reading.skipped):
            typer.echo(line, err=True)
    path = out / f"{COUNTS_NAME}.{picture}"
    write_picture(draw_counts(readings), path)
    typer.echo(f"{', '.join(readings)} -> {path}")


def write_picture(figure: Figure, path: Path) -> None:
    """Write a figure, in one step: whoever looks meanwhile sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        draft = Path(folder, f"draft{path.suffix}")
        figure.savefig(draft, dpi=DPI, metadata=_METADATA[path.suffix])
        draft.replace(path)


def _listen(waveform: Waveform, model: Model) -> Recognition | None:
    """Give what is heard, and None if nobody speaks."""
    try:
        return listen_to_waveform(waveform, model).recognition
    except NoSpeech:
        return None


def _name(file: str) -> str:
    """Give what a recording is called in its picture, and its picture after it."""
    return STANDARD_INPUT_NAME if file == STANDARD_INPUT else Path(file).name


def _choose_path(name: str, out: Path, picture: PictureFormat, taken: Container[Path]) -> Path:
    """Give a place for a picture that is no recording's, and no other picture's of this run."""
    path = out / f"{name}.{picture}"
    number = 1
    while path.resolve() in taken:
        number += 1
        path = out / f"{name}-{number}.{picture}"
    return path
