// What LaTeX has and Temml lacks, and one call of it. Positions are UTF-16 units of the source that was given.
"use strict";
{
  const define = temml.__defineMacro;
  const text = (tokens) => tokens.map((token) => token.text).reverse().join("");
  const fail = (message) => { throw new temml.ParseError(message); };
  let call; // what the formula that is being typeset was given, and its reader

  const star = (reader) => {
    reader.consumeSpaces();
    return reader.future().text === "*" && Boolean(reader.popToken());
  };
  const optional = (reader) => {
    reader.consumeSpaces();
    return reader.future().text === "[" ? (reader.popToken(), reader.consumeArg(["]"]).tokens) : null;
  };
  const commandName = (reader) => {
    const said = text(reader.consumeArg().tokens).trim();
    return /^\\(?:[A-Za-z@]+|.)$/u.test(said) ? said : fail(`"${said}" where a command to define is expected`);
  };
  const filled = (body, given) => {
    const made = [];
    for (let i = body.length - 1; i >= 0; i--) {
      if (body[i].text !== "#") { made.push(body[i]); continue; }
      const next = i > 0 ? body[--i].text : "";
      if (next === "#") made.push(body[i]);
      else if (given[next - 1]) made.push(...given[next - 1].slice().reverse());
      else fail(`"#${next}" in the definition of a macro of ${given.length} arguments`);
    }
    return made.reverse();
  };

  // \newcommand{\name}[arguments][default]{body}; the later definition holds, whatever was there before.
  const newcommand = (always) => (reader) => {
    star(reader);
    const name = commandName(reader);
    const said = optional(reader);
    const preset = said && optional(reader);
    const count = said ? Number(text(said)) : 0;
    if (!(count >= 0 && count <= 9)) fail(`"${text(said)}" where a number of arguments is expected`);
    const { tokens } = reader.consumeArg();
    if (always || !reader.isDefined(name)) {
      const withPreset = (use) => ({
        tokens: filled(tokens, [optional(use) ?? preset, ...use.consumeArgs(count - 1)]), numArgs: 0,
      });
      reader.macros.set(name, preset && count ? withPreset : { tokens, numArgs: count });
    }
    return "";
  };
  define("\\newcommand", newcommand(true));
  define("\\renewcommand", newcommand(true));
  define("\\providecommand", newcommand(false));
  define("\\DeclareMathOperator", (reader) => {
    const operator = star(reader) ? "\\operatornamewithlimits" : "\\operatorname@";
    const name = commandName(reader);
    const { tokens } = reader.consumeArg();
    reader.macros.set(name, { tokens: [{ text: "}" }, ...tokens, { text: "{" }, { text: operator }], numArgs: 0 });
    return "";
  });
  define("\\mbox", "\\TextOrMath{\\text{#1}}{\\hbox{#1}}");
  define("\\qedhere", "");
  define("\\require", (reader) => {
    reader.consumeArg();
    return "";
  });
  define("\\mathbbm", "\\mathbb{#1}");
  define("\\mathds", "\\mathbb{#1}");
  define("\\KaTeX", "\\textrm{K}\\kern-.17em\\raisebox{0.2em}{\\scriptstyle A}\\kern-.15em\\TeX");
  define("\\overlinesegment", "\\overbracket{#1}");
  define("\\underlinesegment", "\\underbracket{#1}");
  define("\\xrightleftarrows", "\\xtofrom");
  define("\\xrightequilibrium", "\\xrightleftharpoons");
  define("\\xleftequilibrium", "\\xleftrightharpoons");
  define("\\ensuremath", "\\TextOrMath{$#1$}{#1}");

  // Numbers are the page's: a label stands for its number, and for an anchor of its row.
  const numberOf = (label, missing) => (Object.hasOwn(call.numbers, label) ? call.numbers[label] : fail(missing));
  define("\\label", (reader) => {
    const label = text(reader.consumeArg().tokens).trim();
    const number = numberOf(label, `no number for the label "${label}"`);
    const tag = call.tagged.includes(label) ? "" : `\\tag{${number.replaceAll("#", "##")}}`;
    return `${tag}\\peek@label{${call.labels.push(label) - 1}}`;
  });
  define("\\peek@label", () => ({ tokens: [{ text: "\\label", noexpand: true }], numArgs: 0 }));
  const reference = (before, after) => (reader) => {
    const label = text(reader.consumeArg().tokens).trim();
    const number = numberOf(label, `no formula has the label "${label}"`);
    return `\\text{${before}${number.replaceAll("#", "##")}${after}}`;
  };
  define("\\ref", reference("", ""));
  define("\\eqref", reference("(", ")"));

  // What would reach out of the formula.
  for (const name of ["href", "url", "includegraphics", "class", "id", "style", "data", "htmlClass", "htmlId",
    "htmlStyle", "htmlData", "mathtip", "texttip", "toggle"]) {
    define(`\\${name}`, () => fail(`\\${name} has no place in a formula`));
  }
  define("\\peek@begin", (reader) => {
    call.reader = reader;
    return "";
  });

  // Where the reader was, where the error says no place, or one in a macro of Temml's own.
  const place = (error, source) => {
    const start = error.position;
    if (start !== undefined) {
      const before = (start > 15 ? "…" : "") + source.slice(Math.max(0, start - 15), start);
      const at = start < source.length ? source[start] + "\u0332" : "";
      if (error.message.includes(": \n" + before + at) || start === source.length) return start;
    }
    return call.reader ? Math.min(call.reader.lexer.tokenRegex.lastIndex || source.length, source.length) : 0;
  };

  globalThis.typeset = (source, given) => {
    call = { ...JSON.parse(given), labels: [] };
    try {
      const options = { displayMode: call.display, throwOnError: true, maxExpand: 20000 };
      return JSON.stringify({ mathml: temml.renderToString(`\\peek@begin ${source}`, options), labels: call.labels });
    } catch (error) {
      if (!(error instanceof temml.ParseError)) throw error;
      return JSON.stringify({ error: error.message, position: place(error, `\\peek@begin ${source}`) - 12 });
    }
  };
}
