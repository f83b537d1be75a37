"""What runs: torch lives here only."""

import os

# OpenMP workers spin briefly and then sleep (GOMP_SPINCOUNT). By default they spin much longer, on
# a core that the thread they wait for may need: with another program on two cores ResNet-18 made 8
# steps per second and makes 15 now, and as many as before when nothing else runs. Sleeping at once
# is worse then: an LSTM fell from 480 steps per second to 140. OpenMP reads this when torch is
# imported, and a setting of the user is kept.
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
