"""What a reader does with the page of a run: slider, marks, keys, projector, address, words."""

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

PROJECTORS = ((1280, 720), (1600, 1000), (1920, 1080))


def press(browser, *keys):
    ActionChains(browser).send_keys(*keys).perform()


def at(browser):
    """The frame under the slider."""
    return int(browser.find_element(By.ID, "slider").get_property("value"))


def resize(browser, width, height):
    """The picture, not the window: any size, phones too."""
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})


def restore_size(browser):
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def open_page(browser, page, state=""):
    """Anew, whatever the address was."""
    browser.get("about:blank")
    browser.get(page.as_uri() + state)


def matrix_of(browser):
    return browser.execute_script(
        "return JSON.stringify(document.querySelector('[data-chart=\"matrix\"] .plot').data[0].z)")


def check_slider(browser, problems):
    """The step under the slider decides what the matrix shows and what the sentence says."""
    slider = browser.find_element(By.ID, "slider")
    if int(slider.get_attribute("max")) < 2:
        return

    def sentence():
        return browser.find_element(By.ID, "narration").text

    browser.execute_script("arguments[0].focus()", slider)
    slider.send_keys(Keys.HOME)
    problems.expect(at(browser) == 0, "the Home key does not move the slider to the first window")
    first_matrix, first_sentence = matrix_of(browser), sentence()
    problems.expect(first_sentence.startswith("step "), f"the sentence names no step: '{first_sentence}'")
    slider.send_keys(Keys.ARROW_RIGHT)
    problems.expect(at(browser) == 1 and sentence() != first_sentence, "the arrow key does not move the slider")
    problems.expect(matrix_of(browser) != first_matrix, "the slider does not move the heat map")
    ring = browser.execute_script("return getComputedStyle(arguments[0]).outlineStyle", slider)
    problems.expect(ring != "none", "the slider shows no focus ring")

    browser.execute_script("document.activeElement.blur()")
    press(browser, Keys.ARROW_RIGHT)
    problems.expect(at(browser) == 2, "arrow keys outside the slider do not move the window")
    press(browser, Keys.PAGE_DOWN)
    problems.expect_soon(lambda: browser.execute_script("return scrollY") > 0, "the page keys do not scroll")
    problems.expect(at(browser) == 2, "the page keys of a reader move the window")
    browser.execute_script("scrollTo(0, 0)")

    def click_moves():  # once the page has come to rest: it may still be scrolling
        ActionChains(browser).move_to_element(slider).click().perform()
        return abs(at(browser) - int(slider.get_attribute("max")) / 2) <= 1

    problems.expect_soon(click_moves, "a click does not move the slider")
    play = browser.find_element(By.ID, "play")
    browser.execute_script("slider.choose(0)")  # far from the end, where playing stops by itself
    before = at(browser)
    play.send_keys(Keys.SPACE)
    problems.expect_soon(lambda: at(browser) > before, "the space bar on `play` does not play")
    play.send_keys(Keys.SPACE)
    problems.expect(play.text == "play", "the space bar does not pause")


def marked_frames(browser):
    return sorted({int(mark.get_attribute("data-frame")) for mark in browser.find_elements(By.CSS_SELECTOR, ".mark")})


def check_marks(browser, problems):
    """Every alarm and event lies on the slider, and the buttons go from one to the next."""
    frames = marked_frames(browser)
    alarms, shown = browser.execute_script(
        "return [run.alarms.length, document.querySelectorAll('.mark.alarm').length]")
    problems.expect(shown == min(alarms, shown) and (alarms == 0 or shown > 0), "alarms are not marked on the slider")
    if not frames:
        return
    browser.execute_script("slider.choose(0)")
    visited = [0] if frames[0] == 0 else []
    after = browser.find_element(By.ID, "mark-after")
    while after.is_enabled() and len(visited) <= len(frames):
        after.click()
        visited.append(at(browser))
    problems.expect(visited == frames, f"the button › visits {visited}, the marks are {frames}")


