from __future__ import annotations

import inspect
import pickle
import re

import pytest

from ser_core import errors

ERRORS = [
    errors.TooLarge(21, 20),
    errors.Undecodable("no header"),
    errors.DecodeTimeout(60.0),
    errors.TooShort(0.2, 0.5),
    errors.TooLong(4000.0, 3600.0),
    errors.NoSpeech(4.0, 0.1),
    errors.UnknownCorpus("iemocap", ("ravdess", "crema-d")),
    errors.NotACorpus("/somewhere", "24 folders"),
    errors.TooFewSpeakers("emovo", 6, 10),
    errors.LessonsUnreadable("/somewhere/lessons.jsonl", 3, "it is no JSON"),
    errors.DecoderMissing(),
    errors.ModelMissing("/nowhere"),
    errors.ModelUnreadable("/somewhere", "the checksum differs"),
    errors.ModelMismatch("features", "functionals-1", "functionals-2"),
    errors.EncoderUnreadable("it is no network"),
    errors.ExtraMissing("torch", "training"),
    errors.MicrophoneMissing("there is none"),
    errors.ClusterUnusable("tcp://localhost:1", "refused"),
    errors.UnknownSystem("mlp", ("mlp-300", "svm")),
    errors.BadSetting("alpha=x", "it is a number"),
]
GROUPS = {
    errors.SerError,
    errors.AudioError,
    errors.CorpusError,
    errors.LabError,
    errors.SetupError,
}


def defined_errors() -> set[type[errors.SerError]]:
    classes = {member for _, member in inspect.getmembers(errors, inspect.isclass)}
    return {member for member in classes if issubclass(member, errors.SerError)}


def test_every_error_is_tested_here() -> None:
    assert {type(error) for error in ERRORS} | GROUPS == defined_errors()


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_survives_the_way_between_processes(error: errors.SerError) -> None:
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


def test_the_drawn_tree_lists_exactly_the_errors_that_exist() -> None:
    names = re.findall(r"^[ │├└─]*([A-Z]\w+)\b", errors.__doc__.split("::")[1], re.MULTILINE)
    drawn = [name for name in names if name.isidentifier() and hasattr(errors, name)]

    assert sorted(drawn) == sorted(error.__name__ for error in defined_errors())


def test_the_drawn_tree_puts_each_error_in_its_group() -> None:
    group = errors.SerError
    for line in errors.__doc__.split("::")[1].splitlines():
        found = re.match(r"\s*([ │├└─]*)(\w+)\s{2,}", line)
        if found is None:
            continue
        error = getattr(errors, found[2])
        if error in GROUPS:
            group = error
        else:
            assert error.__base__ is group
