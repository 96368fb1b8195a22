// The view of one run: charts (Plotly), the cloud of words (player.js) and a card for each concept, on one clock.
// Streamlit calls render() with bytes (core/show/envelope.py) at every update; the page's own state (time, zoom,
// camera, search) lives here and survives updates.

import {
  PLOT_CONFIG, address, between, blankPen, drawLine, element, entry, filled, fixed, loadPlotly, loadStyle, plotAxis, plotText,
  presentOf, rowAt, themeOf,
} from "./common.js";
import { canvasBlob, chartMakers, menu, paint, paper, record, videoKind } from "./save.js";

const HOVER_MS = 2000;
const CARDS_MS = 120;
const LABEL_GAP = 24; // pixels between two labels below the axis
const LONGEST_FILM = 120; // seconds

// ---- data ------------------------------------------------------------------------------------------

// Rows of [time, loss, effective rank, learned, s_1..s_K, alignment_1..alignment_K].
class Series {
  constructor(rows, modes) {
    this.width = 4 + 2 * modes;
    this.modes = modes;
    this.rows = rows;
    this.count = rows.length / this.width;
    this.times = this.column(0);
    this.loss = this.column(1);
    this.rank = this.column(2);
    this.singular = Array.from({ length: modes }, (_, k) => this.column(4 + k));
  }

  column(index) {
    const out = new Float32Array(this.count);
    for (let n = 0; n < this.count; n++) out[n] = this.rows[n * this.width + index];
    return out;
  }

  get end() {
    return this.count ? this.times[this.count - 1] : 0;
  }

  rowAt(time) {
    return rowAt(this.times, time);
  }

  value(row, index) {
    return this.rows[row * this.width + index];
  }
}

// ---- page ------------------------------------------------------------------------------------------

function build(root, text) {
  const view = element("div", "sv", root);
  const charts = element("section", "sv-panel sv-charts", view);
  const chartsHead = element("div", "sv-head", charts);
  element("h3", "", chartsHead, text.loss);
  const status = element("span", "sv-note", chartsHead);
  const plotBox = element("div", "sv-plotbox", charts);
  const ink = element("canvas", "sv-ink", plotBox);
  const plot = element("div", "sv-plot", plotBox);
  plot.setAttribute("role", "img");
  const second = element("h3", "sv-second", plotBox, text.values);
  const legend = element("div", "sv-legend", charts);
  const cloud = element("section", "sv-panel sv-cloud", view);
  const cloudHead = element("div", "sv-head", cloud);
  const cloudTitle = element("h3", "", cloudHead);
  element("span", "sv-badge", cloudHead, text.simulation);
  const cloudNote = element("p", "sv-note", cloud);
  const tools = element("div", "sv-tools", cloud);
  const stage = element("div", "sv-stage", cloud);
  element("p", "sv-note sv-keys", cloud, text.keys);
  const bar = element("section", "sv-panel sv-bar", view);
  bar.setAttribute("aria-label", text.player);
  const caption = element("p", "sv-note sv-caption", view, `${text.caption} `);
  const badge = element("span", "sv-badge", caption);
  const cards = element("div", "sv-cards", view);
  cards.setAttribute("role", "list");
  cards.setAttribute("aria-label", text.concepts);
  cards.tabIndex = 0;
  return { badge, view, charts, status, plot, plotBox, second, ink, legend, cloud, cloudTitle, cloudNote, tools, stage, cards, bar };
}

function clockText(value) {
  return fixed(value, value < 10 ? 1 : 0);
}

// ---- the view --------------------------------------------------------------------------------------

