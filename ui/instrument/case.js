// One row of the table, or one that is typed: what both models say of it, and why.

class Case {
  constructor(panel) {
    this.panel = panel;
    this.root = element("section", "case");
    this.root.setAttribute("aria-label", "One row");
    this.picker = element("div", "picker");
    this.position = element("input", "box position");
    Object.assign(this.position, { type: "text", inputMode: "numeric" });
    this.position.setAttribute("aria-label", "Number of the row");
    this.position.addEventListener("change", () => this.pick(parsed(this.position.value)));
    this.of = element("span", "aside");
    this.picker.append(
      "Row ", button("plain", "◂", "The row before", () => this.pick(this.data.position - 1)),
      this.position, button("plain", "▸", "The next row", () => this.pick(this.data.position + 1)),
      this.of,
      button("plain", "Usual case", "Every column at its usual value", () => this.say("usual", {})),
    );
    this.problem = element("p", "conflict");
    this.models = element("div", "models");
    this.remarks = element("p", "aside");
    this.columns = element("div", "case-columns");
    this.most = element("div", "most");
    this.root.append(this.picker, this.problem, this.models, this.remarks, this.columns, this.most);
    this.lines = new Map();
  }

  say(what, about) {
    this.panel.act({ kind: "case", what, ...about });
  }

  pick(position) {
    if (position !== null) this.say("row", { position });
  }

  show(data) {
    this.data = data;
    if (this.position !== this.position.getRootNode().activeElement) {
      this.position.value = data.position ?? "";
    }
    this.of.textContent = `of ${data.n_rows.toLocaleString("en")}${data.label}`;
    this.problem.textContent = data.problem;
    this.problem.hidden = !data.problem;
    this.remarks.textContent = data.remarks.join(" ");
    this.models.replaceChildren(...this.probabilities(data.models));
    const names = data.columns.map((column) => column.name).join("\n");
    if (names !== this.names) this.build(data.columns);
    this.names = names;
    const scale = Math.max(1e-9, ...data.columns.flatMap((c) => [c.laat, c.baseline]).map(Math.abs));
    for (const column of data.columns) this.lines.get(column.name).show(column, scale);
    this.showMost(data);
  }

  build(columns) {
    const head = element("div", "case-head");
    const usual = element("span", "", "if usual");
    usual.title = "What the LAAT model would say if this column alone were as usual.";
    head.append(element("span", "", "column"), element("span", "", "value"),
                element("span", "", "speaks against ← | → for"), usual);
    this.lines = new Map(columns.map((column) => [column.name, new CaseLine(this, column)]));
    this.columns.replaceChildren(head, ...[...this.lines.values()].map((line) => line.root));
  }

  // Probabilities, since people do not read log-odds.
  probabilities(models) {
    if (!models.length) return [];
    const said = sentence("p", "aside", ["Probability of ", ["bdi", this.panel.words.outcome],
      "; the range holds 8 of 10 of the models, the mark is the usual case."]);
    return [said, ...models.map((model) => this.model(model))];
  }

  model({ name, color, probability, low, high, usual }) {
    const line = element("div", "probability");
    const bar = element("div", "bar");
    const fill = element("div", "fill");
    fill.style.width = `${100 * probability}%`;
    fill.style.background = color;
    const range = element("div", "range");
    range.style.left = `${100 * low}%`;
    range.style.width = `${100 * (high - low)}%`;
    const mark = element("div", "usual");
    mark.style.left = `${100 * usual}%`;
    mark.title = `the usual case: ${percent(usual)}`;
    bar.append(fill, range, mark);
    const said = element("b", "", percent(probability));
    line.append(element("span", "", name), bar, said,
                element("span", "aside", `${percent(low)} to ${percent(high)}`));
    return line;
  }

  showMost({ sliders, work, models }) {
    const ask = button("plain", "Which slider moves this row most?", "Which slider moves this row most?",
                       () => this.say("sliders", {}));
    if (work !== null) {
      this.most.replaceChildren(element("p", "aside", `trying every slider … ${percent(work)}`));
    } else if (!sliders) {
      this.most.replaceChildren(...(models.length ? [ask] : []));
    } else {
      const list = element("ol");
      for (const { title, change } of sliders) {
        const item = element("li");
        item.append(isolated(title), `: one point more, ${signed(100 * change, 1)} percentage points`);
        list.append(item);
      }
      this.most.replaceChildren(element("p", "title", "Moves this row most:"), list);
    }
  }
}

class CaseLine {
  constructor(owner, column) {
    this.owner = owner;
    this.root = element("div", "case-line");
    this.name = element("span", "name", column.label);
    this.name.title = column.label;
    this.name.dir = "auto";
    if (column.levels) {
      this.input = element("select", "order");
      for (const level of ["", ...column.levels]) this.input.add(new Option(level || "missing", level));
    } else {
      this.input = element("input", "box");
      this.input.type = "text";
      this.input.placeholder = "missing";
    }
    this.input.setAttribute("aria-label", column.label);
    this.input.addEventListener("change", () => {
      owner.say("value", { column: column.name, value: this.input.value });
    });
    this.bars = new Bars(["laat", "baseline"]);
    this.without = element("span", "aside");
    this.root.append(this.name, this.input, this.bars.root, this.without);
  }

  show(column, scale) {
    if (this.input !== this.input.getRootNode().activeElement || column.levels) {
      this.input.value = column.value;
    }
    this.bars.show({ laat: [0, column.laat], baseline: [0, column.baseline] }, scale);
    this.without.textContent = column.without === null ? "" : percent(column.without);
    this.without.title = "What the LAAT model would say if this column alone were as usual.";
  }
}
