#!/usr/bin/env python3
"""Drives the playground in headless Chromium, from file://: every control, a game, a shared address.

    tests/browser/check_playground.py [--screenshots DIR] [--timings] PAGE

Faults are an error on the console, a request to anywhere, and a control that changes nothing. --timings prints how long loading
and a whole run take, and the frames a second meanwhile. Exit code 77 where Chromium or Selenium is missing.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
except ImportError:
    webdriver = None

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--force-device-scale-factor=1"]
WIDTHS = [1920, 1280, 390]
PATIENCE = 60  # seconds, on a machine that has much else to do


def browser(profile: str):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in [*FLAGS, f"--user-data-dir={profile}", "--window-size=1280,1000"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(service=Service(DRIVER), options=options)


class Page:
    def __init__(self, driver, page: Path):
        self.driver, self.url, self.faults = driver, page.resolve().as_uri(), []

    def open(self, address: str = "", awaited: str = "play") -> float:
        """Opens the page anew; seconds until it is ready."""
        self.driver.get("about:blank")
        begun = time.monotonic()
        self.driver.get(self.url + address)
        self.wait(f"document.body.dataset.ready === 'true' && {awaited}", "the page is not ready")
        return time.monotonic() - begun

    def js(self, expression: str):
        return self.driver.execute_script(f"return {expression};")

    def wait(self, expression: str, fault: str) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.js(f"!!({expression})"):
                return
            time.sleep(0.05)
        raise AssertionError(f"{fault}: {self.js('document.getElementById(`failure`).textContent')}")

    def check(self, holds: bool, fault: str) -> None:
        if not holds:
            self.faults.append(fault)

    def click(self, name: str) -> None:
        self.driver.find_element(By.ID, name).click()

    def set(self, name: str, value) -> None:
        """As a hand does it: the value, and the events that follow."""
        self.driver.execute_script(
            "const at = document.getElementById(arguments[0]); at.value = arguments[1];"
            "at.dispatchEvent(new Event('input', {bubbles: true})); at.dispatchEvent(new Event('change', {bubbles: true}));", name, value)

    def parameter(self, name: str):
        return self.js(f"parameter('{name}').value")


def check_run(page: Page) -> None:
    page.open()
    page.check(page.js("play.run.count") == 1, "the page does not begin with the first recording")
    page.click("step")
    page.wait("play.run.count === 2", "`One recording` makes none")
    page.click("play")
    page.wait("play.run.count > 200", "the run does not run")
    page.click("play")
    page.wait("!busy", "the run does not pause")
    count = page.js("play.run.count")
    time.sleep(0.3)
    page.check(page.js("play.run.count") == count, "the run goes on while it pauses")
    page.check(page.js("play.twin.count") == count, "the twin is not where the run is")
    page.check("step" in page.js("document.getElementById('run-readout').textContent"), "no readout for screen readers")
    page.driver.find_element(By.TAG_NAME, "body").send_keys("r")
    page.wait("play.run.count === 1", "the key r does not restart")
    # What is drawn is something: every chart has more than one colour.
    page.set("control-speed", 40)
    page.click("play")
    page.wait("play.run.count > 1500 || !playing", "the run does not run on")
    page.click("play")
    for chart in page.js("[...document.querySelectorAll('#sides canvas, #alarm-chart')].map(c => c.id)"):
        colours = page.js(f"new Set(new Uint32Array(document.getElementById('{chart}').getContext('2d').getImageData(0, 0,"
                          f" document.getElementById('{chart}').width, document.getElementById('{chart}').height).data.buffer)).size")
        page.check(colours > 2, f"the chart {chart} is empty")
    page.check("mode1" in page.js("document.getElementById('run-readout').textContent"), "the event is not told")
    page.check(page.js("eventAt(play.twin.rows.subarray(0, play.twin.count * play.width), play.width, play.description)") is None,
               "the twin has an event")


def check_controls(page: Page) -> None:
    for setting in page.js("SETTINGS"):
        page.set("control-setting", setting)
        page.wait(f"play.description.setting === '{setting}' && document.getElementById('control-setting').value === '{setting}'",
                  f"the setting {setting} does not come")
        names = page.js("[...document.querySelectorAll('#controls input[type=number]')].map(i => i.id.slice(8))")
        for name in [n for n in names if n != "speed"]:
            before = page.parameter(name)
            page.set(f"slide-{name}", 0.7)
            page.wait(f"play && parameter('{name}').value !== {json.dumps(before)}", f"{setting}: the slider of {name} changes nothing")
            page.check(f"{name}=" in page.js("location.hash"), f"{setting}: {name} is not in the address")
    page.set("control-setting", "deep-linear")
    page.wait("document.getElementById('control-strengths')", "no sliders for the singular values")
    page.driver.execute_script("const s = document.querySelector('#control-strengths input'); s.value = 5.5; s.dispatchEvent(new Event('input'));")
    page.wait("parameter('strengths').value[0] === 5.5", "the singular values cannot be dragged")
    page.set("control-learning_rate", -1)
    page.wait("document.getElementById('failure').textContent.includes('learning_rate')", "a bad learning rate is not told")
    page.set("control-learning_rate", 0.005)
    page.wait("document.getElementById('failure').textContent === ''", "a fault stays when it is mended")
    for button in page.driver.find_elements(By.CSS_SELECTOR, "#presets button"):
        before = page.js("generation")
        button.click()
        page.wait(f"generation > {before} && play.id === generation && play.run.count > 5", f"the preset '{button.text}' does not run")
        page.check(page.js("document.getElementById('failure').textContent") == "", f"the preset '{button.text}' fails")
        page.check(page.js("document.getElementById('preset-note').textContent") != "", f"the preset '{button.text}' says nothing")


def check_alarm(page: Page) -> None:
    page.open("#setting=schematic")
    page.wait("background.twins.length === RUNS", "the background runs do not end")
    text = page.js("document.getElementById('tally').textContent")
    page.check("10 of 10 runs" in text and "0 of 10 twins" in text, f"the tally of the schematic is '{text}'")
    before = page.js("threshold()")
    page.set("threshold", 0.02)
    page.check(page.js("threshold()") < before, "the slider does not move the threshold")
    page.check("10 of 10 twins" in page.js("document.getElementById('tally').textContent"), "a low threshold does not cry wolf")
    chart = page.driver.find_element(By.ID, "alarm-chart")
    low = page.js("threshold()")
    webdriver.ActionChains(page.driver).move_to_element_with_offset(chart, 0, -40).click_and_hold().move_by_offset(
        0, -10).release().perform()
    page.check(page.js("threshold()") > low, "the line cannot be dragged")
    page.set("statistic", "pr")
    page.check(page.js("state.statistic") == "pr" and "statistic=pr" in page.js("location.hash"), "the statistic is not in the address")


def check_address(page: Page) -> None:
    page.open("#setting=fold&seed=7&window=60&statistic=shc_detrended&noise_sd=0.2")
    page.check([page.parameter(n) for n in ("seed", "window", "noise_sd")] == [7, 60, 0.2], "a shared address is not followed")
    page.check(page.js("state.statistic") == "shc_detrended", "a shared statistic is not followed")
    page.driver.execute_script("location.hash = '#setting=pitchfork';")
    page.wait("play.description.setting === 'pitchfork'", "a changed address is not followed")
    page.open("?embed#setting=schematic")
    page.check(not page.driver.find_element(By.ID, "game").is_displayed(), "?embed shows the whole page")
    page.open("#setting=nosuch", awaited="true")
    page.check("unknown setting" in page.js("document.getElementById('failure').textContent"), "an unknown setting is not told")


def check_tour_and_file(page: Page) -> None:
    page.open("#setting=schematic")
    steps = page.js("TOUR.length")
    for step in range(1, steps + 1):
        page.click("tour")
        page.check(page.js("document.getElementById('tour-step').textContent").startswith(f"{step}."), f"step {step} of the tour")
        page.check(page.js("document.querySelectorAll('.lit').length") == 1, f"step {step} of the tour shows nothing")
    page.click("tour")
    page.check(not page.driver.find_element(By.ID, "tour-step").is_displayed(), "the tour does not end")
    # The file is caught on its way to the disk.
    page.driver.execute_script("window.saved = null; const make = URL.createObjectURL; URL.createObjectURL = (blob) => "
                               "{ blob.text().then(t => { window.saved = t; }); return make.call(URL, blob); };")
    page.click("csv")
    page.wait("window.saved", "no losses are saved")
    head, first = page.js("window.saved").splitlines()[:2]
    page.check(head == ",".join(["step", *map(str, range(60))]) and len(first.split(",")) == 61, "the saved losses are no table")


def check_game(page: Page) -> None:
    page.open("#setting=schematic")
    page.wait("background.twins.length === RUNS", "the background runs do not end")
    page.click("game-start")
    # Called at once in odd rounds; in the others the hands stay still, and the clock is put forward.
    for k in range(10):
        page.wait(f"game && game.round === {k} && game.now && !game.now.done && game.rounds.length === {k + 1}", f"round {k + 1} does not begin")
        if k % 2:
            page.driver.execute_script("game.call();")
        else:
            page.driver.execute_script("game.started -= 1e6;")
        page.wait(f"game.rounds[{k}].done", f"round {k + 1} does not end")
    page.wait("document.querySelectorAll('#game-result tr').length === 5", "the game has no result")
    table = page.js("[...document.querySelectorAll('#game-result tr')].map(r => [...r.cells].map(c => c.textContent))")
    page.check(table[2][0] == "SHC" and table[2][1] == "5 of 5" and table[2][3] == "0 of 5", f"SHC's row is {table[2]}")
    page.check(table[4][1] == "0 of 5", f"the clock announces a step that never moves: {table[4]}")


def check_silence(page: Page) -> None:
    for entry in page.driver.get_log("browser"):
        page.check(entry["level"] not in ("SEVERE", "WARNING"), f"the console says: {entry['message']}")
    for entry in page.driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = message["params"]["request"]["url"]
            page.check(url.startswith(("file:", "blob:", "data:", "about:", "chrome:")), f"a request to {url}")


def timings(page: Page) -> None:
    print(f"loading: {page.open():.2f} s")
    page.set("control-speed", 100)
    page.driver.execute_script("background.stopped = true; window.frames_ = 0; window.begun = performance.now();"
                               "(function count() { ++window.frames_; if (play.run.count < play.recordings) requestAnimationFrame(count);"
                               " else window.ended = performance.now(); })();")
    page.click("play")
    page.wait("window.ended", "the run does not end")
    seconds = page.js("(ended - begun) / 1000")
    print(f"deep-linear with its twin, {page.js('play.recordings')} recordings: {seconds:.2f} s, {page.js('frames_') / seconds:.0f} frames a second")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("page", type=Path)
    parser.add_argument("--screenshots", type=Path)
    parser.add_argument("--timings", action="store_true")
    options = parser.parse_args()
    if webdriver is None or not Path(CHROMIUM).exists() or not Path(DRIVER).exists():
        print("Chromium or Selenium is missing", file=sys.stderr)
        return 1 if os.environ.get("PREMELT_FULL") else 77
    with tempfile.TemporaryDirectory() as profile:
        driver = browser(profile)
        try:
            page = Page(driver, options.page)
            if options.timings:
                timings(page)
                return 0
            for check in (check_run, check_controls, check_alarm, check_address, check_tour_and_file, check_game, check_silence):
                try:
                    check(page)
                except AssertionError as fault:
                    page.faults.append(str(fault))
            for width in WIDTHS if options.screenshots else []:
                options.screenshots.mkdir(parents=True, exist_ok=True)
                driver.set_window_size(width, 1000)
                page.open("#speed=50")
                page.click("play")
                page.wait("play.run.count > 1500", "the run does not run")
                page.click("play")
                page.check(page.js("document.documentElement.scrollWidth <= innerWidth"), f"at {width} pixels the page is wider than the screen")
                driver.set_window_size(width, page.js("Math.min(document.documentElement.scrollHeight, 4000)"))
                time.sleep(0.3)
                driver.save_screenshot(str(options.screenshots / f"playground_{width}.png"))
        finally:
            driver.quit()
    print("\n".join(page.faults) or "the playground does all that its controls promise")
    return 1 if page.faults else 0


if __name__ == "__main__":
    sys.exit(main())