class RunView {
  constructor(root, createPlayer, { text, player, language, save, urls }) {
    this.text = text;
    this.parts = build(root, text);
    this.Plotly = null;
    this.player = createPlayer({ stage: this.parts.stage, bar: this.parts.bar, tools: this.parts.tools }, { text: player, language });
    this.player.on("time", (time) => this.onTime(time));
    this.player.on("select", (word) => this.onSelect(word));
    this.key = null;
    this.time = 0;
    this.clouds = new Map();
    this.tell = () => {};
    this.lastHover = 0;
    this.lastCards = 0;
    // After a mouse click on the bar, keys go to the cloud; whoever uses the keyboard stays where they are.
    this.parts.bar.addEventListener("click", (event) => {
      if (event.detail > 0 && event.target.closest("button")) this.parts.stage.focus({ preventScroll: true });
    });
    this.observer = new ResizeObserver(() => this.drawInk());
    this.observer.observe(this.parts.plotBox);
    this.menus = [this.chartMenu(save, urls.plotly), this.cloudMenu(save)];
  }

  // ---- what can be taken away

  chartMenu(words, plotly) {
    const makers = chartMakers(() => this.parts.plot, {
      plotly, theme: () => this.theme, alt: this.text.loss, now: () => this.picture(),
    });
    return menu(this.parts.charts, { words, name: "run", makers });
  }

  // The chart as it is seen: the trained lines in their colours, whole; titles that stand beside the chart on the page.
  picture() {
    const palette = this.palette();
    const { loss, values } = this.text;
    const data = this.parts.plot.data.map((trace) => (trace.meta.role === "trained"
      ? { ...trace, line: { color: trace.meta.k ? palette[trace.meta.k - 1] : this.theme.text, width: 3 } } : trace));
    const layout = { ...this.parts.plot.layout };
    layout.margin = { ...layout.margin, l: 74 };
    layout.yaxis = { ...layout.yaxis, title: { text: loss } };
    layout.yaxis2 = { ...layout.yaxis2, title: { text: values } };
    return { data, layout };
  }

  cloudMenu(words) {
    const canvas = () => this.parts.stage.querySelector("canvas");
    const kind = videoKind();
    const film = kind ? { [kind]: () => this.film(canvas()) } : {};
    return menu(this.parts.cloud, { words, name: "cloud", makers: { png: () => canvasBlob(canvas(), this.theme), ...film } });
  }

  // The whole replay as a video, at the speed that is set. Pausing ends it.
  film(canvas) {
    return new Promise((resolve, reject) => {
      this.player.seek(0, { tween: false });
      this.player.play();
      const done = (blob) => {
        clearInterval(watch);
        if (blob) resolve(blob);
        else reject(new Error("nothing was recorded"));
      };
      const stop = record(canvas, LONGEST_FILM, done, { colour: paper(this.theme) });
      const watch = setInterval(() => { if (!this.player.playing) stop(); }, 250);
    });
  }

  addCharts(Plotly) {
    this.Plotly = Plotly;
    if (this.header) this.drawChart();
  }

  destroy() {
    this.observer.disconnect();
    clearTimeout(this.pending);
    this.player.destroy();
    if (this.Plotly) this.Plotly.purge(this.parts.plot);
    this.parts.view.remove();
  }

  update({ header, arrays }) {
    const fresh = header.key !== this.key;
    const wasLive = this.header && this.header.live && !fresh;
    // Near enough: the player may still be gliding to the newest frame.
    const atEnd = wasLive && this.time >= 0.8 * this.series.end;
    const redraw = header.recipe !== this.recipe;
    const known = Boolean(this.header);
    this.recipe = header.recipe;
    this.header = header;
    this.series = new Series(arrays.series, header.modes);
    this.neighbours = arrays.neighbours;
    const moment = this.time;
    if (fresh) this.restart();
    this.parts.view.dataset.state = header.state;
    this.parts.view.dataset.layout = header.layout;
    this.parts.status.textContent = header.status;
    this.parts.plot.setAttribute("aria-label", header.alt);
    this.collect(arrays);
    const repainted = this.applyTheme();
    if (this.Plotly && (redraw || repainted)) this.drawChart();
    else this.updateHover(fresh);
    this.settling = true;
    this.player.setData(this.cloudData());
    this.settling = false;
    this.drawInk();
    this.drawCards();
    const another = header.run !== this.run;
    this.run = header.run;
    if (another && this.series.count) this.player.seek(header.start, { tween: false });
    else if (fresh && this.series.count) this.player.seek(moment, { tween: false });
    if (another && header.autoplay) this.player.play();
    if (another && known && header.live && header.layout !== "story") this.reveal();
    if (wasLive && !header.live && atEnd) this.player.seek(this.series.end, { tween: true });
    this.goTo(header.moment);
    if (fresh || header.selected !== this.selected) {
      this.selected = header.selected;
      this.player.select(header.selected);
    }
  }

