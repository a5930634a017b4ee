"""A page in headless Chromium, driven over its debugging pipe: no package is needed for it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# Chromium reads and writes at these numbers of files.
AT_ITS_NUMBERS = """
import fcntl, os, sys
reads, writes, *call = sys.argv[1:]
reads, writes = (fcntl.fcntl(int(each), fcntl.F_DUPFD, 10) for each in (reads, writes))
os.dup2(reads, 3)
os.dup2(writes, 4)
os.execv(call[0], call)
"""
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--remote-debugging-pipe",
)  # fmt: skip


def program() -> str | None:
    """Where Chromium is, on systems whose processes hand pipes to their children."""
    found = [shutil.which(name) for name in PROGRAMS if os.name == "posix"]
    return next((path for path in found if path), None)


class Page:
    """An empty page of a Chromium of its own; `close` ends both.

    Args:
        profile: an empty folder.
        width: of the window, in pixels.
        height: of the window.
    """

    def __init__(self, profile: Path, width: int = 1280, height: int = 900):
        reads, self.asks = os.pipe()
        self.answers, writes = os.pipe()
        window = (f"--user-data-dir={profile}", f"--window-size={width},{height}")
        call = [sys.executable, "-c", AT_ITS_NUMBERS, str(reads), str(writes), program()]
        call += [*FLAGS, *window, "about:blank"]
        self.process = subprocess.Popen(
            call, pass_fds=(reads, writes), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(reads)
        os.close(writes)
        self.heard, self.number, self.session, self.events = b"", 0, None, []
        targets = self.ask("Target.getTargets")["targetInfos"]
        target = next(each["targetId"] for each in targets if each["type"] == "page")
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters) -> dict:
        """Send a command and return its result; events on the way are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        message |= {"sessionId": self.session} if self.session else {}
        os.write(self.asks, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self.number:
            self.events.append(answer)
        assert "error" not in answer, (method, answer)
        return answer["result"]

    def _next(self) -> dict:
        while b"\0" not in self.heard:
            part = os.read(self.answers, 1 << 16)
            assert part, "Chromium has ended"
            self.heard += part
        message, _, self.heard = self.heard.partition(b"\0")
        return json.loads(message)

    def evaluate(self, expression: str):
        """The value of an expression of JavaScript; a promise is waited for."""
        answer = self.ask(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def open(self, address: str, until: str) -> None:
        """Load a page and wait until an expression of JavaScript is true there."""
        self.ask("Page.navigate", url=address)
        self.wait(until)

    def wait(self, until: str) -> None:
        """Wait, up to two minutes, until an expression is true."""
        self.evaluate(
            f"""new Promise((done, fail) => {{
                const ends = Date.now() + 120000;
                const look = () => ({until}) ? done()
                    : Date.now() < ends ? setTimeout(look, 10) : fail(new Error("waited in vain"));
                look();
            }})"""
        )

    def press(self, key: str, shift: bool = False) -> None:
        """Press a key and let it go."""
        for kind in ("keyDown", "keyUp"):
            self.ask(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, modifiers=8 * shift,
                windowsVirtualKeyCode=KEYS[key],
            )  # fmt: skip

    def drag(self, *places: tuple[float, float]) -> None:
        """Press the mouse at the first place, move it over the others, and let it go."""
        kinds = ["mousePressed", *["mouseMoved"] * len(places[1:]), "mouseReleased"]
        for kind, (x, y) in zip(kinds, [*places, places[-1]], strict=True):
            self.ask(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1,
                clickCount=1,
            )  # fmt: skip

    def touch(self, *places: tuple[float, float]) -> None:
        """Put a finger at the first place, move it over the others, and lift it."""
        for i, (x, y) in enumerate(places):
            kind = "touchMove" if i else "touchStart"
            self.ask("Input.dispatchTouchEvent", type=kind, touchPoints=[{"x": x, "y": y}])
        self.ask("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def middle(self, selector: str) -> tuple[float, float]:
        """The middle of an element, scrolled into sight."""
        return tuple(
            self.evaluate(
                f"""(() => {{
                    const element = document.querySelector({json.dumps(selector)});
                    element.scrollIntoView({{ block: "center" }});
                    const box = element.getBoundingClientRect();
                    return [box.x + box.width / 2, box.y + box.height / 2];
                }})()"""
            )
        )

    def named(self, method: str) -> list[dict]:
        """What the events of a kind have told so far."""
        return [each["params"] for each in self.events if each.get("method") == method]

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()
        os.close(self.asks)
        os.close(self.answers)


KEYS = {
    "Tab": 9, "PageUp": 33, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38,
    "ArrowRight": 39, "ArrowDown": 40,
}  # fmt: skip
