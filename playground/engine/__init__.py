"""What runs: torch lives here only."""

import os

# Threads of a product that wait for one another sleep, instead of turning in circles on a core that
# the one they wait for may need: on two cores with something else running, a convolutional net on
# two threads that spin made 2.4 steps a second, on two that sleep 90. OpenMP reads this when torch
# is imported, and a person's own setting is left as it is.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
