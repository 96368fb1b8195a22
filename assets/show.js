/**
 * The show: one document that is the Story to read, its 90-second tour and its presentation, or a single run.
 *
 * Everything that moves is a function of the seconds since its slide and its beat began, so that pausing, going back
 * and reduced motion are one thing: which second is drawn. Words are untrusted data: they reach the page only through
 * textContent and canvas text.
 *
 * Sections: data, look, cloud, slides, notes, deck, run, start.
 */

import { createPlayer } from "./player.js";
import { between, element, presentOf, unpack } from "./common.js";
import { Heat, Melting, Parallelogram, Staircase, clamp, smooth } from "./charts.js";

// ------------------------------------------------------------------------------------------- data

const MODES = ["read", "tour", "present"];
const WAIT = 0.8; // share of the first step's time that a replay leaves out: nothing happens there
const EMPHASIS = 13; // pixels of the player's usual letters

function bytesOf(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let n = 0; n < raw.length; n++) bytes[n] = raw.charCodeAt(n);
  return bytes;
}

/** Fills the blanks of a passage; numbers as the language writes them. */
const fill = (text, values = {}) => text.replace(/\{(\w+)\}/g, (blank, name) => (name in values ? values[name] : blank));

const column = (rows, width, index) => Float32Array.from({ length: rows.length / width }, (_, n) => rows[n * width + index]);
const columns = (rows, width, from, count) => Array.from({ length: count }, (_, k) => column(rows, width, from + k));

/** A recorded run: what was trained, what was predicted, and clouds for the player. */
class Run {
  constructor(about, arrays) {
    Object.assign(this, about);
    const width = 4 + 2 * this.modes;
    this.times = column(arrays.series, width, 0);
    this.loss = column(arrays.series, width, 1);
    this.rank = column(arrays.series, width, 2);
    this.learned = column(arrays.series, width, 3);
    this.singular = columns(arrays.series, width, 4, this.modes);
    this.alignment = columns(arrays.series, width, 4 + this.modes, this.modes);
    const told = 2 + this.modes;
    this.predicted = {
      times: column(arrays.predicted, told, 0), loss: column(arrays.predicted, told, 1),
      singular: columns(arrays.predicted, told, 2, this.modes),
    };
    this.frames = arrays.frames;
    this.cloudTimes = Float32Array.from(arrays.rows, (row) => this.times[row]);
    const lowest = Math.min(...this.plateaus, ...this.predicted.loss, ...this.loss);
    const room = 1 - lowest || 1;
    this.lossRange = [lowest - 0.06 * room, 1 + 0.06 * room];
    this.top = 1.08 * this.singular.concat(this.predicted.singular).reduce((most, one) => Math.max(most, ...one), 1e-9);
    this.start = this.ticks.length ? Math.min(WAIT * this.ticks[0].time, this.last) : 0;
  }

  get last() { return this.times[this.times.length - 1] ?? 0; }
  at(values, time) { return between(values, presentOf(this.times, time)); }

  /** What of a concept is there: predicted, arriving or learned. */
  stateOf(k, time) {
    const share = this.at(this.singular[k - 1], time) ** 2 / this.lambda[k - 1];
    const found = this.at(this.alignment[k - 1], time) >= this.shares.found;
    if (share < this.shares.arriving || !found) return "predicted";
    return share >= this.shares.learned ? "learned" : "arriving";
  }

  /** When a concept reached half its variance; undefined where it never did. */
  halfTime(k) {
    const row = this.singular[k - 1].findIndex((value) => value ** 2 >= this.shares.half * this.lambda[k - 1]);
    return row < 0 ? undefined : this.times[row];
  }

  tick(k) { return this.ticks.find((one) => one.k === k); }
}

// ------------------------------------------------------------------------------------------- look

const reduced = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Colours and sizes as the style sheet has them now. */
class Look {
  constructor(language) { this.language = language; this.read(); }

  read() {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue(name).trim();
    const rem = parseFloat(style.fontSize);
    const grand = of("--grand") === "yes";
    for (const name of ["ink", "muted", "line", "surface", "accent", "warm", "cold", "background"]) this[name] = of(`--${name}`);
    this.dark = of("--dark") === "yes";
    this.font = style.fontFamily || "system-ui, sans-serif";
    this.text = rem * (grand ? 1.4 : 1);
    this.small = Math.max(12, rem * (grand ? 1.3 : 0.84));
    this.stroke = Math.max(1.6, rem * (grand ? 0.13 : 0.11));
    this.dots = [this.stroke, this.stroke * 2];
    this.label = Math.max(EMPHASIS, rem * (grand ? 1.2 : 0.85));
  }

  player() {
    return {
      text: this.ink, muted: this.muted, background: this.background, surface: this.surface, line: this.line,
      accent: this.accent, font: this.font, size: this.label,
    };
  }

  percent(value, digits = 1) {
    return value.toLocaleString(this.language, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits });
  }

  number(value, digits = 0) {
    return value.toLocaleString(this.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }
}

/** What the colours of a picture mean. */
function keyOf(host, names) {
  const key = element("p", "key", host);
  for (const [name, text] of Object.entries(names)) {
    const one = element("span", "", key);
    element("i", `key-${name}`, one);
    one.append(text);
  }
}

function turnTheme(look) {
  document.documentElement.dataset.theme = look.dark ? "light" : "dark";
}

function control(parent, className, label, action, text = label) {
  const made = element("button", className, parent, text);
  made.type = "button";
  if (text !== label) made.setAttribute("aria-label", label);
  made.title = label;
  made.addEventListener("click", action);
  return made;
}

// ------------------------------------------------------------------------------------------ cloud

/** The player with its bar and tools, in a box that moves from slide to slide. */
class Cloud {
  constructor({ look, say, seconds = 20, onTime = () => {} }) {
    this.look = look;
    this.say = say;
    this.root = element("div", "cloud");
    this.stage = element("div", "cloud-stage", this.root);
    this.tools = element("div", "cloud-tools");
    this.bar = element("div", "cloud-bar");
    this.player = createPlayer(
      { stage: this.stage, bar: this.bar, tools: this.tools }, { seconds, text: say.player, language: look.language },
    );
    this.player.on("time", onTime);
  }

