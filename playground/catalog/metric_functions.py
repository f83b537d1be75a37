"""What metrics compute, over whole sets of examples: one function for each, in numpy.

`outputs` are N × C (for tokens N × T × V), `labels` as the data set has them: class numbers, or
numbers to predict. `threshold` separates yes from no if there is one output for two classes.
Exported scripts carry the source of these functions.
"""

import math

import numpy as np


def predicted(outputs: np.ndarray, threshold: float) -> np.ndarray:
    """The predicted classes: the largest output, or a single one above the threshold."""
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > threshold).astype(np.int64)
    return np.asarray(outputs.argmax(1), np.int64)


def accuracy(outputs: np.ndarray, labels: np.ndarray, threshold: float) -> float:
    """The fraction of correct predictions."""
    return float((predicted(outputs, threshold) == labels).mean())


def counts(
    outputs: np.ndarray, labels: np.ndarray, threshold: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per class: true positives, predicted, actual."""
    guesses, count = predicted(outputs, threshold), max(2, outputs.shape[1])
    correct = np.bincount(labels[guesses == labels], minlength=count)
    return correct, np.bincount(guesses, minlength=count), np.bincount(labels, minlength=count)


def over_classes(part: np.ndarray, whole: np.ndarray, occurs: np.ndarray) -> float:
    """part / whole of the second of two classes, else the mean over the classes that occur or
    are predicted; 0 for a class without a denominator."""
    each = np.where(whole > 0, part / np.maximum(whole, 1), 0.0)
    return float(each[1] if len(each) == 2 else each[occurs].mean())


def f1(outputs: np.ndarray, labels: np.ndarray, threshold: float) -> float:
    """The harmonic mean of precision and recall."""
    correct, positive, actual = counts(outputs, labels, threshold)
    return over_classes(2 * correct, positive + actual, positive + actual > 0)


def precision(outputs: np.ndarray, labels: np.ndarray, threshold: float) -> float:
    """True positives over all predictions of a class."""
    correct, positive, actual = counts(outputs, labels, threshold)
    return over_classes(correct, positive, positive + actual > 0)


def recall(outputs: np.ndarray, labels: np.ndarray, threshold: float) -> float:
    """True positives over all examples of a class."""
    correct, positive, actual = counts(outputs, labels, threshold)
    return over_classes(correct, actual, positive + actual > 0)


def mae(outputs: np.ndarray, labels: np.ndarray) -> float:
    """The mean absolute error."""
    return float(np.abs(labels - outputs.reshape(labels.shape)).mean())


def rmse(outputs: np.ndarray, labels: np.ndarray) -> float:
    """The root of the mean squared error."""
    return float(np.sqrt(((labels - outputs.reshape(labels.shape)) ** 2).mean()))


def r2(outputs: np.ndarray, labels: np.ndarray) -> float:
    """The fraction of the variance explained, over all columns together: each counts by how much
    it varies. 0 if no label varies."""
    residual = float(((labels - outputs.reshape(labels.shape)) ** 2).sum())
    total = float(((labels - labels.mean(0)) ** 2).sum())
    return 1 - residual / total if total > 0 else 0.0


def token_accuracy(outputs: np.ndarray, labels: np.ndarray) -> float:
    """The fraction of tokens predicted correctly; those labelled −100 do not count."""
    asked = labels >= 0
    return float((outputs.argmax(-1) == labels)[asked].mean()) if asked.any() else math.nan


def perplexity(outputs: np.ndarray, labels: np.ndarray) -> float:
    """e to the mean negative log-probability, from logits or log-probabilities."""
    asked = labels >= 0
    if not asked.any():
        return math.nan
    z = outputs[asked].astype(np.float64)
    top = z.max(1, keepdims=True)
    norms = top[:, 0] + np.log(np.exp(z - top).sum(1))
    correct = z[np.arange(len(z)), labels[asked].astype(np.int64)]
    return float(np.exp(min(700.0, float((norms - correct).mean()))))
