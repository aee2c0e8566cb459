// @ts-check
// needs: kit/kit, build/formulas
/**
 * An activation from a formula of a, the sum of a neuron: the arithmetic that authors' formulas are
 * (generator/networks/formulas.py), with its slope. It becomes functions in functions: no text becomes code.
 */
peek.formula = (function () {
  "use strict";

  const NEAR = 20; // a sum of a neuron beyond it is rare
  const STEPS = 4000; // at which a formula is looked at, up to there
  const FAR = [1e4, 1e8]; // where a value that still changes by END has no end
  const END = 1e-3;
  const SLACK = 1e-6; // what rounding and a limit that is not reached yet may add
  const LONGEST = 300; // signs

  /**
   * What a formula computes. A worker gets this function as source text: nothing in it may look at anything outside it.
   * @param {string} text
   * @returns {{value: (a: number) => number, slope: (a: number) => number}}
   * @throws {{code: string, part?: string, name?: string}} what is wrong with it
   */
  function read(text) {
    const DEEPEST = 30; // of brackets and calls in each other
    const MOST = 8; // the size of an exponent
    const LARGEST = 1e6; // the size of a number
    const KINKS = 6; // calls of max and min
    const logistic = (u) => (u >= 0 ? 1 : Math.exp(u)) / (1 + Math.exp(-Math.abs(u)));
    /** A series of terms of one sign, so that no digits are lost. */
    function erf(u) {
      if (Math.abs(u) > 6) return Math.sign(u);
      let all = u;
      for (let term = u, n = 3; Math.abs(term) > 1e-17 * Math.abs(all); n += 2) all += term *= (2 * u * u) / n;
      return (2 / Math.sqrt(Math.PI)) * Math.exp(-u * u) * all;
    }
    const calls = { // of one value, and their slopes; nothing else, not even what every object has
      __proto__: null,
      exp: [Math.exp, Math.exp],
      log: [Math.log, (u) => 1 / u],
      sqrt: [Math.sqrt, (u) => 0.5 / Math.sqrt(u)],
      sin: [Math.sin, Math.cos],
      cos: [Math.cos, (u) => -Math.sin(u)],
      atan: [Math.atan, (u) => 1 / (1 + u * u)],
      tanh: [Math.tanh, (u) => 1 - Math.tanh(u) ** 2],
      erf: [erf, (u) => (2 / Math.sqrt(Math.PI)) * Math.exp(-u * u)],
      abs: [Math.abs, Math.sign],
      logistic: [logistic, (u) => logistic(u) * logistic(-u)],
      softplus: [(u) => Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u))), logistic],
    };
    const tokens = text.match(/(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[a-z_]\w*|\*\*|\S/gi) || [];
    let at = 0;
    let kinks = 0;

    const wrong = (code, more = {}) => ({ code, part: tokens[at], ...more });
    const take = (...wanted) => (wanted.includes(tokens[at]) ? tokens[at++] : undefined);
    function need(token) {
      if (!take(token)) throw wrong(at < tokens.length ? "here" : "end");
    }

    /** A part of a formula: its value and slope; what it holds of those below it, but for what is said. */
    function made(value, slope, below, said = {}) {
      const deep = 1 + Math.max(-1, ...below.map((each) => each.deep));
      if (deep > DEEPEST) throw wrong("long");
      const holds = (what) => below.some((each) => each[what]);
      return { value, slope, deep, varies: holds("varies"), power: holds("power"), calls: holds("calls"), ...said };
    }

    function sum() {
      let u = product();
      for (let sign; (sign = take("+", "-")); ) {
        const [p, q, s] = [u, product(), sign === "+" ? 1 : -1];
        u = made((a) => p.value(a) + s * q.value(a), (a) => p.slope(a) + s * q.slope(a), [p, q]);
      }
      return u;
    }

    function product() {
      let u = signed();
      for (let sign; (sign = take("*", "/")); ) {
        const [p, q] = [u, signed()];
        u = sign === "*"
          ? made((a) => p.value(a) * q.value(a), (a) => p.slope(a) * q.value(a) + p.value(a) * q.slope(a), [p, q])
          : made((a) => p.value(a) / q.value(a), (a) => (p.slope(a) - (p.value(a) / q.value(a)) * q.slope(a)) / q.value(a), [p, q]);
      }
      return u;
    }

    function signed() {
      const sign = take("+", "-");
      if (!sign) return power();
      const [u, s] = [signed(), sign === "+" ? 1 : -1];
      return made((a) => s * u.value(a), (a) => s * u.slope(a), [u], { exponent: u.number && s * u.value(0) });
    }

    function power() {
      const u = single();
      if (!take("**")) return u;
      const raised = signed();
      const { exponent: n } = raised;
      if (u.power || n === undefined || Math.abs(n) > MOST) throw wrong("power");
      return made((a) => u.value(a) ** n, n ? (a) => n * u.value(a) ** (n - 1) * u.slope(a) : () => 0, [u, raised], { power: true });
    }

    function single() {
      const token = tokens[at++];
      if (token === undefined) throw wrong("end");
      if (/^[\d.]*\d/.test(token)) {
        const number = Number(token);
        if (!(number <= LARGEST)) throw wrong("number", { part: token });
        return made(() => number, () => 0, [], { number: true, exponent: number });
      }
      if (token === "(") {
        const u = sum();
        need(")");
        return u;
      }
      if (token === "a") return made((a) => a, () => 1, [], { varies: true });
      if (token === "pi") return made(() => Math.PI, () => 0, []);
      if (!/^\w/.test(token)) throw wrong("here", { part: token });
      if (!(token in calls) && token !== "max" && token !== "min") throw wrong("name", { part: token });
      return call(token);
    }

    function call(name) {
      const start = at - 1;
      need("(");
      const all = [sum()];
      while (take(",")) all.push(sum());
      need(")");
      const several = !(name in calls);
      if (several ? all.length < 2 : all.length > 1) throw wrong(several ? "several" : "one", { name });
      const [u] = all;
      if (!all.some((each) => each.varies) && (!["sqrt", "log"].includes(name) || u.calls)) throw wrong("fixed", { part: tokens.slice(start, at).join("") });
      const said = { calls: true };
      if (!several) {
        const [value, slope] = calls[name];
        return made((a) => value(u.value(a)), (a) => slope(u.value(a)) * u.slope(a), all, said);
      }
      if (++kinks > KINKS) throw wrong("long");
      const s = name === "max" ? 1 : -1;
      const choose = (a) => all.reduce((best, each) => (s * each.value(a) >= s * best.value(a) ? each : best));
      return made((a) => choose(a).value(a), (a) => choose(a).slope(a), all, said);
    }

    const whole = sum();
    if (at < tokens.length) throw wrong("here");
    if (!whole.varies) throw wrong("a");
    return { value: whole.value, slope: whole.slope };
  }

  /** A formula as an activation's row: what it computes, and where its values are. @throws as read */
  function row(text) {
    if (text.length > LONGEST) throw { code: "long" };
    const { value, slope } = read(text);
    const places = Array.from({ length: STEPS + 1 }, (_, step) => ((step - STEPS / 2) * 2 * NEAR) / STEPS);
    const bad = places.find((a) => !Number.isFinite(value(a)) || !Number.isFinite(slope(a)));
    if (bad !== undefined) throw { code: "finite", part: String(bad) };
    if (!places.some((a) => Math.abs(slope(a)) > 1e-12)) throw { code: "flat" };
    const reached = places.map(value);
    let [low, high] = [Math.min(...reached), Math.max(...reached)];
    for (const side of [-1, 1]) {
      const [nearer, farther] = FAR.map((far) => value(side * far));
      if (Number.isNaN(nearer) || Number.isNaN(farther)) continue; // an overflow, which says nothing
      const on = !(Math.abs(farther - nearer) <= END);
      if (farther < low) low = on ? -Infinity : farther;
      if (farther > high) high = on ? Infinity : farther;
    }
    const [least, most] = [low, high].map((end) => (Math.abs(end - Number(end.toFixed(3))) < SLACK ? Number(end.toFixed(3)) : end));
    const ends = Number.isFinite(least) ? [least, Number.isFinite(most) ? most : null] : [null, null];
    return { label: text, biasStart: null, room: { low: ends[0], high: ends[1] }, value, slope };
  }

  const { functions, elsewhere } = formulaNames;
  const said = {
    end: () => words.say("The formula ends too early."),
    here: (values) => words.say("“{part}” cannot stand here; between two values stands +, -, *, / or **.", values),
    a: () => words.say("Type a formula of a, the sum of a neuron, such as a * logistic(a)."),
    name({ part }) {
      const near = elsewhere[part.toLowerCase().replaceAll("_", "")];
      if (near) return words.say("“{part}” is unknown; perhaps you mean {near}.", { part, near });
      return words.say("“{part}” is unknown; known are a, pi and the functions {names}.", { part, names: functions.join(", ") });
    },
    one: (values) => words.say("{name} takes one value.", values),
    several: (values) => words.say("{name} takes two values or more.", values),
    fixed: (values) => words.say("“{part}” is a number: write its value.", values),
    number: (values) => words.say("“{part}” is too large; numbers go up to a million.", values),
    power: () => words.say("After ** stands a number from −8 to 8, and what is raised holds no other power."),
    long: () => words.say("The formula is too long, or has too many brackets in each other or too many max and min."),
    finite: ({ part }) => words.say("The formula has no finite value or no slope at a = {at}.", { at: peek.text.plain(Number(part)) }),
    flat: () => words.say("The formula is the same everywhere: there is nothing to learn from."),
  };

  /** What is wrong with a formula, in a sentence; "" where nothing is. */
  function wrong(text) {
    if (!text.trim()) return said.a();
    try {
      activation(text);
      return "";
    } catch (fault) {
      if (!(fault.code in said)) throw fault;
      return said[fault.code](fault);
    }
  }

  /** The name of the activation that a formula is, among all; none goes through those that are typed. @throws as read */
  function activation(text) {
    const name = `=${text}`;
    if (!(name in peek.activations)) Object.defineProperty(peek.activations, name, { value: row(text) });
    return name;
  }

  return { FITS: { test: (text) => !wrong(text) }, read, wrong, activation };
})();
