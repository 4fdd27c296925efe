"""Every error that this library raises on purpose, grouped by who must act.

::

    SerError
    ├── AudioError             the sender: send another recording
    │   ├── TooLarge           more bytes than the limit
    │   ├── Undecodable        no audio can be read from the bytes
    │   ├── DecodeTimeout      reading the audio took too long
    │   ├── TooShort           less sound than a decision needs
    │   ├── TooLong            more seconds than the limit
    │   └── NoSpeech           sound, but nobody speaks
    ├── CorpusError            the trainer: mend the folder or the request
    │   ├── UnknownCorpus      no reader has that name
    │   ├── NotACorpus         the folder does not hold what the reader expects
    │   ├── LessonsUnreadable  a file of what people said is damaged, or something else
    │   └── TooFewSpeakers     the protocol needs more speakers than there are
    ├── LabError               the researcher: mend the request
    │   ├── UnknownSystem      no system of the laboratory has that name
    │   └── BadSetting         a system has no such setting, or cannot take that value
    └── SetupError             the operator: mend the installation
        ├── DecoderMissing     neither the system nor the wheel has an ffmpeg
        ├── ModelMissing       there is no bundle at that place
        ├── ModelUnreadable    a bundle is there, but damaged, foreign or unsafe
        ├── ModelMismatch      the bundle was made for other features or another version
        ├── EncoderUnreadable  a file is no encoder of this project
        ├── ExtraMissing       a package is not installed that only some commands need
        ├── MicrophoneMissing  nothing can be recorded from
        └── ClusterUnusable    no Dask cluster at that address, or one that does not fit

The messages are for logs and terminals.
What a person in a chat reads is worded elsewhere, from the attributes.
"""

from __future__ import annotations


class SerError(Exception):
    """Be the root of every error that this library raises on purpose."""

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way between processes with every attribute."""
        return (_rebuild, (type(self), self.args, self.__dict__))


def _rebuild(
    kind: type[SerError], args: tuple[object, ...], attributes: dict[str, object]
) -> SerError:
    """Rebuild an error without calling the constructor, whose arguments differ from ``args``."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(attributes)
    return error


class AudioError(SerError):
    """Say that this recording cannot be recognised; the sender may try another."""


class TooLarge(AudioError):
    """Say that the recording has more bytes than the limit."""

    def __init__(self, size_bytes: int, max_bytes: int) -> None:
        """Keep the size and the limit, both in bytes."""
        super().__init__(f"{size_bytes:,} bytes of audio are more than the limit of {max_bytes:,}")
        self.size_bytes = size_bytes
        self.max_bytes = max_bytes


class Undecodable(AudioError):
    """Say that no audio can be read from the bytes."""

    def __init__(self, reason: str) -> None:
        """Keep the decoder's own reason, for logs."""
        super().__init__(f"no audio can be read from these bytes: {reason}")
        self.reason = reason


class DecodeTimeout(AudioError):
    """Say that reading the audio took longer than the limit."""

    def __init__(self, timeout_seconds: float) -> None:
        """Keep the limit in seconds."""
        super().__init__(f"decoding took more than {timeout_seconds:g} s")
        self.timeout_seconds = timeout_seconds


class TooShort(AudioError):
    """Say that there is less sound than a decision needs."""

    def __init__(self, seconds: float, min_seconds: float) -> None:
        """Keep the duration and the limit, both in seconds."""
        super().__init__(f"{seconds:.2f} s of audio are less than the {min_seconds:g} s needed")
        self.seconds = seconds
        self.min_seconds = min_seconds


class TooLong(AudioError):
    """Say that the recording lasts longer than the limit."""

    def __init__(self, seconds: float, max_seconds: float) -> None:
        """Keep the duration (at least; decoding stops early) and the limit, both in seconds."""
        super().__init__(f"{seconds:.0f} s of audio are more than the limit of {max_seconds:g} s")
        self.seconds = seconds
        self.max_seconds = max_seconds


class NoSpeech(AudioError):
    """Say that nobody speaks in the recording."""

    def __init__(self, seconds: float, speech_seconds: float) -> None:
        """Keep the duration and how much of it may be speech, both in seconds."""
        super().__init__(f"{speech_seconds:.2f} s of speech in {seconds:.2f} s of audio")
        self.seconds = seconds
        self.speech_seconds = speech_seconds