def outside(browser):
    """What should be on a projected screen and is not, or not wholly."""
    return browser.execute_script("""
        const wanted = ['#narration', '#slider', '#play', '[data-chart="losses"] .main-svg', '[data-chart="matrix"] .main-svg',
                        ...(run.frames[0].v.length > 0 ? ['[data-chart="mode"] .main-svg'] : [])];
        const faults = wanted.filter((selector) => {
          const box = document.querySelector(selector)?.getBoundingClientRect();
          return !box || box.width < 40 || box.height < 16 || box.left < 0 || box.top < 0
            || box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
        });
        const small = [...document.querySelectorAll('[data-chart="losses"] .xtick text')].filter(
          (tick) => parseFloat(getComputedStyle(tick).fontSize) < 17).length;
        return [...faults, ...(small > 0 ? ['type is small'] : [])];""")


def check_presentation(browser, problems):
    """One screen at each projector's size; keys of a presenter's remote control; back to where one was."""
    browser.execute_script("document.activeElement.blur()")
    press(browser, "p")
    for width, height in PROJECTORS:
        resize(browser, width, height)
        problems.expect_soon(lambda: outside(browser) == [],
                             lambda: f"presenting at {width}x{height}: {outside(browser)} not on the screen")
    frames = marked_frames(browser)
    if len(frames) > 1:
        browser.execute_script("slider.choose(arguments[0])", frames[0])
        press(browser, Keys.PAGE_DOWN)
        problems.expect(at(browser) == frames[1], "presenting, the page key does not go to the next mark")
        press(browser, Keys.ARROW_LEFT)
        problems.expect(at(browser) == frames[0], "presenting, the arrow does not go to the mark before")
    before = at(browser)
    if before + 3 < browser.execute_script("return run.frames.length"):
        press(browser, Keys.SPACE)
        problems.expect_soon(lambda: at(browser) > before, "presenting, the space bar does not play")
        press(browser, Keys.SPACE)
        rest = at(browser)
        problems.expect(browser.find_element(By.ID, "play").text == "play" and rest == at(browser),
                        "presenting, the space bar does not pause")
    press(browser, Keys.ESCAPE)
    restore_size(browser)
    problems.expect(not browser.execute_script("return presentation.on"), "Escape does not end the presentation")


STATE = """return {step: document.getElementById('step').textContent, losses: timeCharts.types.losses,
  matrix: windowCharts.kind, range: timeCharts.range.map(Math.round), present: presentation.on}"""


def check_address(browser, problems, page):
    """Whoever opens the address sees the same moment."""
    open_page(browser, page, "?present")
    problems.expect(browser.execute_script("return presentation.on"), "?present does not present")
    press(browser, "p")
    browser.find_element(By.CSS_SELECTOR, '[data-chart="losses"] .axis').click()
    browser.find_element(By.CSS_SELECTOR, '[data-chart="matrix"] .axis').click()
    browser.execute_script("""
        slider.choose(1);
        const [first, last] = run.range;
        Plotly.relayout(timeCharts.elements.losses, {'xaxis.range': [first, Math.round((first + last) / 2)]});""")
    browser.execute_script("document.activeElement.blur()")
    press(browser, "p")
    problems.expect_soon(lambda: "present" in browser.current_url.partition("#")[2], "the address does not follow the page")
    state, url = browser.execute_script(STATE), browser.current_url
    open_page(browser, page, "#" + url.partition("#")[2])
    again = browser.execute_script(STATE)
    problems.expect(state == again, f"the address {url} gives {again}, not {state}")
    press(browser, "p")


def check_terms(browser, problems):
    """Focus shows what a word means; Escape takes it away."""
    for word in browser.find_elements(By.CSS_SELECTOR, ".term"):
        if not word.is_displayed():
            continue
        browser.execute_script("arguments[0].focus()", word)
        shown = browser.find_element(By.ID, "meaning")
        problems.expect(shown.is_displayed() and len(shown.text) > 20, f"'{word.text}' has no meaning on focus")
        press(browser, Keys.ESCAPE)
        problems.expect(not shown.is_displayed(), "Escape does not hide the meaning of a word")


