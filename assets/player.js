/**
 * Staircase player: a cloud of words that grows while word2vec learns, and the bar that scrubs it.
 *
 * One ES module without imports. `createPlayer` is the only export. Words are untrusted data: they
 * reach the page only through textContent and canvas text.
 *
 * Sections: helpers, recording (decoding), camera, points, labels, scene, bar, tools, styles, player.
 */

// ---------------------------------------------------------------------------------------- helpers

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  play: "M8 5v14l11-7z",
  pause: "M7 5h4v14H7zM13 5h4v14h-4z",
  previous: "M18 6v12l-9-6zM6 6h2.4v12H6z",
  next: "M6 6v12l9-6zM15.6 6H18v12h-2.4z",
  reset: "M12 5V1.5L6.8 6 12 10.5V7a5.5 5.5 0 1 1-5.5 5.5h-2A7.5 7.5 0 1 0 12 5z",
};

const clamp = (value, low, high) => (value < low ? low : value > high ? high : value);
const easeOut = (x) => 1 - (1 - x) ** 3;

/** What the player says, unless its page says it in another language (`options.text`, `options.language`). */
const TEXT = {
  play: "Play", pause: "Pause", previous: "Previous step", next: "Next step", step: "step", steps: "Predicted steps",
  time: "Time", speed: "Speed", times: "{speed}x", find: "Find a word", words: "Words", dimensions: "Dimensions", reset: "Reset view",
  unknown: "'{word}' is not among these {n} words", cloud: "Cloud of {n} words", point: "{n} words, still one point",
  empty: "No words to show yet", rank: "word {rank} of {n} by frequency",
  help: "Space plays or pauses. Left and right move by one frame, with shift or N and P by "
    + "one step. Home and End go to the ends. Plus and minus zoom. 2 and 3 switch dimensions; with Alt the "
    + "arrows turn the 3-D view. Slash searches for a word, Escape clears the selection.",
};

/** A function from the name of a text and its values to what is said; numbers as the language writes them. */
function speech(text = {}, language = "en-US") {
  const all = { ...TEXT, ...text };
  const told = (value) => (typeof value === "number" ? value.toLocaleString(language) : value);
  return (name, values = {}) =>
    all[name].replace(/\{(\w+)\}/g, (blank, key) => (key in values ? told(values[key]) : blank));
}

/** Long or odd words must not fill the canvas; cut by code points so that no character is halved. */
function shorten(text, limit = 28) {
  const characters = Array.from(String(text));
  return characters.length > limit ? `${characters.slice(0, limit - 1).join("")}…` : characters.join("");
}

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

function button(label, content, onClick, signal) {
  const node = element("button", { type: "button", class: "pl-button", title: label }, content);
  node.setAttribute("aria-label", label);
  node.addEventListener("click", onClick, { signal });
  return node;
}

// ------------------------------------------------------------------------------ recording (data)

/** Read-only view of one `data` object: trims inconsistent lengths and answers questions of time. */
class Recording {
  constructor(data = {}) {
    const words = data.words ?? [];
    const frames = data.frames ?? new Int16Array(0);
    const times = data.times ?? new Float32Array(0);
    const stored = words.length ? Math.floor(frames.length / (3 * words.length)) : 0;
    this.words = words;
    this.frames = frames;
    this.times = times;
    this.count = Math.max(0, Math.min(data.count ?? 0, stored, times.length));
    this.key = data.key;
    this.scale = data.scale || 1;
    this.extent = data.extent > 0 ? data.extent : 1;
    this.first = this.count ? times[0] : 0;
    this.last = this.count ? times[this.count - 1] : 0;
    this.end = Math.max(this.last, Number.isFinite(data.end) ? data.end : this.last);
    this.axes = data.axes ?? [];
    this.poles = Array.from(data.poles ?? []).filter((word) => word >= 0 && word < words.length);
    this.marks = (data.marks ?? []).filter((mark) => Number.isFinite(mark.time));
    this.neighbours = data.neighbours ?? null;
    this.reach = this.neighbours ? Math.floor(this.neighbours.length / (words.length || 1)) : 0;
    this.readout = data.readout ?? null;
    this.follow = Boolean(data.follow);
    this.timeLabel = data.timeLabel ?? ((time) => this.plainTime(time));
    this.stops = this.marks.map((mark) => mark.time + (mark.settle ?? 0)).sort((a, b) => a - b);
  }

  get empty() { return this.count === 0; }
  get span() { return this.end - this.first; }
  /** Two times closer than this are the same moment. */
  get tolerance() { return this.span * 1e-6; }
  /** True while a live run may still add frames. */
  get growing() { return this.follow && this.last < this.end - this.tolerance; }

  plainTime(time) {
    return `t = ${this.span >= 50 ? Math.round(time) : Number(time.toPrecision(3))}`;
  }

  /** Position of a time between keyframes: 2.25 is a quarter of the way from frame 2 to frame 3. */
  indexAt(time) {
    if (this.count < 2 || time <= this.first) return 0;
    if (time >= this.last) return this.count - 1;
    let low = 0;
    let high = this.count - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.times[middle] <= time) low = middle;
      else high = middle;
    }
    return low + (time - this.times[low]) / (this.times[high] - this.times[low]);
  }

  clampTime(time) { return clamp(time, this.first, this.last); }
  fraction(time) { return this.span > 0 ? clamp((time - this.first) / this.span, 0, 1) : 0; }
  nextStop(time) {
    return this.clampTime(this.stops.find((stop) => stop > time + this.tolerance) ?? this.last);
  }
  previousStop(time) {
    return this.clampTime(this.stops.findLast((stop) => stop < time - this.tolerance) ?? this.first);
  }

  coordinate(word, axis, index) {
    const before = Math.floor(index);
    const after = Math.min(before + 1, this.count - 1);
    const offset = word * 3 + axis;
    const start = this.frames[before * this.words.length * 3 + offset];
    const stop = this.frames[after * this.words.length * 3 + offset];
    return (start + (stop - start) * (index - before)) * this.scale;
  }

  neighboursOf(word) {
    if (word === null || !this.reach) return [];
    const row = this.neighbours.subarray
      ? this.neighbours.subarray(word * this.reach, (word + 1) * this.reach)
      : this.neighbours.slice(word * this.reach, (word + 1) * this.reach);
    return Array.from(row).filter((other) => other >= 0 && other < this.words.length && other !== word);
  }

  readoutAt(time) {
    const { readout } = this;
    const extra = typeof readout === "function" ? readout(time) : readout?.[Math.round(this.indexAt(time))];
    return extra ? `${this.timeLabel(time)} · ${extra}` : this.timeLabel(time);
  }
}

// ----------------------------------------------------------------------------------------- camera

const HOME = { yaw: -0.55, pitch: 0.32 };
const MARGIN = 30;
const DEPTH_LEVELS = 7;
const MIDDLE_LEVEL = 3;

/** Orthographic turntable. `blend` runs from 0 (flat, facing the first two axes) to 1 (turned). */
class Camera {
  constructor() {
    this.mode = "2d";
    this.blend = 0;
    this.matrix = new Float64Array(9); // rows: screen x, screen y, depth; columns: axes 0, 1, 2
    this.reset();
  }

  reset() {
    Object.assign(this, { zoom: 1, panX: 0, panY: 0, yaw: HOME.yaw, pitch: HOME.pitch });
  }

  update(width, height, extent) {
    const yaw = this.yaw * this.blend;
    const pitch = this.pitch * this.blend;
    const [cosY, sinY, cosP, sinP] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
    const half = Math.max(10, Math.min(width, height) / 2 - MARGIN);
    const unit = (this.zoom * half * (1 - 0.14 * this.blend)) / extent;
    this.unit = unit;
    this.x = width / 2 + this.panX;
    this.y = height / 2 + this.panY;
    this.matrix.set([
      0, unit * cosY, unit * sinY,
      -unit * cosP, -unit * sinP * sinY, unit * sinP * cosY,
      sinP / extent, (-cosP * sinY) / extent, (cosP * cosY) / extent,
    ]);
  }

