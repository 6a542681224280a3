// The phone's page refreshes itself while it is looked at. Without this file it is as true as when it was loaded.
"use strict";
(() => {
  const live = document.getElementById("live");
  if (!live) return;
  const net = () => document.getElementById("net");
  let stream = null;
  const lost = (is) => {
    const note = net();
    if (note) { note.textContent = is ? note.dataset.lost : ""; note.className = is ? "lost" : ""; }
  };
  const refresh = async () => {
    const at = document.activeElement;
    if (at && at.matches("select, input, textarea")) return;
    // A button is not taken away under the finger.
    if (document.querySelector(":is(button, a):active")) { setTimeout(refresh, 500); return; }
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
      const here = document.getElementById("live");
      if (fresh && here && fresh.innerHTML !== here.innerHTML) here.replaceChildren(...fresh.childNodes);
      lost(false);
    } catch { lost(true); }
  };
  const open = () => {
    if (stream) return;
    stream = new EventSource(live.dataset.live);
    stream.onmessage = refresh;
    stream.onopen = () => lost(false);
    stream.onerror = () => lost(true);
  };
  const close = () => { stream?.close(); stream = null; };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  open();
})();