  // A page may ask for a moment, once.
  goTo(moment) {
    if (!moment || moment[0] === this.moment) return;
    this.moment = moment[0];
    this.player.pause();
    this.player.seek(moment[1], { user: true });
    this.reveal();
  }

  // What was asked for further up, on a narrow screen, is to be seen; where it is seen, nothing moves.
  reveal() {
    const { top } = this.parts.view.getBoundingClientRect();
    if (top >= 0 && top <= innerHeight / 2) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.parts.view.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
  }

  restart() {
    this.key = this.header.key;
    this.clouds.clear();
    this.parts.cloudTitle.textContent = this.header.cloudTitle;
    this.parts.cloudNote.textContent = this.header.cloudNote;
    this.parts.badge.textContent = this.header.badge;
    this.parts.badge.hidden = !this.header.badge;
    this.buildCards();
  }

  // Frames come one at a time while a run is live, and all at once when it is over. A Map keeps insertion
  // order, and frames arrive in order.
  collect(arrays) {
    const size = this.header.words.length * 3;
    if (!this.header.live) this.clouds.clear();
    arrays.rows.forEach((row, n) => {
      this.clouds.set(row, arrays.frames.slice(n * size, (n + 1) * size));
    });
  }

  cloudData() {
    const { header, series } = this;
    const rows = [...this.clouds.keys()];
    const size = header.words.length * 3;
    const frames = new Int16Array(rows.length * size);
    rows.forEach((row, n) => frames.set(this.clouds.get(row), n * size));
    const palette = this.palette();
    return {
      key: `${header.recipe}/${header.axes}`,
      words: header.words,
      frames,
      count: rows.length,
      scale: header.scale,
      extent: header.extent,
      times: Float32Array.from(rows, (row) => series.times[row]),
      end: header.end,
      axes: header.axes.map((k) => ({ name: filled(header.player.concept, { k }), color: palette[k - 1] })),
      poles: header.poles,
      marks: header.ticks.map(({ k, time }) => ({
        time, color: palette[k - 1], label: `τ${k}`, settle: header.settle[k - 1],
        title: filled(header.player.tick, { k, time: clockText(time) }),
      })),
      neighbours: this.neighbours.length ? this.neighbours : null,
      readout: (time) => this.readout(time),
      follow: header.live,
      timeLabel: (time) => `t·λ₁ = ${clockText(time)}`,
    };
  }

  readout(time) {
    const now = this.present(time);
    if (!now) return "";
    const { dim, counted } = this.header;
    const [loss, rank] = [fixed(between(this.series.loss, now), 3), fixed(between(this.series.rank, now), 1)];
    return filled(this.text.readout, { loss, rank, count: this.series.value(now.row, 3), dim, counted });
  }

  // ---- colours

  palette() {
    return this.header.palette[this.theme && this.theme.dark ? "dark" : "light"];
  }

  // Whether the theme is another than before.
  applyTheme() {
    const theme = themeOf(this.parts.view);
    if (JSON.stringify(theme) === JSON.stringify(this.theme)) return false;
    this.theme = theme;
    this.player.setTheme(theme);
    for (const one of this.menus) paint(one, theme);
    this.parts.view.style.setProperty("--sv-muted", theme.muted);
    this.parts.cards.querySelectorAll("[data-k]").forEach((card) => {
      card.style.setProperty("--mode", this.palette()[card.dataset.k - 1]);
    });
    return true;
  }

