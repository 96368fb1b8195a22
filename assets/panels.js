// Several runs side by side on one clock: for each a chart (Plotly) and a cloud of words (player.js), or one chart
// for all of them. Streamlit calls render() with bytes (core/show/envelope.py) at every update; the page's own state
// (time, zoom, cameras, selection) lives here and survives updates.

import {
  PLOT_CONFIG, address, between, blankPen, drawLine, element, entry, filled, fixed, loadPlotly, loadStyle, plotAxis, plotText,
  presentOf, themeOf,
} from "./common.js";
import { chartMakers, menu, paint } from "./save.js";

const HOVER_MS = 2000;
const LOG_TICKS = { dtick: 1, ticks: "outside", ticklen: 6, minor: { dtick: "D1", ticks: "outside", ticklen: 3, showgrid: false } };
const SVG = "http://www.w3.org/2000/svg";
const MARGIN = { l: 50, r: 16, t: 32, b: 42 };
const HEADING = 31; // pixels from a chart's heading down to the chart
const UPPER = 0.36; // share of the loss, where there is one
const LETTER = 8.5; // pixels of one, about
const LINE = 18;
const GAP = 46; // pixels between the loss and the values
const CLOCK_KEYS = [" ", "ArrowLeft", "ArrowRight", "n", "p", "Home", "End"];
// Plotly's own patterns, in widths of the line.
const DASHES = {
  dot: [1, 1], dash: [3, 3], longdash: [5, 5], dashdot: [3, 1, 1, 1], longdashdot: [5, 2, 1, 2],
};

const isTheory = (line) => line.role === "theory";
const dashes = (name, width) => (DASHES[name] || []).map((part) => part * Math.max(width, 3));

// ---- time ------------------------------------------------------------------------------------------

// The clock runs along the axis as it is drawn: in time on a linear axis, in log10 of it on a logarithmic one.
class Scale {
  constructor({ type, range }) {
    this.log = type === "log";
    [this.low, this.high] = range;
    this.toClock = (time) => (this.log ? Math.log10(Math.max(time, this.low)) : time);
    this.toTime = (moment) => (this.log ? 10 ** moment : moment);
  }

  // The first row to show: nothing before the left end of a logarithmic axis, but for what holds there.
  from(times) {
    let row = 0;
    while (this.log && row + 1 < times.length && times[row + 1] <= this.low) row++;
    return row;
  }
}

function clockText(time) {
  if (time < 1) return time ? time.toPrecision(3) : "0";
  return fixed(time, time < 10 ? 2 : time < 100 ? 1 : 0);
}

// What a panel's trained lines are made of.
class Series {
  constructor(panel, arrays, scale) {
    const read = (name) => arrays[`${panel.series}.${name}`];
    const count = read("times").length;
    const from = scale.from(read("times"));
    const values = read("values");
    this.clock = Float64Array.from(read("times").subarray(from), scale.toClock);
    this.times = this.clock.map(scale.toTime);
    this.loss = read("loss").length ? read("loss").subarray(from) : null;
    this.lines = panel.lines.filter((line) => !isTheory(line)).map((line, n) => (
      { ...line, values: values.subarray(n * count + from, (n + 1) * count) }));
    this.theory = panel.lines.filter(isTheory).map((line, n) => {
      const size = read("theoryTimes").length;
      return { ...line, times: read("theoryTimes"), values: read("theory").subarray(n * size, (n + 1) * size) };
    });
  }

  get end() {
    return this.clock.length ? this.clock[this.clock.length - 1] : -Infinity;
  }
}

// ---- a chart ---------------------------------------------------------------------------------------

