"""The verbs that run a net: train and probe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from playground.cli import main
from playground.engine import headless
from playground.engine.checkpoint import from_files
from playground.engine.probe_set import declared_probes
from playground.project.file import Saved, read, write
from playground.project.templates import build

Capture = pytest.CaptureFixture[str]
REACHED = ["event", "epoch", "step", "train_loss", "val_loss", "metrics", "steps_per_s"]


def _lines(capsys: Capture) -> list[dict[str, Any]]:
    text = capsys.readouterr().out
    assert "NaN" not in text
    return [json.loads(line) for line in text.splitlines()]


def _weights(path: Path) -> dict[str, torch.Tensor]:
    state = read(path).state
    assert state is not None
    return dict(from_files(state).weights)


def test_that_training_reports_every_epoch_and_the_end(moons: Path, capsys: Capture) -> None:
    assert main(["train", str(moons), "--epochs", "3", "--json"]) == 0
    lines = _lines(capsys)
    assert [line["event"] for line in lines] == ["start", "epoch", "epoch", "epoch", "done"]
    assert lines[0]["parameters"] == 105
    assert list(lines[-1]) == [*REACHED, "stopped"]
    assert lines[-1]["stopped"] is None
    assert (lines[-1]["epoch"], lines[-1]["step"]) == (3, 33)
    result = headless.train(build("moons"), epochs=3)
    assert lines[-1]["val_loss"] == pytest.approx(result.final.val_loss)
    assert lines[-1]["metrics"] == pytest.approx(dict(result.final.metrics))


def test_that_steps_end_in_the_middle_of_an_epoch(moons: Path, capsys: Capture) -> None:
    assert main(["train", str(moons), "--steps", "5", "--json"]) == 0
    done = _lines(capsys)[-1]
    assert done["step"] == 5
    assert 0 < done["epoch"] < 1


def test_that_the_project_limits_the_epochs(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "short.nplay"
    write(path, Saved(build("moons").with_training(max_epochs=2)))
    assert main(["train", str(path), "--json"]) == 0
    assert _lines(capsys)[-1]["epoch"] == 2


def test_that_early_stopping_is_reported(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "patient.nplay"
    # Nothing is an improvement of a million.
    write(path, Saved(build("moons").with_training(early_stopping=2, min_delta=1e6)))
    assert main(["train", str(path), "--epochs", "50", "--json"]) == 0
    done = _lines(capsys)[-1]
    assert done["stopped"] == "early_stopping"
    assert done["epoch"] < 50
    assert main(["train", str(path), "--epochs", "50"]) == 0
    assert "Stopped early: the validation loss has not improved" in capsys.readouterr().out


def test_that_losses_and_the_default_metric_are_printed(moons: Path, capsys: Capture) -> None:
    assert main(["train", str(moons), "--epochs", "3"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("epoch 3, step 33: loss 0.")
    assert "  accuracy 0." in last
    assert "precision" not in last


def test_that_training_resumes_from_the_saved_state(
    moons: Path, tmp_path: Path, capsys: Capture
) -> None:
    whole, first, second = (tmp_path / f"{name}.nplay" for name in ("whole", "first", "second"))
    assert main(["train", str(moons), "--epochs", "4", "--out", str(whole)]) == 0
    assert main(["train", str(moons), "--epochs", "1", "--out", str(first)]) == 0
    assert main(["train", str(first), "--epochs", "3", "--out", str(second)]) == 0
    one, other = _weights(whole), _weights(second)
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert read(second).project == build("moons")
    assert "epoch 4" in capsys.readouterr().out


def test_that_a_seed_starts_from_scratch(trained: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out.nplay"
    words = ["train", str(trained), "--epochs", "1", "--seed", "9", "--out", str(out), "--json"]
    assert main(words) == 0
    assert _lines(capsys)[-1]["epoch"] == 1
    assert read(out).project.training.seed == 9


def test_that_the_project_given_is_left_as_it_was(moons: Path) -> None:
    before = moons.read_bytes()
    assert main(["train", str(moons), "--epochs", "1"]) == 0
    assert moons.read_bytes() == before


def test_that_infinity_is_reported_in_one_line_with_what_to_try(
    tmp_path: Path, capsys: Capture
) -> None:
    path, out = tmp_path / "wild.nplay", tmp_path / "out.nplay"
    wild = build("regression-1d").with_training(optimizer={"kind": "sgd", "lr": 1000})
    write(path, Saved(wild))
    assert main(["train", str(path), "--epochs", "50", "--json", "--out", str(out)]) == 1
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1
    assert "learning rate" in printed.err
    assert "NaN" not in printed.out
    assert not out.exists()


@pytest.mark.skipif(torch.backends.mps.is_available(), reason="there is a Metal GPU")
def test_that_a_missing_device_is_reported_in_one_line(moons: Path, capsys: Capture) -> None:
    assert main(["train", str(moons), "--device", "mps"]) == 1
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1
    assert "Metal" in printed.err


def test_that_a_net_with_errors_is_not_trained(broken: Path, capsys: Capture) -> None:
    assert main(["train", str(broken), "--json"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Nothing is connected" in printed.err


@pytest.mark.parametrize("name", ["out.json", "out", "nowhere/out.nplay"])
def test_that_a_place_that_cannot_keep_weights_is_refused_before_training(
    name: str, moons: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert main(["train", str(moons), "--epochs", "1000000", "--out", str(tmp_path / name)]) == 1
    assert capsys.readouterr().err.startswith("playground: ")


# probe


def test_that_a_probe_reads_numbers(moons: Path, capsys: Capture) -> None:
    assert main(["probe", str(moons), "--probe", "boundary", "--steps", "20", "--json"]) == 0
    (found,) = _lines(capsys)
    assert (found["probe"], found["steps"]) == ("boundary", 20)
    grid = found["reading"]["grid"]
    assert len(grid) == len(grid[0])
    assert all(0 <= chance <= 1 for row in grid for chance in row)


@pytest.mark.slow
@pytest.mark.parametrize("key", ["moons", "digits-cnn", "regression-1d"])
def test_that_every_probe_can_be_read_as_json(key: str, tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "some.nplay"
    write(path, Saved(build(key)))
    for probe in declared_probes():
        assert main(["probe", str(path), "--probe", probe, "--steps", "2", "--json"]) == 0
        (found,) = _lines(capsys)
        assert found["probe"] == probe


def test_that_a_probe_resumes_from_the_saved_state(trained: Path, capsys: Capture) -> None:
    assert main(["probe", str(trained), "--probe", "history", "--json"]) == 0
    (found,) = _lines(capsys)
    assert found["reading"]["epoch"][-1] == 2


def test_that_a_probe_in_words_is_short(moons: Path, capsys: Capture) -> None:
    assert main(["probe", str(moons), "--probe", "boundary", "--steps", "3"]) == 0
    assert len(capsys.readouterr().out.splitlines()) < 10


def test_that_a_probe_without_reading_is_reported(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "wave.nplay"
    write(path, Saved(build("regression-1d")))
    assert main(["probe", str(path), "--probe", "confusion"]) == 0
    assert "has no reading" in capsys.readouterr().out
    assert main(["probe", str(path), "--probe", "confusion", "--json"]) == 0
    assert _lines(capsys)[0]["reading"] is None


def test_that_an_unknown_probe_names_those_there_are(moons: Path, capsys: Capture) -> None:
    assert main(["probe", str(moons), "--probe", "none"]) == 1
    printed = capsys.readouterr().err
    assert "boundary" in printed
    assert printed.count("\n") == 1
