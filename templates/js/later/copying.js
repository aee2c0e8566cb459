// @ts-check
/** What readers copy: a formula is its TeX, and one within a sentence its signs in a row. Browsers give each sign a line. */
(() => {
  "use strict";

  const PRESSED = ".claim-mark, .anchor, .backlink"; // what no sentence says

  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (!selection || !event.clipboardData) return;
    const copied = document.createElement("div");
    for (let at = 0; at < selection.rangeCount; at++) copied.append(selection.getRangeAt(at).cloneContents());
    const formulas = copied.querySelectorAll("math");
    if (!formulas.length) return;
    for (const pressed of copied.querySelectorAll(PRESSED)) pressed.remove();
    event.clipboardData.setData("text/html", copied.innerHTML);
    for (const index of copied.querySelectorAll("msub, msup")) index.lastElementChild?.before(index.tagName === "msub" ? "_" : "^");
    for (const formula of formulas) {
      const tex = formula.getAttribute("alttext");
      formula.replaceWith(tex ? `$$${tex}$$` : formula.textContent ?? "");
    }
    copied.style.position = "fixed";
    copied.style.opacity = "0";
    document.body.append(copied); // its lines are those of a page
    event.clipboardData.setData("text/plain", copied.innerText);
    copied.remove();
    event.preventDefault();
  });
})();