// The lines of one run, or of several: loss above, if there is one, and values below. What does not move is
// Plotly's; the trained lines are drawn once on a hidden canvas and uncovered up to the present on a visible one,
// because that happens at every frame of a replay.
class Chart {
  constructor(parent, seek) {
    this.box = element("div", "pn-plotbox", parent);
    this.ink = element("canvas", "pn-ink", this.box);
    this.plot = element("div", "pn-plot", this.box);
    this.plot.setAttribute("role", "img");
    this.upper = element("div", "pn-sub", this.box);
    this.lower = element("div", "pn-sub", this.box);
    this.whole = document.createElement("canvas");
    this.seek = seek;
    this.lastHover = 0;
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.box);
  }

  destroy() {
    this.observer.disconnect();
    if (this.Plotly) this.Plotly.purge(this.plot);
    if (this.menu) this.menu.remove();
    this.box.remove();
  }

  measure() {
    [this.width, this.height] = [this.box.clientWidth, this.box.clientHeight];
  }

  resize() {
    const [width, height] = [this.width, this.height];
    this.measure();
    const same = this.width === width && this.height === height;
    if (this.Plotly && this.width && !same) this.Plotly.Plots.resize(this.plot);
  }

  // runs: [{panel, series}]; look: {header, scale, theme, colour}.
  setRuns(runs, look) {
    this.runs = runs;
    this.look = look;
    this.lossRange = union(runs.map(({ panel }) => panel.loss && panel.loss.range));
    this.valueRange = union(runs.map(({ panel }) => panel.values.range));
    this.box.classList.toggle("pn-tall", Boolean(this.lossRange));
    this.upper.textContent = this.lossRange ? look.header.text.loss : "";
    this.lower.textContent = runs.length ? runs[0].panel.values.title : "";
    this.plot.setAttribute("aria-label", this.alt());
    if (!this.menu) this.menu = this.buildMenu();
    paint(this.menu, look.theme);
  }

  // ---- what can be taken away

  buildMenu() {
    const { header: { save, urls } } = this.look;
    const makers = chartMakers(() => this.plot, {
      plotly: urls.plotly, theme: () => this.look.theme, now: () => this.picture(),
    });
    const name = () => (this.runs.length === 1 ? this.runs[0].panel.title : "runs");
    const line = menu(this.box.parentElement, { words: save, name, makers });
    this.box.after(line);
    return line;
  }

  // The chart as it is seen: the trained lines whole, titles that stand beside the chart on the page.
  picture() {
    const trained = this.hoverData().map(({ line, x, y, axis }) => {
      const { k, width, dash } = line;
      return this.trace(line, x, y, { color: this.look.colour(k), width, dash }, axis);
    });
    const several = this.runs.length > 1; // told apart by their dashes
    const all = [...this.runs.flatMap((run) => this.theoryTraces(run)), ...trained];
    const data = all.map((trace) => ({ ...trace, showlegend: several }));
    const layout = { ...this.layout(), showlegend: several };
    layout.margin.l += 24;
    layout.yaxis.title = { text: this.lower.textContent };
    if (layout.yaxis2) layout.yaxis2.title = { text: this.upper.textContent };
    return { data, layout, alt: this.alt() };
  }

  draw(Plotly) {
    this.Plotly = Plotly;
    this.measure();
    const traces = [...this.runs.flatMap((run) => this.theoryTraces(run)), ...this.hoverTraces()];
    this.hovered = traces.flatMap((trace, n) => (trace.meta === "hover" ? [n] : []));
    Plotly.react(this.plot, traces, this.layout(), PLOT_CONFIG);
    this.lastHover = performance.now();
    this.listen("plotly_click", (event) => this.seek(this.look.scale.toClock(event.points[0].x)));
    this.listen("plotly_afterplot", () => this.drawWhole());
    // Over the grid, under the layer of hover labels.
    this.plot.querySelector(".svg-container > .main-svg").after(this.ink);
    this.drawWhole();
  }

  listen(event, callback) {
    this.plot.removeAllListeners(event);
    this.plot.on(event, callback);
  }

  alt() {
    const { alt } = this.look.header;
    return this.runs.length === 1 ? `${this.runs[0].panel.title}: ${alt}` : alt;
  }

  theoryTraces({ series }) {
    return series.theory.map((line) => this.trace(line, line.times, line.values, {
      color: this.look.colour(line.k), width: line.width, dash: line.dash === "solid" ? "dot" : line.dash,
    }));
  }

  // Drawn by drawWhole(); here only to be hovered.
  hoverTraces() {
    const unseen = { color: "rgba(0,0,0,0)", width: 3 };
    return this.hoverData().map(({ line, x, y, axis }) => ({ ...this.trace(line, x, y, unseen, axis), meta: "hover" }));
  }

  hoverData() {
    return this.runs.flatMap(({ panel, series }) => {
      const lines = series.lines.map((line) => ({ line, x: series.times, y: line.values, axis: "y" }));
      if (!this.lossRange || !panel.loss) return lines;
      const loss = { ...lossLook(series), name: panel.loss.name };
      return [{ line: loss, x: series.times, y: series.loss || [], axis: "y2" }, ...lines];
    });
  }

  // Names were escaped by the server: Plotly's text is a kind of HTML.
  trace(line, x, y, look, yaxis = "y") {
    const { axis: { symbol }, text } = this.look.header;
    const at = filled(text.at, { symbol, time: "%{x:.4g}" });
    return {
      type: "scatter", mode: "lines", x, y, yaxis, name: line.name, line: look, showlegend: false,
      hovertemplate: `%{fullData.name}: %{y:.4g}<br>${at}<extra></extra>`,
    };
  }

  // Exact values on hover. Plotly needs tens of milliseconds for it, so not at every update of a live run.
  refreshHover() {
    if (!this.hovered) return;
    this.lastHover = performance.now();
    const data = this.hoverData();
    this.Plotly.restyle(this.plot, { x: data.map(({ x }) => x), y: data.map(({ y }) => y) }, this.hovered);
  }

  layout() {
    const { header, theme, scale } = this.look;
    const title = wrapped(header.axis.label, Math.max(12, this.width / LETTER));
    const margin = { ...MARGIN, b: MARGIN.b + LINE * (title.length - 1) };
    const inner = Math.max(60, this.height - margin.t - margin.b);
    const split = this.lossRange ? 1 - UPPER : 1;
    const room = this.lossRange ? GAP / inner / 2 : 0;
    const up = { ...plotAxis(theme), zeroline: false, fixedrange: false, nticks: 5 };
    const ends = [scale.low, scale.high];
    return {
      ...plotText(theme),
      uirevision: `${header.key}/${header.axis.type}`, showlegend: false, hovermode: "closest", dragmode: "zoom",
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", margin,
      xaxis: {
        ...plotAxis(theme), type: scale.log ? "log" : "linear", range: scale.log ? ends.map(Math.log10) : ends,
        showgrid: false, zeroline: false, anchor: "y",
        title: { text: title.join("<br>"), font: { size: 14 }, standoff: 4 },
        ...(scale.log ? LOG_TICKS : { nticks: Math.max(3, Math.floor(this.width / 70)) }),
      },
      yaxis: { ...up, range: this.valueRange, domain: [0, split - room] },
      ...(this.lossRange && { yaxis2: { ...up, range: this.lossRange, domain: [split + room, 1], nticks: 4, anchor: "x" } }),
      shapes: this.levels(),
    };
  }

  levels() {
    return this.runs.flatMap(({ panel }) => panel.levels).map(({ k, value }) => ({
      type: "line", xref: "paper", x0: 0, x1: 1, y0: value, y1: value, yref: "y", layer: "below",
      line: { color: this.look.colour(k), width: 1, dash: "dot" }, opacity: 0.5,
    }));
  }

  axes() {
    const layout = this.plot._fullLayout;
    if (!this.hovered || !layout || !layout.xaxis || !this.width) return null;
    return { across: layout.xaxis, lower: layout.yaxis, upper: this.lossRange ? layout.yaxis2 : null };
  }

  drawWhole() {
    const axes = this.axes();
    if (!axes) return;
    const { across, upper, lower } = axes;
    if (upper) this.upper.style.top = `${upper._offset - HEADING}px`;
    this.lower.style.top = `${lower._offset - HEADING}px`;
    const pen = blankPen(this.whole, this.width, this.height);
    for (const { series } of this.runs) {
      const { clock } = series;
      const now = presentOf(clock, Infinity);
      if (!now) continue;
      if (upper && series.loss) {
        drawLine(pen, { across, up: upper }, { times: clock, values: series.loss }, now, this.inkOf(lossLook(series)));
      }
      for (const line of series.lines) {
        drawLine(pen, { across, up: lower }, { times: clock, values: line.values }, now, this.inkOf(line));
      }
    }
    this.paint(this.moment);
  }

  inkOf({ k, width, dash }) {
    return { colour: this.look.colour(k), width, dash: dashes(dash, width) };
  }

  // The lines up to a moment, the moment itself, and what has ended before it.
  paint(moment) {
    this.moment = moment;
    const axes = this.axes();
    if (!axes || !this.look) return;
    const pen = blankPen(this.ink, this.width, this.height);
    const { across } = axes;
    const left = across._offset + Math.min(Math.max(across.l2p(moment), 0), across._length);
    const { whole } = this;
    const part = Math.round((left / this.width) * whole.width);
    if (part > 0) pen.drawImage(whole, 0, 0, part, whole.height, 0, 0, (part / whole.width) * this.width, this.height);
    this.drawNow(pen, axes, moment);
    for (const run of this.runs) this.drawEnds(pen, axes, run.series, moment);
  }

  drawNow(pen, { across, upper, lower }, moment) {
    const left = across.l2p(moment);
    if (!(left >= -0.5 && left <= across._length + 0.5)) return;
    pen.fillStyle = this.look.theme.accent;
    for (const one of [upper, lower]) if (one) pen.fillRect(across._offset + left - 1, one._offset, 2, one._length);
  }

  // A dot on the loss, with its value where there is one run; dots where lines have ended.
  drawEnds(pen, { across, upper, lower }, series, moment) {
    const now = presentOf(series.clock, moment);
    if (!now) return;
    const ended = moment > series.end + 1e-6;
    const { theme } = this.look;
    if (upper && series.loss) {
      const value = between(series.loss, now);
      const seen = dot(pen, across, upper, now.time, value, ended ? 3.5 : 5, ended ? theme.text : theme.accent);
      if (seen && this.runs.length === 1) this.writeLoss(pen, across, upper, now.time, value);
    }
    if (!ended) return;
    for (const line of series.lines) {
      dot(pen, across, lower, now.time, between(line.values, now), 3.5, this.look.colour(line.k));
    }
  }

  writeLoss(pen, across, up, moment, value) {
    const { theme } = this.look;
    const left = across.l2p(moment);
    const leftwards = left > across._length - 60;
    const high = up.l2p(value) < 22;
    const text = fixed(value, 3);
    pen.font = `14px ${theme.font}`;
    pen.textAlign = leftwards ? "right" : "left";
    const [x, y] = [across._offset + left + (leftwards ? -9 : 9), up._offset + up.l2p(value) + (high ? 18 : -9)];
    pen.lineWidth = 4;
    pen.lineJoin = "round";
    pen.strokeStyle = theme.surface;
    pen.strokeText(text, x, y);
    pen.fillStyle = theme.text;
    pen.fillText(text, x, y);
  }
}