  get time() { return this.player.time; }
  seek(time) { this.player.seek(time); }

  theme() {
    this.player.setTheme(this.look.player());
    if (this.data) this.show(this.run, this.data);
  }

  /** A run, or other clouds of its words: {frames, times, key}. */
  show(run, { frames, times, key, quiet = false }) {
    Object.assign(this, { run, data: { frames, times, key, quiet } });
    const palette = run.palette[this.look.dark ? "dark" : "light"];
    this.player.setData({
      key, frames, times, words: run.words, count: times.length, scale: run.scale, extent: run.extent,
      end: quiet ? times[times.length - 1] : run.end,
      axes: run.axes.map((k) => ({ name: fill(this.say.player.concept, { k }), color: palette[k - 1] })),
      poles: run.poles,
      marks: quiet ? [] : run.ticks.map(({ k, time }) => ({
        time, color: palette[k - 1], label: `τ${k}`, settle: run.settle[k - 1],
        title: fill(this.say.player.tick, { k, time: this.look.number(time) }),
      })),
      timeLabel: (time) => `t·λ₁ = ${this.look.number(time)}`,
      readout: quiet ? null : (time) => this.look.number(run.at(run.loss, time), 3),
    });
  }
}

// ----------------------------------------------------------------------------------------- slides

/**
 * A slide: a picture, a title, a line. `beats` is how often "next" changes it before the slide is over; `schedule`
 * says at which second of the tour each beat begins. frame() draws second `s` of the slide, `since` of its beat.
 */
class Slide {
  constructor(deck, name) {
    this.deck = deck;
    this.name = name;
    this.say = deck.say[name];
    this.run = deck.run;
    this.schedule = [0];
    this.length = 0;
    this.root = element("section", `slide slide-${name}`);
    this.root.setAttribute("aria-roledescription", "slide");
    this.root.setAttribute("aria-label", this.say.chapter);
    const head = element("header", "slide-head", this.root);
    element("p", "kicker", head, this.say.chapter);
    this.heading = element("h1", "", head, this.say.title);
    this.heading.tabIndex = -1;
    this.picture = element("div", "picture", this.root);
    this.foot = element("footer", "slide-foot", this.root);
    this.line = element("p", "line", this.foot);
    if (this.say.maths) element("p", "maths", this.foot, this.say.maths);
    this.build(this.picture);
  }

  get beats() { return this.schedule.length; }
  get look() { return this.deck.look; }
  get palette() { return this.run.palette[this.look.dark ? "dark" : "light"]; }
  build() {}
  enter() {}
  theme() {}
  frame() {}
  told(beat) { return beat < this.beats - 1 && this.say.question ? this.say.question : this.say.line; }

  /** Whether the line is another one now. */
  tell(beat) {
    const told = this.told(beat);
    const another = this.line.textContent !== told;
    if (another) this.line.textContent = told;
    return another;
  }

  /** The time of the run at a second of a replay that takes `length` seconds. */
  replay(s, length) {
    return this.run.start + (this.run.last - this.run.start) * clamp(s / length, 0, 1);
  }
}

class Cover extends Slide {
  build(picture) {
    picture.classList.add("two");
    this.left = element("div", "panel tall", picture);
    const right = element("div", "beside", picture);
    this.chart = new Staircase(element("div", "panel", right), this.deck.say.chart.short);
    right.append(this.foot);
    this.length = 13;
  }

  enter() { this.deck.mount(this.left, { mode: "2d", bar: true }); }

  frame(s) {
    const { cloud } = this.deck;
    if (!cloud.manual) cloud.seek(this.replay(s, this.deck.mode === "tour" ? 11 : this.length));
    this.chart.draw({ look: this.look, say: this.deck.chartSay, palette: this.palette, run: this.run, time: cloud.time, panels: ["loss"] });
  }
}

class Company extends Slide {
  build(picture) {
    this.schedule = [0, 4];
    this.length = 1.4;
    this.rows = this.deck.facts.company.map(({ pair, count, expected, mstar }) => {
      const row = element("div", "pair", picture);
      element("strong", "pair-words", row, pair.join(" · "));
      const track = element("div", "pair-track", row);
      element("i", "pair-middle", track);
      const bar = element("i", `pair-bar ${mstar < 0 ? "less" : "more"}`, track);
      const values = { seen: this.look.number(count), expected: this.look.number(expected) };
      const value = element("b", "pair-value", row, `${mstar < 0 ? "−" : "+"}${this.look.number(Math.abs(mstar), 2)}`);
      const told = element("span", "pair-told", row, fill(this.say.seen, values));
      return { bar, told, value, mstar };
    });
    const scale = element("div", "pair pair-scale", picture);
    element("span", "", scale);
    const ends = element("div", "pair-ends", scale);
    element("span", "", ends, `−2 ${this.say.never}`);
    element("span", "", ends, `0 ${this.say.chance}`);
    element("span", "", ends, `+2 ${this.say.always}`);
  }

  frame(s, beat, since) {
    const grown = beat ? smooth(since / this.length) : 0;
    for (const { bar, told, value, mstar } of this.rows) {
      bar.style.width = `${(Math.abs(mstar) / 4) * 100 * grown}%`;
      told.style.opacity = value.style.opacity = grown;
      told.style.visibility = value.style.visibility = grown ? "visible" : "hidden";
    }
  }
}

class Table extends Slide {
  build(picture) {
    picture.classList.add("two", "wide-left");
    this.schedule = [0, 5];
    this.length = 3.5;
    const left = element("div", "panel tall square", picture);
    this.heat = new Heat(left, this.say.line);
    this.right = element("div", "ends", picture);
    const { positive, negative } = this.deck.facts.table;
    for (const [name, words] of [["one", positive], ["other", negative]]) {
      element("h2", "", this.right, this.say[name]);
      element("p", "ends-words", this.right, words.slice(0, 5).join(" · "));
    }
    keyOf(picture, { often: this.say.often, rarely: this.say.rarely });
  }

