// @ts-check
/**
 * What scripts say, in the page's language. A script says an English sentence; the build puts the sentence's place in
 * the page's list of words where it stood, so that the list, #page-words, alone is in a language.
 */
var words = (function () {
  "use strict";

  const { list, marks } = JSON.parse(document.getElementById("page-words").textContent);
  const rules = new Intl.PluralRules(document.documentElement.lang);

  /** A sentence with its values in place; one with several forms is chosen by n. @param {any} at @param {Record<string, any>} [values] */
  function say(at, values = {}) {
    const said = list[at];
    const form = typeof said === "string" ? said : (said[rules.select(values.n)] ?? said.other);
    return form.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  }

  return { say, marks };
})();