// The run's own dash, in the colour of the text: its loss belongs to no mode.
function lossLook({ lines }) {
  const first = lines.find((line) => line.role === "trained") || { dash: "solid", width: 2.5 };
  return { k: 0, width: first.width, dash: first.dash };
}

function dot(pen, across, up, moment, value, radius, colour) {
  const [left, top] = [across.l2p(moment), up.l2p(value)];
  if (!(left >= -3 && left <= across._length + 3 && top >= -3 && top <= up._length + 3)) return false;
  pen.beginPath();
  pen.arc(across._offset + left, up._offset + top, radius, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.fill();
  return true;
}

// Lines of at most so many letters, broken between words.
function wrapped(text, letters) {
  return text.split(" ").reduce((lines, word) => {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + word.length < letters) return [...lines.slice(0, -1), `${last} ${word}`];
    return [...lines, word];
  }, []);
}

// The range that holds all of these ranges; null if there is none.
function union(ranges) {
  const known = ranges.filter(Boolean);
  if (!known.length) return null;
  return [Math.min(...known.map(([low]) => low)), Math.max(...known.map(([, high]) => high))];
}

// ---- a cloud ---------------------------------------------------------------------------------------

// A player without a bar: the clock tells it the time.
class Cloud {
  constructor(parent, createPlayer, { select, press, speech }) {
    this.node = element("div", "pn-cloud", parent);
    this.title = element("div", "pn-cloudtitle", this.node);
    this.note = element("p", "pn-note", this.node);
    const tools = element("div", "pn-tools", this.node);
    this.stage = element("div", "pn-stage", this.node);
    this.player = createPlayer({ stage: this.stage, bar: element("div"), tools }, speech);
    this.player.on("select", select);
    // Asked for again after every frame: a frame asked for while the clock ticks would be the one after the next.
    this.player.on("time", () => this.showAt(this.moment));
    this.frames = new Map();
    this.node.addEventListener("keydown", (event) => {
      if (event.target === this.stage) press(event);
    }, { capture: true });
  }

