// What plain forms cannot do: stop the stream of a hidden tab, keep what is open and focused over a refresh, tick the
// clocks, and keys. Everything else works without this file.
"use strict";
(() => {
  const body = document.body;
  const $ = (query, from = document) => from.querySelector(query);
  const all = (query, from = document) => [...from.querySelectorAll(query)];

  // Times. ---------------------------------------------------------------------------------------------------------
  const words = { ago: body.dataset.ago.split("|"), in: body.dataset.in.split("|") };
  const coarse = (secs) =>
    secs < 60 ? [0, secs] : secs < 5400 ? [1, Math.round(secs / 60)] : secs < 172800 ? [2, Math.round(secs / 3600)] : [3, Math.round(secs / 86400)];
  const stopwatch = (secs) => {
    const two = (n) => String(n).padStart(2, "0");
    return `${Math.floor(secs / 3600)}:${two(Math.floor(secs / 60) % 60)}:${two(secs % 60)}`;
  };
  // The server's clock decides: the browser's may be wrong by hours.
  let ahead = 0;
  const server = () => Date.now() - ahead;
  const tick = () => {
    for (const rel of all("[data-rel]")) {
      const at = Date.parse(rel.parentElement.dateTime);
      const diff = Math.round((server() - at) / 1000);
      const [unit, n] = coarse(diff > -3 ? Math.max(0, diff) : -diff);
      const text = words[diff > -3 ? "ago" : "in"][unit].replace("%", n);
      if (rel.textContent !== text) rel.textContent = text;
    }
    for (const clock of all("[data-since]")) {
      clock.textContent = stopwatch(Math.max(0, Math.floor((server() - Date.parse(clock.dataset.since)) / 1000)));
    }
  };
  setInterval(tick, 1000);

  // The stream. ----------------------------------------------------------------------------------------------------
  // Over HTTP/1.1 a browser opens six connections to a server: a seventh tab with a stream would hang.
  const pulse = $("#pulse");
  const seed = pulse && pulse.outerHTML;
  let source = null;
  let closing = 0;
  document.addEventListener("htmx:sseOpen", (e) => { source = e.detail.source; });
  const sleep = () => { source?.close(); source = null; };
  const wake = () => {
    clearTimeout(closing);
    if (!seed || source) return;
    const holder = document.createElement("div");
    holder.innerHTML = seed;
    $("#pulse").replaceWith(holder.firstElementChild);
    htmx.process($("#pulse"));
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) closing = setTimeout(sleep, 4000);
    else wake();
  });
  addEventListener("pagehide", sleep);
  addEventListener("pageshow", (e) => { if (e.persisted) wake(); });

  // What a refresh replaces besides the frame. It must not take a button away under the finger, nor a text that
  // somebody types.
  const FRESH = "#live, #rail";
  let pressed = false;
  let late = false;
  document.addEventListener("pointerdown", () => { pressed = true; });
  document.addEventListener("pointerup", () => setTimeout(() => { pressed = false; }, 250));
  const typing = () => {
    const at = document.activeElement;
    return at && at.closest(FRESH) && at.matches("input, textarea, select");
  };
  const menus = () => $("#more[open]") || all("details.menu[open]").some((d) => d.closest(`${FRESH}, #guide`));
  document.addEventListener("htmx:beforeRequest", (e) => {
    if (e.target.id === "beat" && (pressed || typing() || menus())) { e.preventDefault(); late = true; }
  });
  setInterval(() => {
    if (late && !pressed && !typing() && !menus()) { late = false; htmx.trigger("#beat", "sse:message"); }
  }, 1000);
  // What a reader has unfolded, written and chosen stays; a field is known by its form and name.
  const fieldName = (field) => field.form && field.name && field.type !== "hidden" ? `${field.form.getAttribute("action")} ${field.name}` : "";
  const changed = (field) =>
    field.value !== (field.matches("select") ? ([...field.options].find((o) => o.defaultSelected) ?? field.options[0])?.value : field.defaultValue);
  const within = (query) => all(query).filter((e) => e.closest(FRESH));
  let folds = new Map();
  let drafts = new Map();
  let focused = "";
  document.addEventListener("htmx:beforeSwap", (e) => {
    const date = e.detail.xhr && Date.parse(e.detail.xhr.getResponseHeader("date"));
    if (date) ahead = Date.now() - date;
    folds = new Map(within("details[id]").map((d) => [d.id, d.open]));
    drafts = new Map(within("textarea, select, input:not([type=hidden])").filter((f) => fieldName(f) && changed(f)).map((f) => [fieldName(f), f.value]));
    const here = document.activeElement;
    const row = here?.closest("#live [data-row]");
    const fold = here?.matches("summary") && here.closest("#rail details[id]");
    const form = here?.matches("#rail button") && here.form;
    focused = row ? `[data-row="${CSS.escape(row.dataset.row)}"] a`
      : fold ? `#${CSS.escape(fold.id)} summary`
      : form ? `#rail form[action="${CSS.escape(form.getAttribute("action"))}"] button` : "";
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const [id, open] of folds) { const d = document.getElementById(id); if (d) d.open = open; }
    for (const field of within("textarea, select, input:not([type=hidden])")) {
      const text = drafts.get(fieldName(field));
      if (text !== undefined && !changed(field)) field.value = text;
    }
    if (focused && document.activeElement === body) $(focused)?.focus();
    mark();
    tick();
  });
  // Signed out elsewhere: the page's own address leads to the sign-in.
  document.addEventListener("htmx:afterRequest", (e) => {
    if (e.target.id === "beat" && e.detail.xhr?.responseURL.includes("/login")) location.reload();
  });

  // Menus close with Escape and with a click beside them. -------------------------------------------------------------
  document.addEventListener("click", (e) => {
    for (const menu of all("details.menu[open]")) if (!menu.contains(e.target)) menu.open = false;
    if (!e.target.closest("#more, .places-more")) $("#more[open]")?.removeAttribute("open");
  });

  // Keys. ----------------------------------------------------------------------------------------------------------
  let at = "";
  const picked = new Set();
  const rows = () => all("[data-row]");
  const mark = () => {
    for (const row of rows()) {
      row.classList.toggle("at", row.dataset.row === at);
      row.classList.toggle("picked", picked.has(row.dataset.ackable));
    }
    const bulk = $("#bulk");
    if (!bulk) return;
    const ids = [...picked].filter((id) => $(`[data-ackable="${id}"]`));
    bulk.hidden = ids.length === 0;
    if (!ids.length) return;
    bulk.action = `/incidents/${ids[0]}/ack`;
    all("[name=also]", bulk).forEach((i) => i.remove());
    for (const id of ids.slice(1)) {
      const also = Object.assign(document.createElement("input"), { type: "hidden", name: "also", value: id });
      bulk.append(also);
    }
    $("button", bulk).textContent = bulk.dataset.bulk.replace("%", ids.length);
  };
  const move = (by) => {
    const list = rows();
    if (!list.length) return;
    const here = list.findIndex((r) => r.dataset.row === at);
    const next = list[Math.min(list.length - 1, Math.max(0, here < 0 ? 0 : here + by))];
    at = next.dataset.row;
    mark();
    next.scrollIntoView({ block: "nearest" });
    $("a", next)?.focus({ preventScroll: true });
  };
  const acknowledge = () => {
    if (picked.size && $("#bulk") && !$("#bulk").hidden) return $("#bulk").requestSubmit();
    const row = rows().find((r) => r.dataset.row === at);
    const button = row ? $("[data-ack]", row) : $("[data-ack]");
    if (button) return button.form.requestSubmit();
    if (row?.dataset.ackable) { picked.add(row.dataset.ackable); mark(); $("#bulk")?.requestSubmit(); }
  };
  const select = () => {
    const id = rows().find((r) => r.dataset.row === at)?.dataset.ackable;
    if (!id) return;
    if (!picked.delete(id)) picked.add(id);
    mark();
  };
  let going = false;
  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape") all("details.menu[open], #more[open]").forEach((d) => { d.open = false; });
    if (body.dataset.keys === "off" || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.target.closest("input, textarea, select, dialog")) return;
    if (going) {
      going = false;
      const link = $(`[data-go="${CSS.escape(e.key)}"]`);
      if (link) { e.preventDefault(); link.click(); }
      return;
    }
    const keys = {
      j: () => move(1), k: () => move(-1), a: acknowledge, x: select, "?": () => $("#help")?.showModal(),
      g: () => { going = true; setTimeout(() => { going = false; }, 1500); },
    };
    if (keys[e.key]) { e.preventDefault(); keys[e.key](); }
  });
})();
