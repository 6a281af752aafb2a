// Draws one row per feature and sends scores; everything shown was computed by the server.
// All text comes from a table, a file or an LLM: it is set as text, never as HTML.

const LIMIT = 10;
const PATIENCE = 10000; // ms until an answer counts as lost
const panels = new WeakMap();

export default function (component) {
  const { parentElement, data, setStateValue } = component;
  let panel = panels.get(parentElement);
  if (!panel) {
    panel = new Panel(parentElement);
    panels.set(parentElement, panel);
  }
  panel.send = (message) => setStateValue("edit", message);
  panel.show(data);
}

class Panel {
  constructor(parent) {
    this.root = element("div", "panel");
    parent.appendChild(this.root);
    this.number = 0; // of the last message sent
    this.waiting = false; // for the answer to it
    this.pending = null; // scores moved since
  }

  show(data) {
    const rebuilt = data.epoch !== this.epoch;
    if (rebuilt) this.build(data);
    const features = this.features(data);
    this.largest = Math.max(...[...features.values()].map((f) => Math.abs(f.weight))) || 1;
    this.rows.forEach((row, name) => row.update(features.get(name), rebuilt));
    if (data.received >= this.number || rebuilt) {
      this.waiting = false;
      this.flush();
    }
    this.describe(this.focused);
  }

  features(data) {
    return new Map(data.columns.flatMap((column) => column.features.map((f) => [f.name, f])));
  }

  build(data) {
    const scrolled = this.list ? this.list.scrollTop : 0;
    this.epoch = data.epoch;
    this.outcome = data.outcome;
    this.opposite = data.opposite;
    this.number = Math.max(this.number, data.received);
    this.pending = null;
    this.rows = new Map();
    this.list = element("div", "list");
    for (const column of data.columns) {
      const grouped = column.features.length > 1;
      if (grouped) {
        const heading = element("div", "heading", column.label);
        heading.dir = "auto";
        heading.title = column.label;
        this.list.appendChild(heading);
      }
      for (const feature of column.features) {
        const row = new Row(this, feature, grouped);
        this.rows.set(feature.name, row);
        this.list.appendChild(row.root);
      }
    }
    this.detail = element("div", "detail");
    this.detail.setAttribute("aria-live", "polite");
    this.root.replaceChildren(this.direction(), this.list, this.detail);
    this.list.scrollTop = scrolled;
    if (!this.rows.has(this.focused)) this.focused = null;
  }

  direction() {
    const line = element("div", "direction");
    const against = element("span", "against");
    against.append("← for ", isolated(this.opposite));
    const favour = element("span", "favour");
    favour.append("for ", isolated(this.outcome), " →");
    const weight = element("span", "weight-title", "weight");
    weight.title = "What the score gets once all scores together have length 1: the target.";
    line.append(against, favour, weight);
    return line;
  }

  // While an answer is under way, moves are gathered: the last one always wins.
  edit(name, score) {
    this.pending = { ...this.pending, [name]: score };
    this.describe(name);
    this.flush();
  }

  flush() {
    if (!this.pending || (this.waiting && Date.now() - this.sent < PATIENCE)) return;
    this.number += 1;
    this.waiting = true;
    this.sent = Date.now();
    const scores = this.pending;
    this.pending = null;
    this.send({ epoch: this.epoch, number: this.number, scores });
  }

  describe(name) {
    this.focused = name ?? null;
    const row = this.rows.get(this.focused);
    if (!row) {
      this.detail.replaceChildren(
        element("p", "hint", "Point at a feature to read what it means and why it has its score."),
      );
      return;
    }
    const feature = row.feature;
    const title = element("p", "title");
    title.append(isolated(feature.title), ` ${signed(row.score)}: ${this.inWords(row.score)} `);
    if (row.score !== 0) title.append(isolated(row.score > 0 ? this.outcome : this.opposite));
    const lines = [title];
    if (feature.description) lines.push(textLine("about", "", feature.description));
    if (feature.proposed !== null) {
      const [low, high] = feature.spread ?? [0, 0];
      const spread = low === high ? "" : `, estimates from ${signed(low)} to ${signed(high)}`;
      lines.push(textLine("about", `${feature.origin}: ${signed(feature.proposed)}${spread}. `,
                          feature.reasons.join(" · ")));
    }
    this.detail.replaceChildren(...lines);
  }

  inWords(score) {
    const size = Math.abs(score);
    if (size === 0) return "no bearing on the outcome";
    if (size <= 2) return "speaks weakly for";
    if (size <= 5) return "speaks moderately for";
    if (size <= 8) return "speaks strongly for";
    return "speaks very strongly for";
  }
}