  destroy() {
    this.player.destroy();
    this.node.remove();
  }

  showAt(moment) {
    this.moment = moment;
    this.player.seek(moment, { tween: false });
  }

  // Frames come one at a time while runs are live, and all at once when they are over. A Map keeps insertion
  // order, and frames arrive in order.
  collect(panel, arrays, header) {
    const size = header.words.length * 3;
    const frames = arrays[`${panel.series}.frames`];
    if (!header.live || header.key !== this.key) this.frames.clear();
    this.key = header.key;
    arrays[`${panel.series}.frameTimes`].forEach((time, n) => {
      this.frames.set(time, frames.slice(n * size, (n + 1) * size));
    });
  }

  update(panel, arrays, { header, scale, colour }) {
    this.collect(panel, arrays, header);
    const { cloud } = panel;
    const size = header.words.length * 3;
    const times = [...this.frames.keys()];
    const from = scale.from(times);
    const frames = new Int16Array((times.length - from) * size);
    times.slice(from).forEach((time, n) => frames.set(this.frames.get(time), n * size));
    this.title.textContent = cloud.title;
    this.note.textContent = cloud.note;
    this.player.setData({
      key: `${header.key}/${cloud.axes}`,
      words: header.words,
      frames,
      count: times.length - from,
      scale: cloud.scale,
      extent: cloud.extent,
      times: Float64Array.from(times.slice(from), scale.toClock),
      axes: cloud.axes.map((k) => ({ name: filled(header.player.concept, { k }), color: colour(k) })),
      poles: header.poles,
    });
  }
}

