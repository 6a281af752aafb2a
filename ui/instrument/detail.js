// What is known of one feature, what can be done to it, and why it was edited.

class Detail {
  constructor(panel) {
    this.panel = panel;
    this.root = element("section", "detail");
    this.root.setAttribute("aria-label", "The chosen feature");
    this.words = element("div", "words");
    this.words.setAttribute("aria-live", "polite");
    this.words.tabIndex = 0; // what scrolls must be scrolled by keys, too
    this.hint = element(
      "p", "hint", "Choose a feature to read what it means, why it has its score, and what the " +
      "models make of it. Keys: arrows move, Shift for tenths, 0 zero, F flip, L lock, " +
      "U unsure, X not used, Delete reset, N note, / filter, Ctrl+Z back, Ctrl+Shift+Z forward.",
    );
    this.actions = element("div", "actions");
    this.actions.append(
      button("plain", "Zero", "Set to 0 (Z)", () => this.row.to(0, "zero")),
      button("plain", "Flip", "Turn the sign (F)", () => this.row.to(-this.row.score, "flip")),
      button("plain", "Reset", "Back to where it came from (Delete)", () => this.row.reset()),
      button("plain lock", "Lock", "Keep from being changed (L)", () => this.row.toggleLock()),
      button("plain doubt", "Unsure", "Hold this score loosely (U)", () => this.row.toggleDoubt()),
      button("plain unuse", "Not used", "Keep the model from deciding by it (X)", () => this.row.toggleUnused()),
    );
    this.note = element("input", "note");
    Object.assign(this.note, { type: "text", maxLength: 300, placeholder: "Why? (optional)" });
    this.note.setAttribute("aria-label", "Why this edit was made");
    this.note.addEventListener("change", () => this.write());
    this.note.addEventListener("keydown", ({ key }) => {
      if (key === "Enter" || key === "Escape") this.row.slider.input.focus();
    });
    this.actions.append(this.note);
    this.root.append(this.words, this.actions);
    this.show(null);
  }

  write() {
    this.panel.act({ kind: "note", feature: this.row.feature.name, text: this.note.value });
  }

  // Glanced at, a feature shows its words; chosen, also what can be done to it.
  show(row, glanced) {
    if (!glanced) this.row = row;
    this.shown = row;
    this.actions.hidden = !this.row || Boolean(glanced && row !== this.row);
    if (!row) {
      this.words.replaceChildren(this.hint);
      return;
    }
    const { feature, score } = row;
    const title = element("p", "title");
    title.append(isolated(feature.title), ` ${signed(score)}: ${row.inWords()}`);
    const lines = [title];
    if (feature.description) lines.push(this.line("", feature.description));
    for (const said of feature.conflicts) lines.push(element("p", "conflict", `⚑ ${said}`));
    lines.push(...this.ledger(feature));
    this.words.replaceChildren(...lines);
    if (glanced) return;
    const lock = this.actions.querySelector(".lock");
    lock.textContent = feature.locked ? "Unlock" : "Lock";
    put(this.actions.querySelector(".doubt"), "aria-pressed", feature.doubted);
    put(this.actions.querySelector(".unuse"), "aria-pressed", feature.unused);
    for (const node of this.actions.querySelectorAll(".plain:not(.lock, .unuse)")) {
      node.disabled = feature.locked || (feature.unused && node.matches(".doubt"));
    }
    if (this.note !== this.note.getRootNode().activeElement) this.note.value = feature.why;
    const edited = feature.edited || row.touched; // a reset has a reason too
    this.note.disabled = !edited;
    this.note.placeholder = edited ? "Why? (optional)" : "Why? (once it is edited)";
  }

  // As things stand now; rows are made anew with another table.
  refresh() {
    if (!this.shown) return;
    const row = this.panel.rows.get(this.shown.feature.name) ?? null;
    this.show(row, row !== null && this.row === null);
  }

  ledger(feature) {
    const lines = [];
    if (feature.laat !== null) {
      lines.push(this.line(
        `Weight ${signed(feature.weight, 2)} · attribution of the LAAT model ` +
        `${signed(feature.laat, 2)}, of the baseline ${signed(feature.baseline, 2)}`, ""));
    }
    if (feature.held) lines.push(this.line(feature.held, ""));
    if (feature.evidence) lines.push(this.line(feature.evidence, ""));
    if (feature.proposed !== null) {
      const [low, high] = feature.spread ?? [0, 0];
      const spread = low === high ? "" : `, estimates from ${signed(low)} to ${signed(high)}`;
      lines.push(this.line(`${feature.origin}: ${signed(feature.proposed)}${spread}. `,
                           feature.reasons.join(" · ")));
    }
    return lines;
  }

  line(lead, text) {
    const line = element("p", "about", lead);
    if (text) line.append(isolated(text));
    return line;
  }
}
