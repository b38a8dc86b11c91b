"""Somebody before a browser: what they do in the words of the job, and the audit of every page that they meet."""

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Frame,
    Locator,
    Page,
    Request,
    Response,
    expect,
)

from goldenthread.demo.tables.organisation import PASSWORD
from goldenthread.people.models import Person

AXE = Axe().axe_script
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# Made ready in every page, and only read once the page is audited.
BRING_AXE = f"window.bringAxe = () => {{{AXE}\n}}"
# All rules on the whole page, but the two slowest, contrast and how a link stands out from the text around it, only for text
# of a look that they have not judged yet in this process: by the colour, size, weight and line of the text, every ground
# behind it, and for a link the text around it, as they are computed. Text on which they say nothing, since it is hidden from
# sight for instance, they are not asked about again where it is the same and as large.
AUDIT = """async ([tags, judged]) => {
  bringAxe();
  const slow = ["color-contrast", "link-in-text-block"];
  const found = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"],
    rules: Object.fromEntries(slow.map((rule) => [rule, {enabled: false}]))});
  const known = new Set(judged.split("\\n")), fresh = new Map(), grounds = new Map();
  const ground = (one) => {
    if (!one) return "";
    if (!grounds.has(one)) {
      const {opacity, backgroundColor, backgroundImage} = getComputedStyle(one);
      const own = opacity === "1" && backgroundColor === "rgba(0, 0, 0, 0)" && backgroundImage === "none"
        ? "" : `${opacity} ${backgroundColor} ${backgroundImage}; `;
      grounds.set(one, own + ground(one.parentElement));
    }
    return grounds.get(one);
  };
  const look = (one) => {
    const {color, fontSize, fontWeight, fontStyle, fontFamily, textShadow, textDecoration, borderBottom} = getComputedStyle(one);
    return `${color} ${fontSize} ${fontWeight} ${fontStyle} ${fontFamily} ${textShadow} ${textDecoration} ${borderBottom}`
      + ` on ${ground(one)}`;
  };
  const seen = new Map();
  const looks = (one) => seen.get(one) ?? (seen.set(one, asSeen(one)), seen.get(one));
  const asSeen = (one) => {
    if (!one.matches("a, [role=link]")) return look(one);
    let around = one.parentElement;
    while (around.parentElement && getComputedStyle(around).display === "inline") around = around.parentElement;
    const alone = around.textContent.trim().length === one.textContent.trim().length;
    return `${look(one)} ${alone ? "alone" : `within ${look(around)}`}`;
  };
  const placed = (one) => {
    const {width, height, bottom} = one.getBoundingClientRect();
    return `${one.tagName} ${Math.round(width)} ${Math.round(height)} ${bottom > 0} ${looks(one)}`;
  };
  const among = (rules) => rules.flatMap((rule) => rule.nodes).map((node) => looks(node.element));
  for (const one of document.body.querySelectorAll("*")) {
    const says = one.matches("input, select, textarea, a, [role=link]")
      || [...one.childNodes].some((part) => part.nodeType === Node.TEXT_NODE && part.data.trim());
    if (!says || !one.checkVisibility() || one.matches(":disabled")) continue;
    if (known.has(looks(one)) || known.has(placed(one))) continue;
    const alike = fresh.get(looks(one)) ?? [];
    if (alike.length < 5) fresh.set(looks(one), [...alike, one]);
  }
  const texts = [...fresh.values()].flat();
  if (!texts.length) return [found.violations, ""];
  const judge = await axe.run(texts, {runOnly: slow, resultTypes: ["passes", "violations", "incomplete"], elementRef: true});
  const now = new Set(among(judge.passes)), wanting = new Set(among(judge.violations));
  for (const open of among([...judge.violations, ...judge.incomplete])) now.delete(open);
  for (const one of texts) if (!wanting.has(looks(one))) now.add(placed(one));
  const plain = JSON.parse(JSON.stringify(judge.violations, (name, value) => name === "element" ? null : value));
  return [[...found.violations, ...plain], [...now].join("\\n")];
}"""
PATIENCE = 10_000  # milliseconds: generous, since two slow cores may be shared with other tests
REFUSED = (
    "Failed to load resource"  # Chromium's own word for an answer that `responses` judges already
)

TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) => console.error(
  `Content security policy: ${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`));"""
AT_REST = """() => document.readyState === "complete" && document.fonts.status === "loaded"
  && !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")"""