  screenX(a, b, c) { return this.x + this.matrix[0] * a + this.matrix[1] * b + this.matrix[2] * c; }
  screenY(a, b, c) { return this.y + this.matrix[3] * a + this.matrix[4] * b + this.matrix[5] * c; }

  rotate(yaw, pitch) {
    this.yaw += yaw;
    this.pitch = clamp(this.pitch + pitch, -1.5, 1.5);
  }

  pan(x, y, width, height) {
    this.panX = clamp(this.panX + x, -width * this.zoom, width * this.zoom);
    this.panY = clamp(this.panY + y, -height * this.zoom, height * this.zoom);
  }

  /** Zooms about a point given relative to the middle of the stage, which stays where it is. */
  zoomAt(factor, x, y) {
    const zoom = clamp(this.zoom * factor, 0.4, 80);
    const ratio = zoom / this.zoom;
    this.panX = x - (x - this.panX) * ratio;
    this.panY = y - (y - this.panY) * ratio;
    this.zoom = zoom;
  }
}

/** Screen positions of every word at one moment, in arrays that are reused from frame to frame. */
class Projection {
  constructor() { this.allocate(0); }

  allocate(size) {
    this.x = new Float32Array(size);
    this.y = new Float32Array(size);
    this.level = new Uint8Array(size);
    this.spread = 0;
  }

  update(recording, index, camera) {
    const { frames, scale, count, words } = recording;
    const size = words.length;
    if (this.x.length !== size) this.allocate(size);
    const { x, y, level } = this;
    const before = Math.floor(index);
    const part = index - before;
    const stride = size * 3;
    let i = before * stride;
    let j = Math.min(before + 1, count - 1) * stride;
    const m = camera.matrix;
    const [x0, x1, x2] = [m[0] * scale, m[1] * scale, m[2] * scale];
    const [y0, y1, y2] = [m[3] * scale, m[4] * scale, m[5] * scale];
    const depth = scale * MIDDLE_LEVEL * camera.blend;
    const [z0, z1, z2] = [m[6] * depth, m[7] * depth, m[8] * depth];
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let word = 0; word < size; word++, i += 3, j += 3) {
      const a = frames[i] + (frames[j] - frames[i]) * part;
      const b = frames[i + 1] + (frames[j + 1] - frames[i + 1]) * part;
      const c = frames[i + 2] + (frames[j + 2] - frames[i + 2]) * part;
      const px = camera.x + x0 * a + x1 * b + x2 * c;
      const py = camera.y + y0 * a + y1 * b + y2 * c;
      const near = MIDDLE_LEVEL + 0.5 + z0 * a + z1 * b + z2 * c;
      x[word] = px;
      y[word] = py;
      level[word] = near < 0 ? 0 : near >= DEPTH_LEVELS ? DEPTH_LEVELS - 1 : near;
      if (px < left) left = px;
      if (px > right) right = px;
      if (py < top) top = py;
      if (py > bottom) bottom = py;
    }
    this.spread = Math.max(right - left, bottom - top) / 2; // half-width of the cloud in pixels
    this.middleX = (left + right) / 2;
    this.middleY = (top + bottom) / 2;
    this.halfX = Math.max((right - left) / 2, 0.3 * this.spread);
    this.halfY = Math.max((bottom - top) / 2, 0.3 * this.spread);
  }

  /** 0 in the middle of the cloud, 1 at its edge: is this word extreme as seen from here and now? */
  outlying(word) {
    const across = Math.abs(this.x[word] - this.middleX) / this.halfX;
    const up = Math.abs(this.y[word] - this.middleY) / this.halfY;
    return Math.max(across, up) || 0;
  }

  /** The nearest word within `reach` pixels, or null. */
  pick(x, y, reach = 12) {
    let best = null;
    let least = reach * reach;
    for (let word = 0; word < this.x.length; word++) {
      const distance = (this.x[word] - x) ** 2 + (this.y[word] - y) ** 2;
      if (distance <= least) [best, least] = [word, distance];
    }
    return best;
  }
}

// ----------------------------------------------------------------------------------------- points

const SUBPIXEL = 4;

/**
 * Draws thousands of translucent round points of one colour straight into pixels. Canvas calls cost
 * about as much per point as the whole loop below does per hundred, and whole-pixel rectangles would
 * make slow growth jitter; here every disc is stamped from a mask cut at a quarter of a pixel.
 */
class PointLayer {
  resize(context, width, height) {
    this.image = context.createImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer); // little-endian: alpha is the top byte
    this.width = width;
    this.height = height;
  }

  /** Any CSS colour, resolved to bytes by painting one pixel. */
  setColour(colour) {
    const context = element("canvas", { width: 1, height: 1 }).getContext("2d");
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    this.colour = (blue << 16) | (green << 8) | red;
  }

  /** One mask for each depth level and sub-pixel offset: near points are larger and stronger. */
  prepare(radius, alpha) {
    if (radius === this.radius && alpha === this.alpha) return;
    [this.radius, this.alpha] = [radius, alpha];
    const side = Math.ceil(2 * radius * 1.3 + 3);
    this.side = side;
    this.masks = new Uint8Array(DEPTH_LEVELS * SUBPIXEL * SUBPIXEL * side * side);
    let k = 0;
    for (let level = 0; level < DEPTH_LEVELS; level++) {
      const nearness = (level - MIDDLE_LEVEL) / MIDDLE_LEVEL;
      const size = radius * (1 + 0.3 * nearness);
      const strength = 255 * clamp(alpha * (1 + 0.65 * nearness), 0, 1);
      for (let offset = 0; offset < SUBPIXEL * SUBPIXEL; offset++) {
        const x = side / 2 + ((offset % SUBPIXEL) + 0.5) / SUBPIXEL - 0.5;
        const y = side / 2 + (Math.floor(offset / SUBPIXEL) + 0.5) / SUBPIXEL - 0.5;
        for (let row = 0; row < side; row++) {
          for (let column = 0; column < side; column++) {
            const distance = Math.hypot(column - x, row - y);
            this.masks[k++] = Math.round(strength * clamp(size + 0.5 - distance, 0, 1));
          }
        }
      }
    }
  }

  draw(context, projection, ratio) {
    const { pixels, width, height, side, masks, colour } = this;
    const { x, y, level } = projection;
    const area = side * side;
    let drawn = 0;
    pixels.fill(0);
    for (let word = 0; word < x.length; word++) {
      const cornerX = x[word] * ratio - side / 2;
      const cornerY = y[word] * ratio - side / 2;
      const left = Math.floor(cornerX);
      const top = Math.floor(cornerY);
      if (!(left >= 0 && top >= 0 && left + side <= width && top + side <= height)) continue;
      const offset = Math.floor((cornerY - top) * SUBPIXEL) * SUBPIXEL + Math.floor((cornerX - left) * SUBPIXEL);
      let mask = (level[word] * SUBPIXEL * SUBPIXEL + offset) * area;
      for (let row = 0, start = top * width + left; row < side; row++, start += width) {
        for (let at = start; at < start + side; at++, mask++) {
          if (masks[mask] === 0) continue;
          const under = pixels[at] >>> 24;
          const over = under + (((255 - under) * masks[mask] + 127) / 255 | 0);
          pixels[at] = (over << 24) | colour;
        }
      }
      drawn++;
    }
    context.putImageData(this.image, 0, 0);
    return drawn;
  }
}

// ----------------------------------------------------------------------------------------- labels

const LABEL_HEIGHT = 17; // pixels, of labels of LABEL_SIZE
const LABEL_SIZE = 13;
const SIDES = ["right", "left", "above", "below"];