// ---- a panel ---------------------------------------------------------------------------------------

// One run: its title and state, its chart unless there is one for all, and its cloud if it has one.
class Panel {
  constructor(view, heading) {
    this.view = view;
    this.node = element("section", "pn-box pn-panel");
    this.column = element("div", "pn-column", this.node);
    const head = element("div", "pn-head", this.node);
    this.swatch = element("span", "pn-swatch", head);
    this.title = element(heading, "pn-title", head);
    this.badge = element("span", "pn-badge", head);
    this.status = element("span", "pn-status", head);
    this.note = element("p", "pn-note", this.node);
    this.charts = element("div", "", this.node);
    this.clouds = element("div", "pn-cloudbox", this.node);
    this.missing = element("p", "pn-note pn-nocloud", this.clouds, view.text["no-cloud"]);
    this.chart = null;
    this.cloud = null;
  }

  destroy() {
    if (this.chart) this.chart.destroy();
    if (this.cloud) this.cloud.destroy();
    this.node.remove();
  }

  update(panel, arrays, look, column) {
    const { header } = look;
    this.series = new Series(panel, arrays, look.scale);
    this.node.dataset.id = panel.id;
    this.node.dataset.state = panel.state;
    this.title.textContent = panel.title;
    this.badge.textContent = panel.badge;
    this.status.textContent = panel.status;
    this.note.textContent = panel.note;
    this.column.textContent = column;
    this.swatch.replaceChildren(...(header.overlay && this.series.lines.length ? [swatch(lossLook(this.series))] : []));
    this.updateChart(panel, look);
    this.updateCloud(panel, arrays, look);
  }

  updateChart(panel, look) {
    if (look.header.overlay) {
      if (this.chart) this.chart.destroy();
      this.chart = null;
      return;
    }
    if (!this.chart) this.chart = new Chart(this.charts, this.view.seek);
    this.chart.setRuns([{ panel, series: this.series }], look);
  }

