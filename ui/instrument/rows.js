// One row per feature, and one above the levels of a column. Rows draw what the server computed;
// what a person does goes to the panel.

class Slider {
  constructor(label, on) {
    this.track = element("div", "track");
    this.fill = element("div", "fill");
    this.input = element("input", "slider");
    Object.assign(this.input, { type: "range", min: -LIMIT, max: LIMIT, step: 0.1 });
    this.input.setAttribute("aria-label", label);
    this.input.addEventListener("input", () => on.move(Number(this.input.value)));
    this.input.addEventListener("change", () => on.release());
    this.input.addEventListener("keydown", (event) => this.key(event, on));
    this.input.addEventListener("keyup", () => on.release());
    this.input.addEventListener("blur", () => on.release());
    this.track.append(element("div", "zero"), this.fill, this.input);
  }

  set(score, inWords) {
    this.score = score;
    this.input.value = score;
    put(this.input, "aria-valuetext", inWords);
    place(this.fill, Math.min(0, score) / LIMIT, Math.max(0, score) / LIMIT);
  }

  // Arrow keys move to the next whole score, with Shift by a tenth. A key that is held down is
  // one edit, which ends when it is let go.
  key(event, on) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const up = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const to = { Home: -LIMIT, End: LIMIT, 0: 0 }[event.key];
    if (up) {
      const whole = up > 0 ? Math.floor(this.score) + 1 : Math.ceil(this.score) - 1;
      on.move(event.shiftKey ? this.score + up / 10 : whole);
    } else if (to !== undefined) {
      on.move(to);
    } else if (!on.key(event.key)) {
      return;
    }
    event.preventDefault();
    if (!event.repeat) on.release();
  }
}

class Row {
  constructor(panel, feature, grouped) {
    this.panel = panel;
    this.feature = feature;
    this.root = element("div", grouped ? "row level" : "row");
    this.name = element("span", "name");
    this.name.dir = "auto";
    this.slider = new Slider(feature.title, {
      move: (score) => this.move(score),
      release: () => this.release(),
      key: (key) => this.key(key),
    });
    this.slider.input.dataset.feature = feature.name;
    this.slider.input.addEventListener("focus", () => panel.choose(this));
    this.spread = element("div", "spread");
    this.mark = element("div", "mark");
    this.slider.track.prepend(this.spread);
    this.slider.track.append(this.mark);

    this.box = element("input", "box");
    // Not of the type "number", which takes neither a proper minus nor a plus.
    Object.assign(this.box, { type: "text", inputMode: "decimal", tabIndex: -1 });
    this.box.setAttribute("aria-label", `Score of ${feature.title}`);
    this.box.title = `From −${LIMIT} to ${LIMIT}`;
    this.box.addEventListener("change", () => this.typed());
    this.box.addEventListener("focus", () => panel.choose(this));

    this.undo = button("icon undo", "↺", `Reset ${feature.title}`, () => this.reset());
    this.lock = button("icon lock", "", "", () => this.toggleLock());
    this.lock.append(padlock());
    this.doubt = button("icon doubt", "≈", "", () => this.toggleDoubt());
    this.unuse = button("icon unuse", "∅", "", () => this.toggleUnused());
    // The keys Delete, L, U and X do the same.
    for (const node of [this.undo, this.lock, this.doubt, this.unuse]) node.tabIndex = -1;
    this.weight = element("span", "weight");
    this.model = new Bars(["target", "laat", "baseline"]);
    this.rows = new Bars(["interval", "middle"]);
    this.flag = element("span", "flag");
    this.root.append(
      this.name, this.slider.track, this.box, this.undo, this.lock, this.doubt, this.unuse,
      this.weight, this.model.root, this.rows.root, this.flag,
    );
    this.root.addEventListener("click", () => panel.choose(this));
    this.root.addEventListener("mouseenter", () => panel.glance(this));
  }

