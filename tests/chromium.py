"""Where Chromium is: playwright's own, else one that is installed. As a command: exit code 1 when there is none."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find() -> str | None:
    """Its path, or None."""
    with sync_playwright() as driver:
        own = Path(driver.chromium.executable_path)
    return str(own) if own.exists() else next(filter(None, map(shutil.which, ON_PATH)), None)


if __name__ == "__main__":
    sys.exit(0 if find() else 1)
