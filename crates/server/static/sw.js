// Shows pages on this device, acknowledges from the notification, and tells noout that the page was shown: without that
// receipt the page counts as not delivered. The text arrives encrypted for this device alone; see crates/notify/src/push.rs
// for its shape.
"use strict";
const post = (url) => fetch(url, { method: "POST", credentials: "omit", keepalive: true });

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const page = event.data.json();
  const actions = [{ action: "open", title: page.words.open }];
  if (page.ack) actions.unshift({ action: "take", title: page.words.take });
  const shown = self.registration.showNotification(page.title, {
    body: page.body,
    tag: page.tag,
    lang: page.lang,
    icon: "ICON",
    renotify: true,
    requireInteraction: page.urgent,
    vibrate: page.urgent ? [400, 150, 400, 150, 800] : [200],
    data: { open: page.open, ack: page.ack },
    actions,
  });
  // Only what was shown is delivered.
  event.waitUntil(shown.then(() => page.receipt && post(page.receipt)));
});

self.addEventListener("notificationclick", (event) => {
  const { open, ack } = event.notification.data;
  const look = () => self.clients.openWindow(open);
  if (event.action === "take" && ack) {
    // Where it did not work, the person must see it.
    const done = post(ack).then((answer) => (answer.ok ? event.notification.close() : look()), look);
    event.waitUntil(done);
    return;
  }
  event.notification.close();
  event.waitUntil(look());
});
