// An empty chart with a time axis and a marker to drag; once the guess is made, all predicted steps drop in.
// Before that, only the first step is here to be found.

import { element, loadStyle, themeOf } from "./common.js";

const SVG = "http://www.w3.org/2000/svg";
const PAD = { left: 52, right: 16, top: 42, bottom: 44 };
const TALLEST = 1.0;
const PAUSE_MS = 350; // after the last key, until Python is told
const DROP_MS = 160;
const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };

const charts = new WeakMap();
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

function draw(tag, parent, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

class Chart {
  constructor(root) {
    this.box = element("div", "st-guess", root);
    this.svg = draw("svg", this.box, { role: "img" });
    this.handle = element("div", "st-handle", this.box);
    this.label = element("span", "", this.handle);
    this.handle.tabIndex = 0;
    this.handle.setAttribute("role", "slider");
    this.handle.setAttribute("aria-orientation", "horizontal");
    this.guess = null;
    this.sent = null;
    this.box.addEventListener("pointerdown", (event) => this.grab(event));
    this.box.addEventListener("pointermove", (event) => this.drag(event));
    this.box.addEventListener("pointerup", (event) => this.drop(event));
    this.box.addEventListener("pointercancel", (event) => this.drop(event));
    this.handle.addEventListener("keydown", (event) => this.onKey(event));
    this.handle.addEventListener("blur", () => this.send());
    this.observer = new ResizeObserver(() => this.paint(false));
    this.observer.observe(this.box);
  }

  update(data, tell) {
    const fresh = !this.data || this.data.told !== data.told;
    this.data = data;
    this.tell = tell;
    if (this.guess === null) this.guess = this.sent = data.guess;
    this.handle.setAttribute("aria-label", data.labels.marker);
    this.svg.setAttribute("aria-label", data.labels.alt);
    this.paint(fresh && data.told);
  }

  get width() { return Math.max(120, this.box.clientWidth - PAD.left - PAD.right); }
  get height() { return this.box.clientHeight - PAD.top - PAD.bottom; }
  x(time) { return PAD.left + (time / this.data.end) * this.width; }
  y(loss) { return PAD.top + ((TALLEST - loss) / (TALLEST - this.data.floor)) * this.height; }

  paint(dropping) {
    if (!this.data || !this.box.clientWidth) return;
    const theme = themeOf(this.box);
    this.box.style.setProperty("--st-muted", theme.muted);
    this.palette = this.data.palette[theme.dark ? "dark" : "light"];
    this.svg.replaceChildren();
    this.paintAxes();
    this.data.steps.forEach((step, n) => {
      const group = draw("g", this.svg, {});
      if (dropping && n) {
        group.setAttribute("class", "st-drop");
        group.style.animationDelay = `${n * DROP_MS}ms`;
      }
      this.paintStep(group, step, n);
    });
    this.place();
  }

  paintAxes() {
    const bottom = PAD.top + this.height;
    const gap = this.width < 420 ? 40 : 20;
    draw("line", this.svg, { x1: PAD.left, x2: PAD.left + this.width, y1: bottom, y2: bottom, class: "st-axis" });
    for (let time = 0; time <= this.data.end; time += gap) {
      draw("text", this.svg, { x: this.x(time), y: bottom + 19, "text-anchor": "middle", class: "st-faint" }, String(time));
    }
    draw("text", this.svg, { x: PAD.left + this.width, y: bottom + 38, "text-anchor": "end" }, this.data.labels.time);
    draw("text", this.svg, { x: PAD.left - 8, y: this.y(1) + 5, "text-anchor": "end", class: "st-faint" }, "1");
    draw("text", this.svg, {
      x: 0, y: 0, "text-anchor": "middle", transform: `translate(16 ${PAD.top + this.height / 2}) rotate(-90)`,
    }, this.data.labels.loss);
  }

  // The drop, and the level it falls to as far as the next step; the first one has the level before it, too.
  paintStep(group, { k, time, before, after, until }, n) {
    const colour = this.palette[Math.min(k, this.palette.length) - 1];
    draw("path", group, {
      d: `M${this.x(n ? time : 0)} ${this.y(before)}H${this.x(time)}V${this.y(after)}H${this.x(until)}`,
      fill: "none", stroke: colour, "stroke-width": 4, "stroke-linejoin": "round",
    });
    const low = n % 2 && this.x(time) - this.x(this.data.steps[n - 1].time) < 18 ? 16 : 0;
    draw("text", group, {
      x: this.x(time) + 5, y: this.y(before) - 6 - low, "font-weight": 650, style: `fill: ${colour}`,
    }, String(k));
  }

  place() {
    const { data } = this;
    const at = this.x(this.guess);
    this.handle.style.left = `${at}px`;
    this.handle.dataset.side = at < 70 ? "left" : at > this.box.clientWidth - 70 ? "right" : "";
    this.label.textContent = `${data.labels.guess} ${Math.round(this.guess)}`;
    this.handle.setAttribute("aria-valuemin", "0");
    this.handle.setAttribute("aria-valuemax", String(Math.floor(data.end)));
    this.handle.setAttribute("aria-valuenow", String(Math.round(this.guess)));
  }

  move(guess) {
    this.guess = clamp(Math.round(guess), 0, Math.floor(this.data.end));
    this.place();
  }

  timeAt(event) {
    return ((event.clientX - this.box.getBoundingClientRect().left - PAD.left) / this.width) * this.data.end;
  }

  grab(event) {
    if (event.button) return;
    this.held = event.pointerId;
    this.box.setPointerCapture(event.pointerId);
    this.handle.focus({ preventScroll: true });
    event.preventDefault();
    this.move(this.timeAt(event));
  }

  drag(event) {
    if (this.held === event.pointerId) this.move(this.timeAt(event));
  }

  drop(event) {
    if (this.held !== event.pointerId) return;
    this.held = null;
    this.send();
  }

  onKey(event) {
    const ends = { Home: 0, End: this.data.end };
    const guess = event.key in KEYS ? this.guess + KEYS[event.key] : ends[event.key];
    if (guess === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.move(guess);
    clearTimeout(this.pending);
    this.pending = setTimeout(() => this.send(), PAUSE_MS);
  }

  send() {
    clearTimeout(this.pending);
    if (this.guess === this.sent) return;
    this.sent = this.guess;
    this.tell("guess", this.guess);
  }

  destroy() {
    clearTimeout(this.pending);
    this.observer.disconnect();
    this.box.remove();
  }
}

export function render({ data, parentElement, setStateValue }) {
  loadStyle(data.style);
  if (!charts.has(parentElement)) charts.set(parentElement, new Chart(parentElement));
  charts.get(parentElement).update(data, setStateValue);
  return () => setTimeout(() => {
    if (parentElement.isConnected || !charts.has(parentElement)) return;
    charts.get(parentElement).destroy();
    charts.delete(parentElement);
  }, 500);
}
