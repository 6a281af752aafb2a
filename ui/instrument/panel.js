// The instrument: sliders, numbers and charts in one component, so that a move costs one round
// trip. It draws what the server computed and sends what a person does; it calculates nothing.

const PATIENCE = 10000; // ms until an answer counts as lost
const SILENCE = 6000; // ms until the person is told that none comes
const LOOK = 3000; // ms between looks at what another window has done
const MORE = 60; // ms between questions for the progress of a training
const panels = new WeakMap();

export default function (component) {
  const { parentElement, data, setStateValue } = component;
  let panel = panels.get(parentElement);
  if (!panel) {
    panel = new Panel(parentElement);
    panels.set(parentElement, panel);
  }
  panel.send = (message) => setStateValue("message", message);
  panel.show(data);
  return () => panel.rest();
}

class Panel {
  constructor(parent) {
    this.root = element("div", "panel");
    this.numbers = new Numbers();
    this.problem = element("p", "problem");
    this.problem.setAttribute("role", "alert");
    this.notice = element("p", "notice");
    this.notice.setAttribute("role", "status");
    this.toolbar = new Toolbar(this);
    this.list = element("div", "list");
    this.roc = new RocChart();
    this.case = new Case(this);
    this.detail = new Detail(this);
    this.head = element("div", "head");
    const left = element("section", "left");
    left.setAttribute("aria-label", "Scores");
    left.append(this.toolbar.root, this.head, this.list);
    const right = element("section", "right");
    right.setAttribute("aria-label", "Charts");
    right.append(this.tabs(), this.roc.root, this.case.root, this.detail.root);
    const columns = element("div", "columns");
    columns.append(left, right);
    this.root.append(this.problem, this.notice, this.numbers.root, columns);
    parent.append(this.root);
    this.number = 0; // of the last message sent
    this.queue = []; // what is to be sent
    this.underWay = null; // what has been sent and is not answered
    this.rows = new Map();
    this.onKey = (event) => this.key(event);
  }

  // Server to page

  show(data) {
    if (!this.data) this.takeUp(data);
    this.data = data;
    this.wake();
    if (data.received > this.number) this.number = data.received;
    if (data.received >= this.number) this.underWay = null;
    const structure = JSON.stringify(data.columns.map((column) => [
      column.label, column.open, column.features.map((f) => [f.name, f.label, f.title]),
    ])) + data.outcome + data.opposite;
    if (structure !== this.structure) this.build(data);
    this.structure = structure;
    const sent = this.busy();
    for (const column of data.columns) {
      for (const feature of column.features) {
        this.rows.get(feature.name).update(feature, data.result, sent.has(feature.name));
      }
    }
    for (const group of this.groups) group.update();
    this.problem.textContent = data.problem;
    this.problem.hidden = !data.problem;
    this.notice.textContent = data.notice;
    this.notice.hidden = !data.notice;
    this.toolbar.show(data, sent.has("γ"));
    this.root.classList.toggle("old", data.old);
    this.root.classList.toggle("empty", !data.result);
    // An older one stays as it was drawn; where the page has been left meanwhile, none was.
    if (data.result && !(data.old && this.drawn)) {
      this.numbers.show(data.result);
      this.roc.show(data.result.roc);
      this.drawn = true;
    }
    this.showTab(data.case);
    this.detail.refresh();
    this.flush();
    this.ask();
  }

  build(data) {
    const { outcome, opposite } = data;
    this.words = { outcome, opposite };
    this.rows = new Map();
    this.groups = [];
    this.order = []; // group and rows of each column
    for (const column of data.columns) {
      const grouped = column.features.length > 1;
      const rows = column.features.map((feature) => new Row(this, feature, grouped));
      for (const row of rows) this.rows.set(row.feature.name, row);
      const group = grouped ? new Group(this, column.label, rows, column.open) : null;
      if (group) this.groups.push(group);
      this.order.push({ group, rows });
    }
    this.detail.show(null);
    this.heading();
    this.arrange();
  }

  tabs() {
    const tabs = element("div", "tabs");
    this.curvesTab = button("tab", "Curves", "Curves", () => this.act({ kind: "case", what: "close" }));
    this.caseTab = button("tab", "One row", "One row", () => this.act({ kind: "case", what: "open" }));
    tabs.append(this.curvesTab, this.caseTab);
    return tabs;
  }