  frame(s, beat, since) {
    const { size, order } = this.deck.facts.table;
    const mixed = beat ? 1 - clamp(since / 2.6, 0, 1) : 1;
    this.heat.draw({ look: this.look, size, entries: this.deck.arrays.table, order, mixed });
    this.right.style.opacity = beat ? smooth((since - 2.2) / 1.2) : 0;
    this.right.style.visibility = beat ? "visible" : "hidden";
  }
}

class Prediction extends Slide {
  build(picture) {
    this.schedule = [0, 5];
    this.length = 5;
    const panel = element("div", "panel tall", picture);
    this.chart = new Staircase(panel, this.deck.say.chart.short);
    const row = element("label", "guess", picture);
    element("span", "", row, this.say.guess);
    this.input = element("input", "", row);
    Object.assign(this.input, { type: "range", min: 0, max: Math.round(this.run.end), step: 1, value: Math.round(this.run.end / 2) });
    this.shown = element("output", "", row, this.input.value);
    this.input.addEventListener("input", () => {
      this.asked = true;
      this.shown.textContent = this.input.value;
      this.deck.draw();
    });
  }

  told(beat) {
    const second = this.run.tick(2);
    if (!beat || !second) return super.told(beat);
    const answer = fill(this.asked ? this.say.off : this.say.at, { guess: this.input.value, second: this.look.number(second.time) });
    return `${answer} ${this.say.line}`;
  }

  frame(s, beat, since) {
    const shown = beat ? 1 + Math.min(since * 2.2, this.run.modes) : 1;
    this.chart.draw({
      look: this.look, say: this.deck.chartSay, palette: this.palette, run: this.run, panels: ["loss"], shown,
      cursor: this.asked && this.deck.mode === "read" ? Number(this.input.value) : null,
    });
  }
}

class Training extends Slide {
  build(picture) {
    picture.classList.add("two", "wide-left");
    this.length = 18;
    const left = element("div", "panel tall", picture);
    this.chart = new Staircase(left, this.deck.say.chart.alt);
    this.cards = new Cards(element("div", "cards", picture), this.deck, 6, 2);
  }

  get over() { return this.deck.s >= this.length; }
  told() { return this.over ? this.say.line : this.say.question; }

  frame(s) {
    const time = this.replay(s, this.deck.mode === "tour" ? 23 : this.length);
    this.chart.draw({ look: this.look, say: this.deck.chartSay, palette: this.palette, run: this.run, time });
    this.cards.draw(time);
  }

  theme() { this.cards.theme(); }
}

/** A card for each concept, which turns over when the concept is learned. */
class Cards {
  constructor(host, { say, look, run }, most, words = 4) {
    Object.assign(this, { say, look, run });
    host.setAttribute("role", "list");
    this.made = run.cards.slice(0, most).map(({ k, positive, negative }) => {
      const card = element("div", "card", host);
      card.setAttribute("role", "listitem");
      const head = element("div", "card-head", card);
      element("strong", "", head, fill(say.chart.concept, { k }));
      const status = element("span", "card-status", head);
      element("p", "card-pole", card, positive.slice(0, words).join(" · "));
      element("p", "card-against", card, fill(say.card.against, { words: negative.slice(0, words).join(" · ") }));
      return { k, card, status };
    });
    this.theme();
  }

  theme() {
    const palette = this.run.palette[this.look.dark ? "dark" : "light"];
    for (const { k, card } of this.made) card.style.setProperty("--mode", palette[k - 1]);
  }

  draw(time) {
    for (const { k, card, status } of this.made) {
      const state = this.run.stateOf(k, time);
      const told = this.status(state, k);
      if (card.dataset.state === state && status.textContent === told) continue;
      card.dataset.state = state;
      status.textContent = told;
    }
  }

  status(state, k) {
    const { card } = this.say;
    const [half, tick] = [this.run.halfTime(k), this.run.tick(k)];
    if (state === "learned" && half !== undefined) return fill(card.learned, { time: this.look.number(half) });
    if (state === "arriving") return card.arriving;
    return tick ? fill(card.predicted, { time: this.look.number(tick.time) }) : card.never;
  }
}

const YAW = -0.55;
const EDGE_ON = -1.45; // from there a plane is a line, and a body is not

class Dimensions extends Slide {
  build(picture) {
    picture.classList.add("two", "wide-left");
    this.schedule = [0, 4, 9, 14];
    this.length = 40;
    this.left = element("div", "panel tall", picture);
    const right = element("div", "told", picture);
    this.word = element("p", "told-word", right);
    this.detail = element("p", "told-detail", right);
  }

  enter() { this.deck.mount(this.left, { mode: "3d" }); }

  /** A slow swing; the plane is turned until it is seen from its edge, and the body grows out of that. */
  yaw(s, beat, since) {
    const swing = Number.isFinite(s) ? Math.sin(s / 6) : 0;
    if (beat < 2) return YAW + 0.6 * swing;
    const turned = beat === 2 ? smooth((since - 1.8) / 2.5) : 1;
    return YAW + (EDGE_ON - YAW) * turned + 0.6 * swing * (1 - turned);
  }

  frame(s, beat, since) {
    const { moments } = this.deck.facts;
    const from = moments[Math.max(0, beat - 1)].time;
    const { time, share, rank } = moments[beat];
    this.deck.cloud.seek(from + (time - from) * smooth(since / 1.8));
    if (!this.deck.cloud.turned) this.deck.cloud.player.turnTo(this.yaw(s, beat, since), 0.32);
    this.word.textContent = this.say[`beat.${beat}`];
    this.detail.textContent = fill(this.say[`told.${beat}`], { share: this.look.percent(share, 0), rank: this.look.number(rank, 1) });
  }
}

class Early extends Slide {
  build(picture) {
    picture.classList.add("two", "even");
    this.schedule = [0, 5];
    this.panels = ["first", "second"].map((name) => {
      const place = element("figure", "panel tall", picture);
      const caption = element("figcaption", "", place);
      return { name, box: element("div", "early-box", place), caption };
    });
  }

  enter() {
    if (!this.clouds) {
      const size = this.run.words.length * 3;
      this.clouds = this.panels.map(({ box }, n) => {
        const cloud = new Cloud({ look: this.look, say: this.deck.say });
        box.append(cloud.root);
        const frames = this.deck.arrays.early.slice(n * size, (n + 1) * size);
        cloud.data = { frames, times: new Float32Array(1), key: `early ${n}`, quiet: true };
        cloud.run = this.run;
        return cloud;
      });
    }
    this.theme();
  }

