/* The worker of Một Cửa. It keeps the dress of the pages (with the script that must be there when the signal is gone,
   unsent.js), the page without a connection, and the public procedures;
   never a page of a person, a file, a fragment or an answer to a form. What it does not name goes past it untouched. */
"use strict";
const BUILD = "__BUILD__";
const KEEP = __KEEP__;
const OFFLINE = "/offline";
const DRESS = `dress-${BUILD}`;
const PROCEDURES = "procedures-1";
const MOST = 60;
const WEEK = 7 * 864e5;

self.addEventListener("install", (event) => {
  // One file missing fails the whole: half a cache must not count as installed. The old worker goes on meanwhile.
  event.waitUntil(caches.open(DRESS).then((cache) => cache.addAll(KEEP)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name !== DRESS && name !== PROCEDURES);
    await Promise.all(old.map((name) => caches.delete(name)));
    if (self.registration.navigationPreload) await self.registration.navigationPreload.enable();
    if (!old.length) await self.clients.claim(); // the first worker only: pages keep the one they began with
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || request.headers.has("range")) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(dress(request));
  else if (request.headers.has("HX-Request")) return;
  else if (url.pathname === "/procedures" || url.pathname.startsWith("/procedures/")) {
    if (request.mode === "navigate") event.respondWith(procedure(event));
  } else if (request.mode === "navigate") event.respondWith(page(event));
});

async function dress(request) {
  return (await caches.match(request)) || fetch(request);
}

async function fresh(event) {
  return (await event.preloadResponse) || fetch(event.request);
}

async function page(event) {
  try {
    return await fresh(event);
  } catch (away) {
    return (await caches.match(OFFLINE)) || Response.error();
  }
}

/* The server says which pages are nobody's own; what is led elsewhere or meant for one person is not kept. */
function mayKeep(answer) {
  return answer.status === 200 && answer.type === "basic" && !answer.redirected
    && answer.headers.get("X-Motcua-Public") === "1" && !/private/.test(answer.headers.get("Cache-Control") || "");
}

async function procedure(event) {
  const kept = await caches.open(PROCEDURES);
  try {
    const answer = await fresh(event);
    if (mayKeep(answer)) event.waitUntil(keep(kept, event.request.url, answer.clone()));
    return answer;
  } catch (away) {
    const copy = await kept.match(event.request.url);
    const day = copy && Date.parse(copy.headers.get("X-Motcua-Kept"));
    return copy && Date.now() - day < WEEK ? marked(copy, new Date(day)) : page(event);
  }
}

/* A kept page says that it is one, and of which day. */
async function marked(copy, day) {
  const text = (await copy.text()).replace("<html ", `<html data-copy="${day.toLocaleDateString("vi-VN")}" `);
  return new Response(text, { status: 200, headers: copy.headers });
}

async function keep(kept, url, answer) {
  const headers = new Headers(answer.headers);
  headers.set("X-Motcua-Kept", new Date().toUTCString());
  await kept.delete(url); // put last again: the oldest stand first
  await kept.put(url, new Response(await answer.blob(), { status: 200, headers }));
  const all = await kept.keys();
  await Promise.all(all.slice(0, Math.max(0, all.length - MOST)).map((old) => kept.delete(old)));
}
