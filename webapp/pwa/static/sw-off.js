/* MOTCUA_SW_MODE=off: the worker takes itself away with all it kept, and hands the pages back to the network.
   What somebody's own phone keeps for want of a signal (IndexedDB) stays, and is sent by the pages themselves. */
"use strict";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
    await self.registration.unregister();
    const pages = await self.clients.matchAll({ type: "window" });
    await Promise.all(pages.map((page) => page.navigate(page.url).catch(() => null)));
  })());
});