/**
 * Greedy placement. Earlier calls win; a box that would touch another or leave the canvas is not
 * drawn. A label keeps the side it had in the frame before, and needs more room to appear than to
 * stay, so that nothing flickers while the cloud moves.
 */
class Labels {
  constructor() {
    this.boxes = [];
    this.count = 0;
    this.widths = new Map();
    this.before = new Map();
    this.now = new Map();
    this.dots = [];
    this.resize(LABEL_SIZE);
  }

  /** Size of the letters in pixels. */
  resize(size) {
    this.size = size;
    this.tall = Math.round((LABEL_HEIGHT * size) / LABEL_SIZE);
    this.forget();
  }

  begin(context, width, height) {
    [this.context, this.width, this.height] = [context, width, height];
    [this.before, this.now] = [this.now, this.before];
    this.now.clear();
    this.count = 0;
    this.dots.length = 0;
  }

  forget() { this.widths.clear(); this.now.clear(); }
  wasShown(id) { return this.before.has(id); }
  avoid(x, y) { this.dots.push(x, y); }

  measure(text) {
    let width = this.widths.get(text);
    if (width === undefined) {
      if (this.widths.size > 4000) this.widths.clear();
      width = Math.ceil(this.context.measureText(text).width);
      this.widths.set(text, width);
    }
    return width;
  }

  fits(x, y, w, h, gap) {
    if (x < 2 || y < 2 || x + w > this.width - 2 || y + h > this.height - 2) return false;
    for (let i = 0; i < this.count; i++) {
      const box = this.boxes[i];
      if (x < box.x + box.w + gap && box.x < x + w + gap && y < box.y + box.h + gap && box.y < y + h + gap) {
        return false;
      }
    }
    return true;
  }

  coversDot(x, y, w, h, gap) {
    for (let i = 0; i < this.dots.length; i += 2) {
      const [dotX, dotY] = [this.dots[i], this.dots[i + 1]];
      if (dotX > x - gap && dotX < x + w + gap && dotY > y - gap && dotY < y + h + gap) return true;
    }
    return false;
  }

  /** Claims a box if it fits; boxes are recycled. */
  claim(text, x, y, w, colour, dot = null, gap = 1) {
    if (!this.fits(x, y, w, this.tall, gap)) return false;
    const box = (this.boxes[this.count] ??= {});
    Object.assign(box, { text, x, y, w, h: this.tall, colour, dot });
    this.count++;
    return true;
  }

  trySide(side, text, x, y, w, radius, colour, gap, cover) {
    const left = side === "right" ? x + radius + 3 : side === "left" ? x - radius - 3 - w : x - w / 2;
    const top = side === "above" ? y - radius - this.tall
      : side === "below" ? y + radius : y - this.tall / 2;
    if (!cover && this.coversDot(left, top, w, this.tall, gap - 1)) return false;
    return this.claim(text, left, top, w, colour, null, gap);
  }

  /** `insist`: rather cover another highlighted dot than leave the label out. */
  place(id, text, x, y, radius, colour, insist) {
    if (x < 0 || y < 0 || x > this.width || y > this.height) return;
    const w = this.measure(text);
    const kept = this.before.get(id);
    const attempt = (side, gap, cover) => {
      const done = this.trySide(side, text, x, y, w, radius, colour, gap, cover);
      if (done) this.now.set(id, side);
      return done;
    };
    if (kept && attempt(kept, 1, insist)) return;
    const gap = kept ? 1 : 4;
    if (SIDES.some((side) => attempt(side, gap, false)) || !insist) return;
    SIDES.some((side) => attempt(side, gap, true));
  }

  /** A halo in the surface colour keeps the text legible over points. */
  draw(halo) {
    const { context } = this;
    context.lineWidth = 3.5;
    context.lineJoin = "round";
    context.strokeStyle = halo;
    for (let i = 0; i < this.count; i++) {
      const { text, x, y, dot, colour } = this.boxes[i];
      const start = dot ? x + 11 : x;
      context.strokeText(text, start, y + this.tall / 2 + 0.5);
      context.fillStyle = colour;
      context.fillText(text, start, y + this.tall / 2 + 0.5);
      if (!dot) continue;
      context.fillStyle = dot;
      context.fillRect(x, y + this.tall / 2 - 3.5, 7, 7);
    }
  }

  list() {
    return this.boxes.slice(0, this.count).map(({ text, x, y, w, h }) => ({ text, x, y, w, h }));
  }
}

// ------------------------------------------------------------------------------------------ scene

const POINT_LIKE = 7; // pixels: a cloud with a smaller half-width is still "a point"

/** The canvas: owns its size and draws one moment of a recording. */
class Scene {
  constructor(stage, say) {
    this.stage = stage;
    this.say = say;
    this.canvas = element("canvas", { class: "pl-canvas", "aria-hidden": "true" });
    this.context = this.canvas.getContext("2d");
    this.camera = new Camera();
    this.projection = new Projection();
    this.points = new PointLayer();
    this.labels = new Labels();
    this.drawn = 0;
    stage.append(this.canvas);
  }

