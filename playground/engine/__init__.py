"""What runs: torch lives here only."""

import os

# Threads of a product that wait for one another turn in circles for a moment and then sleep. OpenMP
# has them circle much longer, on a core that the one they wait for may need: with something else
# running on two cores, ResNet-18 made 8 steps a second so and makes 15, and alone as many as
# before. Sleeping at once is worse when alone: an LSTM fell from 480 steps to 140. OpenMP reads
# this when torch is imported, and a person's own setting is left as it is.
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
