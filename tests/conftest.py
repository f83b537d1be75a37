"""What all tests share: no window is shown, and nothing of the person's is touched."""

from __future__ import annotations

import os

# Before Qt is imported anywhere. The desktop tests start the app on a screen of their own.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