  // What the server says; a score that is on its way there stays.
  update(feature, result, busy) {
    this.feature = feature;
    if (!busy && !this.held) {
      this.set(feature.score);
      this.recorded = feature.score;
    }
    const proposed = feature.proposed !== null;
    this.mark.hidden = !proposed;
    if (proposed) place(this.mark, feature.proposed / LIMIT, feature.proposed / LIMIT);
    this.spread.hidden = !feature.spread;
    if (feature.spread) place(this.spread, ...feature.spread.map((score) => score / LIMIT));
    this.root.classList.toggle("locked", feature.locked);
    // Not disabled: it would lose the focus, and with it the key that unlocks it.
    this.slider.input.setAttribute("aria-disabled", feature.locked);
    this.box.disabled = feature.locked;
    const what = `${feature.locked ? "Unlock" : "Lock"} ${feature.title}`;
    put(this.lock, "title", what);
    put(this.lock, "aria-label", what);
    put(this.lock, "aria-pressed", feature.locked);
    this.root.classList.toggle("doubted", feature.doubted);
    const why = feature.unused ? "Its score does not count"
      : feature.locked ? "What is locked is sure" : "Unsure of this score: it is held loosely";
    put(this.doubt, "title", why);
    put(this.doubt, "aria-label", `Unsure of ${feature.title}`);
    put(this.doubt, "aria-pressed", feature.doubted);
    this.doubt.disabled = feature.locked || feature.unused;
    this.root.classList.toggle("unused", feature.unused);
    put(this.unuse, "title", feature.unused ? "Let the model use it again" : "Do not use: the model is not to decide by it");
    put(this.unuse, "aria-label", `Do not use ${feature.title}`);
    put(this.unuse, "aria-pressed", feature.unused);
    write(this.flag, feature.conflicts.length ? "⚑" : "");
    put(this.flag, "title", feature.conflicts.join("\n"));
    this.showResult(result);
  }

  showResult(result) {
    const known = result && this.feature.laat !== null;
    write(this.weight, known ? signed(this.feature.weight, 2) : "");
    put(this.weight, "title", this.feature.held);
    this.root.classList.toggle("loose", this.feature.loose);
    const { laat, baseline, weight, rows } = this.feature;
    this.model.show(known ? { target: [weight, weight], laat: [0, laat], baseline: [0, baseline] }
                          : {}, result?.scale);
    this.rows.show(rows ? { interval: rows.slice(1), middle: [rows[0], rows[0]] } : {}, 1);
  }

  label(alone) {
    this.name.textContent = alone ? this.feature.title : this.feature.label;
    this.name.title = this.feature.title;
  }

  set(score) {
    this.score = score;
    this.slider.set(score, this.inWords());
    if (this.box !== this.box.getRootNode().activeElement) this.box.value = signed(score);
    this.undo.classList.toggle("idle", rounded(score) === rounded(this.feature.original));
    if (this.panel.detail.shown === this) this.panel.detail.refresh();
  }

  inWords() {
    return `${this.panel.inWords(this.score)}${this.feature.unused ? ", not used" : ""}`;
  }

  move(score) {
    if (this.feature.locked) {
      this.set(this.score); // the browser has moved the thumb
      return;
    }
    const to = clipped(score);
    if (to === this.score) return;
    this.held = true;
    this.set(to);
    this.panel.move({ [this.feature.name]: to });
  }

  // What has been moved becomes an edit.
  release() {
    if (!this.held) return;
    this.held = false;
    this.panel.edit([this], "move");
  }

  to(score, how) {
    this.move(score);
    this.held = false;
    this.panel.edit([this], how);
  }

  typed() {
    const score = parsed(this.box.value);
    if (score !== null) this.to(score, "move");
    this.box.value = signed(this.score);
  }

  reset() {
    this.to(this.feature.original, "reset");
  }

  toggleLock() {
    this.panel.act({ kind: "lock", features: [this.feature.name], locked: !this.feature.locked });
  }

