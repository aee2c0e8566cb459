// @ts-check
// needs: kit/kit
/**
 * Numbers about arrangements of class centres and about linear heads on them. Pure; centres are flat,
 * [x0, y0, x1, y1, ...], as many as there are classes.
 */
peek.measure = (function () {
  "use strict";

  /** The mean position of each class; NaN where it has no points. @returns {Float64Array} (classes, 2) */
  function centres(positions, y, classes) {
    const sums = new Float64Array(2 * classes);
    const counts = new Float64Array(classes);
    for (let point = 0; point < y.length; point++) {
      sums[2 * y[point]] += positions[2 * point];
      sums[2 * y[point] + 1] += positions[2 * point + 1];
      counts[y[point]]++;
    }
    return sums.map((sum, at) => sum / counts[at >> 1]);
  }

  /** The least distance between two centres, and which two. */
  function leastDistance(points) {
    let distance = Infinity;
    let pair = [0, 0];
    for (let a = 0; a < points.length; a += 2) {
      for (let b = a + 2; b < points.length; b += 2) {
        const d = Math.hypot(points[a] - points[b], points[a + 1] - points[b + 1]);
        if (d < distance) {
          distance = d;
          pair = [a / 2, b / 2];
        }
      }
    }
    return { distance, pair };
  }

  /** How many centres are in the middle: out by less than half of the farthest. walls: of a square, whose coordinates count */
  function middle(points, walls) {
    const far = Array.from({ length: points.length / 2 }, (_, c) => {
      const [x, y] = [Math.abs(points[2 * c]), Math.abs(points[2 * c + 1])];
      return walls ? Math.max(x, y) : Math.hypot(x, y);
    }).filter((out) => !Number.isNaN(out));
    const reach = Math.max(...far) || 1;
    return far.filter((out) => out / reach < 0.5).length;
  }

  /** Whether centres stand around their mean in the order of their numbers, either way round; null for three or fewer. */
  function orderKept(points) {
    const k = points.length / 2;
    if (k < 4) return null;
    const [mx, my] = [0, 1].map((axis) => points.reduce((sum, value, at) => sum + (at % 2 === axis ? value : 0), 0) / k);
    const around = Array.from({ length: k }, (_, c) => Math.atan2(points[2 * c + 1] - my, points[2 * c] - mx));
    const turn = Array.from(around.keys()).sort((a, b) => around[a] - around[b]);
    return [1, k - 1].some((step) => turn.every((c, at) => (c + step) % k === turn[(at + 1) % k]));
  }

  // How arrangements compare

  const moved = (points, [[a, b], [c, d]]) => points.map((value, at) => (at % 2 ? c * points[at - 1] + d * value : a * value + b * points[at + 1]));

  /**
   * An arrangement turned, mirrored and with its centres in the order that brings it closest to a target.
   * @param {number[][][]} symmetries the matrices that map the room onto itself; empty where every turn and mirror does
   */
  function aligned(points, target, symmetries) {
    const turns = !symmetries.length;
    let best = points;
    let least = Infinity;
    for (const symmetry of turns ? turnsOnto(points, target) : symmetries) {
      let image = matched(moved(points, symmetry), target);
      if (turns) image = moved(image, bestTurn(image, target));
      const total = image.reduce((sum, value, at) => sum + (value - target[at]) ** 2, 0);
      if (total < least - 1e-12) [best, least] = [image, total];
    }
    return best;
  }

  /** Turns and mirrors that bring some centre's direction onto that of the target's outermost. */
  function turnsOnto(points, target) {
    const far = Array.from({ length: target.length / 2 }, (_, c) => Math.hypot(target[2 * c], target[2 * c + 1]));
    const outermost = far.indexOf(Math.max(...far));
    const wanted = Math.atan2(target[2 * outermost + 1], target[2 * outermost]);
    return [1, -1].flatMap((mirror) => far.map((_, c) => {
      const turn = wanted - Math.atan2(mirror * points[2 * c + 1], points[2 * c]);
      const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
      return [[cos, -sin * mirror], [sin, cos * mirror]];
    }));
  }

  /** The turn or mirror that brings matched centres closest to their targets. */
  function bestTurn(points, target) {
    const [turn, mirrored] = [1, -1].map((mirror) => {
      let along = 0;
      let across = 0;
      for (let at = 0; at < points.length; at += 2) {
        const y = mirror * points[at + 1];
        along += points[at] * target[at] + y * target[at + 1];
        across += points[at] * target[at + 1] - y * target[at];
      }
      const size = Math.hypot(along, across) || 1;
      return { size, matrix: [[along / size, (-across * mirror) / size], [across / size, (along * mirror) / size]] };
    });
    return (mirrored.size > turn.size ? mirrored : turn).matrix;
  }

  /** The centres in the order that brings them closest to the target's: the Hungarian method, a row of the target at a time. */
  function matched(points, target) {
    const k = target.length / 2;
    const cost = (row, column) => (target[2 * row] - points[2 * column]) ** 2 + (target[2 * row + 1] - points[2 * column + 1]) ** 2;
    const [rowPrice, columnPrice] = [new Float64Array(k), new Float64Array(k + 1)];
    const rowOf = new Int32Array(k + 1).fill(-1); // the row that has a column; the last one is where a new row begins
    for (let row = 0; row < k; row++) {
      const [slack, from, done] = [new Float64Array(k).fill(Infinity), new Int32Array(k), new Uint8Array(k + 1)];
      let column = k;
      rowOf[k] = row;
      do {
        done[column] = 1;
        let next = -1;
        for (let other = 0; other < k; other++) {
          if (done[other]) continue;
          const over = cost(rowOf[column], other) - rowPrice[rowOf[column]] - columnPrice[other];
          if (over < slack[other]) [slack[other], from[other]] = [over, column];
          if (next < 0 || slack[other] < slack[next]) next = other;
        }
        const by = slack[next];
        for (let other = 0; other <= k; other++) {
          if (done[other]) [rowPrice[rowOf[other]], columnPrice[other]] = [rowPrice[rowOf[other]] + by, columnPrice[other] - by];
          else slack[other] -= by;
        }
        column = next;
      } while (rowOf[column] >= 0);
      for (; column !== k; column = from[column]) rowOf[column] = rowOf[from[column]];
    }
    const order = new Float64Array(2 * k);
    for (let column = 0; column < k; column++) order.set([points[2 * column], points[2 * column + 1]], 2 * rowOf[column]);
    return order;
  }

  /** Solve A x = b for a symmetric positive definite (n, n) A, in place; b becomes x. */
  function solve(a, b, n) {
    for (let column = 0; column < n; column++) {
      let pivot = a[column * n + column];
      for (let k = 0; k < column; k++) pivot -= a[column * n + k] ** 2;
      pivot = Math.sqrt(Math.max(pivot, 1e-300));
      a[column * n + column] = pivot;
      for (let row = column + 1; row < n; row++) {
        let sum = a[row * n + column];
        for (let k = 0; k < column; k++) sum -= a[row * n + k] * a[column * n + k];
        a[row * n + column] = sum / pivot;
      }
    }
    for (let row = 0; row < n; row++) {
      for (let k = 0; k < row; k++) b[row] -= a[row * n + k] * b[k];
      b[row] /= a[row * n + row];
    }
    for (let row = n - 1; row >= 0; row--) {
      for (let k = row + 1; k < n; k++) b[row] -= a[k * n + row] * b[k];
      b[row] /= a[row * n + row];
    }
  }

  const RIDGE = 1e-12; // of a curvature: what keeps rounding from making it negative

  /**
   * Newton's method with backtracking on a convex function of a head, whose last bias stays as it is: only
   * differences of biases matter.
   * evaluate(head, gradient | null, hessian | null) gives the value, Infinity outside its domain, and adds to both.
   */
  function minimise(evaluate, head, steps) {
    const n = head.length;
    const gradient = new Float64Array(n);
    const hessian = new Float64Array(n * n);
    const trial = new Float64Array(n);
    for (let step = 0; step < steps; step++) {
      gradient.fill(0);
      hessian.fill(0);
      const value = evaluate(head, gradient, hessian);
      gradient[n - 1] = 0;
      for (let at = 0; at < n; at++) {
        hessian[at * n + at] = hessian[at * n + at] * (1 + RIDGE) + 1e-300;
        hessian[at * n + n - 1] = hessian[(n - 1) * n + at] = at === n - 1 ? 1 : 0;
      }
      const direction = gradient.slice();
      solve(hessian, direction, n);
      const slope = direction.reduce((sum, d, at) => sum + d * gradient[at], 0);
      if (!(slope > 1e-13 * (1 + Math.abs(value)))) break;
      let size = 1;
      do {
        for (let at = 0; at < n; at++) trial[at] = head[at] - size * direction[at];
        size /= 2;
      } while (size > 1e-9 && !(evaluate(trial, null, null) <= value - 0.5 * size * slope));
      head.set(trial);
    }
    return head;
  }

  /**
   * The linear head with the least loss on one point a class: mean cross-entropy + l2/2 |W|^2.
   * @param {ArrayLike<number>} points (k, 2) @param {number} l2 @param {boolean} withBias
   * @param {Float64Array | null} start a head to start from
   * @returns {{head: Float64Array, loss: number}} head (k, 3), rows [wx, wy, b]
   */
  function bestHead(points, l2, withBias, start = null) {
    const k = points.length / 2;
    const n = 3 * k;
    const p = new Float64Array(k);
    function evaluate(head, gradient, hessian) {
      let norm = 0;
      let crossEntropy = 0;
      for (let c = 0; c < k; c++) {
        norm += head[3 * c] ** 2 + head[3 * c + 1] ** 2;
        const m = [points[2 * c], points[2 * c + 1], withBias ? 1 : 0];
        let most = -Infinity;
        for (let j = 0; j < k; j++) most = Math.max(most, (p[j] = dot(head, j, m)));
        const own = p[c];
        let sum = 0;
        for (let j = 0; j < k; j++) sum += p[j] = Math.exp(p[j] - most);
        crossEntropy += (Math.log(sum) + most - own) / k;
        if (!gradient) continue;
        for (let j = 0; j < k; j++) p[j] /= sum;
        for (let j = 0; j < k; j++) {
          for (let u = 0; u < 3; u++) {
            gradient[3 * j + u] += ((p[j] - (j === c ? 1 : 0)) * m[u]) / k;
            for (let i = 0; i < k; i++) {
              const curve = ((i === j ? p[j] : 0) - p[i] * p[j]) / k;
              for (let v = 0; v < 3; v++) hessian[(3 * j + u) * n + 3 * i + v] += curve * m[u] * m[v];
            }
          }
        }
      }
      if (gradient) {
        for (let at = 0; at < n; at++) {
          if (at % 3 === 2) continue;
          gradient[at] += l2 * head[at];
          hessian[at * n + at] += l2;
        }
      }
      return crossEntropy + (l2 / 2) * norm;
    }
    const head = minimise(evaluate, start && start.length === n ? start.slice() : new Float64Array(n), 60);
    return { head, loss: evaluate(head, null, null) };
  }

  function dot(head, row, m) {
    return head[3 * row] * m[0] + head[3 * row + 1] * m[1] + head[3 * row + 2] * m[2];
  }

  /** The least gap between a centre's own logit and another, over the head's norm |W|. */
  function headMargin(points, head) {
    const k = points.length / 2;
    let least = Infinity;
    let norm = 0;
    for (let c = 0; c < k; c++) {
      norm += head[3 * c] ** 2 + head[3 * c + 1] ** 2;
      const m = [points[2 * c], points[2 * c + 1], 1];
      for (let j = 0; j < k; j++) if (j !== c) least = Math.min(least, dot(head, c, m) - dot(head, j, m));
    }
    return least / Math.sqrt(norm);
  }

  /** The largest margin any linear head has on the centres; 0 when no head tells all of them apart. */
  function margin(points, withBias) {
    const head = widestHead(points, withBias);
    return head ? headMargin(points, head) : 0;
  }

  /**
   * The linear head of the largest margin on the centres: max over |W| = 1 (and b) of the least gap between a centre's
   * own logit and another's. null when no head tells all of them apart.
   * An interior-point method: least |W|^2 with all gaps at least 1, gaps kept above 1 by a barrier.
   * @returns {Float64Array | null} (k, 3), rows [wx, wy, b], of any size |W|
   */
  function widestHead(points, withBias) {
    const k = points.length / 2;
    const n = 3 * k;
    if (!(leastDistance(points).distance > 1e-6)) return null;
    const start = new Float64Array(n);
    if (withBias) {
      for (let c = 0; c < k; c++) {
        // The nearest-centre rule is a linear head, and has every gap positive.
        start[3 * c] = points[2 * c];
        start[3 * c + 1] = points[2 * c + 1];
        start[3 * c + 2] = -(points[2 * c] ** 2 + points[2 * c + 1] ** 2) / 2;
      }
    } else {
      start.set(bestHead(points, 1e-7, false).head);
    }
    const gap = headMargin(points, start) * Math.sqrt(start.reduce((s, v, at) => s + (at % 3 < 2 ? v * v : 0), 0));
    if (!(gap > 1e-9)) return null;
    const head = start.map((value) => (value * 2) / gap);
    let weight = 1;
    function evaluate(at, gradient, hessian) {
      let value = 0;
      for (let i = 0; i < n; i++) {
        if (i % 3 === 2) continue;
        value += (weight / 2) * at[i] ** 2;
        if (gradient) gradient[i] += weight * at[i];
        if (hessian) hessian[i * n + i] += weight;
      }
      for (let c = 0; c < k; c++) {
        const m = [points[2 * c], points[2 * c + 1], withBias ? 1 : 0];
        for (let j = 0; j < k; j++) {
          if (j === c) continue;
          const slack = dot(at, c, m) - dot(at, j, m) - 1;
          if (!(slack > 0)) return Infinity;
          value -= Math.log(slack);
          if (!gradient) continue;
          for (let u = 0; u < 3; u++) {
            gradient[3 * c + u] -= m[u] / slack;
            gradient[3 * j + u] += m[u] / slack;
            for (let v = 0; v < 3; v++) {
              const curve = (m[u] * m[v]) / (slack * slack);
              hessian[(3 * c + u) * n + 3 * c + v] += curve;
              hessian[(3 * j + u) * n + 3 * j + v] += curve;
              hessian[(3 * c + u) * n + 3 * j + v] -= curve;
              hessian[(3 * j + u) * n + 3 * c + v] -= curve;
            }
          }
        }
      }
      return value;
    }
    for (weight = 1e-2; weight < 1e9; weight *= 20) minimise(evaluate, head, 25);
    return head;
  }

  /**
   * Where each class's logit is the largest: convex polygons inside a box.
   * @param {ArrayLike<number>} head (k, 3) from `offset` on
   * @returns {number[][][]} one polygon [[x, y], ...] a class, empty where the class wins nowhere
   */
  function headRegions(head, classes, box, offset = 0) {
    const regions = [];
    for (let own = 0; own < classes; own++) {
      let polygon = [[box.x0, box.y0], [box.x1, box.y0], [box.x1, box.y1], [box.x0, box.y1]];
      for (let other = 0; other < classes && polygon.length; other++) {
        if (other === own) continue;
        const a = head[offset + 3 * own] - head[offset + 3 * other];
        const b = head[offset + 3 * own + 1] - head[offset + 3 * other + 1];
        const c = head[offset + 3 * own + 2] - head[offset + 3 * other + 2];
        polygon = clip(polygon, (p) => a * p[0] + b * p[1] + c);
      }
      regions.push(polygon);
    }
    return regions;
  }

  /** The part of a convex polygon where a linear function is not negative. */
  function clip(polygon, height) {
    const kept = [];
    polygon.forEach((point, at) => {
      const next = polygon[(at + 1) % polygon.length];
      const here = height(point);
      const there = height(next);
      if (here >= 0) kept.push(point);
      if (here >= 0 !== there >= 0) {
        const t = here / (here - there);
        kept.push(point.map((value, axis) => value + t * (next[axis] - value)));
      }
    });
    return kept;
  }

  /**
   * Circular mean and standard deviation, degrees, of directions given by their summed unit vectors.
   * @param {number} sumX @param {number} sumY @param {number} count
   */
  function circular(sumX, sumY, count) {
    const length = Math.hypot(sumX, sumY) / count;
    if (!(length > 1e-12)) return { mean: NaN, deviation: Infinity };
    const mean = ((Math.atan2(sumY, sumX) * 180) / Math.PI + 360) % 360;
    return { mean, deviation: (Math.sqrt(-2 * Math.log(Math.min(length, 1))) * 180) / Math.PI };
  }

  return { centres, leastDistance, middle, orderKept, aligned, bestHead, widestHead, margin, headRegions, clip, circular };
})();
