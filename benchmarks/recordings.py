"""Short recordings in every format that a phone sends, made of a voice of formulas."""

from __future__ import annotations

import io
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import imageio_ffmpeg
import numpy as np
import soundfile

from ser_core.synthesis import encode_voice_note, speak

_CONVERSIONS: Final = {
    "mp4": (
        "-c:a aac -f mp4 -movflags faststart",
        "-c:a aac -f mp4 -movflags frag_keyframe+empty_moov",
        "-c:a aac -f ipod",
        "-c:a aac -f 3gp",
        "-c:a alac -f mov",
    ),
    "webm": ("-c:a libopus -f webm", "-c:a libvorbis -f matroska", "-c:a pcm_s16le -f matroska"),
    "aac": ("-c:a aac -f adts",),
}
"""How ffmpeg is told to make a recording."""


def make_recordings(kind: str) -> list[bytes]:
    """Give whole recordings of a kind, each a second long or so."""
    voice = speak("happy", seconds=1.2).samples
    short = voice[:12_000]
    stereo = np.stack([short, short[::-1]], axis=1)
    if kind == "ogg opus":
        with_tags = _run_ffmpeg(voice, "-c:a libopus -b:a 16k -metadata title=x -f ogg")
        return [encode_voice_note(speak(seconds=1.2)), with_tags]
    if kind == "amr":
        narrow, wide = (b"#!AMR\n", b"\x3c", 31), (b"#!AMR-WB\n", b"\x44", 60)
        return [magic + 40 * (head + bytes(range(size))) for magic, head, size in (narrow, wide)]
    if kind in _CONVERSIONS:
        return [_run_ffmpeg(voice, options) for options in _CONVERSIONS[kind]]
    wavs = ("PCM_16", "PCM_U8", "FLOAT", "ULAW", "IMA_ADPCM", "GSM610")
    written = {
        "ogg vorbis": [(voice, "OGG", "VORBIS"), (stereo, "OGG", "VORBIS")],
        "mp3": [(voice, "MP3", "MPEG_LAYER_III"), (stereo, "MP3", "MPEG_LAYER_III")],
        "flac": [(voice, "FLAC", "PCM_16"), (stereo, "FLAC", "PCM_24"), (short, "FLAC", "PCM_S8")],
        "wav": [*((short, "WAV", name) for name in wavs), (stereo, "WAVEX", "PCM_24")],
    }
    return [_write(*each) for each in written[kind]]


def _write(samples: np.ndarray, container: str, subtype: str) -> bytes:
    """Give samples in a container that libsndfile writes."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, 16_000, format=container, subtype=subtype)
    return buffer.getvalue()


def _run_ffmpeg(samples: np.ndarray, options: str) -> bytes:
    """Give samples in a container that ffmpeg writes, which goes back and forth in it."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "recording")
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", "pipe:0"]
        subprocess.run(  # noqa: S603 - our own words
            [*command, *options.split(), target], input=_write(samples, "WAV", "PCM_16"), check=True
        )
        return target.read_bytes()