  /** Follows the size of the stage and the pixel ratio; false while there is nothing to draw on. */
  resize() {
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !height) return false;
    if (width === this.width && height === this.height && ratio === this.ratio) return true;
    Object.assign(this, { width, height, ratio });
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.points.resize(this.context, this.canvas.width, this.canvas.height);
    return true;
  }

  setTheme(theme) {
    this.theme = theme;
    this.points.setColour(theme.accent);
    this.labels.resize(theme.size);
  }

  /** view: {recording, index, selected, hovered, hits, neighbours} */
  draw(view) {
    if (!this.resize()) return;
    const { context, width, height, theme, labels } = this;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = `${labels.size}px ${theme.font}`;
    context.textBaseline = "middle";
    labels.begin(context, width, height);
    this.drawn = 0;
    if (view.recording.empty) {
      this.message(this.say("empty"));
    } else {
      this.camera.update(width, height, view.recording.extent);
      this.projection.update(view.recording, view.index, this.camera);
      this.drawPoints(view);
      this.drawAxes(view.recording);
      this.drawSelection(view);
      this.drawHighlights(view);
      this.placeLabels(view);
    }
    labels.draw(theme.surface);
  }

  message(text) {
    const w = this.labels.measure(text);
    this.labels.claim(text, (this.width - w) / 2, (this.height - this.labels.tall) / 2, w, this.theme.muted);
  }

  drawPoints({ recording, selected }) {
    const crowd = 2000 / recording.words.length;
    const radius = (clamp(1.8 * crowd ** 0.18, 1.4, 3) * this.ratio * this.labels.size) / LABEL_SIZE;
    const alpha = clamp(0.42 * crowd ** 0.25, 0.3, 0.8) * (selected === null ? 1 : 0.65);
    this.points.prepare(radius, alpha);
    this.drawn = this.points.draw(this.context, this.projection, this.ratio);
  }

  /** Lines go beneath the points, which are already there: hence destination-over. */
  drawAxes({ axes, extent }) {
    const { context, camera, theme, width, height, labels } = this;
    const far = (2 * (width + height) + Math.abs(camera.panX) + Math.abs(camera.panY)) / camera.unit;
    const reach = extent * 1.08 + (far - extent * 1.08) * (1 - camera.blend) ** 3;
    context.globalCompositeOperation = "destination-over";
    context.lineWidth = 1;
    for (let axis = 0; axis < 3; axis++) {
      const ends = [axis === 0 ? reach : 0, axis === 1 ? reach : 0, axis === 2 ? reach : 0];
      const [alongX, alongY] = [camera.screenX(...ends) - camera.x, camera.screenY(...ends) - camera.y];
      if (Math.hypot(alongX, alongY) < 24) continue; // this axis points at the viewer
      if (camera.blend > 0) this.line(axes[axis]?.color, alongX, alongY, 0, 0.6 * camera.blend);
      this.line(theme.line, alongX, alongY, 1, 1);
      this.placeAxisName(axes[axis], camera.x + alongX, camera.y + alongY, alongX, alongY);
    }
    context.globalAlpha = 1;
    context.globalCompositeOperation = "source-over";
  }

  /** From the origin along (x, y), and `back` times as far the other way. */
  line(colour, x, y, back, alpha) {
    const { context, camera } = this;
    context.globalAlpha = alpha;
    context.strokeStyle = colour;
    context.beginPath();
    context.moveTo(camera.x - x * back, camera.y - y * back);
    context.lineTo(camera.x + x, camera.y + y);
    context.stroke();
  }

  /** At the positive end of its line (beyond it in 3-D), or where the line leaves the canvas. */
  placeAxisName(axis, x, y, alongX, alongY) {
    if (!axis) return;
    const text = shorten(axis.name);
    const w = this.labels.measure(text) + 11;
    const level = Math.abs(alongX) > Math.abs(alongY);
    const beyond = this.camera.blend > 0.5;
    const outside = alongX < 0 ? x - w - 6 : x + 6;
    const left = level && !beyond ? x - w : outside;
    const top = level ? y - (beyond ? this.labels.tall / 2 : this.labels.tall + 3) : y;
    this.labels.claim(text, clamp(left, 4, this.width - w - 4),
      clamp(top, 4, this.height - this.labels.tall - 4), w, this.theme.muted, axis.color);
  }

  drawSelection({ recording, index, selected, neighbours }) {
    if (selected === null) return;
    const { context, projection: { x, y }, theme } = this;
    const now = Math.floor(index);
    context.lineWidth = 1.5;
    context.strokeStyle = theme.accent;
    context.beginPath();
    for (let frame = 0; frame <= now; frame++) this.trailTo(recording, selected, frame, frame === 0);
    context.lineTo(x[selected], y[selected]);
    context.stroke();
    context.globalAlpha = 0.35;
    context.beginPath();
    context.moveTo(x[selected], y[selected]);
    for (let frame = now + 1; frame < recording.count; frame++) this.trailTo(recording, selected, frame);
    context.stroke();
    context.globalAlpha = 0.6;
    context.lineWidth = 1;
    context.strokeStyle = theme.muted;
    context.beginPath();
    for (const word of neighbours) {
      context.moveTo(x[selected], y[selected]);
      context.lineTo(x[word], y[word]);
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  trailTo({ frames, words, scale }, word, frame, start = false) {
    const i = (frame * words.length + word) * 3;
    const [a, b, c] = [frames[i] * scale, frames[i + 1] * scale, frames[i + 2] * scale];
    const [x, y] = [this.camera.screenX(a, b, c), this.camera.screenY(a, b, c)];
    if (start) this.context.moveTo(x, y);
    else this.context.lineTo(x, y);
  }

  drawHighlights({ recording, selected, hovered, hits, neighbours }) {
    const { context, theme, projection } = this;
    const grown = clamp((projection.spread - POINT_LIKE) / 25, 0, 1);
    if (grown < 1) { // a glow marks the place while everything is still one small dot
      context.globalAlpha = 0.22 * (1 - grown);
      context.fillStyle = theme.accent;
      context.beginPath();
      context.arc(projection.middleX, projection.middleY, 7 + projection.spread, 0, 7);
      context.fill();
    }
    context.globalAlpha = grown * (selected === null ? 1 : 0.5);
    this.dots(recording.poles, theme.text, 3.1, true);
    context.globalAlpha = 1;
    this.dots(neighbours, theme.accent, 3.6);
    this.dots(hits, theme.accent, 4.2);
    if (selected !== null) this.dots([selected], theme.text, 3.6);
    if (hovered !== null) this.ring(hovered, theme.muted, 6);
    if (selected !== null) this.ring(selected, theme.accent, 7);
  }

  /** `fade`: words that are not extreme at this moment get smaller dots. */
  dots(words, colour, radius, fade = false) {
    const { context, projection: { x, y, level } } = this;
    context.fillStyle = colour;
    context.beginPath();
    for (const word of words) {
      const depth = ((1 + 0.08 * (level[word] - MIDDLE_LEVEL)) * this.labels.size) / LABEL_SIZE;
      const size = radius * depth * (fade ? clamp(this.projection.outlying(word) * 1.2, 0.55, 1) : 1);
      context.moveTo(x[word] + size, y[word]);
      context.arc(x[word], y[word], size, 0, 7);
    }
    context.fill();
  }

  ring(word, colour, radius) {
    const { context, projection: { x, y } } = this;
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x[word], y[word], radius, 0, 7);
    context.stroke();
  }

  /** Words the viewer asked for come first; then the poles, those already labelled before new ones. */
  placeLabels({ recording, selected, hovered, hits, neighbours }) {
    const { labels, theme, projection } = this;
    const { poles, words } = recording;
    const put = (word, radius, colour) =>
      labels.place(word, shorten(words[word]), projection.x[word], projection.y[word], radius, colour, asked.has(word));
    for (const word of poles) labels.avoid(projection.x[word], projection.y[word]);
    for (const word of neighbours) labels.avoid(projection.x[word], projection.y[word]);
    const asked = new Set([selected, hovered, ...hits, ...neighbours].filter((word) => word !== null));
    for (const word of asked) put(word, word === selected ? 8 : 5, theme.text);
    if (projection.spread < POINT_LIKE) {
      if (asked.size === 0) this.captionPoint(words.length);
      return;
    }
    const colour = selected === null ? theme.text : theme.muted;
    for (const shown of [true, false]) {
      for (const word of poles) {
        // A pole of a concept not learned yet, or facing the viewer, sits in the middle: no label
        // there, unless the viewer has zoomed in on it.
        const outside = projection.outlying(word) * Math.max(1, this.camera.zoom) > (shown ? 0.55 : 0.62);
        if (outside && !asked.has(word) && labels.wasShown(word) === shown) put(word, 4, colour);
      }
    }
  }

  captionPoint(total) {
    const text = this.say("point", { n: total });
    const w = this.labels.measure(text);
    const { middleX, middleY } = this.projection;
    this.labels.claim(text, middleX + 18, middleY + 10, w, this.theme.muted);
  }
}

// -------------------------------------------------------------------------------------------- bar

const THUMB = 18; // pixels, also in the styles: the thumb's middle travels over (width - THUMB)
const SPEEDS = [0.25, 0.5, 1, 2, 4];
const onTrack = (fraction) => `calc(${THUMB / 2}px + ${fraction} * (100% - ${THUMB}px))`;

/** Buttons, scrubber with its ticks, readout and speed. Speaks to the player through `actions`. */
class Bar {
  constructor(host, actions, signal, say) {
    this.actions = actions;
    this.say = say;
    this.playButton = button(say("play"), icon("play"), actions.toggle, signal);
    this.playButton.classList.add("pl-play");
    this.steps = [
      button(say("previous"), icon("previous"), actions.previous, signal),
      button(say("next"), icon("next"), actions.next, signal),
    ];
    this.track = element("div", { class: "pl-track" });
    this.ticks = element("div", { class: "pl-ticks", role: "group", "aria-label": say("steps") });
    this.range = element("input", { type: "range", step: "any", class: "pl-range", "aria-label": say("time") });
    this.readout = element("span", { class: "pl-readout" });
    this.live = element("span", { class: "pl-hidden", "aria-live": "polite" });
    this.speed = this.makeSpeed(signal);
    this.root = element("div", { class: "pl-bar" }, element("div", { class: "pl-bar-row" },
      element("div", { class: "pl-buttons" }, this.playButton, this.steps[0],
        element("span", { class: "pl-step", "aria-hidden": "true" }, say("step")), this.steps[1]),
      element("div", { class: "pl-scrub" }, this.track, this.ticks, this.range),
      this.readout, this.speed, this.live));
    host.append(this.root);
    this.range.addEventListener("input", () => actions.scrub(Number(this.range.value)), { signal });
    this.range.addEventListener("keydown", (event) => this.onKey(event), { signal });
    this.range.addEventListener("pointermove", (event) => this.nameTick(event), { signal });
  }

