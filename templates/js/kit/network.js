// @ts-check
// needs: kit/kit
/**
 * A network's architecture. widths: inputs, hidden layers, classes, e.g. [2, 64, 2, 5]. recipe: how it is trained.
 * Weights are flat, layer by layer, [W | b] row by row, as the build keeps them.
 * @typedef {{widths: number[], activation: string, recipe?: Recipe}} Net
 * @typedef {{optimizer?: string, momentum?: number, beta1: number, beta2: number, epsilon: number, batch?: number,
 *   head_held?: number, init_scale?: number, l2_factors?: number[]}} Recipe
 */

/**
 * The networks as pure functions of numbers. A worker gets this function as source text, so nothing in it
 * may look at anything outside it.
 * @param {Record<string, Activation>} activations
 */
peek.makeNetwork = function (activations) {
  "use strict";

  const EXP_LIMIT = 80; // the product of four exponentials of 2 * 80 is still finite

  /** Each layer's place in the flat weights. @param {Net} net */
  function layers(net) {
    let start = 0;
    return net.widths.slice(1).map((out, index) => {
      const inputs = net.widths[index];
      const layer = { start, out, inputs };
      start += out * (inputs + 1);
      return layer;
    });
  }

  /** How many weights the network has. @param {Net} net */
  function size(net) {
    return layers(net).reduce((sum, layer) => sum + layer.out * (layer.inputs + 1), 0);
  }

  /** tanh by way of exp, twice as fast as Math.tanh and within 2e-16 of it. @param {number} value */
  function tanh(value) {
    return 1 - 2 / (Math.exp(2 * value) + 1);
  }

  /** out = W below + b for one layer. */
  function combine(weights, layer, below, out) {
    let at = layer.start;
    if (layer.inputs === 2) {
      const x = below[0];
      const y = below[1];
      for (let unit = 0; unit < layer.out; unit++, at += 3) {
        out[unit] = weights[at] * x + weights[at + 1] * y + weights[at + 2];
      }
      return;
    }
    for (let unit = 0; unit < layer.out; unit++) {
      let sum = 0;
      for (let input = 0; input < layer.inputs; input++) sum += weights[at++] * below[input];
      out[unit] = sum + weights[at++];
    }
  }

  /**
   * A place to evaluate one architecture: owns its scratch space.
   * @param {Net} net
   */
  function evaluator(net) {
    const isTanh = net.activation === "tanh"; // these two by hand, the others by their rows
    const isRelu = net.activation === "relu";
    const { value: valueOf, slope: slopeOf } = activations[net.activation];
    const all = layers(net);
    const head = all[all.length - 1];
    const last = all.length - 2;
    const values = all.map((layer) => new Float64Array(layer.out));
    const sums = all.map((layer) => new Float64Array(layer.out)); // before the activation, where a slope needs them
    const inputs = net.widths[0];
    const input = new Float64Array(inputs);

    /** What a neuron makes of its sum. @param {number} sum */
    function active(sum) {
      return isTanh ? tanh(sum) : isRelu ? (sum > 0 ? sum : 0) : valueOf(sum);
    }

    /** The activation of a layer's values, in place. */
    function activate(index) {
      const own = values[index];
      for (let unit = 0; unit < own.length; unit++) own[unit] = active(own[unit]);
    }

    /** Make one of many points the input. */
    function take(x, point) {
      for (let at = 0; at < inputs; at++) input[at] = x[inputs * point + at];
    }

    /**
     * The last hidden layer at points, or what it is before its activation.
     * @param {ArrayLike<number>} weights @param {ArrayLike<number>} x (count, inputs)
     * @param {number} count @param {Float64Array | Float32Array} out (count, 2)
     */
    function hidden(weights, x, count, out, before = false) {
      for (let point = 0; point < count; point++) {
        take(x, point);
        let below = input;
        for (let index = 0; index <= last; index++) {
          combine(weights, all[index], below, values[index]);
          below = values[index];
          if (index < last || !before) activate(index);
        }
        out[2 * point] = below[0];
        out[2 * point + 1] = below[1];
      }
    }

    const pair = new Float64Array(2);
    /** What every layer makes of one input, the logits last; it holds until the next call. @returns {Float64Array[]} */
    function through(weights, x) {
      hidden(weights, x, 1, pair);
      combine(weights, head, values[last], values[last + 1]);
      return values;
    }

    /** What a network of two inputs would be without any activation: [xx, xy, x0, yx, yy, y0], x' = xx x + xy y + x0. */
    function affine(weights) {
      const at = (x, y) => {
        let below = Float64Array.of(x, y);
        for (let index = 0; index <= last; index++) {
          const above = new Float64Array(all[index].out);
          combine(weights, all[index], below, above);
          below = above;
        }
        return below;
      };
      const [origin, right, up] = [at(0, 0), at(1, 0), at(0, 1)];
      return [right[0] - origin[0], up[0] - origin[0], origin[0], right[1] - origin[1], up[1] - origin[1], origin[1]];
    }

    const tables = [new Float64Array(0), new Float64Array(0)];
    /** What each first-layer unit owes to one coordinate alone: its exponential for tanh, else its term. */
    function terms(weights, coordinates, which, withBias) {
      const first = all[0];
      const length = coordinates.length * first.out;
      if (tables[which].length !== length) tables[which] = new Float64Array(length);
      const table = tables[which];
      let at = 0;
      for (const coordinate of coordinates) {
        for (let unit = 0; unit < first.out; unit++) {
          const row = first.start + unit * 3;
          const term = weights[row + which] * coordinate + (withBias ? weights[row + 2] : 0);
          table[at++] = isTanh ? Math.exp(2 * Math.min(Math.max(term, -EXP_LIMIT), EXP_LIMIT)) : term;
        }
      }
      return table;
    }

    /**
     * The last hidden layer on a lattice of two inputs. The first layer is a sum of one term a column and one a row, and
     * exp(a + b) = exp(a) exp(b), so a unit costs a product and half a quotient instead of a tanh
     * (1/p and 1/q are q/(pq) and p/(pq)).
     * @param {ArrayLike<number>} weights
     * @param {Float64Array} xs columns @param {Float64Array} ys rows
     * @param {Float32Array} outX (rows, columns) @param {Float32Array} outY
     * @param {number} [from] first row @param {number} [to] row after the last
     * @param {boolean} [before] without the last activation
     */
    function lattice(weights, xs, ys, outX, outY, from = 0, to = ys.length, before = false) {
      const ofColumn = terms(weights, xs, 0, true);
      const ofRow = terms(weights, ys.subarray(from, to), 1, false);
      const first = all[0];
      const units = first.out;
      const plain = last === 1;
      const second = all[1];
      const rowX = second.start;
      const rowY = second.start + units + 1;
      const weightsX = new Float64Array(units);
      const weightsY = new Float64Array(units);
      let baseX = plain ? weights[rowX + units] : 0;
      let baseY = plain ? weights[rowY + units] : 0;
      for (let unit = 0; plain && unit < units; unit++) {
        weightsX[unit] = isTanh ? -2 * weights[rowX + unit] : weights[rowX + unit];
        weightsY[unit] = isTanh ? -2 * weights[rowY + unit] : weights[rowY + unit];
        if (isTanh) {
          baseX += weights[rowX + unit];
          baseY += weights[rowY + unit];
        }
      }
      const rest = values[0];
      for (let row = from; row < to; row++) {
        const r = (row - from) * units;
        for (let column = 0; column < xs.length; column++) {
          const c = column * units;
          let x = baseX;
          let y = baseY;
          if (plain && isTanh) {
            let unit = 0;
            for (; unit + 1 < units; unit += 2) {
              const p = ofColumn[c + unit] * ofRow[r + unit] + 1;
              const q = ofColumn[c + unit + 1] * ofRow[r + unit + 1] + 1;
              const share = 1 / (p * q);
              x += (weightsX[unit] * q + weightsX[unit + 1] * p) * share;
              y += (weightsY[unit] * q + weightsY[unit + 1] * p) * share;
            }
            if (unit < units) {
              const share = 1 / (ofColumn[c + unit] * ofRow[r + unit] + 1);
              x += weightsX[unit] * share;
              y += weightsY[unit] * share;
            }
          } else if (plain && isRelu) {
            for (let unit = 0; unit < units; unit++) {
              const sum = ofColumn[c + unit] + ofRow[r + unit];
              if (sum > 0) {
                x += weightsX[unit] * sum;
                y += weightsY[unit] * sum;
              }
            }
          } else {
            for (let unit = 0; unit < units; unit++) {
              const sum = isTanh ? ofColumn[c + unit] * ofRow[r + unit] : ofColumn[c + unit] + ofRow[r + unit];
              rest[unit] = isTanh ? 1 - 2 / (sum + 1) : active(sum);
            }
            let below = rest;
            for (let index = 1; index <= last; index++) {
              combine(weights, all[index], below, values[index]);
              below = values[index];
              if (index < last) activate(index);
            }
            x = below[0];
            y = below[1];
          }
          const at = row * xs.length + column;
          outX[at] = before ? x : active(x);
          outY[at] = before ? y : active(y);
        }
      }
    }

    /** Logits of the output layer at (count, 2) hidden positions: out (count, classes). */
    function logits(weights, positions, count, out) {
      const classes = head.out;
      for (let point = 0; point < count; point++) {
        for (let c = 0; c < classes; c++) {
          const row = head.start + 3 * c;
          out[point * classes + c] =
            weights[row] * positions[2 * point] + weights[row + 1] * positions[2 * point + 1] + weights[row + 2];
        }
      }
    }

    const deltas = all.map((layer) => new Float64Array(layer.out));

    /**
     * Mean cross-entropy over points, its gradient, and how many points are classified right.
     * L2 is not part of it.
     * @param {ArrayLike<number>} weights @param {ArrayLike<number>} x (count, inputs) @param {ArrayLike<number>} y
     * @param {number} count @param {Float64Array | null} gradient filled when given
     * @returns {{loss: number, right: number}} loss in nats
     */
    function loss(weights, x, y, count, gradient) {
      const top = all.length - 1;
      const classes = head.out;
      const scale = 1 / count;
      let total = 0;
      let right = 0;
      if (gradient) gradient.fill(0);
      for (let point = 0; point < count; point++) {
        take(x, point);
        let below = input;
        for (let index = 0; index <= top; index++) {
          combine(weights, all[index], below, values[index]);
          below = values[index];
          if (gradient && !isTanh && !isRelu) sums[index].set(below);
          if (index < top) activate(index);
        }
        const own = below[y[point]];
        let best = 0; // the first of classes that tie
        for (let c = 1; c < classes; c++) if (below[c] > below[best]) best = c;
        const most = below[best];
        let sum = 0;
        const delta = deltas[top];
        for (let c = 0; c < classes; c++) sum += delta[c] = Math.exp(below[c] - most);
        total += Math.log(sum) + most - own;
        if (best === y[point]) right++;
        if (!gradient) continue;
        for (let c = 0; c < classes; c++) delta[c] *= scale / sum;
        delta[y[point]] -= scale;
        for (let index = top; index >= 0; index--) backward(weights, gradient, index);
      }
      return { loss: total / count, right };
    }

    /** Add one point's share of a layer's gradient, and carry its delta to the layer below. */
    function backward(weights, gradient, index) {
      const layer = all[index];
      const delta = deltas[index];
      const source = index ? values[index - 1] : input;
      const lower = index ? deltas[index - 1] : null;
      let at = layer.start;
      if (lower) lower.fill(0);
      for (let unit = 0; unit < layer.out; unit++) {
        const own = delta[unit];
        for (let below = 0; below < layer.inputs; below++) {
          gradient[at + below] += own * source[below];
          if (lower) lower[below] += own * weights[at + below];
        }
        at += layer.inputs;
        gradient[at++] += own;
      }
      if (!lower) return;
      for (let below = 0; below < layer.inputs; below++) {
        const value = source[below];
        lower[below] *= isTanh ? 1 - value * value : isRelu ? (value > 0 ? 1 : 0) : slopeOf(sums[index - 1][below]);
      }
    }

    return { hidden, through, affine, lattice, logits, loss };
  }

  /**
   * Adam or SGD, on all points a step or on batches in the build's order, with L2 on weights and not on biases. A recipe
   * may hold the output layer as it started.
   * @param {Net} net @param {ArrayLike<number>} start weights
   * @param {number} seed of the order @param {number} epoch that the weights are of
   */
  function trainer(net, start, seed = 0, epoch = 0) {
    const weights = Float64Array.from(start);
    const count = weights.length;
    const gradient = new Float64Array(count);
    const mean = new Float64Array(count);
    const square = new Float64Array(count);
    const { beta1, beta2, epsilon, optimizer, momentum = 0, batch, l2_factors, head_held = 0 } = net.recipe || { beta1: 0.9, beta2: 0.99, epsilon: 1e-8 };
    const decays = new Float64Array(count); // what l2 is multiplied by
    layers(net).forEach((layer, index) => {
      decays.fill(l2_factors ? l2_factors[index] : 1, layer.start, layer.start + layer.out * (layer.inputs + 1));
      for (let unit = 1; unit <= layer.out; unit++) decays[layer.start + unit * (layer.inputs + 1) - 1] = 0;
    });
    const held = weights.slice(layers(net).pop().start);
    const machine = evaluator(net);
    const [inputs] = net.widths;
    const someX = new Float32Array(inputs * (batch || 0));
    const someY = new Uint8Array(batch || 0);
    let steps = 0;

    /** One epoch. returns the loss and the hits of all points before it. */
    function step(x, y, points, rate, l2) {
      const before = machine.loss(weights, x, y, points, batch ? null : gradient);
      if (!batch) descend(rate, l2);
      const turn = batch ? order(seed, epoch, points) : [];
      for (let from = 0; from < turn.length; from += batch) {
        const some = turn.slice(from, from + batch);
        some.forEach((point, at) => {
          for (let input = 0; input < inputs; input++) someX[inputs * at + input] = x[inputs * point + input];
          someY[at] = y[point];
        });
        machine.loss(weights, someX, someY, some.length, gradient);
        descend(rate, l2);
      }
      epoch++;
      return before;
    }

    /** One step along the gradient. */
    function descend(rate, l2) {
      steps++;
      const correction1 = 1 - Math.pow(beta1, steps);
      const correction2 = Math.sqrt(1 - Math.pow(beta2, steps));
      for (let at = 0; at < count; at++) {
        const slope = gradient[at] + decays[at] * l2 * weights[at];
        if (optimizer === "sgd") {
          mean[at] = momentum * mean[at] + slope;
          weights[at] -= rate * mean[at];
          continue;
        }
        mean[at] += (1 - beta1) * (slope - mean[at]);
        square[at] += (1 - beta2) * (slope * slope - square[at]);
        weights[at] -= (rate / correction1) * (mean[at] / (Math.sqrt(square[at]) / correction2 + epsilon));
      }
      if (epoch < head_held) weights.set(held, count - held.length);
    }

    return { weights, step, loss: (x, y, points) => machine.loss(weights, x, y, points, null) };
  }

  /** Adam's step size at an epoch, falling to 0 along a half cosine. */
  function cosine(rate, epoch, epochs) {
    return rate * 0.5 * (1 + Math.cos((Math.PI * Math.min(epoch, epochs)) / epochs));
  }

  /**
   * Random numbers from a seed (Mulberry32): the same stream in every browser, though not numpy's.
   * @param {number} seed @param {number} at how many come before
   */
  function random(seed, at = 0) {
    let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(at, 0x6d2b79f5)) >>> 0;
    function uniform() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    }
    function normal() {
      return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    }
    return { uniform, normal };
  }

  /** In which order an epoch's batches meet so many points: as the build's batch_order. @returns {number[]} */
  function order(seed, epoch, points) {
    const { uniform } = random(seed ^ 0x2545f491, epoch * points);
    const drawn = Array.from({ length: points }, uniform);
    return Array.from(drawn.keys()).sort((a, b) => drawn[a] - drawn[b]);
  }

  /** One of the build's kinds of data, drawn with this page's random numbers. */
  function drawn(draw, classes, perClass, parameters, seed) {
    const x = Float32Array.from(draw(classes, perClass, parameters, random(seed)));
    return { x, inputs: x.length / (classes * perClass), y: Uint8Array.from({ length: classes * perClass }, (_, point) => Math.floor(point / perClass)) };
  }

  /** Weights to start from: uniform in +-init_scale/sqrt(inputs); biasStart, when not null, for the last hidden biases. */
  function initial(net, biasStart, seed) {
    const { uniform } = random(seed ^ 0x5bd1e995);
    const weights = new Float32Array(size(net));
    const all = layers(net);
    all.forEach((layer, index) => {
      const bound = ((net.recipe && net.recipe.init_scale) || 1) / Math.sqrt(layer.inputs);
      for (let unit = 0, at = layer.start; unit < layer.out; unit++) {
        for (let column = 0; column <= layer.inputs; column++) weights[at++] = bound * (2 * uniform() - 1);
        if (index === all.length - 2 && biasStart !== null) weights[at - 1] = biasStart;
      }
    });
    return weights;
  }

  return { layers, size, evaluator, trainer, cosine, random, order, drawn, initial };
};

peek.network = peek.makeNetwork(peek.activations);
