/* What could not be sent for want of a signal: kept on the person's own phone, locked, for three days at most, and sent
   as soon as there is one. Only what the office has answered for is called saved. Builds on app.js; a browser without
   IndexedDB or crypto.subtle, a shared phone and a helper's visit keep nothing. */
"use strict";
(() => {
  const { all, make, ask, show, rest, bind, clock, modules, who } = window.motcua;
  const says = unsentSays;
  const subtle = window.crypto && crypto.subtle;
  if (!subtle || !window.indexedDB) return;
  const LIFE = 72 * 36e5;
  const MOST = 20;
  const ROOM = 30 * 1024 * 1024;
  const OURS = /^(csrf_token|mandate)$/;
  const MUTE = /^(hidden|file|submit|button)$/;
  const place = () => location.pathname + location.search;

  /* The store. A row holds in clear only whose it is, since when, answer or photo, its size; its key cannot be read out. */
  const opened = new Promise((done, fail) => {
    const request = indexedDB.open("unsent", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("things", { keyPath: "id" });
      request.result.createObjectStore("phones");
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  const turn = async (store, mode, work) => {
    const database = await opened;
    return new Promise((done, fail) => {
      const whole = database.transaction(store, mode);
      const request = work(whole.objectStore(store));
      whole.oncomplete = () => done(request.result);
      whole.onabort = () => fail(whole.error);
    });
  };
  const write = (row) => turn("things", "readwrite", (store) => store.put(row));
  const drop = (id) => turn("things", "readwrite", (store) => store.delete(id));
  const bound = (row, iv) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(`${row.who} ${row.id}`) });
  async function lock(row, data) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: new Blob([await subtle.encrypt(bound(row, iv), row.key, data)]) };
  }
  const unlock = async (row, { iv, data }) => subtle.decrypt(bound(row, iv), row.key, await new Response(data).arrayBuffer());
  const sealed = async (row, head) => ({ ...row, head: await lock(row, new TextEncoder().encode(JSON.stringify(head))) });

  let phone; // "own", "shared", or nothing: not asked yet
  let owner = who; // on the page without a connection: who was here last
  let things = [];
  let over = []; // kept for too long: only their number is left

  /* What waits of this person, the oldest first. What waited too long, of whomever, is emptied here. */
  async function look() {
    const rows = (await turn("things", "readonly", (store) => store.getAll())).sort((a, b) => a.at - b.at);
    for (const row of rows) {
      if (row.key && Date.now() - row.at > LIFE) {
        delete row.key;
        delete row.head;
        delete row.body;
        await write(row);
      }
    }
    const mine = rows.filter((row) => row.who === owner);
    over = mine.filter((row) => !row.key);
    things = [];
    for (const row of mine) {
      if (row.key && !who) things.push(row);
      else if (row.key) things.push({ ...JSON.parse(new TextDecoder().decode(await unlock(row, row.head))), id: row.id, at: row.at, kind: row.kind, row });
    }
    draw();
    return rows.filter((row) => row.key);
  }

  /* Keeps one thing, or says why it does not. */
  async function keep(kind, head, file, old) {
    const size = file ? file.size : 0;
    try {
      const rows = await look();
      const { usage, quota } = navigator.storage && navigator.storage.estimate ? await navigator.storage.estimate() : {};
      const full = rows.length >= MOST || rows.reduce((sum, row) => sum + row.size, size) > ROOM;
      if ((full && !old) || usage + size > 0.85 * quota) throw new Error("full");
      const row = { id: old ? old.id : `${Math.random()}`.slice(2), who, at: Date.now(), kind, size };
      row.key = await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
      if (file) row.body = await lock(row, await new Response(file).arrayBuffer());
      await write(await sealed(row, head));
      state.note = "";
      await look();
      return row.id;
    } catch (failure) {
      note(says.full[0]);
      return "";
    }
  }

  /* A form's answers, as the server last had them (`base`) and as they are now. */
  const base = new WeakMap();
  const pages = (root) => root.querySelector("form[data-autosave]");
  const values = (form) => Array.from(new FormData(form)).filter(([name, value]) => typeof value === "string" && !OURS.test(name));
  const names = (form) => Array.from(new Set(all("[name]", form).filter((box) => box.type !== "file").map((box) => box.name))).sort().join();
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  function untouched(form) {
    const copy = form.cloneNode(true);
    copy.reset();
    return values(copy);
  }
  function read(form) {
    const label = (box) => (box.closest("label") || (box.labels || [])[0] || box).textContent.trim();
    return Array.from(form.elements).filter((box) => box.name && !MUTE.test(box.type) && box.value)
      .filter((box) => !/^(radio|checkbox)$/.test(box.type) || box.checked)
      .map((box) => (box.type === "radio" || box.type === "checkbox" ? label(box) : box.selectedOptions ? label(box.selectedOptions[0]) : box.value));
  }
  const waiting = (path) => things.find((thing) => thing.kind === "answer" && thing.path === path);
  const forget = async (path) => {
    const thing = waiting(path);
    if (thing) await drop(thing.id);
    return look();
  };
  async function keepAnswers(form, pressed, why = "") {
    const old = waiting(place());
    const head = {
      path: place(), title: document.title.split(" – ")[0], fields: values(form), base: base.get(form), names: names(form), words: read(form),
      pressed: pressed || Boolean(old && old.pressed), why,
    };
    const id = await keep("answer", head, null, old);
    if (id && pressed) here.add(id);
    return id;
  }
  const here = new Set(); // pressed on this page since it was opened: the page goes on when it is saved
  function fill() {
    const form = pages(document);
    if (!form) return;
    if (!base.has(form)) base.set(form, untouched(form));
    const thing = waiting(place());
    if (!thing || thing.names !== names(form)) return;
    const given = (name) => thing.fields.filter((field) => field[0] === name).map((field) => field[1]);
    const taken = {};
    Array.from(form.elements).filter((box) => box.name && !MUTE.test(box.type)).forEach((box) => {
      if (box.type === "radio" || box.type === "checkbox") box.checked = given(box.name).includes(box.value);
      else {
        taken[box.name] = (taken[box.name] || 0) + 1;
        box.value = given(box.name)[taken[box.name] - 1] || "";
      }
    });
  }

  /* What the office answered: null when it was not the office that spoke, or it cannot now; else why it was not taken. */
  async function talk(path, post) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 120000);
    try {
      const answer = await fetch(path, { cache: "no-store", signal: stop.signal, ...post });
      if (answer.status === 204) return { why: "" };
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      return verdict(answer.status, answer.url, page);
    } catch (away) {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }
  const isLogIn = (url) => /^\/login/.test(new URL(url, location).pathname);
  function verdict(status, url, page) {
    if (status >= 500 || status === 429 || status === 408) return null;
    const script = page.querySelector("script[data-unsent]");
    if (status === 401 || isLogIn(url) || (script && script.dataset.who !== who)) return { why: "login" };
    if (!script) return null; // somebody's Wi-Fi gate
    const said = page.querySelector(".wrong .error span") || page.querySelector(".errors li") || page.querySelector("main h1");
    return { why: status < 400 ? "" : said ? said.textContent.trim() : "fails", page, url };
  }

  /* One thing: its page is asked for again (a fresh token, and what the office holds now), then it is sent. */
  async function send(thing) {
    const got = await talk(thing.path);
    if (!got || got.why) return got;
    const section = thing.box && got.page.getElementById(thing.box);
    const form = thing.box ? section && section.closest("form") : pages(got.page);
    if (!form || (thing.names && thing.names !== names(form))) return { why: "moved" };
    const data = new FormData();
    const hidden = all("input[type=hidden]", form).filter((field) => thing.box || OURS.test(field.name));
    hidden.forEach((field) => data.append(field.name, field.value));
    if (thing.box) {
      data.set("more", "stay");
      data.append(thing.name, new File([await unlock(thing.row, thing.row.body)], thing.title, { type: thing.type }));
    } else {
      const open = thing.path === place() && pages(document);
      if (open) thing.fields = values(open); // typed on since
      const now = values(form);
      if (!same(now, thing.base) && !same(now, thing.fields)) return { why: "changed" };
      thing.fields.forEach(([name, value]) => data.append(name, value));
    }
    const token = got.page.querySelector("meta[name=csrf-token]").content;
    const headers = { "X-CSRF-Token": token };
    if (!thing.box && !thing.pressed) headers["HX-Request"] = "true"; // kept as typed, like every other second of typing
    const sent = await talk(thing.action || thing.path, { method: "POST", body: data, headers });
    if (!thing.box || !sent || sent.why) return sent;
    // The office lists it now, or says that it has it already.
    const count = (page) => all(`#${thing.box} .photos li`, page).length;
    return count(sent.page) > count(got.page) || sent.page.querySelector("#main > .panel[role=status]") ? sent : { why: "fails" };
  }

  /* Everything that waits, one after another; what was refused waits for a person instead. */
  let busy = false, tries = 0, timer;
  const alone = navigator.locks
    ? (work) => navigator.locks.request("unsent", { ifAvailable: true }, (lock) => lock && work())
    : (work) => work();
  const flush = () => alone(async () => {
    if (busy || !who) return;
    busy = true;
    clearTimeout(timer);
    let last = null;
    try {
      await look();
      const queue = things.filter((thing) => !thing.why || thing.why === "login");
      for (const thing of queue) {
        state.sending = says.sends[0].replace("{n}", queue.indexOf(thing) + 1).replace("{of}", queue.length);
        draw();
        last = await send(thing);
        if (!last) break;
        if (last.why) await refuse(thing, last.why);
        else await arrived(thing, last);
      }
      state.saved = Boolean(last) && !things.length;
      tries = last || !queue.length ? 0 : tries + 1;
    } finally {
      busy = false;
      state.sending = "";
      await look();
    }
    if (!last && things.length) {
      const wait = Math.min(300, 2 ** (tries - 1));
      timer = setTimeout(flush, wait * (500 + 500 * Math.random()));
    } else setTimeout(() => { state.saved = false; draw(); }, 6000);
  }).catch(() => {});
  const soon = () => { tries = 0; return flush(); };
  async function refuse(thing, why) {
    const { row, ...head } = thing;
    await write(await sealed(row, { ...head, why }));
    await look();
  }
  async function arrived(thing, { page, url }) {
    await drop(thing.id);
    await look();
    if (thing.path !== place() || !page) return;
    const form = pages(document);
    if (here.has(thing.id) && form && same(values(form), thing.fields)) show(page, url);
    else if (form) base.set(form, thing.fields);
    else if (thing.box && !document.querySelector(".photos progress")) window.motcua.renew(page);
  }

  /* What is to be seen: one line that always says where the work is, and below it what can be done. */
  const state = { sending: "", saved: false, note: "", ask: null, leave: null, open: false, sure: "" };
  const region = make("section");
  region.setAttribute("aria-label", says.title[0]);
  region.tabIndex = -1;
  const strip = make("div", { className: "strip" });
  strip.setAttribute("role", "status");
  const below = make("div", { className: "inner" });
  region.append(strip, below);
  const button = (name, act, kind = " secondary") => {
    const made = make("button", { type: "button", className: `button small${kind}` });
    made.append(make("span", {}, says[name][0]));
    made.addEventListener("click", act);
    return made;
  };
  const note = (text) => { state.note = text; draw(); };
  const many = (list) => ["answer", "photo"].map((kind) => [kind, list.filter((one) => one.kind === kind).length])
    .filter(([, n]) => n).map(([kind, n]) => says[n > 1 ? `${kind}s` : kind][0].replace("{n}", n)).join(", ");
  const when = (at) => `${clock(new Date(at))} ${new Date(at).toLocaleDateString("vi-VN", { timeZone: "Asia/Ho_Chi_Minh" })}`;
  function line() {
    if (state.sending) return ["sending", state.sending, says.sends[1]];
    if (things.some((thing) => thing.why)) return ["error", says.fails[0], says.fails[1]];
    if (things.length) return ["offline", says.waits[0].replace("{what}", many(things)), says.waits[1]];
    if (state.note) return ["offline", state.note, says.waits[1]];
    return state.saved ? ["saved", says.saved[0], says.saved[1]] : [""];
  }
  function draw() {
    const network = document.querySelector("[data-module=network]");
    if (!document.contains(region)) network.after(region);
    const [name, text, sign] = line();
    region.hidden = !(name || over.length || state.ask || state.leave);
    network.hidden = Boolean(name); // one line says where the work is, not two
    strip.hidden = !name;
    if (strip.dataset.state !== name || strip.textContent !== text) {
      strip.dataset.state = name;
      strip.innerHTML = name ? `<div class="inner">${sign}<span></span></div>` : "";
      if (name) strip.querySelector("span").textContent = text;
    }
    // Only what has changed is drawn anew: a finger and the focus stay where they are.
    const drawn = JSON.stringify([things.map((thing) => [thing.id, thing.why]), over.length, !state.ask, !state.leave, state.open, state.sure, place()]);
    if (below.dataset.drawn !== drawn) below.replaceChildren(...parts());
    below.dataset.drawn = drawn;
  }
  const panel = (text, ...more) => {
    const made = make("div", { className: "panel warn", innerHTML: says.fails[1] });
    const body = make("div", { className: "panel-body" });
    const row = make("div", { className: "actions" });
    row.append(...more);
    body.append(make("p", {}, text), row);
    made.append(body);
    return made;
  };
  const set = (change) => { Object.assign(state, change); draw(); region.focus(); };
  function parts() {
    const made = [];
    if (state.ask) made.push(panel(`${says.ask[0]} ${says.locked[0]}`, button("own", () => choose("own"), ""), button("shared", () => choose("shared"))));
    if (over.length) {
      made.push(panel(says.over[0].replace("{what}", many(over)), button("understood", () => Promise.all(over.map((row) => drop(row.id))).then(look))));
    }
    if (state.leave) {
      const go = state.leave;
      made.push(panel(says.leave[0].replace("{what}", many(things)), button("stay", () => { set({ leave: null }); soon(); }, ""), button("out", () => go.submit())));
    }
    if (!things.length || !who) return made;
    const row = make("div", { className: "actions" });
    row.append(button("now", soon, ""), button(state.open ? "close" : "look", () => set({ open: !state.open, sure: "" })));
    made.push(row);
    if (!state.open) return made;
    const list = make("ul", { className: "photos" });
    list.append(...things.map(item));
    const card = make("div", { className: "card" });
    card.append(list);
    made.push(card);
    return made;
  }
  function item(thing) {
    const one = make("li", {});
    const what = make("div", { className: "what" });
    what.append(make("b", {}, thing.title), make("span", {}, (thing.words || []).join(" · ")), make("small", {}, thing.why ? (says[thing.why] || [thing.why])[0] : says.since[0].replace("{time}", when(thing.at))));
    one.dataset.state = thing.why ? "failed" : "paused";
    one.append(what);
    if (state.sure === thing.id) {
      one.append(make("b", {}, says.sure[0]), button("yes", () => drop(thing.id).then(look).then(() => set({ sure: "" })), " danger"), button("no", () => set({ sure: "" })));
      return one;
    }
    if (thing.path !== place()) one.append(button("open", () => location.assign(thing.path)));
    if (thing.box) one.append(button("save", () => save(thing)));
    one.append(button("delete", () => set({ sure: thing.id }), " danger"));
    return one;
  }
  async function save(thing) {
    const url = URL.createObjectURL(new Blob([await unlock(thing.row, thing.row.body)], { type: thing.type }));
    make("a", { href: url, download: thing.title }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }

  /* Whose phone it is, is asked when it first matters, and can be changed in the settings. */
  async function choose(whose) {
    phone = whose;
    await turn("phones", "readwrite", (store) => store.put(whose, who));
    const then = state.ask;
    state.ask = null;
    await (then && then());
    all("[data-module=phone]").forEach(settings);
    draw();
  }
  function want(then) {
    if (phone === "shared") return note(says.nothing[0]);
    set({ ask: () => (phone === "own" ? then() : note(says.nothing[0])) });
    return undefined;
  }
  function settings(it) {
    it.hidden = false;
    all("button", it).forEach((one) => {
      one.setAttribute("aria-pressed", String(phone === one.value));
      one.onclick = () => choose(one.value);
    });
  }

  /* A form that app.js hands over: where the phone is hers, or the signal is known to be gone. */
  window.motcua.unsent = {
    waits: () => Boolean(waiting(place())),
    takes(form) {
      if (!ready || !who || !("autosave" in form.dataset) || all("input[type=file]", form).some((box) => box.files.length)) return false;
      return phone === "own" || !navigator.onLine || form.querySelector("[data-part=saved]").dataset.state === "failed";
    },
    send(form, pressed) {
      const data = new FormData(form);
      const named = pressed && pressed.name;
      if (named) data.append(pressed.name, pressed.value);
      const away = () => {
        rest(form);
        if (phone === "own") keepAnswers(form, !named).then((id) => id && flush());
        else want(() => keepAnswers(form, !named).then(flush));
      };
      const request = ask(form.action, data, () => {}, { sending: "", checking: "" });
      request.timeout = 60000;
      request.onerror = request.ontimeout = away;
      request.onload = async () => {
        const page = request.response;
        const said = page && verdict(request.status, request.responseURL, page);
        if (!said) return away();
        if (said.why && request.status !== 422) {
          // It has nowhere to go now: here it can still be read.
          rest(form);
          if (phone === "own") { await keepAnswers(form, !named, said.why); return undefined; }
        } else await forget(place());
        return show(page, request.responseURL);
      };
    },
    async photo(it, file) {
      if (!ready || !who) return false;
      if (phone !== "own") { want(() => window.dispatchEvent(new Event("own-phone"))); return false; }
      const owned = it.closest("form");
      const head = { path: place(), action: it.dataset.action || owned.getAttribute("action"), title: file.name, type: file.type, name: it.dataset.name, box: it.id, words: [document.title.split(" – ")[0]] };
      const kept = await keep("photo", head, file);
      if (kept) flush();
      return Boolean(kept);
    },
  };
  let ready = false;
  modules.phone = (it) => ready && settings(it);

  /* What an autosave says: kept as typed, or not. */
  const asked = new WeakMap();
  document.addEventListener("htmx:beforeRequest", ({ detail }) => detail.elt.matches("form[data-autosave]") && asked.set(detail.xhr, values(detail.elt)));
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!ready || !who || !asked.has(detail.xhr)) return;
    if (detail.xhr.status === 204) {
      base.set(detail.elt, asked.get(detail.xhr));
      const thing = waiting(place());
      if (thing && !here.has(thing.id)) forget(place()); // what was pressed here still wants to go on
    } else if (phone === "own" && !detail.elt.dataset.sent && (!detail.xhr.status || detail.xhr.status >= 500)) keepAnswers(detail.elt, false);
  });
  /* Leaving says what would stay behind. */
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!ready || form.getAttribute("action") !== "/logout") return;
    event.preventDefault();
    event.stopPropagation();
    await look().catch(() => {});
    if (things.length) set({ leave: form });
    else form.submit();
  }, true);
  window.addEventListener("motcua:page", () => { draw(); fill(); });
  window.addEventListener("online", soon);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ready && soon());

  (async () => {
    await opened;
    if (who) await turn("phones", "readwrite", (store) => store.put(who, ""));
    else owner = await turn("phones", "readonly", (store) => store.get(""));
    phone = await turn("phones", "readonly", (store) => store.get(owner || " "));
    ready = true;
    await look();
    fill();
    all("[data-module=phone]").forEach(settings);
    if (things.length) flush();
  })().catch(() => {});
})();
