/**
 * Charts of the show, each on a canvas of its own: loss and singular values as a staircase, the table M*, an analogy.
 *
 * They draw what they are given, at any moment, without state of their own. Sizes follow the letters of the page, so
 * that a chart reads from the back of a room or on a phone. Words reach the canvas only as canvas text.
 */

import { between, presentOf } from "./common.js";

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
export const smooth = (x) => { const y = clamp(x, 0, 1); return y * y * (3 - 2 * y); };

/** A canvas that fills its host, and a pen in CSS pixels; null while there is no room. */
export class Sheet {
  constructor(host, label) {
    this.host = host;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "sheet";
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", label);
    host.append(this.canvas);
  }

  pen() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!width || !height) return null;
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== across || this.canvas.height !== down) {
      this.canvas.width = across;
      this.canvas.height = down;
    }
    const pen = this.canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.globalAlpha = 1;
    pen.setLineDash([]);
    return Object.assign(pen, { wide: width, high: height });
  }
}

/** Steps of 1, 2 or 5 times a power of ten, about `count` of them. */
function stepOf(span, count) {
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10);
}

function ticksOf(low, high, count) {
  const step = stepOf(high - low, count);
  const found = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + 1e-9 * step; n++) found.push(n * step || 0);
  return { found, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

/** A panel: a box of pixels and the range of numbers that it stands for. */
class Panel {
  constructor(box, xs, ys) { Object.assign(this, { box, xs, ys }); }
  x(value) { return this.box.x + ((value - this.xs[0]) / (this.xs[1] - this.xs[0])) * this.box.w; }
  y(value) { return this.box.y + this.box.h - ((value - this.ys[0]) / (this.ys[1] - this.ys[0])) * this.box.h; }
  timeAt(x) { return this.xs[0] + ((x - this.box.x) / this.box.w) * (this.xs[1] - this.xs[0]); }

  grid(pen, look, { count = 5, format } = {}) {
    const { found, digits } = ticksOf(...this.ys, count);
    pen.font = `${look.small}px ${look.font}`;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    pen.lineWidth = 1;
    for (const value of found) {
      const y = Math.round(this.y(value)) + 0.5;
      pen.strokeStyle = look.line;
      pen.beginPath();
      pen.moveTo(this.box.x, y);
      pen.lineTo(this.box.x + this.box.w, y);
      pen.stroke();
      pen.fillStyle = look.muted;
      pen.fillText(format ? format(value) : value.toLocaleString(look.language, { minimumFractionDigits: digits }), this.box.x - look.small * 0.6, y);
    }
  }

  /** About `count` numbers below, as far as `end`, in the letters that the pen has. */
  times(pen, look, { count, y, end = Infinity }) {
    pen.textAlign = "center";
    for (const value of ticksOf(...this.xs, count).found) {
      if (this.x(value) < end) pen.fillText(value.toLocaleString(look.language), this.x(value), y);
    }
  }

  path(pen, times, values, { colour, width, dash = [], until = Infinity, from = -Infinity, alpha = 1 }) {
    pen.save();
    pen.beginPath();
    pen.rect(this.box.x, this.box.y - 4, this.box.w, this.box.h + 8);
    pen.clip();
    pen.beginPath();
    let last = -1;
    for (let n = 0; n < times.length && times[n] <= until; n++) {
      if (times[n] >= from) pen.lineTo(this.x(times[n]), this.y(values[n]));
      last = n;
    }
    if (last >= 0 && last + 1 < times.length) {
      const now = presentOf(times, until);
      pen.lineTo(this.x(now.time), this.y(between(values, now)));
    }
    Object.assign(pen, { strokeStyle: colour, lineWidth: width, lineJoin: "round", lineCap: dash.length ? "butt" : "round", globalAlpha: alpha });
    pen.setLineDash(dash);
    pen.stroke();
    pen.restore();
  }
}

function title(pen, look, text, x, y, width) {
  pen.font = `600 ${look.text}px ${look.font}`;
  pen.textAlign = "left";
  pen.textBaseline = "alphabetic";
  pen.fillStyle = look.ink;
  pen.fillText(text, x, y, width);
}

/**
 * Loss above singular values, or the loss alone: dotted as predicted, solid as trained up to a moment.
 *
 * draw({look, say, palette, run, time, panels, shown, cursor}): `shown` is how many predicted steps are there, with a
 * fraction for one that is appearing; `time` null draws nothing that was trained.
 */
export class Staircase extends Sheet {
  layout(pen, look, run, panels) {
    const left = look.small * 3.1;
    const right = look.small * 0.8;
    const head = look.text * 1.7;
    const foot = look.small * 3.4;
    const gap = look.text * 0.9;
    const room = pen.high - foot - panels.length * head - (panels.length - 1) * gap;
    const shares = panels.length === 2 ? [0.42, 0.58] : [1];
    let top = 0;
    return panels.map((name, n) => {
      const height = room * shares[n];
      const box = { x: left, y: top + head, w: pen.wide - left - right, h: height };
      top += head + height + gap;
      return new Panel(box, [0, run.end * 1.02], name === "loss" ? run.lossRange : [0, run.top]);
    });
  }

  draw({ look, say, palette, run, time = null, panels = ["loss", "values"], shown = Infinity, cursor = null }) {
    const pen = this.pen();
    if (!pen) return;
    this.panels = this.layout(pen, look, run, panels);
    this.panels.forEach((panel, n) => {
      panel.grid(pen, look, { count: panels[n] === "loss" ? 4 : 5 });
      const heading = say(panels[n]);
      title(pen, look, heading, panel.box.x - look.small * 2.6, panel.box.y - look.text * 0.75, pen.wide - look.small);
      if (panels[n] === "loss") this.loss(pen, panel, { look, palette, run, time, shown });
      else this.values(pen, panel, { look, palette, run, time, shown });
    });
    this.ticks(pen, this.panels.at(-1), { look, palette, run, shown, say });
    if (time !== null) this.now(pen, { look, run, time, panels });
    if (cursor !== null) this.line(pen, look, cursor);
  }

  /** The predicted loss up to the step that is shown, and its plateaus in the colours of the concepts. */
  loss(pen, panel, { look, palette, run, time, shown }) {
    const whole = shown >= run.modes;
    const until = whole ? Infinity : this.reach(run, shown);
    const { times, loss } = run.predicted;
    panel.path(pen, times, loss, { colour: look.muted, width: look.stroke, dash: look.dots, until });
    run.ticks.forEach(({ k, time: at }, n) => {
      const alpha = clamp(shown - n, 0, 1);
      if (!alpha) return;
      const stop = run.ticks[n + 1]?.time ?? run.end;
      const level = [run.plateaus[k], run.plateaus[k]];
      panel.path(pen, [at, stop], level, { colour: palette[k - 1], width: look.stroke * 1.3, dash: look.dots, alpha });
    });
    if (time !== null) panel.path(pen, run.times, run.loss, { colour: look.ink, width: look.stroke * 1.6, until: time });
  }

  values(pen, panel, { look, palette, run, time, shown }) {
    run.predicted.singular.forEach((values, n) => {
      const alpha = clamp(shown - n, 0, 1);
      if (alpha) panel.path(pen, run.predicted.times, values, { colour: palette[n], width: look.stroke, dash: look.dots, alpha });
    });
    if (time === null) return;
    run.singular.forEach((values, n) => {
      panel.path(pen, run.times, values, { colour: palette[n], width: look.stroke * 1.6, until: time });
    });
  }

  /** How far the predicted curve is drawn while steps are still appearing. */
  reach(run, shown) {
    const n = Math.floor(shown);
    const middle = (k) => (k <= 0 ? 0 : k >= run.ticks.length ? run.end : (run.ticks[k - 1].time + run.ticks[k].time) / 2);
    return middle(n) + (middle(n + 1) - middle(n)) * (shown - n);
  }

  ticks(pen, panel, { look, palette, run, shown, say }) {
    const y = panel.box.y + panel.box.h;
    let last = -Infinity;
    pen.textBaseline = "top";
    pen.textAlign = "center";
    run.ticks.forEach(({ k, time }, n) => {
      const alpha = clamp(shown - n, 0, 1);
      if (!alpha || time > run.end * 1.02) return;
      const x = panel.x(time);
      pen.globalAlpha = alpha;
      pen.fillStyle = palette[k - 1];
      pen.fillRect(x - look.stroke * 0.75, y, look.stroke * 1.5, look.small * 0.6);
      if (x - last > look.small * 1.9) {
        pen.font = `${look.small}px ${look.font}`;
        pen.fillStyle = look.muted;
        pen.fillText(`τ${String(k).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit])}`, x, y + look.small * 0.75);
        last = x;
      }
      pen.globalAlpha = 1;
    });
    this.clock(pen, panel, { look, title: say("time"), y: y + look.small * 2.1 });
  }

  /** Times in numbers, as far as the title of their axis leaves room. */
  clock(pen, panel, { look, title: name, y }) {
    const { x, w } = panel.box;
    pen.font = `${look.small}px ${look.font}`;
    pen.fillStyle = look.muted;
    pen.textAlign = "right";
    pen.fillText(name, x + w, y);
    panel.times(pen, look, { count: 8, y, end: x + w - pen.measureText(name).width - look.small * 2 });
  }

  now(pen, { look, run, time, panels }) {
    const now = presentOf(run.times, time);
    if (!now) return;
    const [first] = this.panels;
    this.line(pen, look, now.time);
    if (panels[0] !== "loss") return;
    const value = between(run.loss, now);
    const [x, y] = [first.x(now.time), first.y(value)];
    pen.fillStyle = look.accent;
    pen.beginPath();
    pen.arc(x, y, look.stroke * 2.6, 0, 7);
    pen.fill();
    const leftwards = x > first.box.x + 0.8 * first.box.w;
    pen.font = `600 ${look.text}px ${look.font}`;
    pen.textAlign = leftwards ? "right" : "left";
    pen.textBaseline = "alphabetic";
    pen.fillStyle = look.ink;
    const text = value.toLocaleString(look.language, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
    const above = y - look.text * 1.9 > first.box.y;
    pen.fillText(text, x + (leftwards ? -1 : 1) * look.text * 0.6, above ? y - look.text * 0.9 : y + look.text * 1.4);
  }

  line(pen, look, time) {
    pen.fillStyle = look.accent;
    pen.globalAlpha = 0.55;
    for (const { box } of this.panels) pen.fillRect(this.panels[0].x(time) - 0.75, box.y, 1.5, box.h);
    pen.globalAlpha = 1;
  }

  timeAt(x) { return this.panels ? clamp(this.panels[0].timeAt(x), ...this.panels[0].xs) : 0; }
}

/** The loss from several starts, each on its own clock; one of them is the present one. */
export class Melting extends Sheet {
  draw({ look, palette, curves, until, chosen, lossLabel, axisLabel, range }) {
    const pen = this.pen();
    if (!pen) return;
    const box = { x: look.small * 3.1, y: look.text * 1.7, w: pen.wide - look.small * 4, h: pen.high - look.text * 1.7 - look.small * 2.8 };
    const panel = new Panel(box, [0, until], range);
    panel.grid(pen, look, { count: 4 });
    title(pen, look, lossLabel, look.small * 0.5, look.text, pen.wide);
    pen.font = `${look.small}px ${look.font}`;
    pen.fillStyle = look.muted;
    pen.textBaseline = "top";
    panel.times(pen, look, { count: 4, y: box.y + box.h + look.small * 0.4 });
    pen.textAlign = "right";
    pen.fillText(axisLabel, box.x + box.w, box.y + box.h + look.small * 1.6);
    curves.forEach((values, n) => {
      const times = Float32Array.from(values, (_, i) => (until * i) / (values.length - 1));
      const nearness = clamp(1 - Math.abs(chosen - n), 0, 1);
      const seen = n <= chosen + 1e-6 ? 0.45 : 0;
      const alpha = seen + (1 - seen) * nearness;
      if (alpha) panel.path(pen, times, values, { colour: palette[n], width: look.stroke * (1 + nearness), alpha });
    });
  }
}

/** M* between chosen words, in an order that is partly shuffled: 0 as they are sorted, 1 all mixed. */
export class Heat extends Sheet {
  draw({ look, size, entries, order, mixed }) {
    const pen = this.pen();
    if (!pen) return;
    const side = Math.min(pen.wide, pen.high);
    const cell = side / size;
    const [left, top] = [(pen.wide - side) / 2, (pen.high - side) / 2];
    const place = Array.from({ length: size }, (_, n) => (n + (order[n] - n) * smooth(mixed)) * cell);
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const share = clamp(entries[row * size + column] / 32767, -1, 1);
        pen.fillStyle = share < 0 ? look.cold : look.warm;
        pen.globalAlpha = Math.abs(share) ** 0.8;
        pen.fillRect(left + place[column], top + place[row], cell * 0.94, cell * 0.94);
      }
    }
    pen.globalAlpha = 1;
  }
}

