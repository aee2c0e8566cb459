// @ts-check
// needs: words
/*
 * A chart's values, where a reader points, taps or goes with the arrow keys. They are in the table below the chart, a row
 * for each mark in the same order; without this script they are read there.
 */
(() => {
  "use strict";
  const NEAR_PX = 48; // from a pointer, within which a mark is meant
  const GAP_PX = 12;

  /** @param {HTMLElement} chart */
  function start(chart) {
    const marks = Array.from(chart.querySelectorAll("[data-mark]"));
    const table = /** @type {HTMLTableElement | null} */ (chart.parentElement?.querySelector(".chart-data table") ?? null);
    if (!table || !marks.length) return;
    const heads = Array.from(table.tHead?.rows[0].cells ?? [], (cell) => cell.textContent ?? "");
    const groups = Array.from(table.tBodies, (body) => Array.from(body.rows));
    const rows = groups.flat();
    const panels = /** @type {HTMLElement} */ (chart.querySelector(".chart-panels"));

    const card = document.createElement("div");
    card.className = "chart-card";
    card.hidden = true;
    card.setAttribute("aria-hidden", "true"); // the slider says the same
    const reader = document.createElement("div");
    reader.className = "chart-reader";
    const attributes = {
      tabindex: "0", role: "slider", "aria-valuemin": "1", "aria-valuemax": String(rows.length),
      "aria-label": words.say("Values, with the arrow keys"),
    };
    for (const [name, value] of Object.entries(attributes)) reader.setAttribute(name, value);
    chart.append(reader, card);

    let at = 0;
    let shown = -1;
    tell();

    function tell() {
      const cells = Array.from(rows[at].cells, (cell, column) => `${heads[column]} ${cell.textContent}`);
      reader.setAttribute("aria-valuenow", String(at + 1));
      reader.setAttribute("aria-valuetext", cells.join(words.say(", ")));
    }

    /** @param {number} index of a mark, or -1 for none */
    function show(index) {
      marks[shown]?.classList.remove("is-read");
      shown = index;
      card.hidden = index < 0;
      if (index < 0) return;
      at = index;
      marks[at].classList.add("is-read");
      card.replaceChildren();
      Array.from(rows[at].cells, (cell, column) => {
        const head = document.createElement("span");
        const value = document.createElement("b");
        [head.textContent, value.textContent] = [heads[column], cell.textContent];
        card.append(head, value);
      });
      place();
    }

    /** Beside its mark, within the chart. */
    function place() {
      const [mark, room] = [marks[at].getBoundingClientRect(), chart.getBoundingClientRect()];
      const left = mark.right - room.left + GAP_PX;
      const fits = left + card.offsetWidth <= room.width;
      const other = mark.left - room.left - GAP_PX - card.offsetWidth;
      card.style.left = `${fits ? left : Math.max(0, other)}px`;
      const over = mark.top - room.top - (fits || other >= 0 ? card.offsetHeight / 2 : card.offsetHeight + GAP_PX);
      card.style.top = `${over}px`;
    }

    /** The mark at a place of the window, or the nearest that is near. @param {number} x @param {number} y */
    function nearest(x, y) {
      let [found, least] = [-1, NEAR_PX];
      marks.forEach((mark, index) => {
        const box = mark.getBoundingClientRect();
        const middle = mark.tagName === "use" ? Math.hypot(x - (box.left + box.right) / 2, y - (box.top + box.bottom) / 2) : 0;
        const outside = Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
        const distance = middle || outside;
        if (distance < least) [found, least] = [index, distance];
      });
      return found;
    }

    let waiting = false;
    for (const type of ["pointermove", "pointerdown"]) {
      panels.addEventListener(type, (event) => {
        const { clientX, clientY } = /** @type {PointerEvent} */ (event);
        if (waiting) return;
        waiting = true;
        requestAnimationFrame(() => {
          waiting = false;
          const found = nearest(clientX, clientY);
          if (found === shown) return;
          show(found);
          if (found >= 0) tell();
        });
      });
    }
    panels.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") requestAnimationFrame(() => show(-1));
    });

    // Left and right go from mark to mark, up and down from series to series.

    /** The mark of another series that stands nearest beside this one. @param {number} by */
    function across(by) {
      const group = groups.findIndex((series) => series.includes(rows[at])) + by;
      if (!groups[group]) return at;
      const middle = (index) => {
        const box = marks[index].getBoundingClientRect();
        return box.left + box.width / 2 - (marks[index].closest("svg")?.getBoundingClientRect().left ?? 0);
      };
      const first = rows.indexOf(groups[group][0]);
      const here = middle(at);
      return groups[group].map((_, index) => first + index)
        .reduce((best, index) => (Math.abs(middle(index) - here) < Math.abs(middle(best) - here) ? index : best), first);
    }
    reader.addEventListener("keydown", (event) => {
      /** @type {Record<string, () => number>} */
      const ways = {
        ArrowRight: () => Math.min(at + 1, rows.length - 1), ArrowLeft: () => Math.max(at - 1, 0),
        ArrowDown: () => across(1), ArrowUp: () => across(-1), Home: () => 0, End: () => rows.length - 1,
      };
      if (event.key === "Escape") show(-1);
      if (!ways[event.key] || event.metaKey || event.ctrlKey || event.altKey) return;
      event.preventDefault();
      show(ways[event.key]());
      tell();
    });
    reader.addEventListener("focus", () => {
      if (reader.matches(":focus-visible")) show(at);
    });
    reader.addEventListener("blur", () => show(-1));
    addEventListener("resize", () => shown < 0 || place());
    addEventListener("pointerdown", (event) => {
      if (event.target instanceof Node && !chart.contains(event.target)) show(-1);
    });
  }

  for (const chart of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-chart]"))) start(chart);
})();
