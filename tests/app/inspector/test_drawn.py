"""The inspector draws: formulas, schedules, initial weights, scales before training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from playground.app.document import Document
from playground.app.inspector.plots.histogram import WeightHistogram, density
from playground.app.inspector.plots.illustration import Illustration, RatePlot
from playground.app.inspector.sections.depth import verdict
from playground.app.inspector.sections.node import NodeSection
from playground.app.inspector.sections.summary import SummarySection
from playground.app.inspector.view import InspectorView
from playground.app.theme.tokens import theme
from playground.catalog.initializers import XavierNormal
from playground.catalog.optimizers import SGD, SGDW, Adam
from playground.catalog.registry import declared, make
from playground.catalog.schedules import Cosine, Schedule
from playground.graph.declaration import Declaration
from playground.project.initial import initial_key
from tests.app.conftest import until
from tests.app.panels import sample_frames

NODES = ("input1", "linear1", "relu1", "linear2", "relu2", "linear3")


@pytest.fixture
def view(document: Document, qtbot: QtBot) -> InspectorView:
    found = InspectorView(document)
    qtbot.addWidget(found)
    found.resize(290, 900)
    with qtbot.waitExposed(found):
        found.show()
    return found


def drawn(law: str = "uniform", std: float = 0.5) -> dict[str, Any]:
    values = np.random.default_rng(1).uniform(-std * 3**0.5, std * 3**0.5, 5000)
    counts, edges = np.histogram(values, 41)
    return {
        "counts": counts,
        "edges": edges,
        "std": float(values.std()),
        "count": 5000,
        "fans": (4, 4),
        "law": law,
        "mean": 0.0,
        "theory_std": std,
        "parts": ({"share": 1.0, "law": law, "mean": 0.0, "std": std},),
    }


def initial(document: Document, **changes: Any) -> Mapping[str, Any]:
    reading = {
        "key": initial_key(document.project),
        "nodes": NODES,
        "activation": np.array([1, 0.8, 0.5, 0.4, 0.3, 0.2], np.float32),
        "gradient": np.array([np.nan, 1e-3, 2e-3, 3e-3, 4e-3, 1e-2], np.float32),
        "weights": {"linear1": drawn()},
    }
    return reading | changes


# Asked for


def test_that_the_initial_probe_is_asked_for_once_per_initial_state(
    document: Document, view: InspectorView
) -> None:
    assert view.probes == ("initial",)
    view.show_frame(sample_frames.frame(initial=dict(initial(document))))
    assert view.probes == ()
    document.edit_graph("Move", document.graph.move({"relu1": (5.0, 5.0)}))
    document.edit("Rate", document.project.with_training(l2=0.1))
    assert view.probes == (), "neither changes the initial weights"
    document.edit("Seed", document.project.with_training(seed=9))
    assert view.probes == ("initial",)


def test_that_a_reading_of_an_earlier_project_is_ignored(
    document: Document, view: InspectorView
) -> None:
    late = initial(document)
    document.edit("Seed", document.project.with_training(seed=9))
    view.show_frame(sample_frames.frame(initial=dict(late)))
    assert view.probes == ("initial",)
    assert isinstance(view.upper, SummarySection)
    assert view.upper.depths.isHidden()


def test_that_the_initial_probe_is_not_asked_for_while_nothing_shows_it(
    document: Document, view: InspectorView
) -> None:
    document.select(["relu1"])
    assert "initial" not in view.probes
    document.select([])
    view.hide()
    assert "initial" not in view.probes
    view.show()
    document.edit_graph("Cut", document.graph.remove(["linear2"]))
    assert "initial" not in view.probes, "a net with errors cannot be built"


# Scales through depth


def test_that_the_scale_of_every_layer_is_drawn(document: Document, view: InspectorView) -> None:
    view.show_frame(sample_frames.frame(initial=dict(initial(document))))
    assert isinstance(view.upper, SummarySection)
    assert view.upper.depths.isVisible()
    assert (
        view.upper.depths.verdict.text()
        == "Activations and gradients keep their scale through all layers."
    )
    plot = view.upper.depths.plot
    assert plot.text_at(0).startswith("Input: activations 1, gradients –")
    assert plot.text_at(1000).startswith("Head: activations 0.2")
    plot.grab()


def test_that_shrinking_and_growing_scales_are_described() -> None:
    level = np.ones(4)
    assert verdict(np.array([1, 0.1, 0.01, 5.0]), level).startswith("Activations shrink to 1.0e-2")
    assert "Gradients grow" in verdict(level, np.array([np.nan, 1e5, 1e2, 0.0]))
    assert "Gradients shrink" in verdict(level, np.array([np.nan, 1e-5, 1e-2, 0.0]))
    assert verdict(np.array([1.0, 0, 0, 0]), np.zeros(4)) == (
        "Activations are all 0. Gradients are all 0."
    )


# Drawn weights


def test_that_initial_weights_are_shown_at_their_layer(
    document: Document, view: InspectorView
) -> None:
    view.show_frame(sample_frames.frame(initial=dict(initial(document))))
    document.select(["linear1"])
    section = view.upper
    assert isinstance(section, NodeSection)
    assert section.initial_weights is not None
    assert not section.initial_weights.isHidden()
    assert "5,000 weights" in section.initial_weights.facts.text()
    assert "theory 0.25" in section.initial_weights.facts.text()
    assert section.initial_weights.variance.latex == "", "torch's own draw has another variance"
    document.edit_graph("Xavier", document.graph.set_options("linear1", initializer=XavierNormal()))
    view.show_frame(sample_frames.frame(initial=dict(initial(document))))
    assert section.initial_weights.variance.latex == (
        r"\mathrm{Var}(W) = \frac{2}{n_{in}+n_{out}} = \frac{2}{4+4} = 0.25"
    )
    document.select(["linear2"])
    assert isinstance(view.upper, NodeSection)
    assert view.upper.initial_weights is not None
    assert view.upper.initial_weights.isHidden(), "there is nothing of this one"


@pytest.mark.parametrize("law", ["uniform", "normal"])
def test_that_the_predicted_density_integrates_to_one_and_has_its_variance(law: str) -> None:
    x = np.linspace(-4, 4, 8001)
    found = density(drawn(law), x)
    assert found is not None
    width = x[1] - x[0]
    assert found.sum() * width == pytest.approx(1, rel=1e-2)
    assert np.sqrt((found * x**2).sum() * width) == pytest.approx(0.5, rel=1e-2)


def test_that_truncated_and_mixed_densities_integrate_to_one() -> None:
    x = np.linspace(-4, 4, 8001)
    width = x[1] - x[0]
    cut = {"share": 1.0, "law": "normal", "mean": 0.5, "std": 0.44, "sigma": 0.5, "reach": 1.0}
    found = density({"parts": (cut,)}, x)
    assert found is not None
    assert found.sum() * width == pytest.approx(1, rel=1e-3)
    assert np.sqrt((found * (x - 0.5) ** 2).sum() * width) == pytest.approx(0.4398, rel=1e-3)
    assert found[x > 1.51].max() == 0
    narrow = {"share": 0.25, "law": "uniform", "mean": 0.0, "std": 0.1}
    wide = {"share": 0.75, "law": "uniform", "mean": 0.0, "std": 0.2}
    found = density({"parts": (narrow, wide)}, x)
    assert found is not None
    assert found.sum() * width == pytest.approx(1, rel=1e-2)
    variance = 0.25 * 0.1**2 + 0.75 * 0.2**2
    assert (found * x**2).sum() * width == pytest.approx(variance, rel=1e-2)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dark", "light"])
def test_that_unusual_distributions_are_drawn(name: str, qtbot: QtBot) -> None:
    theme.use(name)
    plot = WeightHistogram()
    qtbot.addWidget(plot)
    constant = {
        "counts": np.array([8]),
        "edges": np.array([-0.5, 0.5], np.float32),
        "std": 0.0,
        "count": 8,
    }
    notified = {"share": 1.0, "law": "constant", "mean": 0.0, "std": 0.0}
    for reading in (drawn(), constant, constant | {"theory_std": 0.0, "parts": (notified,)}):
        plot.show_weights(reading)
        plot.grab()
    assert density(constant, np.zeros(3)) is None


# What is chosen


class Halved(Declaration):
    """Half the rate in the second half."""

    kind: ClassVar[str] = "halved"
    label: ClassVar[str] = "Halved"
    formula: ClassVar[str] = r"\eta_t = \eta / 2"

    @property
    def span(self) -> float:
        """So long."""
        return 10.0

    def curve(self, epochs: float, warmup: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """1, then 1/2."""
        at = np.linspace(0, epochs, 50)
        return at, np.where(at < epochs / 2, 1.0, 0.5)


def test_that_a_declaration_with_a_curve_is_plotted(qtbot: QtBot) -> None:
    picture = Illustration()
    qtbot.addWidget(picture)
    picture.show_declaration(Halved())
    assert picture.curve is not None
    assert set(picture.curve.values) == {1.0, 0.5}
    picture.grab()
    picture.show_declaration(SGD())
    assert picture.curve.isHidden()
    picture.show()
    until(lambda: picture.formula.is_drawn)


def curve_of(view: InspectorView) -> RatePlot:
    """What is drawn under the schedule that is chosen."""
    illustration = view.training.form.nested["schedule"].illustration
    assert illustration is not None
    assert illustration.curve is not None
    return illustration.curve


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(declared(Schedule)))
def test_that_the_curve_of_a_schedule_covers_the_run(
    kind: str, document: Document, view: InspectorView
) -> None:
    schedule = make(Schedule, kind)
    document.edit("Pick", document.project.with_training(schedule=schedule))
    curve = curve_of(view)
    assert curve.epochs == schedule.span, "a run without an end shows what the schedule does"
    project = document.project.with_training(
        warmup_epochs=5.0, max_epochs=40, optimizer=SGD(lr=0.2)
    )
    document.edit("Run", project)
    assert curve.epochs == 40
    at = np.linspace(0, 40, len(curve.values))
    early = at < 5
    np.testing.assert_allclose(curve.values[early], 0.2 * (0.01 + 0.99 * at[early] / 5))
    late = [0.2 * schedule.factor(float(epoch) - 5) for epoch in at[~early]]
    np.testing.assert_allclose(curve.values[~early], late)
    assert bool(curve.note) == schedule.needs_validation
    view.grab()


def test_that_a_run_without_an_end_shows_the_warm_up_and_the_schedule(
    document: Document, view: InspectorView
) -> None:
    project = document.project.with_training(schedule=Cosine(epochs=20), warmup_epochs=10.0)
    document.edit("Pick", project)
    curve = curve_of(view)
    assert curve.epochs == 30
    assert curve.toolTip() == "Learning rate over 30 epochs."
    assert curve.values[-1] == pytest.approx(0, abs=1e-6)


def test_that_the_update_rule_follows_the_optimizer(
    document: Document, view: InspectorView
) -> None:
    for optimizer in (SGD(), SGD(momentum=0.9), SGD(momentum=0.9, nesterov=True), Adam(), SGDW()):
        document.edit("Pick", document.project.with_training(optimizer=optimizer))
        picture = view.training.form.nested["optimizer"].illustration
        assert picture is not None
        assert picture.formula.latex == optimizer.rule
        assert picture.isVisible()


def test_that_a_penalty_is_explained_while_it_is_in_use(
    document: Document, view: InspectorView, qtbot: QtBot
) -> None:
    picture = view.training.form.penalties["l2"]
    assert picture.isHidden()
    document.edit("L2", document.project.with_training(l2=0.1))
    assert picture.isVisible()
    until(lambda: picture.formula.is_drawn)
    document.undo()
    assert picture.isHidden()


def test_that_question_marks_open_the_reference(
    document: Document, view: InspectorView, qtbot: QtBot
) -> None:
    document.select(["relu1"])
    assert isinstance(view.upper, NodeSection)
    with qtbot.waitSignal(view.reference_asked) as asked:
        view.upper.reference.click()
    assert asked.args == ["layers/ReLU"]
    picture = view.training.form.nested["optimizer"].illustration
    assert picture is not None
    with qtbot.waitSignal(view.reference_asked) as asked:
        picture.button.click()
    assert asked.args == [f"optimizers/{document.project.training.optimizer.kind}"]
