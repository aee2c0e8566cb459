"""The Chromium of tests and benchmarks: playwright's own, else one that is installed. As a command: bring one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# The lists below the address bar are pages that each new window loads, at twice the cost of the window itself. A second
# list of features takes the place of the first, so Playwright's is here too.
WITHOUT = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "Translate",
)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    f"--disable-features={','.join(WITHOUT)}",
)
NONE = (
    "no Chromium for tests and benchmarks: expected one from `playwright install chromium`,"
    f" or one of {', '.join(ON_PATH)} on the PATH (Debian: apt-get install chromium)"
)


def find(driver: Playwright) -> str | None:
    """Its path, or None."""
    own = Path(driver.chromium.executable_path)
    return str(own) if own.exists() else next(filter(None, map(shutil.which, ON_PATH)), None)


def launch(driver: Playwright, *settings: str) -> Browser:
    """A new one, with these settings of its command line.

    raises  RuntimeError: there is none
    """
    if (found := find(driver)) is None:
        raise RuntimeError(NONE)
    return driver.chromium.launch(executable_path=found, args=[*QUIET, *settings])


def missing() -> bool:
    with sync_playwright() as driver:
        return find(driver) is None


def install() -> None:
    """By playwright's download and, where that brings none, as root by the system's packages."""
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])
    if missing() and shutil.which("apt-get") and os.geteuid() == 0:
        quietly = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "-qq", "update"], **quietly)
        subprocess.run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium"], **quietly)


if __name__ == "__main__":
    if missing():
        install()
    sys.exit(NONE if missing() else None)