  makeSpeed(signal) {
    const select = element("select", { class: "pl-speed", "aria-label": this.say("speed"), title: this.say("speed") });
    for (const speed of SPEEDS) select.append(element("option", { value: speed }, this.say("times", { speed })));
    select.value = "1";
    select.addEventListener("change", () => this.actions.speed(Number(select.value)), { signal });
    return select;
  }

  /** The native step of a continuous range differs between browsers; these are a frame and a tenth. */
  onKey(event) {
    const { recording } = this;
    const moves = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
    const pages = { PageDown: -0.1, PageUp: 0.1, Home: -Infinity, End: Infinity };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) this.actions.frame(moves[event.key]);
    else if (event.key in pages) this.actions.jump(pages[event.key] * recording.span);
    else return;
    event.preventDefault();
  }

  /** The range covers the ticks, so it carries the title of the tick under the pointer. */
  nameTick(event) {
    const { recording, range } = this;
    const width = range.clientWidth - THUMB;
    const near = recording?.marks.find((mark) =>
      Math.abs(recording.fraction(mark.time) * width + THUMB / 2 - event.offsetX) < 6);
    range.title = near ? String(near.title ?? near.label ?? "") : "";
  }

  setRecording(recording) {
    this.recording = recording;
    const still = recording.count < 2;
    for (const control of [this.range, this.playButton, ...this.steps]) control.disabled = still;
    this.range.min = recording.first;
    this.range.max = recording.end > recording.first ? recording.end : recording.first + 1;
    const have = recording.fraction(recording.last);
    this.track.style.setProperty("--pl-have", have < 1 ? onTrack(have) : "100%");
    this.setTicks(recording);
  }

  setTicks(recording) {
    const marks = recording.marks.filter(({ time }) => time >= recording.first && time <= recording.end);
    const signature = JSON.stringify([recording.first, recording.end, marks]);
    if (signature === this.signature) return;
    this.signature = signature;
    this.ticks.replaceChildren(...marks.map((mark) => {
      const title = String(mark.title ?? mark.label ?? "");
      const tick = element("span", { class: "pl-tick", role: "img", title, "aria-label": title });
      tick.style.left = onTrack(recording.fraction(mark.time));
      tick.style.backgroundColor = mark.color;
      return tick;
    }));
  }

  setPlaying(playing) {
    this.playButton.replaceChildren(icon(playing ? "pause" : "play"));
    const label = this.say(playing ? "pause" : "play");
    this.playButton.setAttribute("aria-label", label);
    this.playButton.title = label;
  }

  update(time, playing) {
    const { recording } = this;
    const text = recording.empty ? "" : recording.readoutAt(time);
    this.range.value = time;
    this.track.style.setProperty("--pl-at", onTrack(recording.fraction(time)));
    if (text !== this.readout.textContent) this.readout.textContent = text;
    // A screen reader repeats a focused slider whenever its text changes: not while playing.
    if (!playing) this.range.setAttribute("aria-valuetext", text || this.say("empty"));
  }

  announce(text) { this.live.textContent = text; }
}

// ------------------------------------------------------------------------------------------ tools