/** a, b, c and c + b - a in the plane that contains them, and the words that answer. */
export class Parallelogram extends Sheet {
  draw({ look, palette, places, words, answers, away, shown }) {
    const pen = this.pen();
    if (!pen) return;
    const xs = places.map(([x]) => x);
    const ys = places.map(([, y]) => y);
    const pad = { x: look.text * 4.6, y: look.text * 2.2 };
    const scale = Math.min(
      (pen.wide - 2 * pad.x) / (Math.max(...xs) - Math.min(...xs)), (pen.high - 2 * pad.y) / (Math.max(...ys) - Math.min(...ys)),
    );
    const middle = [(Math.max(...xs) + Math.min(...xs)) / 2, (Math.max(...ys) + Math.min(...ys)) / 2];
    const at = ([x, y]) => [pen.wide / 2 + (x - middle[0]) * scale, pen.high / 2 - (y - middle[1]) * scale];
    const corner = places.slice(0, 4).map(at);
    const [a, b, c, target] = corner;
    this.edge(pen, a, c, { look, colour: look.muted, dash: look.dots });
    if (shown > 0.6) this.edge(pen, b, target, { look, colour: look.muted, dash: look.dots });
    this.arrow(pen, a, b, { look, colour: palette[0] });
    const tip = [c[0] + (target[0] - c[0]) * smooth(shown / 0.6), c[1] + (target[1] - c[1]) * smooth(shown / 0.6)];
    if (shown > 0.02) this.arrow(pen, c, tip, { look, colour: palette[0] });
    words.forEach((word, n) => this.name(pen, corner[n], word, { look, colour: look.ink, below: n < 2, bold: true }));
    const alpha = clamp((shown - 0.6) / 0.3, 0, 1);
    if (!alpha) return;
    pen.globalAlpha = alpha;
    const taken = corner.slice(0, 3).map((one) => ({ x: one[0], y: one[1] }));
    answers.forEach(({ word }, n) => {
      const mark = at(places[4 + n]);
      const near = taken.some(({ x, y }) => Math.abs(x - mark[0]) < look.text * 5 && Math.abs(y - mark[1]) < look.text * 1.6);
      if (n && near) return;
      taken.push({ x: mark[0], y: mark[1] });
      this.name(pen, mark, word, {
        look, colour: n ? look.muted : palette[2], bold: !n, faint: n > 0, depth: away[4 + n],
      });
    });
    pen.globalAlpha = 1;
  }