  theme() { this.clouds?.forEach((cloud) => cloud.theme()); }

  frame(s, beat) {
    const answers = [this.say.stopped, this.say.cut];
    this.panels.forEach(({ name, caption }, n) => {
      caption.textContent = beat ? answers[n] : this.say[name];
    });
  }
}

class Good extends Slide {
  build(picture) {
    picture.classList.add("two", "even");
    this.schedule = [0, 7];
    this.length = 3;
    const left = element("div", "panel tall", picture);
    this.chart = new Parallelogram(left, this.say.question);
    this.right = element("div", "bars", picture);
    element("h2", "", this.right, this.say.correct);
    this.bars = [];
    const { ours, paper } = this.deck.facts.verdict;
    const names = ["word2vec", "mstar", "ppmi"].map((name) => this.deck.say.end[name]);
    names.forEach((name, n) => {
      const group = element("div", "bar-group", this.right);
      element("strong", "", group, name);
      for (const [kind, value] of [["here", ours[n]], ["paper", paper[n]]]) {
        const row = element("div", `bar bar-${kind}`, group);
        const track = element("span", "bar-track", row);
        this.bars.push({ fill: element("i", "", track), value: value ?? 0 });
        element("b", "", row, value === null ? "–" : this.look.percent(value));
      }
    });
    keyOf(this.right, { here: this.say.here, paper: this.say.paper });
  }

  frame(s, beat, since) {
    const { places, question, answers, away } = this.deck.facts.analogy;
    const shown = beat ? 1 : clamp((s - 0.8) / 2.2, 0, 1);
    this.chart.draw({ look: this.look, palette: this.palette, places, words: question, answers, away, shown });
    this.right.style.opacity = beat ? smooth(since / 0.8) : 0;
    this.right.style.visibility = beat ? "visible" : "hidden";
    const grown = beat ? smooth((since - 0.3) / 1.4) : 0;
    for (const { fill: bar, value } of this.bars) bar.style.width = `${value * 100 * grown}%`;
  }

  told(beat) { return beat ? this.say.line : this.say.question; }
}

class Bends extends Slide {
  build(picture) {
    const { starts } = this.deck.facts.melting;
    this.schedule = starts.map((_, n) => 4 * n);
    this.length = 1.5;
    const panel = element("div", "panel tall", picture);
    this.chart = new Melting(panel, this.deck.say.chart.short);
    this.key = element("p", "starts", picture);
    this.names = starts.map((sigma) => element("span", "", this.key, fill(this.say.start, { sigma: powerOf(sigma, this.look.language) })));
    const times = this.deck.facts.melting.times;
    this.curves = starts.map((_, n) => this.deck.arrays.melting.subarray(n * times, (n + 1) * times));
  }

  frame(s, beat, since) {
    const chosen = Math.max(0, beat - 1 + smooth(since / this.length));
    const order = [0, 1, 2, 4].map((k) => this.palette[k % this.palette.length]);
    this.chart.draw({
      look: this.look, palette: order, curves: this.curves, until: this.deck.facts.melting.until, chosen: beat ? chosen : 0,
      lossLabel: this.deck.say.chart.loss, axisLabel: this.say.axis, range: this.run.lossRange,
    });
    this.names.forEach((node, n) => {
      node.style.color = n === beat ? order[n] : "";
      node.classList.toggle("chosen", n === beat);
      node.hidden = n > beat;
    });
  }

  told(beat) { return beat ? this.say.line : this.say.question; }
}

/** 10⁻⁶ for powers of ten that are small. */
function powerOf(value, language) {
  const exponent = Math.round(Math.log10(value));
  if (value >= 0.01) return value.toLocaleString(language);
  return `10${String(exponent).replace(/./g, (one) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(one)])}`;
}

class End extends Slide {
  build(picture) {
    const table = element("table", "verdict", picture);
    element("caption", "", table, this.say.what);
    const head = element("tr", "", element("thead", "", table));
    element("td", "", head);
    for (const name of ["word2vec", "mstar", "ppmi"]) element("th", name === "mstar" ? "middle" : "", head, this.say[name]).scope = "col";
    const body = element("tbody", "", table);
    const { ours, paper } = this.deck.facts.verdict;
    for (const [name, values] of [["here", ours], ["paper", paper]]) {
      const row = element("tr", "", body);
      element("th", "", row, this.say[name]).scope = "row";
      values.forEach((value, n) => element("td", n === 1 ? "middle" : "", row, value === null ? "–" : this.look.percent(value)));
    }
    element("p", "verdict-told", picture, this.say.told);
  }
}

const KINDS = {
  cover: Cover, company: Company, table: Table, prediction: Prediction, training: Training, dimensions: Dimensions,
  early: Early, good: Good, bends: Bends, end: End,
};

// ------------------------------------------------------------------------------------------ notes

const clockText = (ms) => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

/** What the presenter sees: notes, what comes next, and two clocks; in a window of its own, or in a panel. */
class Notes {
  constructor(deck) {
    this.deck = deck;
    this.panel = null;
    this.window = null;
    this.began = performance.now();
  }

  get open() { return Boolean(this.panel) || Boolean(this.window && !this.window.closed); }

  toggle() {
    if (this.open) this.close();
    else this.show();
  }

  show() {
    let other = null;
    try {
      other = window.open("", "staircase-notes", "popup,width=960,height=640");
      if (other) this.furnish(other);
    } catch { other = null; }
    this.window = other;
    if (!other) this.showPanel();
    this.draw();
    this.timer ??= setInterval(() => this.draw(), 250);
  }

  /** A blank window belongs to this document, so that it can be filled and read from here, also from file://. */
  furnish(other) {
    const { document: page } = other;
    page.title = this.deck.say.ui.notes;
    page.documentElement.lang = document.documentElement.lang;
    page.documentElement.dataset.theme = document.documentElement.dataset.theme ?? "";
    page.head.replaceChildren(page.importNode(document.querySelector("style"), true));
    page.body.className = "notes-window";
    page.body.replaceChildren();
    this.build(page, page.body);
    page.addEventListener("keydown", (event) => this.deck.onKey(event));
  }

