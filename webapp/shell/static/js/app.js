/* What makes the plain pages nicer; every one of them works without this file.
   Parts are bound by data-module and find their words in data-… attributes. ES2019, no eval, nothing kept on the device. */
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
  page.classList.add("js");

  /* A form that only carries something on: pressed at once, and by hand where there is no script. */
  function press(it) {
    const carried = it.querySelector("form");
    return carried.requestSubmit ? carried.requestSubmit() : carried.submit();
  }

  /* A form: one press sends once, and says that it does. */
  function form(it) {
    it.addEventListener("submit", (event) => {
      if (it.dataset.sent) return event.preventDefault();
      it.dataset.sent = "1";
      const button = event.submitter || it.querySelector("button:not([type=button])");
      // Later, so that the name of the button pressed still goes along; never disabled, so that it can be read.
      setTimeout(() => button && busy(it, button), 0);
      if (it.querySelector("[data-basket]")) {
        event.preventDefault();
        return send(it, button);
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
    if (words && it.dataset.busyText) words.textContent = it.dataset.busyText;
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

  /* Photos that waited on the page go with their form, which then counts on its button. */
  function send(it, button) {
    const data = new FormData(it);
    if (button && button.name) data.append(button.name, button.value);
    const say = (text) => {
      rest(it);
      const line = make("p", { className: "error" }, text);
      line.setAttribute("role", "alert");
      all("[role=alert].error", it).forEach((old) => old.remove());
      (button ? button.parentNode : it).before(line);
    };
    const request = ask(it.action, data, (words) => {
      const place = button && button.querySelector("span");
      if (place) place.textContent = words;
    }, it.dataset);
    request.onerror = request.ontimeout = () => say(it.dataset.offline);
    request.onload = () => {
      const fresh = request.response;
      if (request.status >= 500 || !fresh || !fresh.getElementById("main")) return say(it.dataset.refused);
      return show(fresh, request.responseURL);
    };
  }
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
    const path = new URL(url, location).pathname;
    if (/^\/(staff\/)?login/.test(path)) return location.assign(url);
    if (path !== location.pathname) {
      history.pushState(null, "", url);
      moved = true;
    }
    document.title = fresh.title;
    document.body.replaceWith(fresh.body);
    bind(document);
    window.scrollTo(0, 0);
    const first = document.querySelector(".errors, h1");
    if (first) { first.tabIndex = -1; first.focus(); }
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
    window.addEventListener("online", () => line.dataset.state === "failed" && again());
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

  /* Photos: made smaller here, sent one by one, each with its own progress and its own second try. */
  const LONG_SIDE = 1600;
  const largest = (file) => (file.type === "application/pdf" ? 20 : 10) * 1024 * 1024;
  const READABLE = /^(image\/(jpeg|png|webp)|application\/pdf)$/;
  let queue = Promise.resolve();

  function upload(it) {
    const say = it.dataset;
    const owner = it.closest("form");
    const list = it.querySelector("[data-part=list]");
    const inputs = all("input[type=file]", it);
    // Several papers on one page (a name of its own for each) go with their form; a single one goes photo by photo.
    const together = say.name !== "photos" && !say.action;
    const basket = make("input", { type: "file", multiple: true, hidden: true });
    const held = new Set();
    const fill = () => {
      const files = new DataTransfer();
      held.forEach((file) => files.items.add(file));
      basket.files = files.files;
    };
    // A photo is sent as it is taken: until one has come, the form's own button would only complain.
    if (!together && !list.children.length) all(".bottom, .actions", owner).forEach((row) => { row.hidden = true; });
    if (together) {
      inputs.forEach((input) => input.removeAttribute("name"));
      basket.name = say.name;
      basket.dataset.basket = "";
      it.append(basket);
    }

    function row(file) {
      const line = make("li");
      const what = make("span", { className: "what" });
      const state = make("small");
      const bar = make("progress", { max: 100 });
      bar.setAttribute("aria-label", file.name);
      what.append(make("span", {}, file.name), state, bar);
      line.append(what);
      list.append(line);
      const buttons = [];
      const clear = () => buttons.splice(0).forEach((button) => button.remove());
      return {
        say(text, part) {
          clear();
          line.dataset.state = "sending";
          state.textContent = text;
          bar.hidden = part === undefined;
          if (part !== undefined) bar.value = part;
        },
        ask(text, ...choices) {
          clear();
          line.dataset.state = "failed";
          state.textContent = text;
          bar.hidden = true;
          choices.forEach(([words, act]) => {
            const button = make("button", { type: "button", className: "button secondary small" }, words);
            button.addEventListener("click", act);
            buttons.push(button);
            line.append(button);
          });
        },
        gone: () => line.remove(),
      };
    }

    async function take(file) {
      const line = row(file);
      const drop = [say.drop, line.gone];
      line.say(say.shrinking);
      let ready = file;
      let sharp = true;
      if (file.type.startsWith("image/")) {
        try {
          [ready, sharp] = await shrink(file);
        } catch (failure) {
          ready = file; // this phone cannot read it; perhaps the office can
        }
      }
      if (!READABLE.test(ready.type)) return line.ask(say.type, drop);
      if (ready.size > largest(ready)) return line.ask(say.large, drop);
      const go = () => {
        if (!together) { queue = queue.then(() => post(ready, line, drop)); return; }
        held.add(ready);
        fill();
        line.ask(say.ready, [say.drop, () => { held.delete(ready); fill(); line.gone(); }]);
      };
      if (sharp) return go();
      return line.ask(say.blurred, [say.anyway, go], drop);
    }

    function post(file, line, drop) {
      return new Promise((done) => {
        const data = new FormData();
        all("input[type=hidden]", owner).forEach((field) => data.append(field.name, field.value));
        data.set("more", "stay"); // this page goes on, whatever its button would do
        data.append(say.name, file, file.name);
        line.say(say.sending.replace("{n}", 0), 0);
        const request = ask(say.action || owner.action, data, line.say, say);
        const retry = [say.retry, () => { queue = queue.then(() => post(file, line, drop)); }];
        request.onerror = request.ontimeout = () => line.ask(say.offline, retry, drop);
        request.onload = () => answered(request, line, retry, drop);
        request.onloadend = done;
      });
    }

    function answered(request, line, retry, drop) {
      const fresh = request.response;
      const path = new URL(request.responseURL, location).pathname;
      if (request.status === 200 && fresh && path !== location.pathname) return show(fresh, request.responseURL);
      if (request.status === 200 && fresh && fresh.getElementById("main")) return refresh(fresh, line);
      if (request.status === 413) return line.ask(say.large, drop);
      const reason = fresh && (fresh.querySelector(`#e-${it.id.slice(2)} > span`) || fresh.querySelector(".errors li"));
      if (request.status === 422 && reason) return line.ask(reason.textContent, drop);
      if (request.status === 401) return location.reload();
      return line.ask(say.refused, retry, drop);
    }

    /* The office's own list takes the place of ours; rows still on their way stay. */
    function refresh(fresh, line) {
      line.gone();
      const theirs = fresh.getElementById(it.id);
      if (theirs && document.querySelector(".photos progress")) {
        const mine = all(":scope > li", list).filter((one) => one.querySelector("progress"));
        list.replaceChildren(...all("[data-part=list] > li", theirs), ...mine);
        return;
      }
      document.getElementById("main").replaceWith(fresh.getElementById("main"));
      bind(document);
      const again = document.getElementById(it.id);
      if (again) { again.tabIndex = -1; again.focus({ preventScroll: true }); }
    }

    all("[data-button]", it).forEach((label) => { label.className = label.dataset.button; });
    inputs.forEach((input) => input.addEventListener("change", () => {
      const files = Array.from(input.files);
      input.value = "";
      files.forEach(take);
    }));
  }

  /* Drawing the photo anew also leaves behind where and when it was taken. */
  async function shrink(file) {
    const url = URL.createObjectURL(file);
    try {
      const image = new Image();
      image.src = url;
      await image.decode();
      const canvas = paint(image, LONG_SIDE);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.72));
      const name = file.name.replace(/\.\w+$/, "") + ".jpg";
      return [new File([blob], name, { type: "image/jpeg" }), isSharp(paint(image, 320))];
    } finally {
      URL.revokeObjectURL(url);
    }
  }
  function paint(image, longest) {
    const scale = Math.min(1, longest / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = make("canvas", { width: Math.max(1, image.naturalWidth * scale), height: Math.max(1, image.naturalHeight * scale) });
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas;
  }
  /* Variance of the Laplacian: edges of letters make it large, a shaken hand makes it small. */
  function isSharp(canvas) {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const grey = (x, y) => data[4 * (y * width + x) + 1];
    let sum = 0, squares = 0, count = 0;
    for (let y = 1; y < height - 1; y += 1) {
      for (let x = 1; x < width - 1; x += 1) {
        const edge = 4 * grey(x, y) - grey(x - 1, y) - grey(x + 1, y) - grey(x, y - 1) - grey(x, y + 1);
        sum += edge; squares += edge * edge; count += 1;
      }
    }
    return !count || squares / count - (sum / count) ** 2 > 40;
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
        if (!option.value.toLowerCase().includes(typed.toLowerCase())) option.label = typed;
      });
    });
    box.addEventListener("input", ask);
    province.addEventListener("change", () => { list.innerHTML = ""; });
  }

  /* Without a connection the page says so, in words. */
  function network(it) {
    const show = (name) => {
      const words = name && it.querySelector(`template[data-for=${name}]`);
      all(".strip", it).forEach((old) => old.remove());
      if (words) it.append(words.content.cloneNode(true));
    };
    window.addEventListener("offline", () => show("offline"));
    window.addEventListener("online", () => { show("online"); setTimeout(() => navigator.onLine && show(), 6000); });
    const copy = page.dataset.copy; // the worker writes it on a page that it kept
    if (copy) {
      show("copy");
      const words = it.querySelector(".strip span");
      words.textContent = words.textContent.replace("{day}", copy);
    } else if (!navigator.onLine) show("offline");
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

  /* Print: without script the browser's own menu does the same. */
  function print(it) {
    it.hidden = false;
    it.addEventListener("click", () => window.print());
  }

  const modules = { press, form, errors, upload, commune, network, listen, scan, install, print };
  const bound = new WeakSet();
  function bind(root) {
    all("[data-module]", root).forEach((it) => {
      if (bound.has(it) || !modules[it.dataset.module]) return;
      bound.add(it);
      modules[it.dataset.module](it);
    });
  }
  bind(document);

  /* A private page brought back from the browser's memory may belong to somebody who has left: ask again. */
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    if (document.body.hasAttribute("data-private")) location.reload();
    else all("form[data-sent]").forEach(rest);
  });

  document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRF-Token"] = token(); });
  document.addEventListener("htmx:load", (event) => bind(event.detail.elt.parentNode || document));

  window.addEventListener("load", () => {
    // htmx weighs twice as much as all of this: only pages that use it fetch it, and only when they stand.
    if (document.querySelector("[hx-get], [hx-post], [hx-boost]")) {
      const htmx = make("script", { src: here.dataset.htmx });
      // It notes the page's address in the browser; a device that helps many people must not keep whose page it was.
      htmx.addEventListener("load", () => sessionStorage.removeItem("htmx-current-path-for-history"));
      document.head.append(htmx);
    }
    if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
  });
})();
