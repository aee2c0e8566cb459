"""When a page rests: nothing that it has begun is still to come."""

from playwright.sync_api import BrowserContext, Page

FRAMES = 3  # in a row without anything to come: what scrolls or resizes is seen in the second
# Longest timers, in milliseconds, that a page is waited for: to paint at rest and to write the address; to speak.
SETTLES_MS, SPEAKS_MS = 350, 1000

WATCH = """(() => {
  // Chromium without windows tells at times of a mouse in the corner that nobody has moved.
  let isMoved = false;
  for (const name of ["pointermove", "mousemove"]) addEventListener(name, (event) => {
    isMoved ||= event.clientX + event.clientY > 0;
    if (!isMoved) event.stopImmediatePropagation();
  }, true);
  const { requestAnimationFrame: frame, cancelAnimationFrame: unframe } = globalThis;
  const { setTimeout: later, clearTimeout: never } = globalThis;
  const { requestIdleCallback: idle, cancelIdleCallback: unidle } = globalThis;
  const frames = new Set(), idles = new Set(), timers = new Map(), scripts = new Set();
  globalThis.requestAnimationFrame = (work) => {
    const id = frame((now) => {
      frames.delete(id);
      work(now);
    });
    frames.add(id);
    return id;
  };
  globalThis.cancelAnimationFrame = (id) => {
    frames.delete(id);
    unframe(id);
  };
  globalThis.requestIdleCallback = (work, how) => {
    const id = idle((deadline) => {
      idles.delete(id);
      work(deadline);
    }, how);
    idles.add(id);
    return id;
  };
  globalThis.cancelIdleCallback = (id) => {
    idles.delete(id);
    unidle(id);
  };
  globalThis.setTimeout = (work, ms = 0, ...rest) => {
    const id = later(() => {
      timers.delete(id);
      work(...rest);
    }, ms);
    timers.set(id, ms);
    return id;
  };
  globalThis.clearTimeout = (id) => {
    timers.delete(id);
    never(id);
  };
  new MutationObserver((changes) => {
    const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
    for (const node of added) if (node.localName === "script" && node.src) scripts.add(node);
  }).observe(document, { childList: true, subtree: true });
  for (const end of ["load", "error"]) document.addEventListener(end, ({ target }) => scripts.delete(target), true);
  const mounting = (view) => view.visible && !view.painted && !view.failed && !view.waiting?.isConnected;
  const busy = (ms) => document.readyState !== "complete" || frames.size > 0 || idles.size > 0 || scripts.size > 0
    || [...timers.values()].some((wait) => wait <= ms)
    || document.querySelector("[aria-busy=true]") !== null
    || document.getAnimations().some(({ playState }) => playState === "running")
    || [...(globalThis.peek?.views?.values() ?? [])].some(mounting);
  globalThis.resting = async (ms, least) => {
    for (let calm = 0, place = NaN; calm < least; place = scrollY) {
      await new Promise((come) => frame(come));
      calm = busy(ms) || scrollY !== place ? 0 : calm + 1;
    }
    return true;
  };
})()"""

AT_ONCE = "document.documentElement.style.scrollBehavior = 'auto'"  # a frame is painted for each step of the way

# For a page in which much time passes: of its frames it has the ninth part, and so it paints. No frame is taken back.
SELDOM = """{
  const { requestAnimationFrame: frame } = globalThis;
  globalThis.requestAnimationFrame = (work) => setTimeout(() => frame(work), 90);
}"""


def watch(context: BrowserContext) -> None:
    """Have the pages of a context know whether they rest, before they are opened."""
    context.add_init_script(WATCH)


def enliven(page: Page) -> None:
    """Bring every explorable of a page to life, each when it is in sight."""
    for figure in page.locator(".explorable").all():
        figure.evaluate("(figure) => figure.scrollIntoView()")
        figure.and_(page.locator(".is-live")).wait_for()


def rest(page: Page, longest_ms: int = SETTLES_MS) -> None:
    """Wait until a page rests: no frame of animation, no work for idle time, no timer of at most so long, no script and
    no figure in sight is to come, and it neither moves nor scrolls."""
    page.wait_for_function("([ms, frames]) => resting(ms, frames)", arg=[longest_ms, FRAMES])