  showTab(opened) {
    this.curvesTab.setAttribute("aria-pressed", !opened);
    this.caseTab.setAttribute("aria-pressed", Boolean(opened));
    this.roc.root.hidden = Boolean(opened);
    this.case.root.hidden = !opened;
    if (opened) this.case.show(opened);
  }

  heading() {
    const against = sentence("span", "against", ["← for ", ["bdi", this.words.opposite]]);
    const favour = sentence("span", "favour", ["for ", ["bdi", this.words.outcome], " →"]);
    const direction = element("span", "direction");
    direction.append(against, favour);
    const title = (className, text, about) => {
      const node = element("span", className, text);
      node.title = about;
      return node;
    };
    const model = title("model-title", "", "What the models make of each feature: the bars " +
      "are the attributions, the mark is the weight that the score asks for.");
    model.append(element("i", "key laat"), "LAAT ", element("i", "key baseline"), "baseline");
    this.head.replaceChildren(
      direction,
      title("weight-title", "weight", "What the score gets once all scores together have length 1."),
      model,
      title("rows-title", "rows alone", "How each feature goes with the outcome in the training " +
        "rows of one split, from −1 to 1, with a 95 % interval. A flag for a contradiction takes " +
        "more than an interval on the other side of 0, as many features are asked at once."),
      element("span", ""),
    );
  }

  // Rows in the order and selection that was asked for; columns stay together only in the table's.
  arrange() {
    const wanted = this.toolbar.filter.value.trim().toLowerCase();
    const [, compare] = ORDERS[this.toolbar.order.value];
    const fits = (row) => !wanted ||
      `${row.feature.title} ${row.feature.description}`.toLowerCase().includes(wanted);
    const focused = this.list.getRootNode().activeElement;
    const scrolled = this.list.scrollTop;
    const nodes = [];
    if (compare || wanted) {
      const rows = [...this.rows.values()].filter(fits);
      if (compare) rows.sort((a, b) => compare({ ...a.feature, score: a.score }, { ...b.feature, score: b.score }));
      for (const row of rows) {
        row.label(true);
        row.root.classList.remove("level");
        nodes.push(row.root);
      }
    } else {
      for (const { group, rows } of this.order) {
        for (const row of rows) {
          row.label(!group);
          row.root.classList.toggle("level", Boolean(group));
        }
        if (group) {
          group.body.replaceChildren(...rows.map((row) => row.root));
          nodes.push(group.root, group.body);
        } else {
          nodes.push(rows[0].root);
        }
      }
    }
    if (!nodes.length) nodes.push(element("p", "hint", "No feature fits the filter."));
    this.list.replaceChildren(...nodes);
    this.list.scrollTop = scrolled;
    if (focused && this.list.contains(focused)) focused.focus();
  }

  choose(row) {
    if (this.detail.row === row) return;
    this.detail.row?.root.classList.remove("chosen");
    row.root.classList.add("chosen");
    this.detail.show(row);
  }

  glance(row) {
    if (!this.detail.row) this.detail.show(row, true);
  }

  inWords(score) {
    const size = Math.abs(score);
    if (size === 0) return "no bearing on the outcome";
    const how = size <= 2 ? "weakly" : size <= 5 ? "moderately" : size <= 8 ? "strongly" : "very strongly";
    return `speaks ${how} for ${score > 0 ? this.words.outcome : this.words.opposite}`;
  }

  // Page to server

  move(scores) {
    const last = this.queue.at(-1);
    if (last?.kind === "move") Object.assign(last.scores, scores);
    else this.queue.push({ kind: "move", scores });
    queueMicrotask(() => this.flush()); // a key press becomes an edit before that
  }

  // One edit of the rows that differ from what is recorded.
  edit(rows, how) {
    const changed = rows.filter((row) => row.score !== row.recorded);
    const changes = changed.map((row) => [row.feature.name, [row.recorded, row.score]]);
    this.queue = this.queue.filter((action) => action.kind !== "move");
    if (!changed.length) {
      // Moved, and back where it was: nothing moves any more.
      this.act({ kind: "move", scores: {} });
      return;
    }
    for (const row of changed) {
      row.recorded = row.score;
      row.touched = true;
    }
    this.act({ kind: "edit", changes: Object.fromEntries(changes), how });
  }