class Row {
  constructor(panel, feature, grouped) {
    this.panel = panel;
    this.feature = feature;
    this.root = element("div", grouped ? "row level" : "row");
    this.name = element("label", "name", feature.label);
    this.name.dir = "auto";
    this.name.title = feature.title;

    this.track = element("div", "track");
    if (feature.spread) this.track.appendChild(span("spread", ...feature.spread));
    this.fill = element("div", "fill");
    this.track.append(element("div", "zero"), this.fill);
    if (feature.proposed !== null) this.track.appendChild(mark(feature));

    this.slider = element("input", "slider");
    Object.assign(this.slider, { type: "range", min: -LIMIT, max: LIMIT, step: 0.1 });
    this.slider.setAttribute("aria-label", feature.title);
    this.slider.dataset.feature = feature.name;
    this.slider.addEventListener("input", () => this.move(Number(this.slider.value)));
    this.slider.addEventListener("keydown", (event) => this.key(event));
    this.slider.addEventListener("focus", () => panel.describe(feature.name));
    this.track.appendChild(this.slider);

    this.box = element("input", "box");
    // Not of the type "number", which takes neither a proper minus nor a plus.
    Object.assign(this.box, { type: "text", inputMode: "decimal", tabIndex: -1 });
    this.box.setAttribute("aria-label", `Score of ${feature.title}`);
    this.box.addEventListener("change", () => this.typed());
    this.box.title = `From −${LIMIT} to ${LIMIT}`;
    this.box.addEventListener("focus", () => panel.describe(feature.name));

    this.undo = element("button", "undo", "↺");
    this.undo.title = "Take this edit back";
    this.undo.setAttribute("aria-label", `Reset ${feature.title}`);
    this.undo.addEventListener("click", () => this.move(this.feature.original));

    this.weight = element("span", "weight");
    this.root.append(this.name, this.track, this.box, this.undo, this.weight);
    this.root.addEventListener("mouseenter", () => panel.describe(feature.name));
  }

  update(feature, fresh) {
    this.feature = feature;
    const moved = this.panel.waiting || (this.panel.pending && feature.name in this.panel.pending);
    if (fresh || !moved) this.set(feature.score);
    this.weight.textContent = feature.weight === null ? "" : signed(feature.weight, 2);
    this.weight.style.setProperty("--size", Math.abs(feature.weight) / this.panel.largest);
  }

  set(score) {
    this.score = score;
    this.slider.value = score;
    if (this.box !== this.box.getRootNode().activeElement) this.box.value = signed(score);
    const target = score > 0 ? this.panel.outcome : this.panel.opposite;
    this.slider.setAttribute(
      "aria-valuetext",
      `${signed(score)}: ${this.panel.inWords(score)}${score === 0 ? "" : ` ${target}`}`,
    );
    place(this.fill, Math.min(0, score), Math.max(0, score));
    this.undo.classList.toggle("idle", rounded(score) === rounded(this.feature.original));
  }

  move(score) {
    const limited = rounded(Math.max(-LIMIT, Math.min(LIMIT, score)));
    if (limited === this.score) return;
    this.set(limited);
    this.panel.edit(this.feature.name, limited);
  }

  typed() {
    const score = Number(this.box.value.replace(",", ".").replace("−", "-"));
    if (this.box.value.trim() !== "" && Number.isFinite(score)) this.move(score);
    this.box.value = signed(this.score);
  }

  // Arrow keys move to the next whole score; with Shift by a tenth.
  key(event) {
    const up = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!up || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const whole = up > 0 ? Math.floor(this.score) + 1 : Math.ceil(this.score) - 1;
    this.move(event.shiftKey ? this.score + up / 10 : whole);
  }
}

function element(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function isolated(text) {
  return element("bdi", "name-in-text", text);
}

function textLine(className, lead, text) {
  const line = element("p", className, lead);
  line.appendChild(isolated(text));
  return line;
}

function place(node, low, high) {
  node.style.setProperty("--low", (low + LIMIT) / (2 * LIMIT));
  node.style.setProperty("--high", (high + LIMIT) / (2 * LIMIT));
}

function span(className, low, high) {
  const node = element("div", className);
  place(node, low, high);
  return node;
}

function mark(feature) {
  const node = span("mark", feature.proposed, feature.proposed);
  node.title = `${feature.origin}: ${signed(feature.proposed)}`;
  return node;
}

function rounded(score) {
  return Math.round(score * 10) / 10;
}

function signed(value, digits) {
  const size = Math.abs(value);
  const text = digits === undefined ? String(rounded(size)) : size.toFixed(digits);
  if (Number(text) === 0) return text;
  return (value > 0 ? "+" : "−") + text;
}
