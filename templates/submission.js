// What the page can do besides being read. Nothing is here that cannot be read without it.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("scripted");

  // The language and the theme: what the address asks for, what was chosen before, what the page or the system says.
  function before(name) {
    try { return localStorage.getItem("socklab-" + name); } catch (denied) { return null; }
  }
  function keep(name, value) {
    try { localStorage.setItem("socklab-" + name, value); } catch (denied) { /* a page from a file may keep nothing */ }
  }
  var asked = new URLSearchParams(location.search);
  function all(selector, within) { return Array.from((within || document).querySelectorAll(selector)); }
  function press(buttons, value) {
    buttons.forEach(function (button) { button.setAttribute("aria-pressed", String(button.value === value)); });
  }
  function language(value) {
    root.lang = value;
    press(all(".set-language"), value);
  }
  function theme(value) {
    root.dataset.theme = value;
    press(all(".set-theme"), value);
  }
  function wire(selector, name, known, apply) {
    var first = [asked.get(name), before(name)].find(function (value) { return known.includes(value); });
    if (first) { apply(first); }
    all(selector).forEach(function (button) {
      button.addEventListener("click", function () { apply(button.value); keep(name, button.value); });
    });
  }
  var dark = matchMedia("(prefers-color-scheme: dark)").matches;
  press(all(".set-language"), root.lang);
  press(all(".set-theme"), dark ? "dark" : "light");
  wire(".set-language", "lang", ["en", "pt-BR"], language);
  wire(".set-theme", "theme", ["light", "dark"], theme);

  // What is folded up.
  function fold(open) {
    all("details.item").forEach(function (item) { item.open = open; });
  }
  all(".open-all").forEach(function (button) { button.addEventListener("click", function () { fold(true); }); });
  all(".close-all").forEach(function (button) { button.addEventListener("click", function () { fold(false); }); });
  var opened = [];
  addEventListener("beforeprint", function () {
    opened = all("details.item:not([open])");
    opened.forEach(function (item) { item.open = true; });
  });
  addEventListener("afterprint", function () { opened.forEach(function (item) { item.open = false; }); });
  // A link to what is folded up unfolds it, also in browsers that do not do so by themselves.
  function reveal() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var at = target; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") { at.open = true; }
    }
    if (target) { target.scrollIntoView(); }
  }
  addEventListener("hashchange", reveal);
  reveal();

  // A capture is saved from memory: browsers limit the length of addresses.
  all("a.save").forEach(function (link) {
    link.addEventListener("click", function (event) {
      var text = atob(link.getAttribute("href").split(",")[1]);
      var bytes = Uint8Array.from(text, function (c) { return c.charCodeAt(0); });
      var url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
      var saved = document.createElement("a");
      saved.href = url;
      saved.download = link.download;
      saved.click();
      setTimeout(function () { URL.revokeObjectURL(url); }, 60000);
      event.preventDefault();
    });
  });

  // The diagrams: what is pointed at, or has the focus, is told in the panel beside it; a click keeps it there.
  all(".sequence").forEach(function (sequence) {
    var lanes = sequence.querySelector(".lanes");
    var panel = sequence.querySelector(".panel");
    var empty = Array.from(panel.childNodes);
    var marks = all("a", lanes);
    var pinned = null;
    var shown = null;
    // The names of the addresses, as they stand above the list of packets.
    var names = {};
    all(".who li", sequence.closest(".scene")).forEach(function (one) { names[one.querySelector("code").textContent] = one; });
    function way(told) {
      var ends = told.textContent.split(" → ");
      if (ends.length !== 2 || !names[ends[0]] || !names[ends[1]]) { return; }
      told.replaceChildren();
      ends.forEach(function (end, place) {
        if (place) { told.append(" → ", document.createElement("br")); }
        names[end].childNodes.forEach(function (node) { told.append(node.cloneNode(true)); });
      });
    }
    function rowOf(mark) { return document.getElementById(mark.getAttribute("href").slice(1)); }
    function show(mark) {
      if (mark === shown) { return; }
      if (shown) {
        shown.classList.remove("shown");
        if (rowOf(shown)) { rowOf(shown).classList.remove("shown"); }
      }
      shown = mark;
      var row = mark && rowOf(mark);
      if (!row) { panel.replaceChildren.apply(panel, empty); return; }
      mark.classList.add("shown");
      row.classList.add("shown");
      var heads = all("thead th", row.closest("table"));
      var list = document.createElement("dl");
      list.className = row.className;
      Array.from(row.cells).forEach(function (cell, place) {
        if (!cell.textContent.trim()) { return; }
        var term = document.createElement("dt");
        var told = document.createElement("dd");
        heads[place].childNodes.forEach(function (node) { term.append(node.cloneNode(true)); });
        cell.childNodes.forEach(function (node) { told.append(node.cloneNode(true)); });
        way(told);
        list.append(term, told);
      });
      panel.replaceChildren(list);
    }
    function pin(mark) {
      pinned = mark;
      show(mark);
    }
    // One stop for the tabulator; the arrow keys go from packet to packet.
    function enter(mark) {
      marks.forEach(function (other) { other.setAttribute("tabindex", other === mark ? "0" : "-1"); });
    }
    enter(marks[0]);
    lanes.addEventListener("mouseover", function (event) {
      var mark = event.target.closest("a");
      if (mark) { show(mark); }
    });
    lanes.addEventListener("mouseleave", function () { if (pinned) { show(pinned); } });
    lanes.addEventListener("focusin", function (event) {
      var mark = event.target.closest("a");
      if (mark) { enter(mark); show(mark); }
    });
    lanes.addEventListener("click", function (event) {
      var mark = event.target.closest("a");
      if (!mark) { return; }
      event.preventDefault();
      pin(pinned === mark ? null : mark);
      if (pinned) { mark.focus({ preventScroll: true }); }
    });
    lanes.addEventListener("keydown", function (event) {
      var place = marks.indexOf(event.target.closest("a"));
      var next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: marks.length - 1 }[event.key];
      if (event.ctrlKey || event.metaKey || event.altKey) { return; }
      if (event.key === "Escape") { pin(null); }
      else if (event.key === "+" || event.key === "=") { zoom(scale * 1.25); }
      else if (event.key === "-") { zoom(scale / 1.25); }
      else if (event.key === "0") { zoom(1); }
      else if (place >= 0 && next !== undefined) { if (marks[next]) { marks[next].focus(); } }
      else { return; }
      event.preventDefault();
    });
    // The lanes' heads and the rows are two drawings, so that the heads stay in sight; they are as wide as each other.
    var drawings = all("svg", lanes);
    var scale = 1;
    var told = sequence.querySelector("output");
    function zoom(wanted) {
      scale = Math.min(4, Math.max(.25, wanted));
      drawings.forEach(function (drawing) {
        var box = drawing.viewBox.baseVal;
        drawing.setAttribute("width", String(box.width * scale));
        drawing.setAttribute("height", String(box.height * scale));
      });
      told.textContent = Math.round(scale * 100) + "%";
    }
    sequence.querySelector(".smaller").addEventListener("click", function () { zoom(scale / 1.25); });
    sequence.querySelector(".larger").addEventListener("click", function () { zoom(scale * 1.25); });
    sequence.querySelector(".fit").addEventListener("click", function () {
      zoom(fitting());
    });
    // A diagram that is a little too wide is made to fit, once there is a place that it has to fit into.
    function fitting() { return (lanes.clientWidth - 1) / drawings[0].viewBox.baseVal.width; }
    function settle() {
      if (!lanes.clientWidth) { return; }
      if (fitting() < 1 && fitting() > .7) { zoom(fitting()); }
      sequence.closest(".scene").removeEventListener("toggle", settle);
    }
    sequence.closest(".scene").addEventListener("toggle", settle);
    settle();
  });
}());
