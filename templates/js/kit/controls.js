// @ts-check
// needs: kit/kit, kit/runs, kit/state
/**
 * The controls below a figure, made from its properties: words, values always in sight, one line of explanation
 * each, kept under the control and shown on demand. And the tools every figure has.
 */
peek.controls = (function () {
  "use strict";

  const element = peek.element;
  const LONG = 26; // letters of a choice that do not stand on one line beside the planes
  const SIDEWAYS_PX = 10; // of a finger's way that make it a drag of what it is on and not one through the page

  /** Whether a finger that came down at a place drags what it is on. */
  function sideways(from, event) {
    const [along, off] = [Math.abs(event.clientX - from.x), Math.abs(event.clientY - from.y)];
    return along > SIDEWAYS_PX && along > 2 * off;
  }

  /** A slider says what it is set to once a finger on it drags it or leaves; one that scrolls the page sets nothing. */
  function hearSliders() {
    let touched = null; // {slider, value, x, y}: where a finger came down on one
    const hear = (name, work) => document.addEventListener(name, work, { capture: true });
    const come = () => {
      const { slider } = touched;
      touched = null;
      slider.dispatchEvent(new Event("input"));
    };
    hear("pointerdown", ({ target: slider, pointerType, clientX: x, clientY: y }) => {
      const on = pointerType === "touch" && slider instanceof HTMLInputElement && slider.type === "range";
      touched = on ? { slider, value: slider.value, x, y } : null;
    });
    hear("input", (event) => event.target === touched?.slider && event.stopPropagation());
    hear("pointermove", (event) => touched && sideways(touched, event) && come());
    hear("pointerup", () => touched && come());
    hear("pointercancel", () => {
      if (touched) touched.slider.value = touched.value;
      touched = null;
    });
  }
  hearSliders();

  /** Build a view's controls, its summary and its tools around its stage. */
  function build(view) {
    const hidden = new Set(view.options.hide || []);
    const controls = element("div", { class: "explorable-controls" });
    const shown = view.properties.filter((property) => property.label && !hidden.has(property.name));
    const [beside, below] = ["beside", "below"].map((where) => element("div", { class: `controls-${where}` })); // where there is room
    const flags = element("div", { class: "control-flags" });
    const sliders = shown.findIndex(({ kind }) => kind === "range");
    shown.forEach((property, at) => {
      const group = sliders < 0 || at < sliders ? beside : below;
      (property.kind === "flag" ? flags : group).append(makers[property.kind](view, property));
    });
    if (flags.childElementCount) below.append(flags);
    controls.append(beside, below);
    view.controls = controls;
    view.notice = element("p", { class: "explorable-notice" });
    controls.append(view.notice);
    view.summary = element("p", { class: "explorable-summary" }); // always true of what is seen, so it is not read out
    const room = element("div", { class: "roomy", "data-longest": view.figure.longest && view.figure.longest(view) }, view.summary);
    const spoken = element("p", { class: "explorable-spoken", role: "status" });
    view.live.append(controls, room, spoken);
    if (!hidden.has("tools")) view.live.append(tools(view));
  }

  /** Bring every control in line with the state. */
  function update(view) {
    for (const updater of view.updaters) updater();
  }

  /** The line under a control that says what it does, and what it is the description of; a text may be a function of a view's state. */
  function explain(control, text, described, view) {
    if (!text) return;
    const id = peek.newId("explain");
    const line = element("p", { class: "control-explain", id });
    if (typeof text === "function") view.updaters.push(() => peek.write(line, text(view.state)));
    else line.textContent = text;
    control.append(line);
    described.setAttribute("aria-describedby", id);
  }

  const makers = {
    choice(view, property) {
      const control = element("fieldset", { class: "control control--choice" }, element("legend", {}, property.label));
      const name = peek.newId(property.name);
      const long = property.values.reduce((sum, [, text]) => sum + text.length, 0) > LONG;
      const segments = element("div", { class: `segments${long ? " segments--list" : ""}` });
      const inputs = property.values.map(([value, text]) => {
        const input = element("input", { type: "radio", name, value, onchange: () => view.set({ [property.name]: value }) });
        segments.append(element("label", {}, input, element("span", {}, text)));
        return input;
      });
      control.append(segments);
      explain(control, property.explain, control, view);
      view.updaters.push(() => {
        const allowed = property.allowed ? property.allowed(view.state) : null;
        property.values.forEach(([value], at) => {
          inputs[at].checked = view.state[property.name] === value;
          inputs[at].disabled = allowed ? !allowed.includes(value) : false;
        });
        control.hidden = property.values.length < 2 || property.shown?.(view.state) === false;
      });
      return control;
    },

    range(view, property) {
      const id = peek.newId(property.name);
      const log = property.scale === "log";
      const to = (value) => (log ? Math.log10(value) : value);
      const from = (value) => (log ? Number((10 ** value).toPrecision(2)) : value);
      const output = element("output", { for: id, "aria-live": "off" }); // the slider itself says its value
      const input = element("input", {
        type: "range", id, min: to(property.min), max: to(property.max), step: property.step,
        oninput: () => view.set({ [property.name]: from(Number(input.value)) }),
      });
      const label = element("label", { for: id }, property.label);
      const control = element("div", { class: "control control--range" },
        element("div", { class: "control-head" }, label, output), input);
      explain(control, property.explain, input, view);
      view.updaters.push(() => {
        const value = view.state[property.name];
        const text = property.text ? property.text(value, view.state) : String(value);
        if (Math.abs(Number(input.value) - to(value)) > property.step / 2) input.value = String(to(value));
        input.style.setProperty("--share", String((to(value) - to(property.min)) / (to(property.max) - to(property.min))));
        peek.write(output, text);
        input.setAttribute("aria-valuetext", text);
        control.hidden = property.shown?.(view.state) === false;
      });
      return control;
    },

    text(view, property) {
      const [id, faultId] = [peek.newId(property.name), peek.newId("wrong")];
      let shown = null;
      const input = element("input", {
        type: "text", id, spellcheck: "false", autocapitalize: "none", autocomplete: "off",
        oninput: () => fault.textContent && complain(property.wrong(input.value.trim())),
        onchange: () => {
          const text = input.value.trim();
          complain(property.wrong(text));
          view.say(fault.textContent);
          if (!fault.textContent) view.set({ [property.name]: text });
        },
      });
      const fault = element("p", { class: "control-wrong", id: faultId });
      function complain(text) {
        peek.write(fault, text);
        input.setAttribute("aria-invalid", String(text !== ""));
      }
      const control = element("div", { class: "control control--text" },
        element("div", { class: "control-head" }, element("label", { for: id }, property.label)), input, fault);
      explain(control, property.explain, input, view);
      input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") || ""} ${faultId}`.trim());
      view.updaters.push(() => {
        control.hidden = property.shown?.(view.state) === false;
        if (shown === view.state[property.name]) return;
        shown = input.value = view.state[property.name];
        complain("");
      });
      return control;
    },

    flag(view, property) {
      const input = element("input", {
        type: "checkbox", role: "switch", onchange: () => view.set({ [property.name]: input.checked }),
      });
      const control = element("div", { class: "control control--flag" },
        element("label", {}, input, element("span", { class: "switch", "aria-hidden": "true" }), property.label));
      explain(control, property.explain, input, view);
      view.updaters.push(() => {
        input.checked = view.state[property.name];
        control.hidden = property.shown?.(view.state) === false;
      });
      return control;
    },
  };

  /** A button that does something at once. */
  function button(text, explanation, onclick, attributes = {}) {
    const control = element("div", { class: "control control--action" });
    const made = element("button", { type: "button", ...attributes, onclick }, text);
    control.append(made);
    explain(control, explanation, made);
    return { control, button: made };
  }

  // Tools

  function tools(view) {
    const alone = view.root.closest("figure")?.querySelector(".figure-alone > a"); // what later/paste.js listens to
    if (alone) view.updaters.push(() => (alone.hash = peek.state.hashOf([view])));
    const tool = (text, onclick) => element("button", { type: "button", class: "tool", onclick }, text);
    const explaining = tool(words.say("Explain the controls"), () => {
      const on = view.live.classList.toggle("is-explaining");
      explaining.setAttribute("aria-pressed", String(on));
    });
    explaining.setAttribute("aria-pressed", "false");
    const copy = tool(words.say("Copy link"), () => copyLink(view, copy));
    const code = element("a", { class: "tool" }, words.say("Code"));
    view.updaters.push(() => (code.hidden = !(code.href = peek.runs.codeOf(view))));
    return element("div", { class: "explorable-tools", role: "group", "aria-label": words.say("This view") },
      tool(words.say("Reset"), () => view.guard(() => view.reset())), copy,
      tool(words.say("Picture (PNG)"), () => view.guard(() => savePicture(view))),
      tool(words.say("Data (CSV)"), () => view.guard(() => {
        view.finish();
        save(view, "csv", new Blob([csv(view.instance.rows())], { type: "text/csv" }));
      })),
      ...(alone ? [code, tool(words.say("Embed"), () => alone.click())] : []),
      explaining);
  }

  async function copyLink(view, tool) {
    const link = peek.state.linkTo(view);
    let copied = true;
    try {
      await navigator.clipboard.writeText(link);
    } catch {
      copied = copyBySelection(view, link);
    }
    tool.textContent = copied ? words.say("Link copied") : words.say("The link is in the address bar");
    view.say(tool.textContent);
    setTimeout(() => (tool.textContent = words.say("Copy link")), 2000);
  }

  /** The way before the clipboard had an interface of its own; pages opened from a file may have no other. */
  function copyBySelection(view, link) {
    const field = element("textarea", { class: "explorable-spoken", "aria-hidden": "true" });
    field.value = link;
    view.live.append(field);
    field.select();
    let copied = false;
    try {
      copied = document.execCommand("copy");
    } catch {
      copied = false;
    }
    field.remove();
    if (!copied) location.hash = link.split("#")[1];
    return copied;
  }

  /** Rows as CSV: numbers with the digits they have, text quoted where it must be. */
  function csv(rows) {
    const cell = (value) => {
      const text = typeof value === "number" ? String(Number(value.toPrecision(8))) : String(value);
      return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return rows.map((row) => row.map(cell).join(",")).join("\n") + "\n";
  }

  function save(view, ending, blob) {
    const link = element("a", { href: URL.createObjectURL(blob), download: `${view.id}.${ending}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  const PICTURE_SCALE = 2;
  const MARGIN_PX = 16;

  const TOOLS = ".points-tools, .control-actions, .control-explain, .explorable-spoken, .timeline-hint, .guide-count, .asks, button";

  /** The stage as one picture at twice its size: its canvases, its SVGs' place left out, its visible texts, no tools and what asks to use them. */
  function compose(view) {
    const bounds = around([...view.stage.children].filter((part) => !part.matches(TOOLS)));
    const summary = view.instance.summary();
    const canvas = document.createElement("canvas");
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const width = bounds.width + 2 * MARGIN_PX;
    const font = `13px ${view.theme.font}`;
    context.font = font;
    const lines = wrap(context, summary, bounds.width);
    const height = bounds.height + 3 * MARGIN_PX + 18 * lines.length;
    canvas.width = width * PICTURE_SCALE;
    canvas.height = height * PICTURE_SCALE;
    context.scale(PICTURE_SCALE, PICTURE_SCALE);
    context.fillStyle = view.theme.paper;
    context.fillRect(0, 0, width, height);
    for (const part of view.stage.querySelectorAll("canvas")) {
      const box = part.getBoundingClientRect();
      if (box.width) context.drawImage(part, box.left - bounds.left + MARGIN_PX, box.top - bounds.top + MARGIN_PX, box.width, box.height);
    }
    for (const key of view.stage.querySelectorAll(".reading-key")) {
      const [box, style] = [key.getBoundingClientRect(), getComputedStyle(key)];
      context.fillStyle = style.borderTopColor;
      const dash = style.borderTopStyle === "dashed" ? 3 : box.width;
      for (let x = 0; x < box.width; x += 2 * dash) {
        context.fillRect(box.left + x - bounds.left + MARGIN_PX, box.top - bounds.top + MARGIN_PX, Math.min(dash, box.width - x), box.height);
      }
    }
    context.textBaseline = "middle";
    context.textAlign = "left";
    for (const text of textsOf(view.stage)) {
      const style = getComputedStyle(text.parent);
      context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      context.fillStyle = style.color;
      context.direction = style.direction;
      context.fillText(text.words, text.left - bounds.left + MARGIN_PX, text.box.top + text.box.height / 2 - bounds.top + MARGIN_PX);
    }
    context.font = font;
    context.fillStyle = view.theme.muted;
    context.direction = getComputedStyle(view.root).direction;
    context.textAlign = "start";
    const start = context.direction === "rtl" ? width - MARGIN_PX : MARGIN_PX;
    lines.forEach((line, at) => context.fillText(line, start, bounds.height + 2 * MARGIN_PX + 18 * at + 9));
    return canvas;
  }

  /** The smallest rectangle around elements; the stage itself may have no box of its own. */
  function around(elements) {
    const boxes = elements.map((part) => part.getBoundingClientRect()).filter((box) => box.width);
    const left = Math.min(...boxes.map((box) => box.left));
    const top = Math.min(...boxes.map((box) => box.top));
    return new DOMRect(left, top, Math.max(...boxes.map((box) => box.right)) - left, Math.max(...boxes.map((box) => box.bottom)) - top);
  }

  /** Each visible line of text in an element, where it is. */
  function textsOf(root) {
    const lines = [];
    const range = document.createRange();
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const parent = /** @type {HTMLElement} */ (node.parentElement);
      if (parent.closest(TOOLS)) continue;
      let line = null;
      for (const { 0: word, index } of node.textContent.matchAll(/\S+/g)) {
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        const box = range.getBoundingClientRect();
        if (line && Math.abs(line.box.top - box.top) < 2) [line.words, line.left] = [`${line.words} ${word}`, Math.min(line.left, box.left)];
        else if (box.width) lines.push((line = { parent, words: word, box, left: box.left }));
      }
    }
    return lines;
  }

  function wrap(context, text, width) {
    const lines = [""];
    for (const word of text.split(/(?<=[ \u3000-\uffef])/)) { // after a space, or any sign of Chinese
      const longer = lines[lines.length - 1] + word;
      if (context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }

  function savePicture(view) {
    view.finish();
    compose(view).toBlob((blob) => blob && save(view, "png", blob), "image/png");
  }

  return { build, update, explain, button, sideways };
})();