  // ---- charts

  drawChart() {
    const figure = this.header.figure;
    const palette = this.palette();
    const colour = (k) => (k ? palette[k - 1] : this.theme.text);
    const looks = {
      // Transparent colours rather than opacity of the trace, which tints the whole plot.
      flow: (k) => ({ line: { color: k ? `${colour(k)}b0` : this.theme.muted, width: 1.2, dash: "dot" } }),
      descent: (k) => ({ line: { color: colour(k), width: 2, dash: "dot" } }),
      plateau: (k) => ({ line: { color: colour(k), width: 2, dash: "dot" } }),
      // Drawn by drawInk(); here only to be hovered.
      trained: () => ({ line: { color: "rgba(0,0,0,0)", width: 3 } }),
    };
    this.traces = figure.data.map((trace) => ({ ...trace, ...looks[trace.meta.role](trace.meta.k) }));
    this.solid = this.traces.flatMap((trace, n) => (trace.meta.role === "trained" ? [n] : []));
    const layout = this.chartLayout(figure.layout);
    this.drawn = true;
    this.Plotly.react(this.parts.plot, this.traces, layout, PLOT_CONFIG);
    this.parts.plot.removeAllListeners("plotly_click");
    this.parts.plot.on("plotly_click", (event) => this.player.seek(event.points[0].x, { user: true }));
    this.parts.plot.removeAllListeners("plotly_afterplot");
    this.parts.plot.on("plotly_afterplot", () => this.drawInk());
    // Over the grid, under the layer of hover labels.
    this.parts.plot.querySelector(".svg-container > .main-svg").after(this.parts.ink);
    this.buildLegend();
    this.updateHover(true);
    this.drawInk();
  }

  chartLayout(given) {
    const { theme } = this;
    const layout = { ...given, ...plotText(theme), uirevision: this.recipe, template: undefined };
    layout.margin = { l: 44, r: 14, t: 8, b: 66 };
    for (const name of ["xaxis", "xaxis2", "yaxis", "yaxis2"]) layout[name] = { ...given[name], ...plotAxis(theme) };
    const palette = this.palette();
    layout.shapes = (given.shapes || []).map((shape) => ({
      ...shape, line: { ...shape.line, color: palette[shape.name.split(" ")[1] - 1] },
    }));
    layout.annotations = this.labelsWithRoom(given.annotations || []).map((note) => ({ ...note, font: { color: this.theme.muted, size: 16 } }));
    return layout;
  }

  labelsWithRoom(notes) {
    const pixels = (this.parts.plotBox.clientWidth - 58) / this.header.end;
    let last = -Infinity;
    return notes.filter((note) => {
      if ((note.x - last) * pixels < LABEL_GAP) return false;
      last = note.x;
      return true;
    });
  }

  buildLegend() {
    const { legend } = this.parts;
    legend.replaceChildren();
    const entry = (name, text) => {
      const item = element("span", `sv-key sv-key-${name}`, legend);
      element("i", "", item);
      element("span", "", item, text);
    };
    for (const [name, text] of Object.entries(this.header.legend)) entry(name, text);
  }

  // Exact values on hover. Plotly needs tens of milliseconds for it, so not at every update of a live run.
  updateHover(now) {
    if (!this.drawn) return;
    const wait = this.header.live && !now && performance.now() - this.lastHover < HOVER_MS;
    if (wait) return;
    this.lastHover = performance.now();
    const { times, loss, singular } = this.series;
    const y = [loss, ...singular];
    this.Plotly.restyle(this.parts.plot, { x: y.map(() => times), y }, this.solid);
  }