  showPanel() {
    this.panel = element("aside", "notes-panel", this.deck.root);
    this.panel.setAttribute("aria-label", this.deck.say.ui.notes);
    this.build(document, this.panel);
    element("p", "notes-blocked", this.panel, this.deck.say.ui.blocked);
  }

  build(page, host) {
    const { ui } = this.deck.say;
    const make = (tag, className, parent, text) => {
      const node = page.createElement(tag);
      node.className = className;
      node.textContent = text ?? "";
      parent.append(node);
      return node;
    };
    const head = make("div", "notes-head", host);
    this.place = make("span", "notes-place", head);
    this.elapsed = make("span", "notes-clock", head);
    this.here = make("span", "notes-clock", head);
    this.title = make("h1", "notes-title", host);
    this.text = make("p", "notes-text", host);
    this.text.setAttribute("aria-live", "polite");
    this.next = make("p", "notes-next", host);
    const row = make("div", "notes-row", host);
    const button = (label, action) => {
      const node = make("button", "quiet", row, label);
      node.type = "button";
      node.addEventListener("click", action);
    };
    button(ui.previous, () => this.deck.back());
    button(ui.next, () => this.deck.forward());
    button(ui.black, () => this.deck.black());
    button(ui.reset, () => { this.began = performance.now(); this.deck.slideBegan = this.began; this.draw(); });
  }

  close() {
    this.panel?.remove();
    this.window?.close();
    [this.panel, this.window] = [null, null];
  }

  /** The presenter's clocks run, with notes or without. */
  start() {
    this.began = performance.now();
    this.timer ??= setInterval(() => this.draw(), 250);
  }

  stop() {
    this.close();
    clearInterval(this.timer);
    this.timer = null;
  }

  draw() {
    const { deck } = this;
    deck.drawClock(clockText(performance.now() - this.began));
    if (!this.open) return;
    const { ui } = deck.say;
    const now = performance.now();
    const after = deck.slides[deck.index + 1];
    const put = (node, text) => { if (node.textContent !== text) node.textContent = text; };
    put(this.place, fill(ui.slide, { n: deck.index + 1, total: deck.slides.length }));
    put(this.elapsed, `${clockText(now - this.began)} ${ui.elapsed}`);
    put(this.here, `${clockText(now - deck.slideBegan)} ${ui.here}`);
    put(this.title, deck.slide.say.title);
    put(this.text, deck.slide.say.note);
    put(this.next, after ? fill(ui.then, { title: after.say.title }) : ui.last);
  }
}

// ------------------------------------------------------------------------------------------- deck

const HIDE_AFTER = 2500;
const ONWARD = [" ", "Enter", "PageDown", "ArrowRight", "ArrowDown"];

class Deck {
  constructor(root, { header, arrays }) {
    Object.assign(this, { root, arrays, say: header.say, facts: header.facts });
    this.look = new Look(header.language);
    this.run = new Run(header.run, arrays);
    this.chartSay = (name) => this.say.chart[name];
    this.seconds = header.slides.map(({ seconds }) => seconds);
    this.toured = header.slides.flatMap(({ seconds }, n) => (seconds ? [n] : []));
    this.began = performance.now();
    this.cloud = new Cloud({ look: this.look, say: this.say, onTime: () => this.cloud?.manual && this.draw() });
    for (const name of ["pointerdown", "keydown"]) {
      this.cloud.bar.addEventListener(name, () => { this.cloud.manual = true; });
      this.cloud.stage.addEventListener(name, () => { this.cloud.turned = true; });
    }
    this.slides = header.slides.map(({ name }) => new KINDS[name](this, name));
    this.notes = new Notes(this);
    this.build();
    this.cloud.theme();
    this.cloud.show(this.run, { frames: this.run.frames, times: this.run.cloudTimes, key: "run" });
    this.listen();
    const asked = new URLSearchParams(location.search).get("mode");
    this.setMode(MODES.includes(asked) ? asked : "read", { silent: true });
    if (this.mode !== "tour") this.fromHash();
  }

  // ---- page

  build() {
    const { ui } = this.say;
    this.top = element("nav", "top", this.root);
    this.top.setAttribute("aria-label", ui.contents);
    const list = element("ol", "chapters", this.top);
    this.chapters = this.slides.map((slide, n) => control(element("li", "", list), "chapter", slide.say.chapter, () => this.go(n)));
    const actions = element("div", "actions", this.top);
    control(actions, "strong", ui.tour, () => this.setMode("tour"));
    control(actions, "quiet", ui.present, () => this.setMode("present"));
    this.mathsButton = control(actions, "quiet", ui.maths, () => this.toggleMaths());
    this.mathsButton.setAttribute("aria-pressed", "false");
    control(actions, "quiet", ui.theme, () => this.turn(), "◐");
    this.stage = element("main", "stage", this.root);
    this.stage.append(...this.slides.map(({ root }) => root));
    this.buildTour();
    this.bottom = element("div", "bottom", this.root);
    this.previousButton = control(this.bottom, "quiet", ui.previous, () => this.back(), `← ${ui.previous}`);
    this.count = element("span", "count", this.bottom);
    this.nextButton = control(this.bottom, "strong", ui.next, () => this.forward(), `${ui.next} →`);
    this.buildHidden();
    this.blackness = element("div", "black", this.root);
    this.blackness.hidden = true;
    this.clock = element("div", "clock", this.stage);
    this.clock.hidden = true;
    this.live = element("p", "unseen", this.root);
    this.live.setAttribute("aria-live", "polite");
  }

  buildTour() {
    const { ui } = this.say;
    this.tour = element("div", "tour", this.stage);
    this.caption = element("p", "caption", this.tour);
    this.caption.setAttribute("aria-live", "polite");
    this.progress = element("div", "progress", this.tour);
    this.progress.setAttribute("role", "progressbar");
    this.progress.setAttribute("aria-label", ui.tour);
    this.segments = this.toured.map((n) => {
      const segment = element("i", "", this.progress);
      segment.style.flexGrow = this.seconds[n];
      return element("b", "", segment);
    });
    const row = element("div", "tour-row", this.tour);
    this.hint = element("span", "hint", row, ui.pauses);
    this.resumeButton = control(row, "strong resume", ui.resume, () => this.resume());
    this.againButton = control(row, "strong again", ui.again, () => this.startTour());
    this.leaveButton = control(row, "quiet leave", ui.read, () => this.setMode("read"));
  }

