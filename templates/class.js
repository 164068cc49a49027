// Sort, filter, search, and what a cell means. Without it the page reads as well; nothing here makes elements of text.
(() => {
  "use strict";
  const root = document.documentElement;
  const by = (id) => document.getElementById(id);
  root.classList.add("scripted");

  // What the reader chose is kept where the browser allows it, for the other pages too.
  const kept = (name) => { try { return localStorage.getItem("socklab-" + name); } catch { return null; } };
  const keep = (name, value) => { try { localStorage.setItem("socklab-" + name, value); } catch { /* as it was */ } };

  /** What an element says in the language that is shown. */
  const textOf = (element) => {
    const spans = [...element.querySelectorAll("[lang]")];
    return spans.length ? spans.filter((one) => one.lang === root.lang).map((one) => one.textContent).join("") : element.textContent;
  };

  const press = (kind, value) => {
    for (const button of document.querySelectorAll(kind)) button.setAttribute("aria-pressed", String(button.value === value));
  };
  const speak = (language) => {
    root.lang = language;
    press(".set-language", language);
    for (const option of document.querySelectorAll("option[data-of]")) option.textContent = textOf(by(option.dataset.of));
    document.title = textOf(document.querySelector("h1"));
  };
  const shade = (theme) => {
    root.dataset.theme = theme;
    press(".set-theme", theme);
  };
  const wire = (kind, name, known, apply, usual) => {
    const before = kept(name);
    if (known.includes(before)) apply(before); else usual();
    for (const button of document.querySelectorAll(kind)) {
      button.addEventListener("click", () => { apply(button.value); keep(name, button.value); });
    }
  };
  wire(".set-language", "lang", ["en", "pt-BR"], speak, () => speak(root.lang));
  // Until somebody chooses, the system does.
  const system = () => press(".set-theme", matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  wire(".set-theme", "theme", ["light", "dark"], shade, system);

  const heat = by("heat");
  const body = heat.tBodies[0];
  // A row's cells before those of the items.
  const BEFORE = 2;
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const marks = Object.fromEntries([...document.querySelectorAll(".meanings .mark")].map((one) => [one.classList[1], one.textContent]));
  const most = Number(heat.dataset.most);

  // The first rows are in the page. Those of a large class are data, of which rows are made when they are shown.
  const written = [...body.rows].map((row) => ({
    name: row.cells[0].textContent,
    points: parseInt(row.cells[1].textContent, 10),
    read: () => [...row.cells].slice(BEFORE).map((cell) => ({ verdict: cell.className, cause: cell.dataset.c })),
    make: () => row,
  }));
  const codes = /([a-z.])(\d*)(\*?)/g;
  const decoded = (text) => [...text.matchAll(codes)].map(([, verdict, cause, star]) => ({ verdict: verdict === "." ? "" : verdict, cause: cause || undefined, isDocumented: star !== "" }));
  const made = ([name, id, page, points, of, cells, reason, more]) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    const link = document.createElement("a");
    link.href = page;
    link.textContent = name;
    head.append(link);
    if (id !== null) {
      const short = document.createElement("span");
      short.className = "id";
      short.textContent = id;
      head.append(" ", short);
    }
    row.append(head);
    row.insertCell().textContent = of === most ? points : `${points}/${of}`;
    if (reason !== null) {
      const cell = row.insertCell();
      cell.className = "r";
      cell.colSpan = ids.length;
      cell.append(...[...by(`reason-${reason}`).childNodes].map((node) => node.cloneNode(true)));
    }
    for (const { verdict, cause, isDocumented } of decoded(cells)) {
      const cell = row.insertCell();
      cell.className = verdict;
      cell.textContent = (marks[verdict] ?? "") + (isDocumented ? marks.d : "");
      if (cause !== undefined) cell.dataset.c = cause;
    }
    for (const text of more) row.insertCell().textContent = text;
    return row;
  };
  const data = by("more") ? JSON.parse(by("more").textContent) : [];
  const further = data.map((one) => ({
    name: one[1] === null ? one[0] : `${one[0]} ${one[1]}`,
    points: one[3],
    read: () => (one[6] === null ? decoded(one[5]) : [{ verdict: "r" }]),
    make: () => made(one),
  }));
  const rows = [...written, ...further].map((one, place) => ({ ...one, place, plain: plain(one.name) }));
  const cellsOf = (one) => (one.cells ??= one.read());
  const rowOf = (one) => (one.row ??= one.make());

  // What is shown: the rows that the filters choose, in the order of the last heading, one part at a time.
  const SIZE = data.length ? written.length : Infinity;
  let sorted = rows;
  let chosen = rows;
  let first = 0;
  const draw = () => {
    const last = Math.min(chosen.length, first + SIZE);
    body.replaceChildren(...chosen.slice(first, last).map(rowOf));
    by("shown").textContent = chosen.length;
    by("none").hidden = chosen.length > 0;
    if (!data.length) return;
    by("range").textContent = chosen.length ? `${first + 1}–${last}` : "";
    by("previous").disabled = first === 0;
    by("next").disabled = last === chosen.length;
  };
  const turn = (step) => { first = Math.max(0, first + step); draw(); };
  if (data.length) {
    by("previous").addEventListener("click", () => turn(-SIZE));
    by("next").addEventListener("click", () => turn(SIZE));
  }

  // Filters.
  const form = by("filter");
  let cause = null;
  const filter = () => {
    const words = plain(by("search").value).split(/\s+/).filter(Boolean);
    const item = by("item").value;
    const verdict = by("verdict").value;
    const from = by("from").value === "" ? -Infinity : Number(by("from").value);
    const to = by("to").value === "" ? Infinity : Number(by("to").value);
    const fits = (one) => {
      if (one.points < from || one.points > to || !words.every((word) => one.plain.includes(word))) return false;
      if (cause && cellsOf(one)[cause.item]?.cause !== cause.cause) return false;
      if (item === "" && verdict === "") return true;
      const cells = item === "" ? cellsOf(one) : [cellsOf(one)[item | 0]];
      return cells.some((cell) => cell && (verdict === "" ? cell.verdict : cell.verdict === verdict));
    };
    chosen = sorted.filter(fits);
    first = 0;
    draw();
    by("only").hidden = !cause;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  by("all").addEventListener("click", () => { form.reset(); cause = null; filter(); });
  by("only-this").addEventListener("click", () => { cause = null; filter(); by("search").focus(); });
  document.querySelector("main").addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-cause]");
    if (!button) return;
    form.reset();
    cause = { item: Number(button.dataset.item), cause: button.dataset.cause };
    const name = document.createElement("span");
    name.textContent = ids[cause.item] + ": ";
    const why = [...by(`why-${cause.item}-${cause.cause}`).childNodes].map((node) => node.cloneNode(true));
    by("only-this").firstElementChild.replaceChildren(name, ...why);
    filter();
    by("table").focus();
    by("table").scrollIntoView();
  });

  // Sorting: a heading becomes a button.
  const heads = [...heat.tHead.querySelectorAll("[data-sort]")];
  const ids = heads.filter((head) => head.dataset.id).map((head) => head.dataset.id);
  const names = new Intl.Collator(undefined, { numeric: true });
  const order = { f: 0, e: 1, n: 2, p: 3 };
  const weight = (one, k) => order[cellsOf(one)[k]?.verdict] ?? 4;
  const ways = {
    name: (a, b) => names.compare(a.name, b.name),
    points: (a, b) => a.points - b.points,
  };
  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    if (head.dataset.id) button.setAttribute("aria-label", head.dataset.id);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const way = ways[head.dataset.sort] ?? ((a, b) => weight(a, Number(head.dataset.sort)) - weight(b, Number(head.dataset.sort)));
      sorted = [...rows].sort((a, b) => (down ? way(b, a) : way(a, b)) || a.place - b.place);
      filter();
    });
  }

  draw();

  // On paper nothing can be unfolded.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of folded) one.open = false; });

  // What a cell means: shown below it, kept there after a click.
  const tip = by("tip");
  let held = false;
  const hide = () => { tip.hidden = true; tip.classList.remove("kept"); held = false; };
  const show = (cell, keepIt) => {
    const item = cell.cellIndex - BEFORE;
    const link = cell.parentElement.cells[0].querySelector("a");
    tip.querySelector(".of").textContent = `${link.textContent} · ${ids[item]}`;
    const why = by(`why-${item}-${cell.dataset.c}`);
    tip.querySelector(".why").replaceChildren(...[...why.childNodes].map((node) => node.cloneNode(true)));
    tip.querySelector("a").href = `${link.getAttribute("href")}#item-${ids[item]}`;
    tip.classList.toggle("kept", keepIt);
    held = keepIt;
    tip.hidden = false;
    const at = cell.getBoundingClientRect();
    const own = tip.getBoundingClientRect();
    const below = at.bottom + own.height + 8 < innerHeight;
    tip.style.top = `${Math.max(4, below ? at.bottom + 4 : at.top - own.height - 4)}px`;
    tip.style.left = `${Math.max(8, Math.min(at.left, innerWidth - own.width - 8))}px`;
  };
  body.addEventListener("pointerover", (event) => {
    if (held || event.pointerType === "touch") return;
    const cell = event.target.closest("td[data-c]");
    if (cell) show(cell, false); else hide();
  });
  body.addEventListener("pointerleave", () => { if (!held) hide(); });
  document.addEventListener("click", (event) => {
    const cell = event.target.closest?.("td[data-c]");
    if (cell) show(cell, true); else if (!tip.contains(event.target)) hide();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  document.querySelector(".scroll").addEventListener("scroll", hide, { passive: true });
})();