OFFLINE = re.compile(r"htmx:(sendError|afterRequest)")
MOST_TABS = 120
AUDITED: set[tuple[int, bool, str]] = set()  # by this process
JUDGED: set[str] = set()  # looks of text that are as they should be
ONCE_ONLY = re.compile(r'(?<="csrfmiddlewaretoken" value=")[^"]*|(?<=nonce=")[^"]*')
FOCUS_IN_SIGHT = """() => {
  const look = getComputedStyle(document.activeElement);
  return look.outlineStyle !== "none" || look.boxShadow !== "none";
}"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Visitor:
    """One person with a browser of their own."""

    def __init__(
        self, chromium: Browser, address: str, width: int, height: int, *, dark: bool
    ) -> None:
        self.address, self.width, self.dark = address, width, dark
        self.complaints: list[str] = []
        self.pressed = 0  # keys
        self.refusals = {404: 0} | dict.fromkeys((403, 409, 422), 0)
        self.met: set[str] = set()
        self.audited: set[str] = set()
        self.browser = chromium.new_context(
            base_url=address,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/Copenhagen",
            has_touch=width < 500,
        )
        self.browser.set_default_timeout(PATIENCE)
        self.browser.add_init_script(TELL_VIOLATIONS)
        self.browser.add_init_script(BRING_AXE)
        self.page = self.opens_a_window()

    def opens_a_window(self) -> Page:
        page = self.browser.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("request", self._asked)
        page.on("response", self._answered)
        page.on("framenavigated", self._arrived)
        return page

    # What the browser tells ----------------------------------------------------------------------------------

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(REFUSED):
            self.complaints.append(f"console: {message.text} ({message.location['url']})")

    def _asked(self, request: Request) -> None:
        if request.url.startswith(("http", "ws")) and not request.url.startswith(
            self.address + "/"
        ):
            self.complaints.append(f"{self.path} asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status < 400:
            return
        if self.refusals.get(response.status):
            self.refusals[response.status] -= 1
        else:
            self.complaints.append(
                f"{response.status} for {response.request.method} {response.url}"
            )

    def _arrived(self, frame: Frame) -> None:
        if frame.parent_frame is None and frame.url.startswith(self.address):
            self.met.add(urlsplit(frame.url).path)

    def has_nothing_to_complain_about(self) -> None:
        """Fail with everything that was wrong on the way, the pages that nobody audited included."""
        missed = [f"not audited: {path}" for path in sorted(self.met - self.audited)]
        waiting = [f"never answered {status}" for status, left in self.refusals.items() if left]
        told = "\n".join([*self.complaints, *missed, *waiting])
        assert not told, told

    def closes_the_browser(self) -> None:
        self.browser.close()

    # Looking --------------------------------------------------------------------------------------------------

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def main(self) -> Locator:
        return self.page.locator("#main")

    def looks_round(self, again: bool = False) -> "Visitor":
        """Wait until the page is at rest; audit it when it is new, or `again` when it has changed in place."""
        self.page.wait_for_function(AT_REST)
        if again or self.path not in self.audited:
            self.audited.add(self.path)
            self._audits(again)
        return self

    def _audits(self, again: bool) -> None:
        # Signing in and home look the same in most journeys: a page just opened that is the same to the letter is not
        # audited again.
        looks = (self.width, self.dark, ONCE_ONLY.sub("", self.page.content()))
        if looks in AUDITED and not again:
            return
        AUDITED.add(looks)
        violations, judged = self.page.evaluate(AUDIT, [WCAG, "\n".join(JUDGED)])
        JUDGED.update(judged.split("\n"))
        for violation in violations:
            places = [
                f"    {node['html'][:160]}\n      {node['failureSummary']}"
                for node in violation["nodes"][:4]
            ]
            words = f"axe on {self.path}: {violation['id']}, {violation['help']}"
            self.complaints.append("\n".join([words, *places]))
        sideways = self.page.evaluate(SIDEWAYS)
        if sideways > 0:
            self.complaints.append(f"{self.path} is {sideways} px wider than the window")

    def sees(self, *words: str | re.Pattern[str]) -> "Visitor":
        """Each of these words, in sight on the page."""
        for one in words:
            expect(self.main.get_by_text(one).locator("visible=true").first).to_be_visible(
                timeout=PATIENCE
            )
        return self.looks_round()

    def sees_no(self, *words: str | re.Pattern[str]) -> "Visitor":
        self.looks_round()
        for one in words:
            expect(self.main.get_by_text(one).locator("visible=true")).to_have_count(0)
        return self

    def is_told(self, words: str) -> "Visitor":
        """What the live region says, for those who hear the page."""
        expect(self.page.locator("#live")).to_contain_text(words, timeout=PATIENCE)
        return self

    def row(self, words: str, kind: str = "listitem") -> Locator:
        """The innermost row that holds these words."""
        return self.main.get_by_role(kind).filter(has_text=words).last

    # Doing ----------------------------------------------------------------------------------------------------

    def opens(self, path: str) -> "Visitor":
        self.page.goto(path)
        return self.looks_round()

    def field(self, label: str, within: Locator | None = None) -> Locator:
        """The control whose label begins with these words."""
        begins = re.compile(rf"^\s*{re.escape(label)}(?!\w)")
        controls = self.page.locator("input, textarea, select").locator("visible=true")
        return (within or self.main).get_by_label(begins).and_(controls).first

    def fills_in(self, label: str, value: str, within: Locator | None = None) -> "Visitor":
        self.field(label, within).fill(value)
        return self

    def chooses(self, label: str, within: Locator | None = None) -> "Visitor":
        """Tick a box or take one of several."""
        self.field(label, within).check()
        return self

    def selects(self, label: str, option: str, within: Locator | None = None) -> "Visitor":
        self.field(label, within).select_option(label=option)
        return self

    def picks(self, label: str, name: str, within: Locator | None = None) -> "Visitor":
        """Find somebody or something by typing, and take the first that matches."""
        field = self.field(label, within)
        field.fill("")
        field.press_sequentially(name)
        option = self.page.get_by_role("option").filter(has_text=name).first
        expect(option).to_be_visible(timeout=PATIENCE)
        option.click()
        return self

    def drops(self, name: str, data: bytes) -> "Visitor":
        """Drop a file on the page, as from the desktop."""
        carried = self.page.evaluate_handle(
            """([name, text]) => {
                const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
                const carried = new DataTransfer();
                carried.items.add(new File([bytes], name));
                return carried;
            }""",
            [name, b64encode(data).decode()],
        )
        with self.page.expect_navigation():
            self.main.dispatch_event("drop", {"dataTransfer": carried})
        return self.looks_round()

    def presses(
        self, name: str | re.Pattern[str], within: Locator | None = None, exact: bool = False
    ) -> "Visitor":
        """A button; wait for what it leads to."""
        self._clicks("button", name, within, exact)
        return self

    def follows(
        self, name: str | re.Pattern[str], within: Locator | None = None, exact: bool = False
    ) -> "Visitor":
        """A link; wait for what it leads to."""
        self._clicks("link", name, within, exact)
        return self

    def _clicks(self, role: Any, name: Any, within: Locator | None, exact: bool) -> None:
        target = (within or self.main).get_by_role(role, name=name, exact=exact)
        target.locator("visible=true").first.click()
        self.looks_round()

    def taps(self, word: str) -> "Visitor":
        """An entry of the bar at the bottom of a phone."""
        self.page.get_by_role("navigation", name="Quick").get_by_role("link", name=word).click()
        return self.looks_round()

    def keys(self, *keys: str) -> "Visitor":
        """Keys by their name, without a mouse."""
        for key in keys:
            self.page.keyboard.press(key)
        self.pressed += len(keys)
        return self

    def types(self, text: str) -> "Visitor":
        """Type over what stands where the focus is."""
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        self.pressed += 1 + len(text)
        return self

    def waits_for_focus_on(self, label: str) -> "Visitor":
        """Until what opened in place, or what a key leads to, has taken the focus."""
        field = self.field(label, within=self.page.locator("body"))
        expect(field).to_be_focused(timeout=PATIENCE)
        return self

    def tabs_to(self, name: str) -> "Visitor":
        """Tab on to the control whose name begins so; its focus has to be in sight."""
        target = self.page.locator(":focus").and_(
            self.page.get_by_label(re.compile(rf"^\s*{re.escape(name)}")).or_(
                self.page.locator("a, button, summary").filter(
                    has_text=re.compile(rf"^\s*{re.escape(name)}")
                )
            )
        )
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if target.count():
                assert self.page.evaluate(FOCUS_IN_SIGHT), f"nothing shows the focus on {name}"
                return self
        raise AssertionError(f"{MOST_TABS} tabs do not reach {name} on {self.path}")

    @contextmanager
    def is_offline(self) -> Iterator[None]:
        """Within this there is no connection; what the console says of that is no complaint."""
        before = len(self.complaints)
        self.browser.set_offline(True)
        yield
        self.browser.set_offline(False)
        self.complaints[before:] = [
            one for one in self.complaints[before:] if not OFFLINE.search(one)
        ]

    @contextmanager
    def is_refused(self, status: int) -> Iterator[None]:
        """Within this, one answer with this status is expected."""
        self.refusals[status] += 1
        yield

    def signs_in(self, name: str, password: str = PASSWORD) -> "Visitor":
        """Sign in as somebody of the demo, from wherever the way there stopped."""
        if self.path != "/accounts/login/":
            self.opens("/accounts/login/")
        email = Person.objects.values_list("email", flat=True).get(name=name)
        self.fills_in("E-mail", email).fills_in("Password", password)
        return self.presses("Sign in")
