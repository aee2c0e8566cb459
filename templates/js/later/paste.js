// @ts-check
// needs: words
/**
 * "Embed" below a figure: the line that puts the figure's own page into someone else's, as the figure is now, copied at
 * once. Without scripts the link leads to that page.
 */
(() => {
  "use strict";

  const WIDTH_PX = 640; // of a column of text; where it is narrower, the frame scrolls or is told its height
  const SETTLED_MS = 250; // without another height for so long, it is the figure's
  const PATIENCE_MS = 3000;

  /** @param {string} tag @param {Record<string, string>} attributes */
  function make(tag, attributes, text = "") {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
  }

  /** How high the page at an address is in a column of text: it tells, out of sight (see alone.js). @param {string} address */
  function heightOf(address) {
    return new Promise((tell) => {
      const probe = /** @type {HTMLIFrameElement} */ (make("iframe", { class: "paste-probe", src: address, width: String(WIDTH_PX), tabindex: "-1", "aria-hidden": "true" }));
      let height = 0;
      let timer = setTimeout(done, PATIENCE_MS);
      function done() {
        removeEventListener("message", hear);
        probe.remove();
        tell(height);
      }
      /** @param {MessageEvent} event */
      function hear(event) {
        if (event.source !== probe.contentWindow || event.data?.type !== "figure-height") return;
        height = event.data.height;
        clearTimeout(timer);
        timer = setTimeout(done, SETTLED_MS);
      }
      addEventListener("message", hear);
      document.body.append(probe);
    });
  }

  const quoted = (text) => `"${text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;")}"`;

  /** @param {HTMLAnchorElement} link with the state of a live figure @param {HTMLElement} figure */
  function panelOf(link, figure) {
    const line = /** @type {HTMLTextAreaElement} */ (make("textarea", { readonly: "", rows: "4", spellcheck: "false", "aria-label": words.say("The line to paste") }));
    const told = make("p", { role: "status" });
    const copy = make("button", { type: "button", class: "copy" }, words.say("Copy the line"));
    const open = make("a", { class: "paste-open", target: "_blank" }, words.say("Open the figure alone"));
    const panel = make("div", { class: "paste", role: "group", "aria-label": words.say("Embed") });
    const tools = make("div", { class: "paste-tools" });
    tools.append(copy, open, told);
    panel.append(make("p", {}, words.say("Paste this line into a page of your own. The figure begins there as it is here now.")), line, tools);
    const lives = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=canonical]"));
    const named = (figure.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent);
    let height = figure.offsetHeight;

    function write() {
      const address = new URL(link.getAttribute("href") ?? "", lives?.href ?? location.href).href;
      open.setAttribute("href", link.href);
      line.value = `<iframe src=${quoted(address)} title=${quoted(named.join(" "))} width="100%" height="${height}" loading="lazy" style="border: 0"></iframe>`;
    }
    async function give() {
      write();
      line.focus();
      line.select();
      let copied = true;
      try {
        await navigator.clipboard.writeText(line.value);
      } catch {
        copied = document.execCommand("copy");
      }
      told.textContent = copied ? words.say("Copied") : words.say("Selected: press Ctrl+C");
    }
    for (const hand of ["pointerenter", "focusin"]) panel.addEventListener(hand, write);
    copy.addEventListener("click", give);
    return {
      panel,
      async show() {
        figure.append(panel);
        write();
        height = (await heightOf(link.href)) || height;
        if (panel.isConnected) await give();
      },
    };
  }

  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".figure-alone > a"))) {
    const figure = /** @type {HTMLElement | null} */ (link.closest("figure"));
    if (!figure) continue;
    /** @type {ReturnType<typeof panelOf> | null} */
    let shown = null;
    link.setAttribute("role", "button");
    link.setAttribute("aria-expanded", "false");
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      shown ??= panelOf(link, figure);
      const open = !shown.panel.isConnected;
      if (open) shown.show();
      else shown.panel.remove();
      link.setAttribute("aria-expanded", String(open));
    });
    link.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      link.click();
    });
  }
})();
