"""A script of a net with blocks does what the engine does; a block is written out as its parts."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
import torch

from playground.engine import headless
from playground.engine.compile import compile_project
from playground.engine.trainer import Trainer
from playground.export.files import write_script
from tests.engine.nets import mlp, same
from tests.engine.test_blocks import TOWERS, as_block, two_ways
from tests.export.test_script import LINE


@pytest.mark.parametrize("selections", [[TOWERS], [TOWERS, ["before", "block1"]]])
def test_that_a_script_of_blocks_reaches_the_losses_of_the_engine(
    selections: list[list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = two_ways().with_training(max_epochs=3)
    for selection in selections:
        project, _ = as_block(project, selection)
    history = headless.train(project, epochs=3).history
    (path, *_) = write_script(project, tmp_path / "net.py")
    runpy.run_path(str(path), run_name="__main__")
    rows = [LINE.fullmatch(line) for line in capsys.readouterr().out.splitlines()]
    found = [float(row[1]) for row in rows if row]
    assert found == pytest.approx(history["train_loss"][1:], rel=1e-6, abs=1e-6)


def test_that_a_script_of_blocks_gives_the_same_outputs(tmp_path: Path) -> None:
    project, _ = as_block(two_ways(), TOWERS)
    (path, *_) = write_script(project, tmp_path / "net.py")
    torch.manual_seed(3)
    net = runpy.run_path(str(path), run_name="script")["Net"]().eval()
    torch.manual_seed(3)
    ours = compile_project(project).net.eval()
    x = torch.randn(5, 2)
    torch.testing.assert_close(net(x), ours(x), rtol=1e-6, atol=1e-6)
    assert sum(p.numel() for p in net.parameters()) == sum(p.numel() for p in ours.parameters())


def test_that_a_script_passes_a_bypassed_block_by_and_keeps_its_weights(tmp_path: Path) -> None:
    project, block = as_block(mlp(), ["n3", "n4"])
    project = project.with_graph(project.graph.set_bypassed([block]))
    (path, *_) = write_script(project, tmp_path / "net.py")
    torch.manual_seed(7)
    net = runpy.run_path(str(path), run_name="script")["Net"]()
    trainer = Trainer(project)
    x = torch.randn(5, 2)
    torch.testing.assert_close(net(x), trainer.net(x), rtol=1e-6, atol=1e-6)
    own = {name.replace("/", "_"): t for name, t in trainer.net.state_dict().items()}
    assert same(net.state_dict(), own)
    fixed = [name for name, p in net.named_parameters() if not p.requires_grad]
    assert fixed == [f"{block}_n3.weight", f"{block}_n3.bias"]