  updateCloud(panel, arrays, look) {
    this.missing.hidden = Boolean(panel.cloud);
    this.clouds.hidden = !look.header.clouds;
    if (!panel.cloud && this.cloud) {
      this.cloud.destroy();
      this.cloud = null;
    }
    if (!panel.cloud) return;
    if (!this.cloud) {
      this.cloud = new Cloud(this.clouds, this.view.createPlayer, this.view);
      this.cloud.player.setTheme(look.theme);
    }
    this.cloud.update(panel, arrays, look);
  }

  showAt(moment) {
    if (this.chart) this.chart.paint(moment);
    if (this.cloud) this.cloud.showAt(moment);
    this.report(moment);
  }

  // The values on the screen, for tests and for whoever reads the page's source.
  report(moment) {
    const data = this.node.dataset;
    const now = presentOf(this.series.clock, moment);
    const trained = now ? this.series.lines.filter((line) => line.role === "trained") : [];
    data.singular = JSON.stringify(trained.map((line) => between(line.values, now)));
    data.loss = now && this.series.loss ? String(between(this.series.loss, now)) : "";
  }
}

// A short line as a run's are drawn.
function swatch({ dash, width }) {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "line");
  const set = (node, values) => Object.entries(values).forEach(([name, value]) => node.setAttribute(name, value));
  set(svg, { width: 44, height: 10, "aria-hidden": "true" });
  set(line, { x1: 0, x2: 44, y1: 5, y2: 5, "stroke-width": width, "stroke-dasharray": dashes(dash, width).join(" ") });
  svg.append(line);
  return svg;
}

// ---- the view --------------------------------------------------------------------------------------

function build(root, text) {
  const view = element("div", "pn", root);
  const legend = element("div", "pn-legend", view);
  const overlay = element("section", "pn-box pn-overlay", view);
  const dashLegend = element("div", "pn-legend", overlay);
  const grid = element("div", "pn-grid", view);
  const keys = element("p", "pn-note pn-keys", view, text.keys);
  const bar = element("section", "pn-box pn-bar", view);
  bar.setAttribute("aria-label", text.player);
  const clock = element("div", "", view);
  clock.hidden = true;
  const spoken = element("span", "pn-spoken", view);
  spoken.setAttribute("aria-live", "polite");
  return { view, legend, overlay, dashLegend, grid, keys, bar, clock, spoken };
}

class PanelsView {
  constructor(root, createPlayer, { text, player, language }) {
    this.text = text;
    this.speech = { text: player, language };
    this.parts = build(root, text);
    this.createPlayer = createPlayer;
    this.Plotly = null;
    this.panels = new Map();
    this.overlay = null;
    this.selected = null;
    this.seek = (moment) => this.clock.seek(moment, { user: true });
    this.select = (word) => this.onSelect(word);
    this.press = (event) => this.onKey(event);
    // A player of its own, with nothing on its stage, so that no run's end is the end of time.
    this.clock = createPlayer({ stage: this.parts.clock, bar: this.parts.bar, tools: element("div") }, this.speech);
    this.clock.on("time", (moment) => this.showAt(moment));
  }

  addCharts(Plotly) {
    this.Plotly = Plotly;
    if (this.header) this.drawCharts(true);
  }

  destroy() {
    this.clock.destroy();
    this.panels.forEach((panel) => panel.destroy());
    if (this.overlay) this.overlay.destroy();
    this.parts.view.remove();
  }

  update({ header, arrays }) {
    const before = this.header;
    const fresh = !before || header.key !== before.key;
    const redraw = fresh || header.figure !== before.figure;
    const time = before ? this.scale.toTime(this.clock.time) : 0;
    const atEnd = !fresh && before.live && this.nearEnd();
    this.header = header;
    this.scale = new Scale(header.axis);
    const repainted = this.applyTheme();
    const look = { header, scale: this.scale, theme: this.theme, colour: (k) => this.colour(k) };
    if (fresh) this.selected = null;
    this.settling = true;
    this.arrange(header);
    header.panels.forEach((panel, n) => this.panels.get(panel.id).update(panel, arrays, look, this.columnTitle(n)));
    if (this.overlay) this.overlay.setRuns(header.panels.map((panel) => ({ panel, series: this.panels.get(panel.id).series })), look);
    this.markFirstCloud();
    this.onSelect(this.selected);
    this.settling = false;
    this.setClock(time, { fresh, atEnd });
    if (redraw || repainted) this.buildLegends();
    if (this.Plotly) this.drawCharts(redraw || repainted);
    this.showAt(this.begun ? this.clock.time : NaN);
  }