def check_tooltips(browser, problems):
    """Hovering the matrix and the eigenvector names probes."""
    cells = browser.execute_script("return run.cells.map((cell) => cell.name)")
    for chart in ("matrix", "mode"):
        plots = browser.find_elements(By.CSS_SELECTOR, f'[data-chart="{chart}"] .nsewdrag')
        if not plots:
            continue
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", plots[0])
        ActionChains(browser).move_to_element(plots[0]).move_by_offset(9, 7).perform()

        def text():
            return browser.execute_script(
                f"""return [...document.querySelectorAll('[data-chart="{chart}"] .hovertext')]
                    .map((node) => node.textContent).join(' ')""")
        problems.expect_soon(lambda: any(name in text() for name in cells),
                             lambda: f"the tooltip of '{chart}' names no probe: '{text()}'")


def check_overlay(browser, problems):
    """Where a second run lies over the first: its lines are drawn, and its events stand beside the others."""
    if not browser.execute_script("return run.other !== null"):
        return
    lines = browser.execute_script(
        "return timeCharts.elements.losses.data.filter((line) => line.line?.dash === 'dash').map((line) => line.name)")
    name = browser.execute_script("return run.other.label")
    problems.expect(name in lines, f"the second run's losses are not drawn: {lines}")
    expected = browser.execute_script("""
        const theirs = run.other.transitions.find((event) => event.name === run.transitions[0].name);
        return theirs ? signed(theirs.at50 - run.transitions[0].at50) : null""")
    row = [cell.text for cell in browser.find_elements(By.CSS_SELECTOR, "#difference tbody tr:first-child td")]
    problems.expect(expected is None or row[-1] == expected, f"the events differ by {expected}, the table says {row}")


def check_phone(browser, problems):
    """A narrow page: nothing wider than it, no names printed over each other, the slider above its matrix."""
    resize(browser, 390, 844)
    browser.execute_script("timeCharts.redraw()")
    wide = browser.execute_script("return document.documentElement.scrollWidth - innerWidth")
    problems.expect(wide <= 0, f"on a phone the page is {wide} px too wide")
    names = browser.execute_script("""
        const boxes = [...document.querySelectorAll('[data-chart="losses"] .annotation-text')].map((text) => text.getBoundingClientRect());
        return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => a.left < b.right - 1 && b.left < a.right - 1
          && a.top < b.bottom - 3 && b.top < a.bottom - 3)).length;""")
    problems.expect(names == 0, f"on a phone {names} names of events overprint each other")
    cut = browser.execute_script(
        "return [...document.querySelectorAll('.table')].filter((table) => table.scrollWidth > table.clientWidth + 1).length")
    problems.expect(cut == 0, f"on a phone {cut} tables are cut")
    browser.execute_script("document.querySelector('[data-chart=\"matrix\"]').scrollIntoView()")
    seen = browser.execute_script("const box = document.getElementById('slider').getBoundingClientRect(); return box.top >= 0 && box.bottom < innerHeight")
    problems.expect(seen, "on a phone the slider is out of sight beside its matrix")
    restore_size(browser)
    browser.execute_script("timeCharts.redraw(); scrollTo(0, 0)")


def check_first_screen(browser, problems):
    """Charts, not words, are what one sees first, also on a small projector."""
    resize(browser, 1280, 720)
    missing = browser.execute_script("""
        return ['losses', 'matrix'].filter((name) => {
          const box = document.querySelector(`[data-chart="${name}"] .nsewdrag`).getBoundingClientRect();
          return box.height < 150 || box.bottom > innerHeight;
        });""")
    problems.expect(missing == [], f"the first screen at 1280x720 does not show {missing}")
    restore_size(browser)


def check_run_page(browser, problems, page):
    check_first_screen(browser, problems)
    check_slider(browser, problems)
    check_marks(browser, problems)
    check_tooltips(browser, problems)
    check_terms(browser, problems)
    check_overlay(browser, problems)
    check_phone(browser, problems)
    check_presentation(browser, problems)
    check_address(browser, problems, page)
