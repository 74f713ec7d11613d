#!/usr/bin/python3
"""Opens pages in headless Chromium as a reader would, and says what is wrong with them.

usage: check_pages.py [--screenshots DIR] [--patience SECONDS] [--axe AXE.js] PAGE_OR_DIRECTORY ...

Every page: no error on the console, no request that leaves the machine, nothing wider than the window. Pages of the
program (reports of runs, comparisons and sweeps) also: all charts are drawn, light and dark follow the system and the
button, charts are saved as SVG and PNG; of a run's page all that run_page.py tries. With --axe no page has a fault that
axe-core calls serious or critical. Directories are searched for .html files.

Exit code: 0 all is well, 1 problems (one a line), 77 the browser is missing (1 where PREMELT_FULL is set).
Debian: apt-get install chromium chromium-driver python3-selenium
"""

import argparse
import base64
import json
import os
import pathlib
import sys
import tempfile
import time

MISSING = 1 if os.environ.get("PREMELT_FULL") else 77  # the full check leaves nothing out

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from run_page import check_run_page
except ImportError:
    print("left out: python3-selenium is missing; apt-get install chromium chromium-driver python3-selenium")
    sys.exit(MISSING)

WIDTH, HEIGHT = 1600, 1000  # a projector's picture
BROWSER, DRIVER = pathlib.Path("/usr/bin/chromium"), pathlib.Path("/usr/bin/chromedriver")


class Problems:
    """What is wrong, said at once and counted."""

    def __init__(self, patience):
        self.count = 0
        self.page = None
        self.patience = patience  # seconds to wait for what should come

    def expect(self, good, what):
        if good:
            return
        self.count += 1
        print(f"{self.page}: {what}", flush=True)

    def expect_soon(self, condition, what):
        """Waits for the condition; whether it came true."""
        end = time.monotonic() + self.patience
        while not condition() and time.monotonic() < end:
            time.sleep(0.05)
        good = condition()
        self.expect(good, what() if callable(what) else what)
        return good


def start_browser(downloads):
    options = Options()
    options.binary_location = str(BROWSER)
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(service=Service(str(DRIVER)), options=options)
    browser.set_window_size(WIDTH, HEIGHT)
    browser.set_script_timeout(60)
    return browser


def prefer(browser, scheme):
    """The system's light or dark."""
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia",
                            {"features": [{"name": "prefers-color-scheme", "value": scheme}]})


def check_logs(browser, problems):
    for entry in browser.get_log("browser"):
        problems.expect(entry["level"] not in ("SEVERE", "WARNING"), f"console: {entry['message']}")
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] != "Network.requestWillBeSent":
            continue
        url = message["params"]["request"]["url"]
        problems.expect(url.startswith(("file:", "data:", "blob:", "about:")), f"requests {url[:200]}")


def check_charts(browser, problems):
    """Every visible place for a chart has one, with something in it."""
    found = browser.execute_script("""
        const visible = (node) => node.getClientRects().length > 0;
        const plots = [...document.querySelectorAll('.plot')].filter(visible);
        const drawn = (plot) => plot.querySelector('.main-svg') !== null
          && plot.querySelectorAll('.trace, .heatmaplayer image, .point').length > 0;
        return {plots: plots.length, empty: plots.filter((plot) => !drawn(plot)).map((plot) =>
                  plot.closest('[data-chart]')?.dataset.chart ?? 'a matrix'),
                still: document.querySelectorAll('svg[role="img"]').length};""")
    problems.expect(found["plots"] + found["still"] > 0, "has no chart")
    for name in found["empty"]:
        problems.expect(False, f"the chart '{name}' is empty")


def check_theme(browser, problems):
    """Follows the system, and the button against it."""
    def background():
        return browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    prefer(browser, "light")
    light = background()
    prefer(browser, "dark")
    problems.expect_soon(lambda: background() != light, "dark does not follow the system")
    browser.find_element(By.ID, "theme").click()
    problems.expect(background() == light, "the button does not make a dark page light")
    prefer(browser, "light")
    browser.find_element(By.ID, "theme").click()
    browser.find_element(By.ID, "theme").click()
    problems.expect(background() == light, "two clicks on the button do not lead back to light")


def check_saving(browser, problems, downloads):
    """The first chart as files."""
    for file in downloads.iterdir():
        file.unlink()
    for format_, start in (("svg", b"<svg"), ("png", b"\x89PNG")):
        button = browser.find_element(By.CSS_SELECTOR, f'.save button[aria-label$="as {format_.upper()}"]')
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus()", button)
        button.send_keys(Keys.ENTER)

        def saved():
            return [file for file in downloads.glob(f"premelt*.{format_}") if file.stat().st_size > 1000]
        if not problems.expect_soon(saved, f"no {format_.upper()} file is saved"):
            continue
        content = saved()[0].read_bytes()
        problems.expect(content.startswith(start), f"what is saved as {format_.upper()} is not: {content[:40]}")
        problems.expect(b"var(--" not in content, "the saved SVG depends on the page's style")