/** The word search: an ARIA combobox with its own listbox. */
class Search {
  constructor(actions, signal, say) {
    this.actions = actions;
    this.say = say;
    this.setWords([]);
    const id = `pl-${Math.random().toString(36).slice(2)}`;
    this.input = element("input", {
      type: "text", class: "pl-input", placeholder: say("find"), "aria-label": say("find"),
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id,
      autocomplete: "off", autocapitalize: "none", spellcheck: "false", maxlength: 80,
    });
    this.list = element("ul", { class: "pl-list", role: "listbox", id, "aria-label": say("words") });
    this.note = element("p", { class: "pl-note", "aria-live": "polite" });
    this.root = element("div", { class: "pl-search" }, this.input, this.list, this.note);
    this.close();
    this.input.addEventListener("input", () => this.suggest(), { signal });
    this.input.addEventListener("keydown", (event) => this.onKey(event), { signal });
    this.input.addEventListener("blur", () => this.close(), { signal });
    // Keep the focus in the field while an option is pressed.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault(), { signal });
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("li");
      if (option) this.choose(Number(option.dataset.word));
    }, { signal });
  }

  setWords(words) {
    this.words = words;
    this.lower = Array.from(words, (word) => String(word).toLowerCase());
    this.matches = [];
  }

  /** At most eight: words that begin with the text, then words that contain it, frequent first. */
  find(text) {
    const starts = [];
    const contains = [];
    for (let word = 0; word < this.lower.length && starts.length < 8; word++) {
      const at = this.lower[word].indexOf(text);
      if (at === 0) starts.push(word);
      else if (at > 0 && contains.length < 8) contains.push(word);
    }
    return starts.concat(contains).slice(0, 8);
  }

  suggest() {
    const text = this.input.value.trim().toLowerCase();
    this.note.textContent = "";
    this.matches = text ? this.find(text) : [];
    this.active = -1;
    this.list.replaceChildren(...this.matches.map((word, row) => {
      const option = element("li", { role: "option", id: `${this.list.id}-${row}`, "aria-selected": "false" });
      option.dataset.word = word;
      option.textContent = this.words[word];
      return option;
    }));
    this.expand(this.matches.length > 0);
    this.actions.hits(this.matches);
  }

  expand(open) {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    if (!open) this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    this.matches = [];
    this.active = -1;
    this.expand(false);
    this.actions.hits([]);
  }

  move(step) {
    const { length } = this.matches;
    if (!length) return;
    this.active = this.active < 0 && step < 0 ? length - 1 : (this.active + step + length) % length;
    Array.from(this.list.children).forEach((option, row) => {
      option.setAttribute("aria-selected", String(row === this.active));
    });
    this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.active}`);
  }

  submit() {
    const text = this.input.value.trim();
    if (!text) return;
    const exact = this.words.indexOf(text);
    const word = this.active >= 0 ? this.matches[this.active]
      : exact >= 0 ? exact : this.lower.indexOf(text.toLowerCase());
    if (word >= 0) this.choose(word);
    else this.note.textContent = this.say("unknown", { word: shorten(text), n: this.words.length });
  }

  choose(word) {
    this.input.value = this.words[word];
    this.note.textContent = "";
    this.close();
    this.actions.select(word);
  }

  clear() {
    this.input.value = "";
    this.note.textContent = "";
    this.close();
  }

  onKey(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (this.list.hidden) this.suggest();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      this.submit();
    } else if (event.key === "Escape") {
      if (!this.list.hidden) this.close();
      else {
        this.clear();
        this.actions.select(null);
      }
    } else return;
    event.preventDefault();
  }
}

class Tools {
  constructor(host, actions, signal, say) {
    this.modes = ["2d", "3d"].map((mode) => {
      const node = element("button", { type: "button", class: "pl-mode" }, mode === "2d" ? "2-D" : "3-D");
      node.addEventListener("click", () => actions.mode(mode), { signal });
      return node;
    });
    this.search = new Search(actions, signal, say);
    this.root = element("div", { class: "pl-tools" },
      element("div", { class: "pl-modes", role: "group", "aria-label": say("dimensions") }, ...this.modes),
      this.search.root,
      button(say("reset"), icon("reset"), actions.reset, signal));
    host.append(this.root);
    this.setMode("2d");
  }

  setMode(mode) {
    this.modes.forEach((node, i) => node.setAttribute("aria-pressed", String(mode === ["2d", "3d"][i])));
  }
}

/** Word, rank and exact coordinates beside the pointer. */
class Tooltip {
  constructor(stage, say) {
    this.stage = stage;
    this.say = say;
    this.word = element("strong");
    this.rank = element("span");
    this.values = [0, 1, 2].map(() => element("span"));
    this.root = element("div", { class: "pl-tip", "aria-hidden": "true" }, this.word, this.rank, ...this.values);
    this.root.hidden = true;
    stage.append(this.root);
  }

  update(recording, word, index, x, y) {
    this.root.hidden = word === null;
    if (word === null) return;
    this.word.textContent = shorten(recording.words[word], 40);
    this.rank.textContent = rankOf(recording, word, this.say);
    this.values.forEach((node, axis) => {
      const name = recording.axes[axis]?.name ?? `axis ${axis + 1}`;
      node.textContent = `${shorten(name)}: ${recording.coordinate(word, axis, index).toPrecision(4)}`;
    });
    const { offsetWidth: w, offsetHeight: h } = this.root;
    const { clientWidth: width, clientHeight: height } = this.stage;
    const left = x + 16 + w > width ? x - 16 - w : x + 16;
    this.root.style.left = `${clamp(left, 4, Math.max(4, width - w - 4))}px`;
    this.root.style.top = `${clamp(y + 14, 4, Math.max(4, height - h - 4))}px`;
  }
}

const rankOf = ({ words }, word, say) => say("rank", { rank: word + 1, n: words.length });

// ----------------------------------------------------------------------------------------- styles

const STYLES = `
.pl-stage, .pl-bar, .pl-tools { color: var(--pl-text); font: 14px/1.35 var(--pl-font); }
.pl-stage { position: relative; touch-action: pan-y; user-select: none; -webkit-user-select: none; cursor: grab; }
.pl-stage:active { cursor: grabbing; }
.pl-stage:focus { touch-action: none; outline: none; }
.pl-stage:focus-visible { outline: 2px solid var(--pl-accent); outline-offset: -2px; border-radius: 6px; }
.pl-canvas { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
.pl-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.pl-tip { position: absolute; z-index: 2; pointer-events: none; max-width: 240px; padding: 6px 9px; font-size: 12px;
  display: grid; background: var(--pl-surface); border: 1px solid var(--pl-line); border-radius: 8px;
  box-shadow: 0 3px 12px rgb(0 0 0 / .18); color: var(--pl-muted); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.pl-tip strong { color: var(--pl-text); font-size: 13px; }
.pl-tip[hidden], .pl-list[hidden] { display: none; }
.pl-button, .pl-mode, .pl-input, .pl-speed { box-sizing: border-box; min-height: 36px; margin: 0; font: inherit;
  color: var(--pl-text); background: var(--pl-surface); border: 1px solid var(--pl-line); border-radius: 8px; }
.pl-button { width: 36px; padding: 0; display: inline-grid; place-items: center; cursor: pointer; flex: none; }
.pl-button svg { width: 20px; height: 20px; fill: currentColor; }
.pl-button:hover:enabled, .pl-mode:hover { border-color: var(--pl-accent); }
.pl-button:disabled { opacity: .45; cursor: default; }
:is(.pl-button, .pl-mode, .pl-input, .pl-speed):focus-visible { outline: 2px solid var(--pl-accent); outline-offset: 1px; }
.pl-bar { container-type: inline-size; width: 100%; }
.pl-bar-row { display: flex; align-items: center; gap: 8px 18px; }
.pl-buttons { display: flex; align-items: center; gap: 2px; flex: none; }
.pl-bar .pl-button { border-color: transparent; background: none; }
.pl-step { color: var(--pl-muted); font-size: 13px; }
.pl-scrub { position: relative; flex: 1 1 200px; min-width: 120px; height: 36px; }
.pl-track { position: absolute; inset: 15px 0; border-radius: 3px; overflow: hidden;
  background: color-mix(in srgb, var(--pl-line) 55%, transparent); }
.pl-track::before, .pl-track::after { content: ""; position: absolute; inset: 0 auto 0 0; border-radius: 3px; }
.pl-track::before { width: var(--pl-have, 0); background: color-mix(in srgb, var(--pl-line) 75%, var(--pl-muted)); }
.pl-track::after { width: var(--pl-at, 0); background: var(--pl-accent); }
.pl-tick { position: absolute; top: 7px; height: 22px; width: 3px; margin-left: -1.5px; border-radius: 1px; }
.pl-range { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; appearance: none;
  -webkit-appearance: none; background: none; cursor: pointer; touch-action: pan-y; }
.pl-range:focus { outline: none; }
.pl-range::-webkit-slider-runnable-track { height: 36px; background: none; }
.pl-range::-moz-range-track { height: 36px; background: none; }
.pl-range::-webkit-slider-thumb { -webkit-appearance: none; box-sizing: border-box; width: ${THUMB}px; height: ${THUMB}px;
  margin-top: 9px; border-radius: 50%; border: 2px solid var(--pl-surface); background: var(--pl-accent); }
.pl-range::-moz-range-thumb { box-sizing: border-box; width: ${THUMB}px; height: ${THUMB}px; border-radius: 50%;
  border: 2px solid var(--pl-surface); background: var(--pl-accent); }
.pl-range:focus-visible::-webkit-slider-thumb { box-shadow: 0 0 0 2px var(--pl-accent); }
.pl-range:focus-visible::-moz-range-thumb { box-shadow: 0 0 0 2px var(--pl-accent); }
.pl-range:disabled { cursor: default; }
.pl-range:disabled::-webkit-slider-thumb { background: var(--pl-muted); }
.pl-range:disabled::-moz-range-thumb { background: var(--pl-muted); }
.pl-readout { flex: none; min-width: 10.5em; text-align: right; font-size: 13px; color: var(--pl-muted);
  font-variant-numeric: tabular-nums; }
.pl-speed { flex: none; padding: 0 4px; font-size: 13px; cursor: pointer; }
.pl-speed option { color: var(--pl-text); background: var(--pl-surface); }
@container (max-width: 800px) {
  .pl-bar-row { flex-wrap: wrap; gap: 4px 8px; }
  .pl-readout { flex: 1; min-width: 0; font-size: 12px; text-wrap: balance; }
  .pl-step { display: none; }
  .pl-scrub { order: 1; flex: 1 0 100%; }
}
.pl-tools { display: flex; align-items: center; gap: 8px; }
.pl-modes { display: inline-flex; flex: none; }
.pl-mode { min-width: 44px; padding: 0 10px; font-size: 13px; cursor: pointer; }
.pl-mode:first-child { border-radius: 8px 0 0 8px; }
.pl-mode:last-child { border-radius: 0 8px 8px 0; margin-left: -1px; }
.pl-mode[aria-pressed=true] { color: var(--pl-surface); background: var(--pl-accent); border-color: var(--pl-accent); }
.pl-search { position: relative; flex: 1 1 120px; min-width: 0; max-width: 260px; }
.pl-input { width: 100%; padding: 0 10px; }
.pl-input::placeholder { color: var(--pl-muted); opacity: 1; }
.pl-list, .pl-note:not(:empty) { position: absolute; z-index: 5; left: 0; top: calc(100% + 4px); margin: 0; padding: 4px;
  min-width: 100%; box-sizing: border-box; background: var(--pl-surface); border: 1px solid var(--pl-line);
  border-radius: 8px; box-shadow: 0 3px 12px rgb(0 0 0 / .18); list-style: none; }
.pl-note { margin: 0; font-size: 13px; overflow-wrap: anywhere; }
.pl-note:not(:empty) { padding: 7px 10px; }
.pl-list:not([hidden]) + .pl-note { top: auto; bottom: calc(100% + 4px); }
.pl-list li { padding: 8px; border-radius: 5px; cursor: pointer; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.pl-list li:hover, .pl-list li[aria-selected=true] { background: color-mix(in srgb, var(--pl-accent) 20%, var(--pl-surface)); }
`;

/** System colours until the page sets a theme: right in light, dark and high-contrast settings. */
const SYSTEM_THEME = {
  text: "CanvasText", muted: "CanvasText", background: "Canvas", surface: "Canvas",
  line: "GrayText", accent: "LinkText", font: "system-ui, sans-serif", size: LABEL_SIZE,
};

function insertStyles(stage) {
  const root = stage.getRootNode();
  if (root.querySelector("style[data-pl]")) return;
  const style = element("style", { "data-pl": "" });
  style.textContent = STYLES;
  (root.head ?? root).append(style);
}

// ---------------------------------------------------------------------------------------- pointer

/** Drag, pinch, wheel, hover and click on the stage, translated into calls of `actions`. */
function listenToPointer(stage, camera, actions, signal) {
  const pointers = new Map();
  let moved = 0;
  let released = null;
  let spin = null;
  const place = (event) => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top, at: event.timeStamp };
  };
  const fromMiddle = ({ x, y }) => [x - stage.clientWidth / 2, y - stage.clientHeight / 2];
  const pan = (x, y) => camera.pan(x, y, stage.clientWidth, stage.clientHeight);

  const pinch = () => {
    const [a, b] = pointers.values();
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, size: Math.hypot(a.x - b.x, a.y - b.y) };
  };

  const dragOne = (from, to, shift) => {
    const [x, y] = [to.x - from.x, to.y - from.y];
    if (camera.mode === "2d" || shift) return pan(x, y);
    const elapsed = Math.max(1, to.at - from.at);
    spin = { yaw: (x * 0.008) / elapsed, pitch: (y * 0.008) / elapsed, at: to.at };
    return camera.rotate(x * 0.008, y * 0.008);
  };

  const onMove = (event) => {
    const from = pointers.get(event.pointerId);
    const to = place(event);
    if (!from) return actions.hover(to.x, to.y);
    const before = pointers.size === 2 ? pinch() : null;
    pointers.set(event.pointerId, to);
    moved += Math.hypot(to.x - from.x, to.y - from.y);
    if (moved < 4) return undefined; // still a click
    if (before) {
      const after = pinch();
      pan(after.x - before.x, after.y - before.y);
      camera.zoomAt(after.size / Math.max(1, before.size), ...fromMiddle(after));
    } else if (pointers.size === 1) dragOne(from, to, event.shiftKey);
    return actions.moved();
  };

  const onUp = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    released = place(event);
    if (spin && pointers.size === 0 && event.timeStamp - spin.at < 40) actions.spin(spin);
    spin = null;
  };

  const listen = (name, handler, more = {}) => stage.addEventListener(name, handler, { signal, ...more });
  listen("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (pointers.size === 0) moved = 0;
    pointers.set(event.pointerId, place(event));
    stage.setPointerCapture(event.pointerId);
    actions.spin(null);
    actions.hover(NaN, NaN);
  });
  listen("pointermove", onMove);
  listen("pointerup", onUp);
  listen("pointercancel", onUp);
  listen("pointerleave", () => actions.hover(NaN, NaN));
  listen("click", (event) => {
    // The release has finer coordinates than the click that follows it.
    if (released && moved < 4 && event.detail < 2) actions.click(released.x, released.y);
  });
  listen("dblclick", () => actions.reset());
  listen("wheel", (event) => {
    // The page keeps its wheel unless the viewer has turned to the cloud.
    const focused = stage.getRootNode().activeElement === stage;
    if (!focused && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    camera.zoomAt(Math.exp(-clamp(event.deltaY * lines, -120, 120) * 0.003), ...fromMiddle(place(event)));
    actions.moved();
  }, { passive: false });
}

// ----------------------------------------------------------------------------------------- player

export function createPlayer({ stage, bar, tools }, options = {}) {
  insertStyles(stage);
  const abort = new AbortController();
  const { signal } = abort;
  const motion = window.matchMedia("(prefers-reduced-motion: reduce)");
  const isReduced = () => options.reducedMotion ?? motion.matches;
  const seconds = options.seconds > 0 ? options.seconds : 20;
  const listeners = { time: new Set(), select: new Set(), play: new Set() };
  const emit = (event, ...values) => listeners[event].forEach((callback) => callback(...values));

  const say = speech(options.text, options.language);
  const scene = new Scene(stage, say);
  const tooltip = new Tooltip(stage, say);
  const { camera, projection } = scene;
  let recording = new Recording();
  let [time, speed, playing, away] = [0, 1, false, false]; // away: the viewer left the live end
  let [selected, hovered, hits, neighbours] = [null, null, [], []];
  let [tween, turn, spin] = [null, null, null]; // running animations: of time, of mode, of inertia
  let [request, timer, lastFrame, emitted, alive] = [0, 0, 0, NaN, true];
  const stamps = [];
  let frameCount = 0;

  // ----- the loop: runs only while something moves

  const invalidate = () => {
    if (!request && alive) request = requestAnimationFrame(onFrame);
  };

  function onFrame(now) {
    const elapsed = lastFrame ? Math.min(now - lastFrame, 100) : 0;
    request = 0;
    const moving = advance(elapsed, now);
    lastFrame = moving ? now : 0;
    frameCount++;
    stamps.push(now);
    if (stamps.length > 240) stamps.shift();
    draw();
    if (moving) invalidate();
    if (time !== emitted && !recording.empty) {
      emitted = time;
      emit("time", time, recording.indexAt(time));
    }
  }

  /** Moves everything that moves; true if there will be more. */
  function advance(elapsed, now) {
    let moving = advanceTurn(now);
    if (tween) moving = advanceTween(now) || playing || moving;
    else if (playing && !isReduced()) moving = advancePlay(elapsed) || moving;
    if (spin) moving = advanceSpin(elapsed) || moving;
    return moving;
  }

  const progress = (animation, now) => clamp((now - (animation.start ??= now)) / animation.length, 0, 1);

  function advanceTween(now) {
    const done = progress(tween, now);
    time = done === 1 ? tween.to : tween.from + (tween.to - tween.from) * easeOut(done);
    if (done === 1) tween = null;
    return tween !== null;
  }

  function advanceTurn(now) {
    if (!turn) return false;
    const done = progress(turn, now);
    camera.blend = turn.from + (turn.to - turn.from) * easeOut(done);
    if (done === 1) turn = null;
    return turn !== null;
  }

  function advanceSpin(elapsed) {
    const decay = Math.exp(-elapsed / 180);
    camera.rotate(spin.yaw * elapsed, spin.pitch * elapsed);
    spin.yaw *= decay;
    spin.pitch *= decay;
    if (Math.hypot(spin.yaw, spin.pitch) < 5e-5) spin = null;
    return spin !== null;
  }

  function advancePlay(elapsed) {
    time += (elapsed / 1000) * (recording.span / seconds) * speed;
    if (time < recording.last) return true;
    arrive();
    return false;
  }

  /** At the last frame: a live run waits there for more, a finished one stops. */
  function arrive() {
    time = recording.last;
    away = false;
    if (!recording.growing) pause();
  }

  /** Reduced motion: one jump a second from step to step instead of an animation. */
  function scheduleJump() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      time = recording.nextStop(time);
      if (time >= recording.last) arrive();
      else scheduleJump();
      invalidate();
    }, 1000 / speed);
  }

  function draw() {
    scene.draw({ recording, index: recording.indexAt(time), selected, hovered, hits, neighbours });
    tooltip.update(recording, hovered, recording.indexAt(time), projection.x[hovered], projection.y[hovered]);
    controls.update(time, playing);
  }

  // ----- time

  function seek(target, { tween: smooth = false, user = false, length = 400 } = {}) {
    if (!Number.isFinite(target) || recording.empty) return;
    const to = recording.clampTime(target);
    if (user) away = to < recording.last - recording.tolerance;
    tween = smooth && !isReduced() && to !== time ? { from: time, to, length } : null;
    if (!tween) time = to;
    invalidate();
  }

  function play() {
    if (playing || recording.count < 2) return;
    if (time >= recording.last - recording.tolerance) time = recording.first;
    playing = true;
    away = true;
    if (isReduced()) scheduleJump();
    controls.setPlaying(true);
    emit("play", true);
    invalidate();
  }

  function pause() {
    if (!playing) return;
    playing = false;
    clearTimeout(timer);
    controls.setPlaying(false);
    announce(time);
    emit("play", false);
    invalidate();
  }

  const announce = (when) => controls.announce(recording.empty ? "" : recording.readoutAt(when));
  const heading = () => (tween ? tween.to : time); // a second press counts from where the first goes

  function step(to) {
    seek(to, { tween: true, user: true });
    announce(to);
  }
  const next = () => step(recording.nextStop(heading()));
  const previous = () => step(recording.previousStop(heading()));

  function stepFrame(direction) {
    const index = recording.indexAt(heading());
    const frame = direction > 0 ? Math.floor(index + 1e-4) + 1 : Math.ceil(index - 1e-4) - 1;
    scrub(recording.times[clamp(frame, 0, recording.count - 1)]);
  }

  function scrub(to) {
    seek(to, { user: true });
    pause();
  }

  // ----- selection and view

  function select(word) {
    const chosen = Number.isInteger(word) && word >= 0 && word < recording.words.length ? word : null;
    if (chosen === selected) return;
    selected = chosen;
    neighbours = recording.neighboursOf(selected);
    if (selected !== null) controls.announce(`${recording.words[selected]}, ${rankOf(recording, selected, say)}`);
    invalidate();
    emit("select", selected);
  }

  function setMode(mode) {
    if (mode !== "2d" && mode !== "3d") return;
    const to = mode === "3d" ? 1 : 0;
    spin = null;
    camera.mode = mode;
    toolbar.setMode(mode);
    turn = isReduced() ? null : { from: camera.blend, to, length: 300 };
    if (!turn) camera.blend = to;
    invalidate();
  }

  /** Turn the 3-D view to these angles. */
  function turnTo(yaw, pitch) {
    Object.assign(camera, { yaw, pitch });
    invalidate();
  }

  function resetView() {
    spin = null;
    camera.reset();
    invalidate();
  }

  function hover(x, y) {
    const word = Number.isFinite(x) && !recording.empty ? projection.pick(x, y) : null;
    if (word === hovered) return;
    hovered = word;
    invalidate();
  }

  function click(x, y) {
    const word = recording.empty ? null : projection.pick(x, y);
    if (word === null) return;
    hovered = word; // a tap has no hover of its own
    select(word === selected ? null : word);
    invalidate();
  }

  function zoom(factor) {
    camera.zoomAt(factor, 0, 0);
    invalidate();
  }

  // ----- keyboard

  const KEYS = {
    " ": () => (playing ? pause() : play()),
    ArrowLeft: (event) => (event.shiftKey ? previous() : stepFrame(-1)),
    ArrowRight: (event) => (event.shiftKey ? next() : stepFrame(1)),
    n: next,
    p: previous,
    Home: () => scrub(recording.first),
    End: () => scrub(recording.last),
    "+": () => zoom(1.25),
    "=": () => zoom(1.25),
    "-": () => zoom(0.8),
    "/": () => toolbar.search.input.focus(),
    Escape: () => { toolbar.search.clear(); select(null); },
    2: () => setMode("2d"),
    3: () => setMode("3d"),
  };
  const TURNS = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };

  function onKey(event) {
    if (event.target !== stage || event.ctrlKey || event.metaKey) return;
    if (event.altKey) {
      if (camera.mode !== "3d" || !Object.hasOwn(TURNS, event.key)) return;
      camera.rotate(...TURNS[event.key]);
      invalidate();
    } else if (Object.hasOwn(KEYS, event.key)) {
      if (!recording.empty || event.key === "/") KEYS[event.key](event);
    } else return;
    event.preventDefault();
  }

  // ----- data and theme

  function setData(data) {
    const fresh = data.key !== recording.key || data.words?.length !== recording.words.length;
    const started = !recording.empty;
    recording = new Recording(data);
    if (fresh) {
      toolbar.search.setWords(recording.words);
      toolbar.search.clear();
      scene.labels.forget();
      projection.allocate(0); // nothing of the old words can be picked
      resetView();
      [hovered, away, tween] = [null, false, null];
      select(null);
      stage.setAttribute("aria-label", say("cloud", { n: recording.words.length }));
    }
    neighbours = recording.neighboursOf(selected);
    controls.setRecording(recording);
    if (!started && !recording.follow) time = recording.first;
    time = recording.clampTime(time);
    if (tween) tween.to = recording.clampTime(tween.to);
    if (recording.follow && !away) seek(recording.last, { tween: started && !fresh, length: 250 });
    if (recording.count < 2) pause();
    invalidate();
  }

  function setTheme(theme) {
    const full = { ...SYSTEM_THEME, ...theme };
    for (const host of [stage, bar, tools]) {
      for (const name of Object.keys(SYSTEM_THEME)) host.style.setProperty(`--pl-${name}`, full[name]);
    }
    scene.setTheme(full);
    invalidate();
  }

  /** Frames a second over the last second of uninterrupted animation. */
  function framesPerSecond() {
    let i = stamps.length - 1;
    const latest = stamps[i];
    while (i > 0 && stamps[i] - stamps[i - 1] < 250 && latest - stamps[i - 1] <= 1000) i--;
    const span = latest - stamps[i];
    return span > 0 ? ((stamps.length - 1 - i) * 1000) / span : 0;
  }

  function destroy() {
    alive = false;
    playing = false;
    cancelAnimationFrame(request);
    clearTimeout(timer);
    abort.abort();
    observer.disconnect();
    Object.values(listeners).forEach((callbacks) => callbacks.clear());
    [scene.canvas, tooltip.root, help, controls.root, toolbar.root].forEach((node) => node.remove());
    ["tabindex", "role", "aria-label", "aria-describedby"].forEach((name) => stage.removeAttribute(name));
    stage.classList.remove("pl-stage");
  }

  // ----- wiring

  const controls = new Bar(bar, {
    toggle: () => (playing ? pause() : play()),
    previous, next, scrub,
    frame: stepFrame,
    jump: (by) => scrub(clamp(heading() + by, recording.first, recording.last)),
    speed: (value) => { speed = value; },
  }, signal, say);
  const toolbar = new Tools(tools, {
    mode: setMode, select, reset: resetView,
    hits: (words) => { hits = words; invalidate(); },
  }, signal, say);
  const help = element("span", { class: "pl-hidden", id: `pl-${Math.random().toString(36).slice(2)}` }, say("help"));
  stage.append(help);
  stage.classList.add("pl-stage");
  const roles = { tabindex: 0, role: "application", "aria-label": say("words"), "aria-describedby": help.id };
  for (const [name, value] of Object.entries(roles)) stage.setAttribute(name, value);
  listenToPointer(stage, camera, {
    hover, click, reset: resetView, moved: invalidate,
    spin: (velocity) => { spin = isReduced() ? null : velocity; invalidate(); },
  }, signal);
  stage.addEventListener("keydown", onKey, { signal });
  motion.addEventListener("change", () => { if (playing) { pause(); play(); } }, { signal });
  // A resized canvas is blank until drawn: draw at once, in the same frame.
  const observer = new ResizeObserver(draw);
  controls.setRecording(recording);
  setTheme({});
  observer.observe(stage);

  return {
    setData, setTheme, seek, play, pause, next, previous, select, setMode, turnTo, destroy,
    get time() { return time; },
    get playing() { return playing; },
    get selected() { return selected; },
    on(event, callback) {
      listeners[event]?.add(callback);
      return () => listeners[event]?.delete(callback);
    },
    stats: () => ({
      fps: framesPerSecond(), frames: frameCount, drawn: scene.drawn, labels: scene.labels.list(),
    }),
  };
}