  /** Controls of the presentation: there for a pointer or a keyboard, and gone a moment later. */
  buildHidden() {
    const { ui } = this.say;
    this.hidden = element("div", "controls", this.root);
    this.hidden.setAttribute("role", "toolbar");
    this.hidden.setAttribute("aria-label", ui.present);
    const make = (label, sign, action) => control(this.hidden, "quiet", label, action, sign);
    make(ui.previous, "←", () => this.back());
    make(ui.next, "→", () => this.forward());
    make(ui.notes, "✎", () => this.notes.toggle());
    make(ui.black, "■", () => this.black());
    make(ui.full, "⤢", () => this.fullScreen());
    make(ui.theme, "◐", () => this.turn());
    make(ui.read, "✕", () => this.setMode("read"));
    element("span", "controls-keys", this.hidden, ui.keys);
  }

  mount(host, { mode, bar = false }) {
    const { cloud } = this;
    host.append(cloud.root);
    cloud.root.append(...(bar ? [cloud.bar] : []));
    if (!bar) cloud.bar.remove();
    [cloud.manual, cloud.turned] = [false, false];
    cloud.player.pause();
    cloud.player.setMode(mode);
  }

  // ---- listening

  listen() {
    addEventListener("keydown", (event) => this.onKey(event), { capture: true });
    addEventListener("pointerdown", (event) => this.onPress(event), { capture: true });
    addEventListener("pointermove", () => this.awake());
    addEventListener("focusin", () => this.awake());
    addEventListener("hashchange", () => this.fromHash());
    addEventListener("resize", () => this.refresh());
    for (const query of ["(prefers-color-scheme: dark)", "(prefers-reduced-motion: reduce)"]) {
      matchMedia(query).addEventListener("change", () => this.refresh());
    }
    new ResizeObserver(() => this.draw()).observe(this.stage);
  }