class CorpusError(SerError):
    """Say that a corpus cannot be used as asked; the trainer must act."""


class UnknownCorpus(CorpusError):
    """Say that no reader has this name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        """Keep the name and the names that are known."""
        super().__init__(
            f"no corpus or folder is called {name!r}; the known corpora are {', '.join(known)}"
        )
        self.name = name
        self.known = known


class NotACorpus(CorpusError):
    """Say that a folder does not hold what its reader expects."""

    def __init__(self, folder: str, expected: str) -> None:
        """Keep the folder and what was expected there, in words."""
        super().__init__(f"{folder} is not such a corpus: expected {expected}")
        self.folder = folder
        self.expected = expected


class TooFewSpeakers(CorpusError):
    """Say that a protocol needs more speakers than the corpus has."""

    def __init__(self, corpus: str, speakers: int, needed: int) -> None:
        """Keep the corpus, how many speakers it has, and how many are needed."""
        super().__init__(
            f"{corpus} has {speakers} speakers, and this needs {needed}: name who speaks, in a "
            f"column 'speaker' of the manifest or by a folder for each"
        )
        self.corpus = corpus
        self.speakers = speakers
        self.needed = needed


class LessonsUnreadable(CorpusError):
    """Say that a file of lessons cannot be read."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        """Keep the file, the number of the line (0 for the whole file), and what is wrong."""
        where = f"{path}, line {line}" if line else path
        super().__init__(f"{where} holds no lesson: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


class LabError(SerError):
    """Say that the laboratory cannot do what was asked; the researcher must ask otherwise."""


class UnknownSystem(LabError):
    """Say that no system has this name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        """Keep the name and the names that are known."""
        super().__init__(f"no system is called {name!r}; there are {', '.join(known)}")
        self.name = name
        self.known = known


class BadSetting(LabError):
    """Say that a system cannot be set as asked."""

    def __init__(self, setting: str, reason: str) -> None:
        """Keep the setting as it was written, and the reason, which names what would do."""
        super().__init__(f"the setting {setting!r} cannot be used: {reason}")
        self.setting = setting
        self.reason = reason


class SetupError(SerError):
    """Say that the installation is wrong; the operator must act."""


class DecoderMissing(SetupError):
    """Say that neither the system nor the imageio-ffmpeg wheel has an ffmpeg."""

    def __init__(self) -> None:
        """Say how to mend it."""
        super().__init__("no ffmpeg was found: install it, or the Python package imageio-ffmpeg")


class ModelMissing(SetupError):
    """Say that there is no model bundle at a place."""

    def __init__(self, place: str) -> None:
        """Keep the place that was searched."""
        super().__init__(f"there is no model bundle at {place}")
        self.place = place


class ModelUnreadable(SetupError):
    """Say that a model bundle is damaged, foreign or unsafe."""

    def __init__(self, place: str, reason: str) -> None:
        """Keep the place and the reason."""
        super().__init__(f"the model bundle at {place} cannot be used: {reason}")
        self.place = place
        self.reason = reason


class ModelMismatch(SetupError):
    """Say that a model bundle was made for something else than this installation."""

    def __init__(self, what: str, found: str, expected: str) -> None:
        """Keep what differs, what the bundle has, and what this installation has."""
        super().__init__(f"the model bundle has {what} {found}; this installation has {expected}")
        self.what = what
        self.found = found
        self.expected = expected


class EncoderUnreadable(SetupError):
    """Say that a file is no encoder of this project."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(f"the encoder cannot be used: {reason}")
        self.reason = reason


class ExtraMissing(SetupError):
    """Say that a package is not installed that only some commands need."""

    def __init__(self, module: str, extra: str) -> None:
        """Keep the module that was not found, and the extra that brings it."""
        super().__init__(
            f"{module} is not installed: this needs the extra, "
            f"pip install 'speech-emotion-recogniser[{extra}]'"
        )
        self.module = module
        self.extra = extra


class MicrophoneMissing(SetupError):
    """Say that there is nothing to record from."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(f"no microphone can be used: {reason}")
        self.reason = reason


class ClusterUnusable(SetupError):
    """Say that a Dask cluster is not there, or cannot be worked with."""

    def __init__(self, address: str, reason: str) -> None:
        """Keep the address and the reason."""
        super().__init__(f"the Dask cluster at {address} cannot be used: {reason}")
        self.address = address
        self.reason = reason
