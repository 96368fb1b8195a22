// A window slides over a sentence and deals out the pairs of words that it holds together.

import { element, loadStyle } from "./common.js";

const PAUSE_MS = 900;
const views = new WeakMap();

class Sliding {
  constructor(root) {
    this.box = element("div", "st-window", root);
    this.line = element("div", "st-line", this.box);
    this.dealt = element("div", "st-dealt", this.box);
    this.play = element("button", "", this.box);
    this.next = element("button", "", this.box);
    this.play.type = this.next.type = "button";
    this.note = element("p", "", this.box);
    this.play.addEventListener("click", () => (this.timer ? this.stop() : this.start()));
    this.next.addEventListener("click", () => { this.stop(); this.step(); });
  }

  update(data) {
    const fresh = !this.data || JSON.stringify(this.data.words) !== JSON.stringify(data.words);
    this.data = data;
    this.next.textContent = data.labels.next;
    this.note.textContent = data.labels.note;
    if (fresh) {
      this.line.replaceChildren(...data.words.map((word) => element("span", "", null, word)));
      this.at = 0;
      if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.start();
    }
    this.show();
  }

  start() {
    if (this.at >= this.data.words.length - 1) this.at = 0;
    clearInterval(this.timer);
    this.timer = setInterval(() => this.step(), PAUSE_MS);
    this.show();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.show();
  }

  step() {
    const last = this.data.words.length - 1;
    if (this.timer && this.at >= last - 1) this.stop();
    this.at = this.at >= last ? 0 : this.at + 1;
    this.show();
  }

  show() {
    const { words, reach, labels } = this.data;
    this.play.textContent = this.timer ? labels.pause : labels.play;
    [...this.line.children].forEach((span, n) => {
      span.dataset.in = n === this.at ? "centre" : String(Math.abs(n - this.at) <= reach);
    });
    const pairs = [];
    for (let n = Math.max(0, this.at - reach); n <= Math.min(words.length - 1, this.at + reach); n++) {
      if (n !== this.at) pairs.push(element("span", "", null, `${words[this.at]} · ${words[n]}`));
    }
    this.dealt.replaceChildren(...pairs);
    this.box.dataset.at = this.at;
  }

  destroy() {
    clearInterval(this.timer);
    this.box.remove();
  }
}

export function render({ data, parentElement }) {
  loadStyle(data.style);
  if (!views.has(parentElement)) views.set(parentElement, new Sliding(parentElement));
  views.get(parentElement).update(data);
  return () => setTimeout(() => {
    if (parentElement.isConnected || !views.has(parentElement)) return;
    views.get(parentElement).destroy();
    views.delete(parentElement);
  }, 500);
}