  onPress(event) {
    if (this.mode !== "tour" || this.tour.contains(event.target)) return;
    this.pause();
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.mode === "tour") this.tourKey(event);
    else if (this.mode === "present") this.presentKey(event);
    else this.readKey(event);
  }

  /** Any key pauses, and the keys that turn pages go on; a button that has the focus keeps its own keys. */
  tourKey(event) {
    if (event.target.closest?.("button") && [" ", "Enter", "Tab"].includes(event.key)) return;
    if (event.key === "Escape" && this.paused) return void this.setMode("read");
    if (event.repeat) return void event.preventDefault();
    if (this.stopped && ONWARD.includes(event.key) && !event.target.closest?.(".pl-stage")) {
      event.preventDefault();
      event.stopPropagation();
      return void this.resume();
    }
    if (!this.paused) {
      this.pause();
      if (event.key !== "Tab") event.preventDefault();
    }
  }

  presentKey(event) {
    const onButton = event.target.closest?.("button") && [" ", "Enter"].includes(event.key);
    if (onButton) return;
    const keys = {
      PageDown: () => this.forward(), ArrowRight: () => this.forward(), ArrowDown: () => this.forward(),
      " ": () => this.forward(), Enter: () => this.forward(), PageUp: () => this.back(), ArrowLeft: () => this.back(),
      ArrowUp: () => this.back(), Backspace: () => this.back(), Home: () => this.go(0),
      End: () => this.go(this.slides.length - 1), ".": () => this.black(), b: () => this.black(),
      f: () => this.fullScreen(), n: () => this.notes.toggle(), t: () => { this.clock.hidden = !this.clock.hidden; },
      Escape: () => (this.blackness.hidden ? this.setMode("read") : this.black()),
    };
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!Object.hasOwn(keys, key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!this.blackness.hidden && ![".", "b", "n", "Escape"].includes(key)) return void this.black();
    keys[key]();
  }

  readKey(event) {
    if (event.target.closest?.("input, select, textarea, .pl-stage")) return;
    const keys = { ArrowRight: () => this.forward(), ArrowLeft: () => this.back(), PageDown: () => this.forward(), PageUp: () => this.back() };
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  }

  awake() {
    this.root.classList.add("awake");
    clearTimeout(this.sleep);
    this.sleep = setTimeout(() => this.root.classList.remove("awake"), HIDE_AFTER);
  }

  // ---- where we are

  get slide() { return this.slides[this.index]; }

  /** `settled`: as it looks when everything on it has happened. */
  go(index, { beat = 0, settled = false, silent = false } = {}) {
    const next = clamp(index, 0, this.slides.length - 1);
    const another = next !== this.index;
    this.index = next;
    this.beat = clamp(beat, 0, this.slide.beats - 1);
    [this.s, this.since] = settled ? [Infinity, Infinity] : [0, 0];
    this.slides.forEach(({ root }, n) => { root.hidden = n !== next; });
    if (another) this.slideBegan = performance.now();
    this.slide.enter();
    this.tell();
    if (!silent) this.heard();
    this.run_();
  }

  forward() {
    const { slide } = this;
    if (this.beat < slide.beats - 1) this.toBeat(this.beat + 1);
    else if (this.index < this.slides.length - 1) this.go(this.index + 1);
  }

  back() {
    if (this.beat > 0) this.toBeat(this.beat - 1, { settled: true });
    else if (this.index > 0) this.go(this.index - 1, { beat: Infinity, settled: true });
  }

  toBeat(beat, { settled = false } = {}) {
    this.beat = beat;
    this.since = settled ? Infinity : 0;
    this.tell();
    this.heard();
    this.run_();
  }

  tell() {
    const { slide, index, beat } = this;
    slide.tell(beat);
    this.root.dataset.slide = slide.name;
    this.root.dataset.beat = beat;
    this.chapters.forEach((node, n) => {
      if (n === index) node.setAttribute("aria-current", "true");
      else node.removeAttribute("aria-current");
    });
    this.chapters[index].scrollIntoView?.({ block: "nearest", inline: "nearest" });
    this.count.textContent = fill(this.say.ui.slide, { n: index + 1, total: this.slides.length });
    this.previousButton.disabled = index === 0 && beat === 0;
    this.nextButton.disabled = index === this.slides.length - 1;
    const place = `#${index + 1}${beat ? `.${beat}` : ""}`;
    // Some browsers refuse to write the address of a file: the place is then not kept.
    try { if (location.hash !== place) history.replaceState(null, "", place); } catch { /* see above */ }
    this.notes.draw();
  }

  /** Say the new place to whoever does not see it. */
  heard() {
    if (this.mode !== "tour") this.live.textContent = `${this.slide.say.title}. ${this.slide.told(this.beat)}`;
  }

  fromHash() {
    const [, slide, beat] = location.hash.match(/^#(\d+)(?:\.(\d+))?$/) ?? [];
    const index = slide ? Number(slide) - 1 : 0;
    if (index !== this.index || Number(beat ?? 0) !== this.beat) this.go(index, { beat: Number(beat ?? 0), settled: Number(beat) > 0 });
  }

  // ---- modes

  setMode(mode, { silent = false } = {}) {
    this.mode = mode;
    document.documentElement.dataset.mode = mode;
    if (mode !== "present") { this.notes.stop(); this.blackness.hidden = true; }
    if (mode === "present") {
      this.notes.start();
      this.slideBegan = this.notes.began;
      document.activeElement?.blur?.();
    }
    this.refresh();
    if (mode === "tour") this.startTour();
    else if (!silent) this.go(this.index ?? 0, { beat: this.beat ?? 0, silent: true });
  }

  startTour() {
    this.leg = 0;
    this.paused = false;
    this.over = false;
    this.go(this.toured[0]);
    this.drawTour();
    document.activeElement?.blur?.();
  }

  /** The tour waits for somebody: it was paused, or nothing plays because motion is reduced. */
  get stopped() { return !this.over && (this.paused || reduced()); }

  pause() {
    if (this.paused || this.over) return;
    this.paused = true;
    this.drawTour();
  }

  resume() {
    if (reduced()) return void this.stepTour();
    this.paused = false;
    this.drawTour();
    this.run_();
  }

  /** With reduced motion nothing plays: every press is the next picture. */
  stepTour() {
    if (this.beat < this.slide.beats - 1) this.toBeat(this.beat + 1, { settled: true });
    else this.nextLeg();
  }

  nextLeg() {
    this.leg += 1;
    this.over = this.leg >= this.toured.length;
    this.go(this.over ? this.slides.length - 1 : this.toured[this.leg]);
    this.drawTour();
  }

  drawTour() {
    const { ui } = this.say;
    const calm = reduced();
    const { stopped } = this;
    this.root.dataset.tour = this.over ? "over" : this.paused ? "paused" : "playing";
    const caption = this.slide.say.caption ?? "";
    if (this.caption.textContent !== caption) this.caption.textContent = caption;
    this.hint.textContent = this.paused ? ui.paused : ui.pauses;
    this.hint.hidden = this.over || calm;
    this.resumeButton.hidden = !stopped;
    this.resumeButton.textContent = calm ? ui.step : ui.resume;
    this.resumeButton.setAttribute("aria-label", this.resumeButton.textContent);
    this.resumeButton.title = this.resumeButton.textContent;
    this.againButton.hidden = !this.over;
    this.leaveButton.hidden = !(this.over || stopped);
    this.drawProgress();
  }

  drawProgress() {
    const whole = this.seconds.reduce((sum, one) => sum + one, 0);
    let done = 0;
    this.segments.forEach((node, n) => {
      const length = this.seconds[this.toured[n]];
      const part = n < this.leg ? length : n > this.leg ? 0 : clamp(this.s, 0, length);
      node.style.width = `${(part / length) * 100}%`;
      done += part;
    });
    this.progress.setAttribute("aria-valuenow", String(Math.round((done / whole) * 100)));
  }

  // ---- drawing

  /** Draw once, and go on while something moves. */
  run_() {
    this.last = null;
    this.asked ??= requestAnimationFrame((now) => this.onFrame(now));
  }

  onFrame(now) {
    this.asked = null;
    const elapsed = this.last === null || this.last === undefined ? 0 : Math.min((now - this.last) / 1000, 0.25);
    this.last = now;
    if (reduced()) [this.s, this.since] = [Infinity, Infinity];
    else if (!(this.mode === "tour" && this.paused)) {
      this.s += elapsed;
      this.since += elapsed;
    }
    if (this.mode === "tour" && !this.over && !this.paused && !reduced()) this.advanceTour();
    if (this.draw()) this.heard();
    if (this.moving()) this.asked ??= requestAnimationFrame((next) => this.onFrame(next));
  }

  moving() {
    if (reduced()) return false;
    if (this.mode === "tour") return !this.paused && !(this.over && this.since > 3);
    return Math.min(this.s, this.since) < this.slide.length + 1;
  }

  advanceTour() {
    const { slide } = this;
    if (this.s >= this.seconds[this.index]) this.nextLeg();
    else if (this.beat + 1 < slide.beats && this.s >= slide.schedule[this.beat + 1]) this.toBeat(this.beat + 1);
    this.drawProgress();
  }

  draw() {
    if (!this.slide) return false;
    this.slide.frame(this.s, this.beat, this.since);
    return this.slide.tell(this.beat);
  }

  drawClock(text) { if (this.clock && this.clock.textContent !== text) this.clock.textContent = text; }

  turn() {
    turnTheme(this.look);
    this.refresh();
  }

  refresh() {
    this.look.read();
    this.cloud.theme();
    this.slides.forEach((slide) => slide.theme());
    this.draw();
  }

  toggleMaths() {
    const shown = this.root.classList.toggle("with-maths");
    this.mathsButton.setAttribute("aria-pressed", String(shown));
    this.draw();
  }

  black() { this.blackness.hidden = !this.blackness.hidden; }

  fullScreen() {
    const page = document.documentElement;
    const done = document.fullscreenElement ? document.exitFullscreen() : page.requestFullscreen?.();
    done?.catch?.(() => {});
  }
}

// -------------------------------------------------------------------------------------------- run

