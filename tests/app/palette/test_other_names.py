"""Searches for the names that other libraries and books use."""

from __future__ import annotations

import pytest

from playground.app.search import rank, rank_declarations
from playground.catalog.registry import declared
from playground.graph.layer import Layer
from playground.reference.page import pages

SEARCHES = """
logistic                  layers/Sigmoid
expit                     layers/Sigmoid
linear regression         layers/Linear, losses/mse
logistic regression       layers/Linear, losses/bce_with_logits, losses/cross_entropy
fully connected           layers/Linear
mlp                       layers/Linear, layers/DenseBlock
swish                     layers/SiLU
leaky relu                layers/LeakyReLU
dying relu                layers/LeakyReLU
skip connection           layers/Add, layers/ResidualBlock
shortcut                  layers/Add, layers/ResidualBlock
vanishing gradients       layers/ResidualBlock, layers/LSTM
max pool                  layers/MaxPool2d, layers/MaxPool1d
MaxPooling2D              layers/MaxPool2d
global pooling            layers/GlobalAvgPool
GlobalAveragePooling2D    layers/GlobalAvgPool
Conv2DTranspose           layers/ConvTranspose2d
BatchNormalization        layers/BatchNorm
drop out                  layers/Dropout, regularizers/dropout
SimpleRNN                 layers/RNN
bilstm                    layers/LSTM
attention                 layers/SelfAttention, layers/MultiheadAttention
cross attention           layers/MultiheadAttention
transformer               layers/SelfAttention, layers/EncoderBlock, layers/DecoderBlock
transformer encoder       layers/EncoderBlock
positional embedding      layers/SinusoidalEncoding, layers/LearnedEncoding
positional encoding       layers/SinusoidalEncoding, layers/LearnedEncoding
word2vec                  layers/Embedding
BERT                      layers/EncoderBlock, objectives/masked_lm
GPT                       layers/DecoderBlock, objectives/causal_lm
resnet                    layers/ResidualBlock
glorot                    initializers/xavier_normal, initializers/xavier_uniform
kaiming                   initializers/he_normal, initializers/he_uniform
gaussian                  initializers/normal
log loss                  losses/cross_entropy, losses/bce_with_logits, losses/bce
sparse_categorical_crossentropy    losses/cross_entropy
binary_crossentropy       losses/bce_with_logits, losses/bce
BCEWithLogitsLoss         losses/bce_with_logits
least squares             losses/mse
l1 loss                   losses/mae
svm                       losses/hinge
sgd with momentum         optimizers/sgd
stochastic gradient descent    optimizers/sgd
nesterov                  optimizers/sgd, optimizers/nadam
adam w                    optimizers/adamw
weight decay              regularizers/weight_decay, optimizers/adamw
decoupled weight decay    optimizers/adamw, optimizers/sgdw
rms prop                  optimizers/rmsprop
cosine annealing          schedules/cosine, schedules/cosine_restarts
warm restarts             schedules/cosine_restarts
SGDR                      schedules/cosine_restarts
ReduceLROnPlateau         schedules/plateau
StepLR                    schedules/step
OneCycleLR                schedules/one_cycle
lasso                     regularizers/l1
ridge                     regularizers/l2
exploding gradients       regularizers/clipping
patience                  regularizers/early_stopping
soft labels               regularizers/label_smoothing, losses/kl
coefficient of determination    metrics/r2
error rate                metrics/accuracy
make_moons                datasets/moons
make_blobs                datasets/gaussians
mnist                     datasets/digits
pandas                    datasets/csv
language model            objectives/causal_lm, objectives/masked_lm
mlm                       objectives/masked_lm
warm-up                   training/training
linear warmup             training/training
gradient accumulation     training/training
mixed precision           training/training
"""
CASES = [
    tuple(part.strip() for part in line.split("  ", 1)) for line in SEARCHES.split("\n") if line
]
FIRST = 5
"""The match must be among this many results."""


@pytest.mark.slow
@pytest.mark.parametrize(("words", "wanted"), CASES)
def test_that_the_reference_lists_it_among_the_first_results(words: str, wanted: str) -> None:
    among = {key: page.declaration for key, page in pages().items()}
    assert set(wanted.split(", ")) <= set(rank_declarations(words, among)[:FIRST])


@pytest.mark.parametrize(("words", "wanted"), [case for case in CASES if "layers/" in case[1]])
def test_that_the_palette_lists_the_layer_among_the_first_results(words: str, wanted: str) -> None:
    layers = {key.removeprefix("layers/") for key in wanted.split(", ") if key[:7] == "layers/"}
    assert layers <= set(rank(words, declared(Layer))[:FIRST])
