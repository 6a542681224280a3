// Enrols this browser for web push. Without this file the page still lists devices and removes them.
"use strict";
(() => {
  const place = document.getElementById("push");
  const button = document.getElementById("push-enable");
  if (!place || !button || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const show = (id, shown) => (document.getElementById(id).hidden = !shown);
  show("push-cannot", false);
  button.hidden = false;

  const key = () => {
    const text = atob(place.dataset.key.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(text, (c) => c.charCodeAt(0));
  };
  const name = () => {
    const agent = navigator.userAgentData;
    const browser = agent?.brands?.at(-1)?.brand ?? navigator.userAgent.split(" ").at(-1);
    return `${browser} · ${agent?.platform || navigator.platform}`;
  };
  const enrol = async () => {
    const worker = await navigator.serviceWorker.register("/sw.js");
    await navigator.serviceWorker.ready;
    // A subscription that was made with another key of ours is of no use any more.
    const old = await worker.pushManager.getSubscription();
    if (old) await old.unsubscribe();
    const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key() });
    const { endpoint, keys } = made.toJSON();
    const body = new URLSearchParams({ csrf: place.dataset.csrf, endpoint, p256dh: keys.p256dh, auth: keys.auth, name: name() });
    const answer = await fetch("/people/me/devices", { method: "POST", body });
    if (!answer.ok) throw new Error(String(answer.status));
    location.reload();
  };
  button.addEventListener("click", () => enrol().catch(() => show("push-refused", true)));
})();