  // The trained lines up to the present moment, the moment itself, and the loss there: on a canvas over the
  // chart, in the chart's own coordinates, because this happens at every frame of a replay.
  drawInk() {
    const now = this.present();
    this.report(now);
    const axes = this.axes();
    if (!axes) return;
    const { ink, plotBox, second } = this.parts;
    const pen = blankPen(ink, plotBox.clientWidth, plotBox.clientHeight);
    second.style.top = `${axes.lower._offset - 34}px`;
    if (!now) return;
    const { across, upper, lower } = axes;
    const { times, loss, singular } = this.series;
    drawLine(pen, { across, up: upper }, { times, values: loss }, now, { colour: this.theme.text });
    const palette = this.palette();
    singular.forEach((values, n) => drawLine(pen, { across, up: lower }, { times, values }, now, { colour: palette[n] }));
    this.drawNow(pen, axes, now);
  }

  axes() {
    const layout = this.parts.plot._fullLayout;
    if (!this.drawn || !layout || !layout.yaxis2) return null;
    return { across: layout.xaxis, upper: layout.yaxis, lower: layout.yaxis2 };
  }

  present(time = this.time) {
    return presentOf(this.series.times, time);
  }

  drawNow(pen, { across, upper, lower }, now) {
    const left = across.l2p(now.time);
    if (left < 0 || left > across._length) return;
    const value = between(this.series.loss, now);
    const x = across._offset + left;
    pen.fillStyle = this.theme.accent;
    for (const one of [upper, lower]) pen.fillRect(x - 1, one._offset, 2, one._length);
    const level = upper.l2p(value);
    if (level < -3 || level > upper._length + 3) return;
    const y = upper._offset + level;
    pen.beginPath();
    pen.arc(x, y, 5.5, 0, 2 * Math.PI);
    pen.fill();
    const high = value > 0.93;
    const leftwards = (high && left > 70) || left > 0.85 * across._length;
    pen.fillStyle = this.theme.text;
    pen.font = `14px ${this.theme.font}`;
    pen.textAlign = leftwards ? "right" : "left";
    pen.fillText(fixed(value, 3), x + (leftwards ? -9 : 9), leftwards || high ? y + 18 : y - 9);
  }

  // The values on the screen, for tests and for whoever reads the page's source.
  report(now) {
    const data = this.parts.view.dataset;
    data.snapshots = String(this.series.count);
    data.time = now ? String(now.time) : "";
    data.loss = now ? String(between(this.series.loss, now)) : "";
    data.singular = JSON.stringify(now ? this.series.singular.map((one) => between(one, now)) : []);
  }

  // ---- time

  // Tell the server which word a visitor picked, where it listens.
  onSelect(word) {
    if (!this.header || !this.header.listens || this.settling || word === this.selected) return;
    this.selected = word;
    this.tell("selected", word);
  }

  onTime(time) {
    this.time = time;
    this.drawInk();
    clearTimeout(this.pending);
    const wait = CARDS_MS - (performance.now() - this.lastCards);
    if (wait <= 0) this.drawCards();
    else this.pending = setTimeout(() => this.drawCards(), wait);
  }

  // ---- cards

  buildCards() {
    const { text, parts: { cards } } = this;
    cards.replaceChildren();
    this.shownCard = null;
    this.cards = this.header.cards.map((concept) => {
      const card = element("div", "sv-card", cards);
      card.dataset.k = concept.k;
      card.setAttribute("role", "listitem");
      card.style.setProperty("--mode", this.palette()[concept.k - 1]);
      const head = element("div", "sv-cardhead", card);
      const name = element("button", "sv-name", head, filled(text.concept, concept));
      name.type = "button";
      name.title = filled(text.go, concept);
      name.addEventListener("click", () => this.goToConcept(concept.k));
      const status = element("span", "sv-status", head);
      element("p", "sv-pole", card, concept.positive.join(" · "));
      element("p", "sv-pole sv-against", card, filled(text.against, { words: concept.negative.join(" · ") }));
      const meter = element("div", "sv-meter", card);
      meter.setAttribute("role", "meter");
      meter.setAttribute("aria-valuemin", "0");
      meter.setAttribute("aria-valuemax", "100");
      meter.setAttribute("aria-label", filled(text.meter, concept));
      meter.title = filled(text["meter.help"], concept);
      const fill = element("i", "", meter);
      const percent = element("span", "sv-percent", card);
      return { card, status, meter, fill, percent, concept };
    });
  }

