"""Finds what the tests need beside Python packages, a browser first, and installs it where that needs nobody's help."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

CHOSEN = "WERYAI_TEST_BROWSER"
SHELL = "chromium-headless-shell"
"""Chromium without windows, a package of Debian. A whole one draws its own buttons as well, for nobody to see."""
NAMES = (SHELL, "chromium", "google-chrome", "google-chrome-stable", "chrome", "chromium-browser", "msedge")
USUAL_PLACES = (
    "/usr/bin/chromium",
    "/usr/bin/google-chrome",
    "/opt/google/chrome/chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
)
FONT_PACKAGES = ("fontconfig", "fonts-noto-cjk", "fonts-dejavu-core")
PROGRAMS = {"curl": "curl", "openssl": "openssl"}
"""What the tests run beside a browser, each with its Debian package."""
NGINX = Path(__file__).resolve().parent.parent / ".programs" / "usr" / "sbin" / "nginx"
"""Beside the tests, because the package as a whole begins to serve on port 80."""
INSTALL_SECONDS = 900
ANSWER_SECONDS = 30


def find_browser() -> Path | None:
    """A Chrome or Chromium that starts: the chosen one alone, else an installed one, else Playwright's own."""
    return next((path for path in _candidates() if _starts(path)), None)


def find_whole_browser() -> Path | None:
    """One with windows, where the machine has it: the shell shows no notifications."""
    return next((path for path in _installed() if path.name != SHELL and _starts(path)), None)


def ensure_browser() -> Path | None:
    """A browser, installed if need be; None when neither worked. Adds fonts where Chinese would be boxes."""
    if _lacks_the_shell():
        _apt([SHELL])
    browser = find_browser()
    if browser is None and CHOSEN not in os.environ:
        print("No browser yet: Playwright's own is installed", flush=True)
        # Ubuntu's own package is a snap, which containers cannot run.
        with_libraries = ["--with-deps"] * _may_install_packages()
        if _run([sys.executable, "-m", "playwright", "install", *with_libraries, "chromium"]):
            browser = find_browser()
    if _may_install_packages() and not _has_chinese_font():
        _apt(FONT_PACKAGES)
    return browser


def ensure_programs() -> tuple[str, ...]:
    """Installs the programs that are not there, where it may; gives those that are still missing."""
    missing = [package for name, package in PROGRAMS.items() if shutil.which(name) is None]
    if missing and _may_install_packages():
        _apt(missing)
    return tuple(name for name in PROGRAMS if shutil.which(name) is None)


def find_nginx() -> Path | None:
    """An nginx of the machine, else the one beside the tests."""
    installed = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin") or shutil.which(NGINX)
    return None if installed is None else Path(installed)


def ensure_nginx() -> None:
    """Unpacks nginx beside the tests where the machine has none and Debian's packages can be had."""
    if find_nginx() is not None or shutil.which("apt-get") is None:
        return
    if _may_install_packages():
        _run(["apt-get", "update"])
    with tempfile.TemporaryDirectory() as folder:
        if _run(["apt-get", "download", "nginx"], folder):
            packages = [str(path) for path in Path(folder).glob("*.deb")]
            _run(["dpkg", "-x", *packages, str(NGINX.parents[2])])


def _lacks_the_shell() -> bool:
    has_one = CHOSEN in os.environ or shutil.which(SHELL) is not None
    return not has_one and _distribution() == "debian" and _may_install_packages()


def _candidates() -> Iterator[Path]:
    chosen = os.environ.get(CHOSEN)
    if chosen:
        yield Path(chosen)
        return
    yield from _installed()
    if own := _playwrights_own():
        yield own


def _installed() -> Iterator[Path]:
    for name in NAMES:
        if found := shutil.which(name):
            yield Path(found)
    yield from map(Path, USUAL_PLACES)


def _playwrights_own() -> Path | None:
    # In a process of its own: Playwright's synchronous half allows one at a time, and a test may be using it.
    script = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
    )
    answer = _ask([sys.executable, "-c", script])
    return Path(answer) if answer else None


def _starts(path: Path) -> bool:
    """Whether the file is a browser that runs here: Ubuntu's `chromium-browser` may be a note about a snap."""
    if not path.is_file():
        return False
    # Chrome on Windows opens a window when it is asked for its version.
    return platform.system() == "Windows" or bool(_ask([str(path), "--version"]))


def _may_install_packages() -> bool:
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return root and _distribution() in ("debian", "ubuntu") and shutil.which("apt-get") is not None


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release().get("ID", "")
    except OSError:
        return ""


def _has_chinese_font() -> bool:
    return bool(_ask(["fc-list", ":lang=zh"]))


def _apt(packages: Sequence[str]) -> None:
    _run(["apt-get", "update"])
    _run(["apt-get", "install", "-y", "--no-install-recommends", *packages])


def _run(command: Sequence[str], folder: str | None = None) -> bool:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, env=quiet, timeout=INSTALL_SECONDS, cwd=folder, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{command[0]}: {type(error).__name__}", flush=True)
        return False
    return done.returncode == 0


def _ask(command: Sequence[str]) -> str:
    """What a command prints, or nothing when it is not there or fails."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
