/* What makes the plain pages nicer; every one of them works without this file.
   Parts are bound by data-module and find their words in data-… attributes, or in `says`, which the server writes in front
   (script_words.py). ES2019, no eval. Nothing is kept on the device; what waits for a signal is unsent.js. */
"use strict";
(() => {
  const page = document.documentElement;
  const here = document.currentScript;
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const make = (tag, attributes = {}, text = "") => {
    const element = Object.assign(document.createElement(tag), attributes);
    if (text) element.textContent = text;
    return element;
  };
  const token = () => {
    const found = document.querySelector("meta[name=csrf-token], input[name=csrf_token]");
    return found ? found.content || found.value : "";
  };
  const later = (wait, work) => {
    let timer;
    return () => { clearTimeout(timer); timer = setTimeout(work, wait); };
  };
  const clock = (date) => date.toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
  const HTMX = {
    includeIndicatorStyles: false, allowEval: false, allowScriptTags: false, historyCacheSize: 0, refreshOnHistoryMiss: true,
    selfRequestsOnly: true,
    responseHandling: [
      { code: "204", swap: false }, { code: "[23]..", swap: true }, { code: "422", swap: true },
      { code: "[45]..", swap: false, error: true },
    ],
  };
  page.classList.add("js");

  /* A form that only carries something on: pressed at once, and by hand where there is no script. */
  function press(it) {
    const carried = it.querySelector("form");
    return carried.requestSubmit ? carried.requestSubmit() : carried.submit();
  }

  /* One photo that answers a form: chosen is sent. */
  function pick(it) {
    const label = it.querySelector("label");
    const go = all("button", it).pop();
    label.className = label.dataset.button;
    go.hidden = true;
    it.querySelector("input[type=file]").addEventListener("change", () => {
      go.hidden = false;
      go.click();
    });
  }

  /* A form: one press sends once, and says that it does. */
  function form(it) {
    it.addEventListener("submit", (event) => {
      if (it.dataset.sent) return event.preventDefault();
      it.dataset.sent = "1";
      const button = event.submitter || it.querySelector("button:not([type=button])");
      // Later, so that the name of the button pressed still goes along; never disabled, so that it can be read.
      setTimeout(() => button && busy(it, button), 0);
      const { unsent } = window.motcua;
      if (unsent && unsent.takes(it)) {
        event.preventDefault();
        return unsent.send(it, button);
      }
      if ("papers" in it.dataset) {
        event.preventDefault();
        return window.motcua.send(it, button);
      }
      setTimeout(() => rest(it), 20000); // a download answers without a new page
      return undefined;
    });
    if ("autosave" in it.dataset) autosave(it);
  }
  function busy(it, button) {
    const words = button.querySelector("span");
    button.setAttribute("aria-disabled", "true");
    button.dataset.busy = words ? words.innerHTML : "";
    if (words) words.textContent = says.busy[0];
  }
  function rest(it) {
    delete it.dataset.sent;
    all("[data-busy]", it).forEach((button) => {
      const words = button.querySelector("span");
      if (words && button.dataset.busy) words.innerHTML = button.dataset.busy;
      button.removeAttribute("aria-disabled");
      delete button.dataset.busy;
    });
  }

  /* A post that tells how far it is; its answer is read as a page. */
  function ask(url, data, tell, words) {
    const request = new XMLHttpRequest(); // fetch tells nothing while it sends
    request.open("POST", url);
    request.responseType = "document";
    request.timeout = 180000;
    request.setRequestHeader("X-CSRF-Token", token());
    request.upload.onprogress = (event) => {
      const part = event.lengthComputable ? Math.round((100 * event.loaded) / event.total) : 0;
      tell(part < 100 ? words.sending.replace("{n}", part) : words.checking, part);
    };
    request.send(data);
    return request;
  }
  /* The answer takes the page's place as it came: asking for it again would lose the sentence it was to say once. */
  function show(fresh, url) {
    const { pathname, search } = new URL(url, location);
    if (/^\/(staff\/)?login/.test(pathname)) return location.assign(url);
    if (pathname + search !== location.pathname + location.search) {
      history.pushState(null, "", url);
      moved = true;
    }
    document.title = fresh.title;
    document.body.replaceWith(fresh.body);
    bind(document);
    wantHtmx();
    window.scrollTo(0, 0);
    const first = document.querySelector(".errors, h1");
    if (first) { first.tabIndex = -1; first.focus(); }
    window.dispatchEvent(new Event("motcua:page"));
    return undefined;
  }
  let moved = false;
  window.addEventListener("popstate", () => moved && location.reload());

  /* Autosave: htmx sends the form one second after the last key. Saved means that the server answered 204, and nothing else. */
  function autosave(it) {
    const line = it.querySelector("[data-part=saved]");
    const say = it.dataset;
    const show = (state, text) => { line.dataset.state = state; line.textContent = text; };
    const again = () => htmx.trigger(it, "save-again");
    const mine = (event) => event.detail.elt === it;
    it.addEventListener("htmx:confirm", (event) => { if (mine(event) && say.sent) event.preventDefault(); });
    it.addEventListener("htmx:beforeRequest", (event) => mine(event) && show("saving", say.saving));
    it.addEventListener("htmx:afterRequest", (event) => {
      if (!mine(event) || say.sent) return;
      const answer = event.detail.xhr;
      if (answer.status === 204) {
        show("saved", say.saved.replace("{time}", clock(new Date(answer.getResponseHeader("Date") || Date.now()))));
        return;
      }
      show("failed", say.failed);
      const button = make("button", { type: "button", className: "chip" }, say.retry);
      button.addEventListener("click", again);
      line.append(button);
    });
    // What unsent.js keeps of this page it sends itself, after a look at what the office has meanwhile.
    const waits = () => window.motcua.unsent && window.motcua.unsent.waits();
    window.addEventListener("online", () => line.dataset.state === "failed" && !waits() && again());
  }

  /* A refused form: the summary takes the focus, its links go to the box. */
  function errors(it) {
    it.focus();
    it.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const box = link && document.getElementById(link.hash.slice(1));
      if (!box) return;
      event.preventDefault();
      (box.closest(".field, .document") || box).scrollIntoView();
      box.focus({ preventScroll: true });
    });
  }

  /* Names of communes while typing. The list must also open for "hoang loc", which browsers compare letter by letter. */
  function commune(it) {
    const box = it.querySelector("[name$=_commune]");
    const province = it.querySelector("[name$=_province]");
    const list = document.getElementById(box.getAttribute("list"));
    const ask = later(400, async () => {
      const typed = box.value.trim();
      if (typed.length < 2) return;
      const query = new URLSearchParams({ province: province.value, q: typed });
      const answer = await fetch(`/communes?${query}`, { headers: { "HX-Request": "true" } }).catch(() => null);
      if (!answer || !answer.ok) return;
      list.innerHTML = await answer.text();
      all("option", list).forEach((option) => {
        if (!option.value.toLowerCase().includes(typed.toLowerCase())) option.label = [option.dataset.was, typed].filter(Boolean).join(" · ");
      });
    });
    box.addEventListener("input", ask);
    province.addEventListener("change", () => { list.innerHTML = ""; });
  }

  /* Without a connection the page says so, in words. */
  function network(it) {
    const show = (name, day = "") => {
      all(".strip", it).forEach((old) => old.remove());
      if (!name) return;
      const strip = make("div", { className: "strip" });
      strip.dataset.state = name === "online" ? "saved" : "offline";
      const inner = make("div", { className: "inner", innerHTML: says[name][1] });
      inner.append(make("span", {}, says[name][0].replace("{day}", day)));
      strip.append(inner);
      it.append(strip);
    };
    window.addEventListener("offline", () => show("offline"));
    window.addEventListener("online", () => { show("online"); setTimeout(() => navigator.onLine && show(), 6000); });
    const copy = page.dataset.copy; // the worker writes it on a page that it kept
    if (copy) show("copy", copy);
    else if (!navigator.onLine) show("offline");
  }

  /* Reading aloud, where the phone has a voice for the page's language. */
  function listen(it) {
    const speech = window.speechSynthesis;
    if (!speech) return;
    const words = it.querySelector("span");
    const start = words.textContent;
    const voice = () => speech.getVoices().find((one) => one.lang.replace("_", "-").startsWith(page.lang));
    const offer = () => { it.hidden = !voice(); };
    const stop = () => { speech.cancel(); words.textContent = start; };
    offer();
    speech.addEventListener && speech.addEventListener("voiceschanged", offer);
    it.addEventListener("click", () => {
      if (speech.speaking) return stop();
      const lines = document.getElementById("main").innerText.split("\n").map((line) => line.trim());
      // Line by line: some engines fall silent after a quarter of a minute of one text.
      lines.filter((line) => line && line !== start).forEach((line) => {
        const sentence = new SpeechSynthesisUtterance(line);
        sentence.voice = voice();
        sentence.lang = sentence.voice.lang;
        sentence.rate = 0.9;
        sentence.onend = () => { if (!speech.pending) stop(); };
        speech.speak(sentence);
      });
      words.textContent = it.dataset.stop;
      return undefined;
    });
    window.addEventListener("pagehide", stop);
  }

  /* The camera reads a QR where the browser can; everywhere else the code is typed. */
  async function scan(it) {
    if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
    const kinds = await BarcodeDetector.getSupportedFormats().catch(() => []);
    if (!kinds.includes("qr_code")) return;
    const box = document.getElementById(it.dataset.target);
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    let stream = null;
    const video = make("video", { playsInline: true, muted: true, className: "viewer" });
    const stop = () => { if (stream) stream.getTracks().forEach((track) => track.stop()); stream = null; video.remove(); };
    async function look() {
      if (!stream) return;
      const [found] = await detector.detect(video).catch(() => []);
      if (!found) { setTimeout(look, 150); return; }
      stop();
      const token = /\/q\/([a-z0-9]+)$/i.exec(found.rawValue);
      if (token && it.dataset.follow) { location.assign(`/q/${token[1]}`); return; }
      box.value = found.rawValue;
      if (box.form.requestSubmit) box.form.requestSubmit(); else box.form.submit();
    }
    it.hidden = false;
    it.addEventListener("click", async () => {
      if (stream) { stop(); return; }
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      } catch (refused) {
        box.focus();
        return;
      }
      it.after(video);
      video.srcObject = stream;
      await video.play();
      look();
    });
    window.addEventListener("pagehide", stop);
  }

  /* "Put it on the screen of the phone": only beside a receipt, twice at most, a month apart. */
  let offer = null;
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event;
    all("[data-module=install]").forEach(install);
  });
  function install(it) {
    const kept = "install-asked";
    let asked;
    try { asked = JSON.parse(localStorage.getItem(kept) || "[]"); } catch (closed) { return; }
    if (!offer || !it.hidden || asked.length > 1 || Date.now() - (asked[0] || 0) < 30 * 864e5) return;
    localStorage.setItem(kept, JSON.stringify([Date.now(), ...asked]));
    it.hidden = false;
    it.querySelector("button").addEventListener("click", () => { offer.prompt(); it.hidden = true; });
  }

  /* Says some minutes before that the log-in ends; each thing done in the meantime puts it off. */
  function away(it) {
    const left = Number(it.dataset.left) * 1000;
    let timer, shown;
    const say = (name, ...more) => {
      if (shown) shown.remove();
      shown = null;
      if (!name) return;
      const [words, sign] = says[name];
      shown = make("div", { className: "panel warn", innerHTML: sign });
      const body = make("div", { className: "panel-body" });
      body.append(make("p", {}, words.replace("{time}", clock(new Date(Date.now() + left)))), ...more);
      shown.append(body);
      it.append(shown);
    };
    const wait = () => { say(); clearTimeout(timer); timer = setTimeout(warn, Number(it.dataset.after) * 1000); };
    function warn() {
      const button = make("button", { type: "button", className: "button small" });
      button.append(make("span", {}, says.stay[0]));
      button.addEventListener("click", async () => {
        const answer = await fetch("/login/stay", { cache: "no-store" }).catch(() => null);
        if (answer) answer.ok ? wait() : say("over");
      });
      say("soon", button);
      timer = setTimeout(() => say("over"), left);
    }
    document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && wait());
    wait();
  }

  /* Print: without script the browser's own menu does the same. */
  function print(it) {
    it.hidden = false;
    it.addEventListener("click", () => window.print());
  }

  const modules = { press, pick, form, errors, commune, network, listen, scan, install, print, away };
  const bound = new WeakSet();
  function bind(root) {
    all("[data-module]", root).forEach((it) => {
      if (bound.has(it) || !modules[it.dataset.module]) return;
      bound.add(it);
      modules[it.dataset.module](it);
    });
  }
  // What upload.js and unsent.js build on. `who`: the account whose page it is, under a name that says nothing.
  window.motcua = { all, make, ask, show, rest, bind, clock, modules, who: here.dataset.who || "" };
  bind(document);

  /* A private page brought back from the browser's memory may belong to somebody who has left: ask again. */
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    if (document.body.hasAttribute("data-private")) location.reload();
    else all("form[data-sent]").forEach(rest);
  });

  document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRF-Token"] = token(); });
  document.addEventListener("htmx:load", (event) => bind(event.detail.elt.parentNode || document));

  // htmx weighs twice as much as all of this: only pages that use it fetch it, and only when they have been painted.
  function wantHtmx() {
    if (window.htmx) return htmx.process(document.body);
    if (!document.querySelector("[hx-get], [hx-post], [hx-boost]")) return undefined;
    const paints = window.PerformanceObserver?.supportedEntryTypes?.includes("paint");
    return paints ? new PerformanceObserver(fetchHtmx).observe({ type: "paint", buffered: true }) : fetchHtmx();
  }
  function fetchHtmx(_painted, watch) {
    watch?.disconnect();
    if (document.querySelector("[name=htmx-config]")) return;
    document.head.append(make("meta", { name: "htmx-config", content: JSON.stringify(HTMX) }));
    const htmx = make("script", { src: here.dataset.htmx });
    // It notes the page's address in the browser; a device that helps many people must not keep whose page it was.
    htmx.addEventListener("load", () => sessionStorage.removeItem("htmx-current-path-for-history"));
    document.head.append(htmx);
  }

  /* What cannot be sent waits in unsent.js, on pages of people who are here for themselves. */
  function fetchUnsent() {
    if (here.dataset.unsent && !document.querySelector(`[src="${here.dataset.unsent}"]`)) {
      document.head.append(make("script", { src: here.dataset.unsent }));
    }
  }
  window.addEventListener("offline", fetchUnsent);

  window.addEventListener("load", () => {
    // The worker has it already: nothing goes over the wire.
    if ("serviceWorker" in navigator && navigator.serviceWorker.controller) fetchUnsent();
    wantHtmx();
    if ("serviceWorker" in navigator && !document.body.dataset.kiosk) navigator.serviceWorker.register("/sw.js").catch(() => {});
  });
})();
