from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from made_up_results import make_results

from ser_core.commands import report
from ser_core.commands.report import write_figures, write_report
from ser_core.errors import CorpusError
from ser_core.training.vectors import Extraction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ser_core.evaluation.study import Study

TEXT = "# Mine\n\n<!-- table: random-split -->\n\n<!-- text: tried.md -->\n"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Give the place of a page whose text is there."""
    folder = tmp_path / "docs" / "results"
    folder.mkdir(parents=True)
    (folder / "page.md").write_text(TEXT)
    (folder / "tried.md").write_text("Nothing.\n")
    return folder.with_suffix(".md")


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Study]]:
    """Put stand-ins for the sections, and give what was measured of which study."""
    calls: list[tuple[str, Study]] = []
    results = make_results()

    def stand_in(name: str) -> Any:  # noqa: ANN401 - a function
        def measure(study: Study) -> dict[str, Any]:
            calls.append((name, study))
            section: dict[str, Any] = results[name]
            return section

        return measure

    monkeypatch.setattr(report, "SECTIONS", {name: stand_in(name) for name in report.SECTIONS})
    monkeypatch.setattr(report, "read_encoders", lambda folder: f"encoders of {folder.name}")
    monkeypatch.setattr(report, "draw_pictures", lambda *_: None)
    return calls


def write(corpora: Path, out: Path, only: Sequence[str] = ()) -> None:
    write_report(
        corpora,
        encoders=out.parent / "encoders",
        out=out,
        place="default",
        only=only,
        n_spoiled_clips=7,
        how=Extraction("functionals"),
    )


def test_every_section_is_measured_and_told(
    corpora: Path, out: Path, measured: list[tuple[str, Study]]
) -> None:
    write(corpora, out)
    assert [name for name, _ in measured] == list(report.SECTIONS)
    folder = out.with_suffix("")
    assert {path.stem for path in folder.glob("*.json")} == set(report.SECTIONS)
    assert out.read_text().startswith("# Mine\n\n| corpus |")
    assert out.read_text().endswith("Nothing.\n")


def test_the_study_has_the_clips_and_the_options(
    corpora: Path, out: Path, measured: list[tuple[str, Study]]
) -> None:
    write(corpora, out, ["robustness"])
    ((_, study),) = measured
    assert {clip.corpus for clip in study.clips} == {"emodb"}
    assert (study.encoders, study.place, study.n_spoiled_clips) == (
        "encoders of encoders",
        "default",
        7,
    )
    assert study.progress is not None


def test_one_section_alone_leaves_the_others_as_they_were(
    corpora: Path, out: Path, measured: list[tuple[str, Study]]
) -> None:
    kept = out.with_suffix("") / "random-split.json"
    kept.write_text(json.dumps(make_results()["random-split"]))
    before = kept.read_bytes()
    write(corpora, out, ["confidence"])
    assert [name for name, _ in measured] == ["confidence"]
    assert kept.read_bytes() == before
    assert "| corpus |" in out.read_text()


def test_what_was_never_measured_is_told_in_the_page(
    corpora: Path, out: Path, measured: list[tuple[str, Study]]
) -> None:
    write(corpora, out, ["confidence"])
    assert len(measured) == 1
    assert "Not measured yet" in out.read_text()


@pytest.mark.usefixtures("measured")
def test_a_page_needs_its_text(corpora: Path, out: Path) -> None:
    (out.with_suffix("") / "page.md").unlink()
    with pytest.raises(CorpusError, match=r"page\.md is missing"):
        write(corpora, out)


def test_figures_are_rounded_wherever_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    write_figures({"a": 1 / 3, "b": [{"c": 2 / 3}, 1, None, "x"], "d": (0.1234567,)}, path)
    assert json.loads(path.read_text()) == {
        "a": 0.333333,
        "b": [{"c": 0.666667}, 1, None, "x"],
        "d": [0.123457],
    }