  // ---- colours

  colour(k) {
    const palette = this.header.palette[this.theme.dark ? "dark" : "light"];
    return k ? palette[Math.min(k, palette.length) - 1] : this.theme.text;
  }

  // Whether the theme is another than before.
  applyTheme() {
    const theme = themeOf(this.parts.view);
    if (JSON.stringify(theme) === JSON.stringify(this.theme)) return false;
    this.theme = theme;
    this.parts.view.style.setProperty("--pn-muted", theme.muted);
    this.clock.setTheme(theme);
    this.panels.forEach(({ cloud }) => cloud && cloud.player.setTheme(theme));
    return true;
  }

  // ---- places

  // Panels are kept as long as their ids are, and move rather than being made again.
  arrange(header) {
    const ids = header.panels.map(({ id }) => id);
    const shape = JSON.stringify([ids, header.columns, header.rows, header.columnTitles, header.overlay]);
    if (shape === this.shape) return;
    this.shape = shape;
    for (const [id, panel] of this.panels) {
      if (!ids.includes(id)) panel.destroy();
    }
    const heading = header.rows ? "h4" : "h3";
    this.panels = new Map(ids.map((id) => [id, this.panels.get(id) || new Panel(this, heading)]));
    if (header.overlay && !this.overlay) this.overlay = new Chart(this.parts.overlay, this.seek);
    if (!header.overlay && this.overlay) {
      this.overlay.destroy();
      this.overlay = null;
    }
    this.parts.overlay.hidden = !header.overlay;
    this.parts.grid.style.setProperty("--pn-columns", header.columns);
    this.parts.grid.replaceChildren(...this.cells(header));
    this.parts.view.dataset.panels = String(ids.length);
  }

  cells({ columns, rows, columnTitles }) {
    const titles = columnTitles ? columnTitles.map((title) => element("div", "pn-coltitle", null, title)) : [];
    const panels = [...this.panels.values()].flatMap(({ node }, n) => {
      const title = rows && n % columns === 0 ? rows.titles[n / columns] : undefined;
      return title === undefined ? [node] : [element("h3", "pn-row", null, title), node];
    });
    return [...titles, ...panels];
  }

  columnTitle(n) {
    const { columnTitles, columns } = this.header;
    return columnTitles ? columnTitles[n % columns] : "";
  }

  // Only the first cloud has the search.
  markFirstCloud() {
    const first = [...this.panels.values()].find(({ cloud }) => cloud);
    this.panels.forEach((panel) => panel.node.classList.toggle("pn-first", panel === first));
    this.parts.keys.hidden = !first;
  }

  buildLegends() {
    const { legend, dashLegend } = this.parts;
    const { panels, overlay, modes } = this.header;
    const lines = panels.flatMap((panel) => panel.lines);
    const roles = {
      trained: !overlay && lines.some(({ role }) => role === "trained"),
      theory: lines.some(isTheory),
      level: panels.some(({ levels }) => levels.length),
    };
    legend.replaceChildren(...Object.keys(roles).filter((role) => roles[role]).map((role) => {
      const item = element("span", `pn-key pn-key-${role}`);
      element("i", "", item);
      element("span", "", item, this.text[role]);
      return item;
    }));
    this.addColours(legend, modes);
    dashLegend.replaceChildren(...panels.filter(() => overlay).map((panel) => {
      const item = element("span", "pn-key");
      const { series } = this.panels.get(panel.id);
      item.append(series.lines.length ? swatch(lossLook(series)) : "");
      element("span", "", item, panel.title);
      return item;
    }));
  }

  addColours(legend, modes) {
    const item = element("span", "pn-key", legend, modes > 1 ? this.text.concepts : "");
    for (let k = 1; modes > 1 && k <= modes; k++) {
      const chip = element("span", "pn-chip", item, String(k));
      chip.style.setProperty("--mode", this.colour(k));
    }
  }

  // ---- charts

