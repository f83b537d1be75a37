"""How a script makes the same examples itself: the draw of each data set as numpy text.

Each recipe is the body of `draw(rng)`, in the order of draws of the data set's own `draw`. A
data set that has none is written beside the script as numbers; see data.py. A test compares
every recipe with the data set, number by number.
"""

from __future__ import annotations

from collections.abc import Mapping

from playground.catalog.datasets.sequences import ADJECTIVES, ALPHABET, NOUNS, VERBS

NOISY = """\
points = points + rng.normal(0, {noise}, points.shape)
return points.astype(np.float32), labels.astype(np.int64)
"""

RECIPES: Mapping[str, str] = {
    "moons": """\
half = {count} // 2
angles = np.concatenate([np.linspace(0, np.pi, half), np.linspace(0, np.pi, {count} - half)])
labels = np.arange({count}) >= half
side = np.where(labels, -1.0, 1.0)
points = np.stack([side * np.cos(angles) - 0.5 * side, side * np.sin(angles) - 0.25 * side], 1)
"""
    + NOISY,
    "circles": """\
labels = np.arange({count}) % 2 == 1
angles = rng.uniform(0, 2 * np.pi, {count})
radii = np.where(labels, 1.2, 0.5)
points = np.stack([radii * np.cos(angles), radii * np.sin(angles)], 1)
"""
    + NOISY,
    "spiral": """\
labels = np.arange({count}) % {arms}
along = np.sqrt(rng.uniform(0, 1, {count}))
angles = 2 * np.pi * ({turns} * along + labels / {arms})
radii = 0.1 + 1.4 * along
points = np.stack([radii * np.cos(angles), radii * np.sin(angles)], 1)
"""
    + NOISY,
    "xor": """\
points = rng.uniform(-1, 1, ({count}, 2))
labels = (points[:, 0] > 0) != (points[:, 1] > 0)
"""
    + NOISY,
    "logic_gates": """\
corners = np.arange({count}) % 4
a, b = corners // 2, corners % 2
labels = {{"and": a & b, "or": a | b, "xor": a ^ b}}["{gate}"]
points = np.stack([a, b], 1).astype(float)
"""
    + NOISY,
    "first_symbol": """\
x = rng.integers(1, {symbols} + 1, ({count}, {length}))
return x.astype(np.int64), (x[:, 0] - 1).astype(np.int64)
""",
    "brackets": """\
rows, most = np.arange({count}), {length} // 2
pairs = rng.integers(min(most, ({shortest} + 1) // 2), most + 1, {count})
chance = rng.uniform(0, 1, ({count}, {length}))
kinds = rng.integers(0, {kinds}, ({count}, {length}))
x = np.full(({count}, {length}), 1, np.int64)  # 0 is the mask, 1 the padding
depth, stack = np.zeros({count}, np.int64), np.zeros(({count}, most + 1), np.int64)
for step in range(2 * most):
    left = 2 * pairs - step
    # Of all ways to go on, depth (left + depth + 2) / 2 left (depth + 1) close a bracket.
    closes = 2 * left * (depth + 1) * chance[:, step] < depth * (left + depth + 2)
    opened = rows[(left > 0) & ~closes]
    stack[opened, depth[opened]] = kinds[opened, step]
    token = 2 + 2 * stack[rows, depth - closes] + closes
    x[:, step] = np.where(left > 0, token, x[:, step])
    depth += np.where(left > 0, 1 - 2 * closes, 0)
place = rng.integers(0, 2 * pairs)
other = (x[rows, place] - 2 + rng.integers(1, 2 * {kinds}, {count})) % (2 * {kinds})
y = rows % 2
x[rows, place] = np.where(y == 1, x[rows, place], 2 + other)
return x, y.astype(np.int64)
""",
    "adding": """\
values = rng.uniform(0, 1, ({count}, {length}))
half, rows = {length} // 2, np.arange({count})
marks = np.zeros_like(values)
marks[rows, rng.integers(0, half, {count})] = 1
marks[rows, rng.integers(half, {length}, {count})] = 1
sums = (values * marks).sum(1, keepdims=True)
return np.stack([values, marks], 2).astype(np.float32), sums.astype(np.float32)
""",
    "sentences": f"""\
nouns = {NOUNS}
verbs = {VERBS}
adjectives = {ADJECTIVES}
text = ""
while len(text) < {{length}} + 1 + 20 * {{count}}:
    picks = rng.integers(0, 840, 5)
    subject = nouns[picks[0] % len(nouns)]
    if picks[3] % 2:
        subject = adjectives[picks[4] % len(adjectives)] + " " + subject
    verb, thing = verbs[picks[1] % len(verbs)], nouns[picks[2] % len(nouns)]
    text += "the " + subject + " " + verb + " the " + thing + ". "
alphabet = "{"".join(ALPHABET)}"  # 0 is the mask
tokens = np.array([alphabet.index(character) + 1 for character in text], np.int64)
starts = rng.integers(0, len(tokens) - {{length}}, {{count}})
windows = tokens[starts[:, None] + np.arange({{length}} + 1)]
return windows[:, :-1].copy(), windows[:, -1].copy()
""",
    "gaussians": """\
labels = np.arange({count}) % {clouds}
angles = 2 * np.pi * labels / {clouds} + np.pi / 4
points = np.stack([np.cos(angles), np.sin(angles)], 1)
"""
    + NOISY,
    "wave": """\
x = rng.uniform(-2, 2, ({count}, 1))
y = np.sin(3 * x) + 0.3 * np.sin(9 * x) + rng.normal(0, {noise}, x.shape)
return x.astype(np.float32), y.astype(np.float32)
""",
    "hills": """\
x = rng.uniform(-1.5, 1.5, ({count}, 2))
y = np.sin(2 * x[:, :1]) * np.cos(2 * x[:, 1:])
y = y + rng.normal(0, {noise}, y.shape)
return x.astype(np.float32), y.astype(np.float32)
""",
    "digits": """\
from sklearn.datasets import load_digits

pixels, labels = load_digits(return_X_y=True)
x = (pixels / 16).astype(np.float32).reshape(-1, 1, 8, 8)
return x, labels.astype(np.int64)
""",
    "iris": """\
from sklearn.datasets import load_iris

x, y = load_iris(return_X_y=True)
return x.astype(np.float32), y.astype(np.int64)
""",
    "diabetes": """\
from sklearn.datasets import load_diabetes

x, y = load_diabetes(return_X_y=True, scaled=False)
return x.astype(np.float32), y.astype(np.float32).reshape(-1, 1)
""",
}