  // To the end of a concept's step, by its prediction.
  goToConcept(k) {
    const tick = this.header.ticks.find((one) => one.k === k);
    if (tick) this.player.seek(tick.time + this.header.settle[k - 1], { tween: true, user: true });
  }

  drawCards() {
    this.lastCards = performance.now();
    const { series, header } = this;
    const row = series.count ? series.rowAt(this.time) : -1;
    let newest = this.cards[0].card;
    for (const entry of this.cards) {
      const k = entry.concept.k;
      const share = row < 0 ? 0 : series.value(row, 3 + k) ** 2 / header.lambda[k - 1];
      const { learned, arriving, found } = header.shares;
      const aligned = row < 0 ? 0 : Math.round(100 * series.value(row, 3 + header.modes + k));
      const grown = share >= learned ? "learned" : share >= arriving ? "arriving" : "predicted";
      // A direction may have grown that is not the predicted one.
      const state = grown !== "predicted" && aligned < 100 * found ? "elsewhere" : grown;
      if (state !== "predicted") newest = entry.card;
      entry.card.dataset.state = state;
      entry.status.textContent = this.statusText(state, k, row);
      entry.fill.style.width = `${aligned}%`;
      entry.meter.setAttribute("aria-valuenow", String(aligned));
      entry.percent.textContent = row < 0 ? this.text["not-started"] : filled(this.text.found, { share: aligned });
    }
    const over = !header.live && this.time >= series.end - 1e-3;
    this.bringIntoView(over ? this.cards[0].card : newest);
  }

  // Slide the row of cards, never the page, so that the concept being learned is seen.
  bringIntoView(card) {
    if (card === this.shownCard) return;
    this.shownCard = card;
    const { cards } = this.parts;
    const left = card.offsetLeft - cards.offsetLeft + card.offsetWidth - cards.clientWidth;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    cards.scrollTo({ left: Math.max(0, left + 24), behavior: calm ? "auto" : "smooth" });
  }

  statusText(state, k, row) {
    const predicted = this.header.ticks.find((tick) => tick.k === k);
    if (state === "predicted" && !predicted) return this.text.never;
    const time = clockText(state === "predicted" ? predicted.time : this.halfTime(k, row));
    return filled(this.text[state], { time });
  }

  // When the mode reached half its variance, or now if it has not.
  halfTime(k, row) {
    for (let n = 0; n <= row; n++) {
      if (this.series.value(n, 3 + k) ** 2 >= this.header.shares.half * this.header.lambda[k - 1]) return this.series.times[n];
    }
    return this.series.times[row];
  }
}

// ---- entry -----------------------------------------------------------------------------------------

export const render = entry("sv-host", prepare);

async function prepare(holder, header) {
  const { urls, layout, text } = header;
  const [player] = await Promise.all([import(address(urls.player)), loadStyle(urls.style)]);
  // Reachable from the page, for tests and the curious.
  holder.host.staircase = holder.view = new RunView(holder.host, player.createPlayer, header);
  if (layout === "cloud") return;
  // The largest file: cloud and cards do not wait for it.
  loadPlotly(urls.plotly).then(
    (Plotly) => holder.view && holder.view.addCharts(Plotly),
    (error) => {
      if (holder.view) holder.view.parts.legend.textContent = filled(text["no-charts"], { message: error.message });
    },
  );
}
