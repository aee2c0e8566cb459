"""The Chromium of tests and benchmarks: playwright's own, else one that is installed. As a command: bring one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

# Chromium without windows opens a page at half the processor time and paints the same.
SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
WITH_WINDOWS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
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
    "--font-render-hinting=none",  # letters as wide with windows as without
    f"--disable-features={','.join(WITHOUT)}",
)
NONE = (
    "no Chromium for tests and benchmarks: expected one from `playwright install chromium`, or on the PATH one of"
    f" {', '.join(SHELLS + WITH_WINDOWS)} (Debian: apt-get install chromium chromium-headless-shell)"
)


def own(driver: Playwright) -> bool:
    """Whether playwright has brought one, with and without windows."""
    return Path(driver.chromium.executable_path).exists()


def on_path(*names: str) -> str | None:
    """The path of the first that is installed, or None."""
    return next(filter(None, map(shutil.which, names)), None)


def launch(driver: Playwright, *settings: str, windows: bool = False) -> Browser:
    """A new one, with these settings of its command line.

    windows  one that could show windows, as a reader's, where there is one: slower
    raises   RuntimeError: there is none
    """
    if own(driver):
        return driver.chromium.launch(channel="chromium" if windows else None, args=[*QUIET, *settings])
    if (found := on_path(*(WITH_WINDOWS + SHELLS if windows else SHELLS + WITH_WINDOWS))) is None:
        raise RuntimeError(NONE)
    return driver.chromium.launch(executable_path=found, args=[*QUIET, *settings])


def missing(*names: str) -> bool:
    """Whether neither playwright has one nor the path any of these names."""
    with sync_playwright() as driver:
        return not own(driver) and on_path(*names) is None


def install() -> None:
    """By playwright's download, where there is none at all, and, where that brings none, as root by the system's
    packages, one after the other: a system may lack the shell."""
    if missing(*SHELLS, *WITH_WINDOWS):
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])
    if missing(*SHELLS) and shutil.which("apt-get") and os.geteuid() == 0:
        quietly = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "-qq", "update"], **quietly)
        for name in (WITH_WINDOWS[0], SHELLS[0]):
            subprocess.run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", name], **quietly)


if __name__ == "__main__":
    if missing(*SHELLS):
        install()
    sys.exit(NONE if missing(*SHELLS, *WITH_WINDOWS) else None)