  editAll(score, how) {
    const free = [...this.rows.values()].filter((row) => !row.feature.locked);
    for (const row of free) row.set(clipped(score(row)));
    this.edit(free, how);
  }

  act(action) {
    if (action.kind === "gamma") {
      this.queue = this.queue.filter(({ kind }) => kind !== "gamma");
    }
    this.queue.push(action);
    this.flush();
  }

  // While an answer is under way, moves are gathered: the last one always wins.
  flush() {
    const asked = (this.underWay ?? []).filter(({ kind }) => kind !== "look" && kind !== "more");
    if (asked.length) {
      // Under the same number, so that nothing is done twice.
      if (Date.now() - this.sent > PATIENCE) this.sendAll(asked);
      return;
    }
    if (!this.queue.length) return;
    this.number += 1;
    this.sendAll(this.queue);
    this.queue = [];
  }

  sendAll(actions) {
    this.sent = Date.now();
    this.underWay = actions;
    this.send({ number: this.number, actions, sent: this.sent });
  }

  // Names of what is on its way to the server, which its answers do not know yet.
  busy() {
    const names = new Set();
    for (const action of [...this.queue, ...(this.underWay ?? [])]) {
      for (const name of Object.keys(action.scores ?? action.changes ?? {})) names.add(name);
      if (action.kind === "gamma") names.add("γ");
    }
    return names;
  }

  // A training under way is asked after; a result on a sample is made final once nothing moves.
  ask() {
    clearTimeout(this.later);
    const held = [...this.rows.values()].some((row) => row.held) || this.toolbar.gammaHeld;
    const { work, result } = this.data;
    const trying = this.data.case && this.data.case.work !== null;
    if (trying || work !== null || (result?.sampled && !held)) {
      this.later = setTimeout(() => {
        if (!this.underWay && !this.queue.length) this.act({ kind: "more" });
      }, work === null && !trying ? 0 : MORE);
    }
  }

  key(event) {
    const { key, ctrlKey, metaKey, shiftKey } = event;
    const where = event.composedPath()[0];
    const typing = where.matches?.("input:not([type=range]), textarea");
    if (typing) return;
    const letter = key.toLowerCase();
    if ((ctrlKey || metaKey) && (letter === "z" || letter === "y")) {
      event.preventDefault();
      this.act({ kind: letter === "y" || shiftKey ? "redo" : "undo" });
    } else if (key === "/" && !ctrlKey && !metaKey) {
      event.preventDefault();
      this.toolbar.filter.focus();
    }
  }

  wake() {
    if (this.looking) return;
    document.addEventListener("keydown", this.onKey);
    this.looking = setInterval(() => {
      if (this.underWay && Date.now() - this.sent > SILENCE) this.worry();
      this.toolbar.say(this.data);
      if (this.underWay) this.flush();
      else if (document.visibilityState === "visible") this.act({ kind: "look" });
    }, LOOK);
  }

  // Taken back by the next answer.
  worry() {
    this.problem.textContent = "The server does not answer. What you do now may not be kept.";
    this.problem.hidden = false;
  }

  // Edits that the server has not answered.
  unkept() {
    return [...edits(this.underWay ?? []), ...edits(this.queue)];
  }

  // After a server has been started anew, the page has a new panel: it sends what the one before
  // did not get kept. An edit says from where it comes, so that none is done twice.
  takeUp(data) {
    const left = window.laatUnkept;
    delete window.laatUnkept;
    if (left?.project !== data.project) return;
    this.queue = [...(data.received < left.number ? left.sent : []), ...left.waiting];
  }

  rest() {
    window.laatUnkept = {
      project: this.data.project, number: this.number,
      sent: edits(this.underWay ?? []), waiting: edits(this.queue),
    };
    document.removeEventListener("keydown", this.onKey);
    clearInterval(this.looking);
    clearTimeout(this.later);
    this.looking = null;
  }
}

function edits(actions) {
  return actions.filter(({ kind }) => kind === "edit");
}
