// @ts-check
// needs: build/signs
/**
 * What scripts say, in the language of the pages. A script says an English sentence; the build puts there what it is in
 * that language: a text, or of one that counts its forms by plural category.
 */
var words = (function () {
  "use strict";

  const rules = new Intl.PluralRules(document.documentElement.lang);

  const TO_THE_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/; // letters of Hebrew, Arabic and their like

  /** A value as a sentence takes it: one that is written the other way turns nothing around it. */
  const isolated = (value) => (document.documentElement.dir !== "rtl" && TO_THE_LEFT.test(value) ? `\u2068${value}\u2069` : String(value));

  /** A sentence with its values in place; one with several forms is chosen by n. @param {any} said @param {Record<string, any>} [values] */
  function say(said, values = {}) {
    const form = typeof said === "string" ? said : (said[rules.select(values.n)] ?? said.other);
    return form.replace(/\{(\w+)\}/g, (_, name) => isolated(values[name]));
  }

  return { say, marks: signs };
})();