  edge(pen, from, to, { look, colour, dash = [] }) {
    Object.assign(pen, { strokeStyle: colour, lineWidth: look.stroke * 1.4 });
    pen.setLineDash(dash);
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
    pen.setLineDash([]);
  }

  arrow(pen, from, to, { look, colour }) {
    const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
    const head = look.text * 0.95;
    this.edge(pen, from, to, { look, colour });
    pen.fillStyle = colour;
    pen.beginPath();
    pen.moveTo(...to);
    for (const side of [-0.42, 0.42]) pen.lineTo(to[0] - head * Math.cos(angle + side), to[1] - head * Math.sin(angle + side));
    pen.fill();
  }

  name(pen, [x, y], word, { look, colour, below = false, bold = false, faint = false }) {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(x, y, look.stroke * (faint ? 1.8 : 2.8), 0, 7);
    pen.fill();
    pen.font = `${bold ? "600 " : ""}${look.text * (faint ? 0.9 : 1.25)}px ${look.font}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    const shift = look.text * (faint ? 1.1 : 1.35) * (below ? 1 : -1);
    pen.lineWidth = 5;
    pen.lineJoin = "round";
    pen.strokeStyle = look.surface;
    pen.strokeText(word, x, y + shift);
    pen.fillText(word, x, y + shift);
  }
}
