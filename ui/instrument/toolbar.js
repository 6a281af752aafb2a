// What is done to all scores, which of them are shown, and how things stand.

const ORDERS = {
  table: ["as in the table", null],
  name: ["by name", (a, b) => a.title.localeCompare(b.title)],
  size: ["by size of score", (a, b) => Math.abs(b.score) - Math.abs(a.score)],
  conflict: ["by disagreement", (a, b) => b.disagreement - a.disagreement || apart(b) - apart(a)],
  edit: ["edited first", (a, b) => Math.abs(b.score - b.original) - Math.abs(a.score - a.original)],
  model: ["by attribution", (a, b) => Math.abs(b.laat) - Math.abs(a.laat)],
};

const SLOW = 2000; // ms without an answer until that is said

// How far a score is from its proposal.
function apart({ score, proposed }) {
  return proposed === null ? 0 : Math.abs(score - proposed);
}

class Toolbar {
  constructor(panel) {
    this.panel = panel;
    this.root = element("div", "toolbar");
    this.undo = button("plain", "↶", "Undo", () => panel.act({ kind: "undo" }));
    this.redo = button("plain", "↷", "Redo", () => panel.act({ kind: "redo" }));
    this.filter = element("input", "filter");
    Object.assign(this.filter, { type: "search", placeholder: "Filter" });
    this.filter.setAttribute("aria-label", "Show features whose name or description holds");
    this.filter.addEventListener("input", () => panel.arrange());
    this.order = element("select", "order");
    this.order.setAttribute("aria-label", "Order of the features");
    for (const [key, [label]] of Object.entries(ORDERS)) this.order.add(new Option(label, key));
    this.order.addEventListener("change", () => panel.arrange());
    this.status = element("span", "status");
    this.status.setAttribute("role", "status");
    this.root.append(this.undo, this.redo, this.all(), this.filter, this.order, this.trust(),
                     this.status);
  }

  all() {
    const menu = element("details", "all");
    menu.append(element("summary", "plain", "All scores"));
    const list = element("div", "menu");
    const does = (label, how, score) => {
      const item = button("plain", label, label, () => {
        menu.open = false;
        this.panel.editAll(score, how);
      });
      list.append(item);
    };
    does("Take all edits back", "reset", (row) => row.feature.original);
    does("Set all to zero", "zero", () => 0);
    does("Turn all signs", "flip", (row) => -row.score);
    does("Halve all", "scale", (row) => row.score / 2);
    const lock = (label, locked) => button("plain", label, label, () => {
      menu.open = false;
      this.panel.act({ kind: "lock", features: [...this.panel.rows.keys()], locked });
    });
    does("Double all, up to 10", "scale", (row) => row.score * 2);
    const note = element("p", "aside", "Scores count beside each other: halved or doubled alike, " +
      "they ask for the same, but for those that end at 10.");
    list.append(note, lock("Lock all", true), lock("Unlock all", false));
    menu.append(list);
    menu.addEventListener("focusout", (event) => {
      if (!menu.contains(event.relatedTarget)) menu.open = false;
    });
    return menu;
  }

  trust() {
    const label = element("label", "trust", "Trust in the scores (γ) ");
    label.title = "How strongly the model is drawn towards the scores. At 0 it learns from the " +
      "rows alone; at 100 it is nearly the scores themselves. Last comes auto: less trust as rows " +
      "grow in number, or speak against the scores.";
    this.gamma = element("input", "gamma");
    Object.assign(this.gamma, { type: "range", min: 0, step: 1 });
    this.gammaWords = element("output", "gamma-words");
    this.gamma.addEventListener("input", () => {
      this.gammaHeld = true;
      this.showGamma(this.gamma.value);
      this.panel.act({ kind: "gamma", position: Number(this.gamma.value), moving: true });
    });
    this.gamma.addEventListener("change", () => {
      this.gammaHeld = false;
      this.panel.act({ kind: "gamma", position: Number(this.gamma.value), moving: false });
    });
    label.append(this.gamma, this.gammaWords);
    return label;
  }

  showGamma(position) {
    this.gammaWords.textContent = this.stops[position];
    this.gamma.setAttribute("aria-valuetext", this.stops[position]);
  }

  show(data, busy) {
    for (const [node, what, word] of [[this.undo, data.undo, "Undo"], [this.redo, data.redo, "Redo"]]) {
      node.disabled = !what;
      node.title = what ? `${word}: ${what}` : `Nothing to ${word.toLowerCase()}`;
    }
    this.stops = data.gamma.stops;
    this.gamma.max = this.stops.length - 1;
    if (!busy && !this.gammaHeld) {
      this.gamma.value = data.gamma.position;
      this.showGamma(data.gamma.position);
    }
    this.say(data);
  }

  say(data) {
    const said = [];
    if (data.work !== null) said.push(`training … ${Math.round(100 * data.work)} %`);
    if (data.old && data.result) said.push("the result shown is from before this change");
    else if (data.result?.sampled) said.push(data.result.sampled);
    if (data.gamma.found) said.push(data.gamma.found);
    const unkept = this.panel.unkept().length;
    if (unkept && Date.now() - this.panel.sent > SLOW) {
      said.unshift(`not kept yet: ${unkept} ${unkept > 1 ? "edits" : "edit"}; is the server there?`);
    }
    write(this.status, said.join(" · "));
  }
}