  toggleDoubt() {
    const { name, locked, doubted, unused } = this.feature;
    if (locked || unused) return;
    this.panel.act({ kind: "doubt", features: [name], doubted: !doubted });
  }

  toggleUnused() {
    this.panel.act({ kind: "unuse", features: [this.feature.name], unused: !this.feature.unused });
  }

  key(key) {
    const does = {
      Delete: () => this.reset(),
      Backspace: () => this.reset(),
      f: () => this.to(-this.score, "flip"),
      z: () => this.to(0, "zero"),
      l: () => this.toggleLock(),
      u: () => this.toggleDoubt(),
      x: () => this.toggleUnused(),
      n: () => this.panel.detail.note.focus(),
    }[key];
    does?.();
    return Boolean(does);
  }
}

// All levels of a column at once: they are moved together, by the same amount.
class Group {
  constructor(panel, label, rows, open) {
    this.panel = panel;
    this.rows = rows;
    this.root = element("div", "row group");
    this.button = button("name open", label, `Levels of ${label}`, () => this.toggle(!this.open));
    this.flag = element("span", "flag");
    this.slider = new Slider(`All levels of ${label}`, {
      move: (score) => this.move(score),
      release: () => this.release(),
      key: (key) => this.key(key),
    });
    this.count = element("span", "count", `${rows.length}`);
    this.count.title = `${rows.length} levels`;
    this.unuse = button("icon unuse", "∅", `Do not use any level of ${label}`, () => this.toggleUnused());
    this.unuse.tabIndex = -1; // the key X does the same
    this.root.append(this.button, this.slider.track, this.count, this.unuse, this.flag);
    this.body = element("div", "levels");
    this.toggle(open);
  }

  toggle(open) {
    this.open = open;
    this.body.hidden = !open;
    this.button.setAttribute("aria-expanded", open);
    if (this.slider.score !== undefined) this.update();
  }

  update() {
    const flagged = this.rows.filter((row) => row.feature.conflicts.length).length;
    write(this.flag, flagged && !this.open ? `⚑${flagged}` : "");
    put(this.flag, "title", `${flagged} of the levels are contradicted`);
    this.unused = this.rows.every((row) => row.feature.unused);
    this.root.classList.toggle("unused", this.unused);
    put(this.unuse, "aria-pressed", this.unused);
    if (this.starts) return;
    const mean = this.rows.reduce((sum, row) => sum + row.score, 0) / this.rows.length;
    this.slider.set(clipped(mean), `mean ${signed(mean)}`);
  }

  toggleUnused() {
    const features = this.rows.map((row) => row.feature.name);
    this.panel.act({ kind: "unuse", features, unused: !this.unused });
  }

  key(key) {
    if (key === "x") this.toggleUnused();
    return key === "x";
  }

  move(score) {
    const free = this.rows.filter((row) => !row.feature.locked);
    if (!this.starts) {
      this.starts = new Map(free.map((row) => [row, row.score]));
      this.from = this.slider.score;
    }
    const by = score - this.from;
    this.slider.set(clipped(score), signed(score));
    for (const [row, start] of this.starts) {
      row.held = true;
      row.set(clipped(start + by));
    }
    this.panel.move(Object.fromEntries(free.map((row) => [row.feature.name, row.score])));
  }

  release() {
    if (!this.starts) return;
    const moved = [...this.starts.keys()];
    this.starts = null;
    for (const row of moved) row.held = false;
    this.panel.edit(moved, "move");
  }
}

// Small bars and marks on one scale with zero in the middle.
class Bars {
  constructor(kinds) {
    this.root = element("div", "bars");
    this.root.append(element("div", "zero"));
    this.parts = new Map(kinds.map((kind) => [kind, element("div", kind)]));
    this.root.append(...this.parts.values());
  }

  show(spans, scale) {
    for (const [kind, node] of this.parts) {
      const span = spans[kind];
      node.hidden = !span;
      if (span) place(node, Math.min(...span) / (scale || 1), Math.max(...span) / (scale || 1));
    }
  }
}