def check_width(browser, problems):
    wide = browser.execute_script("""
        const page = document.documentElement;
        return getComputedStyle(page).overflowX === 'hidden' ? 0 : page.scrollWidth - page.clientWidth;""")
    problems.expect(wide <= 0, f"is {wide} px wider than the window")


AXE = """
    const done = arguments[arguments.length - 1];
    axe.run({resultTypes: ['violations']}).then((found) => done(found.violations
      .filter((fault) => ['serious', 'critical'].includes(fault.impact))
      .map((fault) => `${fault.id} (${fault.impact}): ${fault.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`)));"""


def check_axe(browser, problems, axe):
    """What axe-core calls serious or critical, light and dark."""
    if axe is None:
        return
    browser.execute_script(axe)
    for scheme in ("light", "dark"):
        prefer(browser, scheme)
        for fault in browser.execute_async_script(AXE):
            problems.expect(False, f"axe-core, {scheme}: {fault}")
    prefer(browser, "light")


def screenshot(browser, path):
    """The whole page, beyond the window."""
    height = browser.execute_script("return Math.min(document.documentElement.scrollHeight, 12000)")
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", {
        "captureBeyondViewport": True, "clip": {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}})
    path.write_bytes(base64.b64decode(shot["data"]))


def save_pictures(browser, directory, name, is_report):
    if directory is None:
        return
    screenshot(browser, directory / f"{name}-light.png")
    if not is_report:
        return
    prefer(browser, "dark")
    screenshot(browser, directory / f"{name}-dark.png")
    browser.save_screenshot(str(directory / f"{name}-dark-window.png"))
    prefer(browser, "light")
    pdf = browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True, "preferCSSPageSize": True})
    (directory / f"{name}-print.pdf").write_bytes(base64.b64decode(pdf["data"]))


def check_page(browser, problems, page, downloads, screenshots, axe):
    prefer(browser, "light")
    browser.get(page.as_uri())
    is_report = bool(browser.find_elements(By.CSS_SELECTOR, "p.wordmark"))
    check_width(browser, problems)
    if is_report:
        check_charts(browser, problems)
        name = f"{page.parent.name}-{page.stem}"
    else:
        name = "-".join(page.with_suffix("").parts[-3:])
    save_pictures(browser, screenshots, name, is_report)
    check_axe(browser, problems, axe)
    if is_report:
        if browser.find_elements(By.ID, "slider") and browser.find_element(By.ID, "window").is_displayed():
            check_run_page(browser, problems, page)
        check_saving(browser, problems, downloads)
        check_theme(browser, problems)
    check_logs(browser, problems)


def pages_of(arguments):
    for argument in map(pathlib.Path, arguments):
        if argument.is_dir():
            yield from sorted(argument.resolve().rglob("*.html"))
        elif argument.exists():
            yield argument.resolve()
        else:
            sys.exit(f"{argument}: there is no such page")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--screenshots", type=pathlib.Path, help="where pictures of the pages are kept")
    parser.add_argument("--patience", type=float, default=30, help="seconds to wait for what should come (30)")
    parser.add_argument("--axe", type=pathlib.Path, help="axe.min.js of axe-core; without it its rules are not tried")
    parser.add_argument("pages", nargs="+", metavar="PAGE_OR_DIRECTORY")
    arguments = parser.parse_args()
    for program in (BROWSER, DRIVER):
        if not program.exists():
            print(f"left out: {program} is missing; apt-get install chromium chromium-driver python3-selenium")
            return MISSING
    pages = list(pages_of(arguments.pages))
    if not pages:
        sys.exit("there is no .html file in " + ", ".join(arguments.pages))
    if arguments.screenshots:
        arguments.screenshots.mkdir(parents=True, exist_ok=True)
    problems = Problems(arguments.patience)
    axe = arguments.axe.read_text(encoding="utf-8") if arguments.axe else None
    with tempfile.TemporaryDirectory(prefix="premelt-downloads-") as folder:
        browser = start_browser(folder)
        try:
            for problems.page in pages:
                check_page(browser, problems, problems.page, pathlib.Path(folder), arguments.screenshots, axe)
        finally:
            browser.quit()
    print(f"{len(pages)} pages, {problems.count} problems")
    return 1 if problems.count else 0


if __name__ == "__main__":
    sys.exit(main())