/** A single run: charts, cloud and cards on one clock, with a table of what they show. */
class RunPage {
  constructor(root, { header, arrays }) {
    Object.assign(this, { root, say: header.say, header });
    this.look = new Look(header.language);
    this.run = new Run(header.run, arrays);
    document.documentElement.dataset.mode = "run";
    this.cursor = null;
    this.cloud = new Cloud({ look: this.look, say: this.say, onTime: () => this.draw() });
    this.build();
    this.look.read();
    this.cloud.theme();
    this.cloud.show(this.run, { frames: this.run.frames, times: this.run.cloudTimes, key: "run" });
    this.cloud.seek(this.run.last);
    addEventListener("resize", () => this.refresh());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.refresh());
    new ResizeObserver(() => this.draw()).observe(this.chartHost);
    this.draw();
  }

  build() {
    const { say, header } = this;
    const head = element("header", "run-head", this.root);
    element("h1", "", head, header.title);
    control(head, "quiet", say.ui.theme, () => this.turn(), "◐");
    element("p", "run-line", this.root, this.run.explained ? say.run.line : say.run["line.unexplained"]);
    const page = element("main", "run", this.root);
    const left = element("section", "panel run-charts", page);
    keyOf(left, { trained: say.chart.trained, predicted: say.chart.predicted });
    this.chartHost = element("div", "run-chart", left);
    this.chart = new Staircase(this.chartHost, say.chart.alt);
    this.chart.canvas.tabIndex = 0;
    this.tip = element("div", "tip", this.chartHost);
    this.tip.hidden = true;
    this.tip.setAttribute("aria-live", "polite");
    const right = element("section", "panel run-cloud", page);
    right.append(this.cloud.tools, this.cloud.root);
    const bar = element("section", "panel run-bar", page);
    bar.append(this.cloud.bar);
    this.cards = new Cards(element("section", "cards run-cards", page), this, Infinity);
    this.details();
    this.listen();
  }

  details() {
    const { say, header, run } = this;
    const below = element("section", "run-details", this.root);
    const fold = (title, open = false) => {
      const made = element("details", "", below);
      made.open = open;
      element("summary", "", made, title);
      return made;
    };
    const table = element("table", "facts", element("div", "scroll", fold(say.run.table)));
    const top = element("tr", "", element("thead", "", table));
    for (const name of ["k", "tau", "half", "target", "reached", "words"]) element("th", "", top, say.run[name]).scope = "col";
    const body = element("tbody", "", table);
    for (const { k, positive, negative } of run.cards) {
      const row = element("tr", "", body);
      const [tick, half] = [run.tick(k), run.halfTime(k)];
      element("th", "", row, String(k)).scope = "row";
      for (const text of [
        tick ? this.look.number(tick.time, 1) : "–", half === undefined ? "–" : this.look.number(half, 1),
        this.look.number(run.targets[k - 1], 2), this.look.number(run.at(run.singular[k - 1], run.last), 2),
        `${positive.join(", ")} ↔ ${negative.join(", ")}`,
      ]) element("td", "", row, text);
    }
    const list = element("dl", "settings", fold(say.run.settings, true));
    for (const [name, value] of header.settings) {
      const pair = element("div", "", list);
      element("dt", "", pair, name);
      element("dd", "", pair, value);
    }
    const cite = fold(say.run.cite);
    element("p", "", cite, say.run.cited);
    element("pre", "", cite, header.cite).tabIndex = 0;
  }

  // ---- exact values

  listen() {
    const { canvas } = this.chart;
    const to = (cursor) => { this.cursor = cursor; this.draw(); };
    canvas.addEventListener("pointermove", (event) => to(this.chart.timeAt(event.offsetX)));
    canvas.addEventListener("pointerleave", () => to(null));
    canvas.addEventListener("focus", () => to(this.cloud.time));
    canvas.addEventListener("blur", () => to(null));
    canvas.addEventListener("click", (event) => this.cloud.seek(this.chart.timeAt(event.offsetX)));
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      to(clamp((this.cursor ?? this.cloud.time) + (step * this.run.end) / 100, 0, this.run.end));
    });
  }

  drawTip() {
    const { tip, cursor, run, say, look } = this;
    tip.hidden = cursor === null;
    if (cursor === null) return;
    const time = clamp(cursor, run.times[0], run.last);
    tip.replaceChildren();
    element("strong", "", tip, fill(say.chart.at, { time: look.number(time, 1) }));
    element("span", "", tip, `${say.chart.loss.split(":")[0]}: ${look.number(run.at(run.loss, time), 4)}`);
    const palette = run.palette[look.dark ? "dark" : "light"];
    run.singular.forEach((values, n) => {
      const row = element("span", "tip-row", tip);
      element("i", "", row).style.backgroundColor = palette[n];
      element("span", "", row, `${fill(say.chart.concept, { k: n + 1 })}: ${look.number(run.at(values, time), 3)}`);
    });
    const x = this.chart.panels ? this.chart.panels[0].x(cursor) : 0;
    const right = x > this.chartHost.clientWidth / 2;
    tip.style.left = right ? "" : `${x + 12}px`;
    tip.style.right = right ? `${this.chartHost.clientWidth - x + 12}px` : "";
  }

  draw() {
    const { run, look, cloud } = this;
    this.chart.draw({
      look, run, palette: run.palette[look.dark ? "dark" : "light"], say: (name) => this.say.chart[name],
      time: cloud.time, cursor: this.cursor,
    });
    this.cards.draw(cloud.time);
    this.drawTip();
    const data = this.root.dataset;
    data.time = String(cloud.time);
    data.loss = String(run.at(run.loss, cloud.time));
    data.singular = JSON.stringify(run.singular.map((values) => run.at(values, cloud.time)));
  }

  turn() {
    turnTheme(this.look);
    this.refresh();
  }

  refresh() {
    this.look.read();
    this.cloud.theme();
    this.cards.theme();
    this.draw();
  }
}

// ------------------------------------------------------------------------------------------ start

const data = document.getElementById("data");
const root = document.getElementById("show");
const message = unpack(bytesOf(data.textContent));
data.remove();
// Reachable from the page, for tests and the curious.
root.staircase = message.header.kind === "run" ? new RunPage(root, message) : new Deck(root, message);