  charts() {
    return this.overlay ? [this.overlay] : [...this.panels.values()].map(({ chart }) => chart);
  }

  // While runs are live, what can be hovered is refreshed for one chart at a time.
  drawCharts(redraw) {
    const charts = this.charts();
    for (const chart of charts) {
      if (redraw || !chart.Plotly) chart.draw(this.Plotly);
      else chart.drawWhole();
    }
    if (redraw) return;
    const stale = charts.filter(({ lastHover }) => performance.now() - lastHover > HOVER_MS);
    for (const chart of this.header.live ? stale.slice(0, 1) : charts) chart.refreshHover();
  }

  // ---- time

  setClock(time, { fresh, atEnd }) {
    const { header, scale } = this;
    const times = this.clockTimes();
    this.begun = times.length > 0;
    this.clock.setData({
      key: header.key,
      words: [""],
      frames: new Int16Array(3 * times.length),
      count: times.length,
      times,
      end: this.endOfTime(),
      marks: header.marks.map(({ time: at, k, label, title }) => (
        { time: scale.toClock(at), color: this.colour(k), label, title })),
      follow: header.live,
      timeLabel: (moment) => `${header.axis.readout} = ${clockText(scale.toTime(moment))}`,
    });
    if (header.live || !this.begun) return;
    if (fresh) this.clock.seek(times[times.length - 1], { tween: false });
    else if (atEnd) this.clock.seek(times[times.length - 1], { tween: true });
    else this.clock.seek(scale.toClock(time), { tween: false });
  }

  // From the first moment of any run to the last one.
  clockTimes() {
    const clocks = [...this.panels.values()].map(({ series }) => series.clock).filter((clock) => clock.length);
    if (!clocks.length) return new Float64Array(0);
    const last = (clock) => clock[clock.length - 1];
    const longest = clocks.reduce((best, clock) => (last(clock) > last(best) ? clock : best));
    const first = Math.min(...clocks.map((clock) => clock[0]));
    const end = Math.min(last(longest), this.endOfTime());
    const inside = longest.filter((moment) => moment > first && moment < end);
    return Float64Array.of(first, ...inside, ...(end > first ? [end] : []));
  }

  endOfTime() {
    return this.scale.toClock(Math.min(this.header.end, this.scale.high));
  }

  // Near enough: the clock may still be gliding to the newest row.
  nearEnd() {
    const times = this.clockTimes();
    if (!times.length) return true;
    const [first, last] = [times[0], times[times.length - 1]];
    return this.clock.time >= first + 0.8 * (last - first);
  }

  showAt(moment) {
    this.panels.forEach((panel) => panel.showAt(moment));
    if (this.overlay) this.overlay.paint(moment);
    const { dataset } = this.parts.view;
    dataset.time = this.begun ? String(this.scale.toTime(moment)) : "";
    dataset.state = JSON.stringify(this.header.panels.map(({ state }) => state));
  }

  // ---- words

  onSelect(word) {
    if (!this.settling) this.selected = word;
    this.panels.forEach(({ cloud }) => cloud && cloud.player.select(this.selected));
    const text = this.selected === null ? "" : this.header.words[this.selected];
    if (this.parts.spoken.textContent !== text) this.parts.spoken.textContent = text;
  }

  // Keys of time pressed on any cloud go to the clock.
  onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !CLOCK_KEYS.includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    this.parts.clock.dispatchEvent(new KeyboardEvent("keydown", { key: event.key, shiftKey: event.shiftKey }));
  }
}

// ---- entry -----------------------------------------------------------------------------------------

export const render = entry("pn-host", prepare);

async function prepare(holder, header) {
  const { urls, text } = header;
  const [player] = await Promise.all([import(address(urls.player)), loadStyle(urls.style)]);
  // Reachable from the page, for tests and the curious.
  holder.host.panels = holder.view = new PanelsView(holder.host, player.createPlayer, header);
  // The largest file: the clouds do not wait for it.
  loadPlotly(urls.plotly).then(
    (Plotly) => holder.view && holder.view.addCharts(Plotly),
    (error) => {
      if (holder.view) holder.view.parts.legend.textContent = filled(text["no-charts"], { message: error.message });
    },
  );
}
