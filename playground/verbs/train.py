"""train: without a window, with a progress bar or one JSON object per line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from playground.engine import headless
from playground.engine.device import choose
from playground.engine.headless import Progress, Result
from playground.project.check import check
from playground.project.file import Saved, write
from playground.project.project import Project
from playground.project.training import DEFAULT_EPOCHS
from playground.translation import tr
from playground.verbs.answer import console, print_json
from playground.verbs.error import VerbError
from playground.verbs.project_file import opened

OnEpoch = Callable[[Progress], None]


def train_file(
    path: Path,
    *,
    epochs: int | None,
    steps: int | None,
    device: str | None,
    seed: int | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Train a project, and write it with its weights and curves to `out` if that is given."""
    saved = _with_seed(opened(path), seed)
    run = replace(saved, project=_on(saved.project, device))
    _refuse_errors(run.project, path)
    if out is not None:
        _refuse_unwritable(out)
    if epochs is None and steps is None:
        epochs = saved.project.training.max_epochs or DEFAULT_EPOCHS
    if as_json:
        print_json(_start(run.project, epochs, steps), indent=None)
        result = _trained(run, epochs, steps, _print_epoch)
        print_json(_done(result), indent=None)
    else:
        with _bar(epochs, steps) as on_epoch:
            result = _trained(run, epochs, steps, on_epoch)
        _summarise(result)
    if out is not None:
        write(out, replace(saved, state=result.state()))
    return 0


def _with_seed(saved: Saved, seed: int | None) -> Saved:
    # Another seed draws other initial weights, so the trained state is dropped.
    if seed is None:
        return saved
    return replace(saved, project=saved.project.with_training(seed=seed), state=None)


def _on(project: Project, device: str | None) -> Project:
    return project if device is None else project.with_training(device=device)


def _refuse_errors(project: Project, path: Path) -> None:
    errors = check(project).errors
    if not errors:
        return
    place = f"{project.graph.nodes[errors[0].node].title}: " if errors[0].node else ""
    text = tr(
        "{message} Run playground check {path} for all errors.",
        message=place + errors[0].message.rstrip(".") + ".",
        path=path,
    )
    raise VerbError(text)


def _refuse_unwritable(out: Path) -> None:
    if out.suffix != ".nplay":
        raise VerbError(tr("{path}: weights are saved in a .nplay: choose such a name.", path=out))
    if not out.parent.is_dir():
        raise VerbError(
            tr("{path}: the folder {folder} does not exist.", path=out, folder=out.parent)
        )


def _trained(run: Saved, epochs: int | None, steps: int | None, on_epoch: OnEpoch) -> Result:
    try:
        return headless.train(
            run.project, state=run.state, epochs=epochs, steps=steps, on_epoch=on_epoch
        )
    except RuntimeError as error:
        if "out of memory" not in str(error).lower():
            raise
        text = tr("Out of device memory: use a smaller batch size or --device cpu.")
        raise VerbError(text) from error


# One JSON object per line


def _start(project: Project, epochs: int | None, steps: int | None) -> dict[str, Any]:
    choice = choose(project)
    return {
        "event": "start",
        "parameters": check(project).total_parameters,
        "epochs": epochs,
        "steps": steps,
        "seed": project.training.seed,
        "device": choice.device.type,
        "device_note": choice.note,
    }


def _print_epoch(progress: Progress) -> None:
    print_json({"event": "epoch", **_reached(progress)}, indent=None)


def _done(result: Result) -> dict[str, Any]:
    reached = _reached(result.final)
    stopped = "early_stopping" if result.trainer.stopping.message else None
    return {
        "event": "done",
        **reached,
        "steps_per_s": round(result.steps_per_s, 1),
        "stopped": stopped,
    }


def _reached(progress: Progress) -> dict[str, Any]:
    epoch = progress.epoch
    return {
        "epoch": int(epoch) if epoch == int(epoch) else epoch,
        "step": progress.step,
        "train_loss": progress.train_loss,
        "val_loss": progress.val_loss,
        "metrics": dict(progress.metrics),
        "steps_per_s": round(progress.steps_per_s, 1),
    }


# For people


@contextmanager
def _bar(epochs: int | None, steps: int | None) -> Iterator[OnEpoch]:
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.fields[epoch]}"),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[reached]}"),
        TimeRemainingColumn(compact=True),
    )
    out = console(to_stderr=True)
    first: list[Progress] = []
    with Bar(*columns, console=out, disable=not out.is_terminal, expand=True) as bar:
        task = bar.add_task(
            "", total=epochs or steps, epoch=tr("epoch {epoch:g}", epoch=0), reached=""
        )

        def on_epoch(progress: Progress) -> None:
            if not first:
                first.append(progress)
            done = progress.epoch - first[0].epoch + 1
            if epochs is None:
                done = done / max(1.0, first[0].epoch) * first[0].step
            rate = tr("{rate:,.0f} steps/s", rate=progress.steps_per_s)
            epoch = tr("epoch {epoch:g}", epoch=progress.epoch)
            bar.update(task, completed=done, epoch=epoch, reached=f"{_losses(progress)}  {rate}")

        yield on_epoch


def _losses(progress: Progress) -> str:
    text = tr("loss {train:.4g}  val {val:.4g}", train=progress.train_loss, val=progress.val_loss)
    first = list(progress.metrics.items())[:1]  # the default metric of the labels; JSON has all
    return text + "".join(f"  {name} {value:.3f}" for name, value in first)


def _summarise(result: Result) -> None:
    final = result.final
    reached = tr(
        "epoch {epoch:g}, step {step:,}: {losses}  ({rate:,.0f} steps/s).",
        epoch=final.epoch,
        step=final.step,
        losses=_losses(final),
        rate=result.steps_per_s,
    )
    print(f"{reached} {result.trainer.choice.note}")
    if result.trainer.stopping.message:
        print(result.trainer.stopping.message)
