"""What all tests share: no window is shown, and nothing of the person's is touched."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

from hypothesis import settings

# The same examples every time, so that a change is judged by what it changed. Other draws are
# looked at with HYPOTHESIS_PROFILE=random.
settings.register_profile("steady", derandomize=True)
settings.register_profile("random")
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

# Engines and programs that tests start inherit it: nothing is written to the user's log.
LOGS = tempfile.mkdtemp(prefix="playground-test-logs-")
os.environ["PLAYGROUND_LOG_DIR"] = LOGS
atexit.register(shutil.rmtree, LOGS, ignore_errors=True)

# Before Qt is imported anywhere. The desktop tests start the app on a screen of their own.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
