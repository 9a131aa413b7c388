"use strict";
(async () => {
  const WORDS = {
    p: ["✓", "proved in time"], l: ["◷", "proved late"], w: ["…", "waits, within the deadline"], o: ["!", "not proved in time"],
    x: ["✕", "something else stands in its place"], f: ["⌂", "the recipient has no folder yet"],
    b: ["‖", "held by the big-change brake"], v: ["–", "withdrawn"], ".": ["·", "no rows, nothing to issue"],
    "?": ["?", "due, and not issued"],
  };
  const SEEN = ["unknown", "not yet", "opened, not said by whom", "yes"];
  const OPEN = "owxfb?";
  const at = (id) => document.getElementById(id);
  const data = await unpacked(at("data").textContent);
  const state = { grid: 0, month: 0, row: 0, column: 0, shown: [], places: [], byIssue: new Map() };

  async function unpacked(text) {
    const bytes = Uint8Array.from(atob(text), (mark) => mark.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  }

  const instant = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ") + "Z";
  const clock = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ") + "Z";
  const monthOf = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 7);
  const count = (number) => number.toLocaleString("en-GB");

  function monthsOf(grid) {
    // A month's worth of a frequent report, a year's of a rare one.
    const rare = grid.due.length < 2 || (grid.due[grid.due.length - 1] - grid.due[0]) / (grid.due.length - 1) > 20 * 86400;
    return [...new Set(grid.due.map((due) => (rare ? monthOf(due).slice(0, 4) : monthOf(due))))];
  }

  function fillReports() {
    for (const [place, grid] of data.grids.entries()) {
      at("report").add(new Option(`${grid.report} ${grid.title.replace(/^.*?: /, "")}`, place));
    }
    const open = data.grids.findIndex((grid) => grid.cells.some((row) => [...row.slice(-8)].some((cell) => OPEN.includes(cell))));
    at("report").value = state.grid = Math.max(0, open);
  }

  function fillMonths() {
    const months = monthsOf(data.grids[state.grid]);
    at("month").replaceChildren(...months.map((month, place) => new Option(month, place)));
    state.month = Math.max(0, months.length - 1);
    at("month").value = state.month;
  }

  function draw() {
    const grid = data.grids[state.grid];
    const months = monthsOf(grid);
    const month = months[state.month] ?? "";
    state.places = grid.due.map((due, place) => [due, place]).filter(([due]) => monthOf(due).startsWith(month)).map(([, place]) => place);
    const wanted = at("find").value.trim().toLowerCase();
    const only = at("only").value;
    state.shown = data.recipients.map((_, row) => row).filter((row) => {
      const [signifier, name] = data.recipients[row];
      if (wanted && !`${signifier} ${name}`.toLowerCase().includes(wanted)) return false;
      const cells = state.places.map((place) => grid.cells[row][place]);
      if (only === "open") return cells.some((cell) => OPEN.includes(cell));
      if (only === "late") return cells.includes("l");
      return only !== "any" || cells.some((cell) => cell !== ".");
    });
    state.byIssue = new Map(state.shown.map((row) => [row, new Map(grid.issues[row].map((issue) => [issue[0], issue]))]));
    state.row = state.column = 0;
    at("cells").replaceChildren(head(grid), body(grid));
    // The newest slots are what people come for.
    at("cells").parentElement.scrollLeft = at("cells").scrollWidth;
    at("earlier").disabled = state.month === 0;
    at("later").disabled = state.month >= months.length - 1;
    summarise(grid, month);
    at("detail").textContent = "";
  }

  function element(name, text, settings = {}) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(settings)) made.setAttribute(key, value);
    return made;
  }

  function head(grid) {
    const row = element("tr");
    row.append(element("th", "recipient", { scope: "col" }));
    for (const place of state.places) {
      const due = instant(grid.due[place]);
      const cell = element("th", undefined, { scope: "col", title: due, "aria-label": due });
      cell.append(due.slice(8, 10), element("br"), due.slice(11, 13));
      row.append(cell);
    }
    const made = element("thead");
    made.append(row);
    return made;
  }

  function body(grid) {
    const made = element("tbody");
    for (const [y, row] of state.shown.entries()) {
      const [signifier, name] = data.recipients[row];
      const line = element("tr");
      const owner = element("th", undefined, { scope: "row", title: `${signifier} ${name}` });
      owner.append(element("b", signifier), ` ${name}`);
      line.append(owner);
      for (const [x, place] of state.places.entries()) {
        const letter = grid.cells[row][place];
        const cell = element("td", WORDS[letter][0], { role: "gridcell", tabindex: y || x ? -1 : 0, class: letter === "?" ? "q" : letter === "." ? "n" : letter });
        // The rest is said below the grid, when somebody comes to the cell: all of it for all cells takes a second.
        cell.setAttribute("aria-label", WORDS[letter][1]);
        line.append(cell);
      }
      made.append(line);
    }
    return made;
  }

  function said(grid, row, place) {
    const letter = grid.cells[row][place];
    const words = [WORDS[letter][1]];
    const issue = state.byIssue.get(row)?.get(place);
    if (issue) {
      const [, first, files, rows, published, proved, seen] = issue;
      words.push(files > 1 ? `numbers ${first} to ${first + files - 1}` : `number ${first}`, `${count(rows)} rows`);
      if (published >= 0) words.push(`published ${clock(grid.due[place] + published)}`);
      if (proved >= 0) words.push(`proved ${clock(grid.due[place] + proved)}`, `seen by the recipient: ${SEEN[seen]}`);
    } else if (letter === "." && grid.outcome[place] !== "issued") {
      words.push(`slot skipped: ${grid.outcome[place]}`);
    }
    return words.join(", ");
  }

  function summarise(grid, month) {
    const counted = {};
    for (const row of state.shown) for (const place of state.places) counted[grid.cells[row][place]] = (counted[grid.cells[row][place]] ?? 0) + 1;
    const parts = Object.keys(WORDS).filter((letter) => letter !== "." && counted[letter]).map((letter) => `${count(counted[letter])} ${WORDS[letter][1]}`);
    const held = state.places.reduce((sum, place) => Math.max(sum, grid.held[place]), 0);
    at("summary").textContent = `${grid.report}, ${month || "no slot yet"}: ${count(state.shown.length)} recipients, ${count(state.places.length)} slots; ${parts.join("; ") || "nothing issued"}${held ? `; up to ${count(held)} rows held at a slot` : ""}.`;
  }

  function focused(y, x) {
    const rows = at("cells").tBodies[0].rows;
    if (!rows.length || !state.places.length) return;
    rows[state.row]?.cells[state.column + 1]?.setAttribute("tabindex", -1);
    state.row = Math.min(Math.max(y, 0), rows.length - 1);
    state.column = Math.min(Math.max(x, 0), state.places.length - 1);
    const cell = rows[state.row].cells[state.column + 1];
    cell.setAttribute("tabindex", 0);
    cell.focus();
  }

  function tell(cell) {
    const y = cell.parentElement.rowIndex - 1;
    const x = cell.cellIndex - 1;
    [state.row, state.column] = [y, x];
    const grid = data.grids[state.grid];
    const [signifier, name] = data.recipients[state.shown[y]];
    at("detail").textContent = `${signifier} ${name}, ${grid.report} of ${instant(grid.due[state.places[x]])}: ${said(grid, state.shown[y], state.places[x])}`;
  }

  function show({ find, report, due }) {
    const place = data.grids.findIndex((grid) => grid.report === report);
    if (place >= 0) at("report").value = state.grid = place;
    fillMonths();
    if (due) {
      const months = monthsOf(data.grids[state.grid]);
      state.month = Math.max(0, months.findIndex((month) => monthOf(Number(due)).startsWith(month)));
      at("month").value = state.month;
    }
    at("find").value = find;
    at("only").value = "";
    draw();
    at("grid").scrollIntoView();
    focused(0, due ? state.places.findIndex((slot) => data.grids[state.grid].due[slot] === Number(due)) : 1e6);
  }

  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-20, 0], PageDown: [20, 0], Home: [0, -1e6], End: [0, 1e6] };
  at("cells").addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || event.target.tagName !== "TD") return;
    event.preventDefault();
    focused(state.row + step[0], state.column + step[1]);
  });
  at("cells").addEventListener("focusin", (event) => event.target.tagName === "TD" && tell(event.target));
  at("cells").addEventListener("mouseover", (event) => event.target.tagName === "TD" && tell(event.target));
  at("report").addEventListener("change", () => { state.grid = Number(at("report").value); fillMonths(); draw(); });
  at("month").addEventListener("change", () => { state.month = Number(at("month").value); draw(); });
  for (const [id, step] of [["earlier", -1], ["later", 1]]) {
    at(id).addEventListener("click", () => { state.month += step; at("month").value = state.month; draw(); });
  }
  at("find").addEventListener("input", draw);
  at("only").addEventListener("change", draw);
  at("controls").addEventListener("submit", (event) => event.preventDefault());
  for (const link of document.querySelectorAll("[data-find]")) {
    link.addEventListener("click", (event) => { event.preventDefault(); show(link.dataset); });
  }
  for (const [letter, [sign, words]] of Object.entries(WORDS)) {
    const entry = element("li");
    entry.append(element("span", sign, { class: letter === "?" ? "q" : letter === "." ? "n" : letter, "aria-hidden": "true" }), words);
    at("legend").append(entry);
  }
  fillReports();
  fillMonths();
  at("controls").hidden = false;
  draw();
  document.body.dataset.ready = "yes";
})();
