/* Photos of papers: made smaller here, sent one by one, each with its own progress, pause and second try.
   Without this file the boxes are plain ones and the form's own button sends them. Builds on app.js. */
"use strict";
(() => {
  const { all, make, ask, show, rest, bind, modules } = window.motcua;
  const LONG_SIDE = 1600;
  const READABLE = /^(image\/(jpeg|png|webp|hei[cf])|application\/pdf)$/;
  const NAMED = { jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", webp: "image/webp", heic: "image/heic", heif: "image/heif", pdf: "application/pdf" };
  const WAITS = [2, 4, 8, 15, 30, 60]; // seconds until the next try; a tap or the network's return comes first
  const COMES = ["online", "own-phone"]; // the network; the word that this phone may keep it
  const BUTTONS = ".bottom, .actions";
  const COMING = ".photos li:not([data-state=refused]) progress";
  const largest = (file) => (file.type === "application/pdf" ? 20 : 10) * 1024 * 1024;
  let queue = Promise.resolve();
  let making = Promise.resolve();

  /* A form with more than one paper: what was typed goes when every photo has arrived, and stays here until it has. */
  window.motcua.send = (it, button) => {
    const words = it.querySelector("[data-module=upload]").dataset;
    const say = (text) => {
      rest(it);
      const line = make("p", { className: "error" }, text);
      line.setAttribute("role", "alert");
      all("[role=alert].error", it).forEach((old) => old.remove());
      (button ? button.parentNode : it).before(line);
    };
    if (it.querySelector(COMING)) return say(words.first);
    const data = new FormData(it);
    if (button && button.name) data.append(button.name, button.value);
    const request = ask(it.action, data, (text) => {
      const place = button && button.querySelector("span");
      if (place) place.textContent = text;
    }, words);
    request.onerror = request.ontimeout = () => say(words.offline);
    request.onload = () => {
      const fresh = request.response;
      const whole = fresh && fresh.getElementById("main");
      if (request.status === 401 || isLogIn(request)) return say(words.ended);
      if (request.status === 429 || (request.status >= 500 && !(whole && whole.querySelector(".errors")))) return say(words.crowded);
      return whole ? show(fresh, request.responseURL) : say(words.refused);
    };
    return undefined;
  };
  /* The office's page takes the place of ours; what is typed and not sent yet stays in it. */
  window.motcua.renew = (fresh) => {
    const boxes = () => all("#main input:not([type=hidden]):not([type=file]), #main select, #main textarea");
    const typed = boxes();
    document.getElementById("main").replaceWith(fresh.getElementById("main"));
    const given = boxes();
    if (given.length === typed.length) given.forEach((box, nth) => { box.value = typed[nth].value; box.checked = typed[nth].checked; });
    bind(document);
  };
  const isLogIn = (request) => /^\/(staff\/)?login/.test(new URL(request.responseURL || location, location).pathname);

  function upload(it) {
    const say = it.dataset;
    const owner = it.closest("form");
    const list = it.querySelector("[data-part=list]");
    const inputs = all("input[type=file]", it);
    // A photo is sent as it is taken: until one has come, the button of a form for one paper would only complain.
    if (!say.action && !list.children.length) all(BUTTONS, owner).forEach((row) => { row.hidden = true; });
    let latest; // the office's newest answer, while something of ours stands beside it
    if (say.action) {
      owner.dataset.papers = "";
      inputs.forEach((input) => input.removeAttribute("name")); // sent already when the form is
    }

    /* One line of the list: what happens to this photo, in words, and what can be done about it. */
    function row(file) {
      const line = make("li");
      const what = make("span", { className: "what" });
      const state = make("small");
      const bar = make("progress", { max: 100 });
      bar.setAttribute("aria-label", file.name);
      what.append(make("span", {}, file.name), state, bar);
      line.append(what);
      list.append(line);
      let shown = "";
      return {
        tell(name, text, part, ...choices) {
          line.dataset.state = name;
          state.textContent = text;
          bar.hidden = part === undefined;
          if (part !== undefined) bar.value = part;
          // While it is sent the same buttons stay, or a finger would never hit one.
          const wanted = choices.map(([words]) => words).join();
          if (wanted === shown) return;
          shown = wanted;
          all("button", line).forEach((button) => button.remove());
          choices.forEach(([words, act]) => {
            const button = make("button", { type: "button", className: "button secondary small" }, words);
            button.addEventListener("click", act);
            line.append(button);
          });
        },
        gone: () => { line.remove(); onward(); },
        refused(text) { this.tell("refused", text, undefined, [say.drop, this.gone]); onward(); },
      };
    }

    async function take(file, line) {
      line.tell("sending", say.shrinking);
      const type = file.type || NAMED[file.name.split(".").pop().toLowerCase()] || "";
      let ready = file;
      let doubt = "";
      if (type.startsWith("image/")) {
        try {
          [ready, doubt] = await shrink(file);
        } catch (failure) {
          ready = file; // this phone cannot read it; perhaps the office can
        }
      }
      if (!READABLE.test(ready.type || type)) return line.refused(say.type);
      if (ready.size > largest(ready)) return line.refused(say.large);
      const go = () => enqueue(ready, line);
      if (!doubt) return go();
      return line.tell("failed", say[doubt], undefined, [say.anyway, go], [say.drop, line.gone]);
    }

    function enqueue(file, line, tries = 0) {
      const ticket = { file, line, tries, left: false };
      const drop = [say.drop, () => { ticket.left = true; line.gone(); }];
      line.tell("waiting", say.waiting, undefined, drop);
      queue = queue.then(() => ticket.left || post(ticket));
    }

    function post(ticket) {
      const { file, line } = ticket;
      return new Promise((done) => {
        const data = new FormData();
        all("input[type=hidden]", owner).forEach((field) => data.append(field.name, field.value));
        data.set("more", "stay"); // this page goes on, whatever its button would do
        data.append(say.name, file, file.name);
        const stop = () => { request.onabort = null; request.abort(); };
        const halt = [say.pause, () => { stop(); line.tell("paused", say.paused, undefined, [say.resume, () => enqueue(file, line)], drop); done(); }];
        const drop = [say.drop, () => { stop(); line.gone(); done(); }];
        const tell = (text, part) => line.tell("sending", text, part, halt, drop);
        const request = ask(say.action || owner.action, data, tell, say);
        tell(say.sending.replace("{n}", 0), 0);
        request.onerror = request.ontimeout = () => away(ticket);
        request.onload = () => answered(request, ticket);
        request.onloadend = done;
      });
    }

    /* On a phone of one's own it waits there, even when this page is closed (unsent.js); elsewhere it waits on this page. */
    async function away(ticket) {
      const { unsent } = window.motcua;
      if (unsent && await unsent.photo(it, ticket.file)) ticket.line.gone();
      else later(ticket, say.offline);
    }

    /* Nothing is wrong with the photo: it is sent again by itself, sooner when the network comes back or by a tap. */
    function later(ticket, text, seconds) {
      const { file, line, tries } = ticket;
      let wait = seconds || WAITS[Math.min(tries, WAITS.length - 1)];
      const stop = () => { clearInterval(clock); COMES.forEach((name) => window.removeEventListener(name, again)); };
      const again = () => { stop(); enqueue(file, line, tries + 1); };
      const tell = () => line.tell("failed", `${text} ${say.again.replace("{n}", wait)}`, undefined, [say.retry, again], [say.drop, () => { stop(); line.gone(); }]);
      const clock = setInterval(() => {
        wait -= 1;
        if (!document.contains(list)) stop();
        else if (wait > 0) tell();
        else again();
      }, 1000);
      COMES.forEach((name) => window.addEventListener(name, again));
      tell();
    }

    function answered(request, ticket) {
      const { file, line } = ticket;
      const drop = [say.drop, line.gone];
      const retry = [say.retry, () => enqueue(file, line)];
      const fresh = request.response;
      const path = new URL(request.responseURL, location).pathname;
      const reason = fresh && (fresh.querySelector(`#e-${it.id.slice(2)} > span`) || fresh.querySelector(".errors li"));
      const words = reason ? reason.lastChild.textContent.replace(`${file.name}: `, "") : ""; // the row names it already
      if (request.status === 401 || request.status === 403 || isLogIn(request)) {
        const open = [say.login, () => window.open(`/login?next=${encodeURIComponent(location.pathname)}`, "_blank", "noopener")];
        return line.tell("failed", say.ended, undefined, open, [say.retry, () => renew().then(() => enqueue(file, line))], drop);
      }
      if (request.status === 200 && fresh && path !== location.pathname) return show(fresh, request.responseURL);
      if (request.status === 200 && fresh && fresh.getElementById("main")) return refresh(fresh, line);
      if (request.status === 413) return line.refused(say.large);
      if (request.status === 422 && words) return line.refused(words);
      if (request.status === 429 || request.status === 503) {
        return later(ticket, words || say.crowded, +request.getResponseHeader("Retry-After") || 0);
      }
      return line.tell("failed", say.refused, undefined, retry, drop);
    }

    /* Logged in again in another window: this page needs that session's token, and keeps its photos. */
    function renew() {
      return new Promise((done) => {
        const request = new XMLHttpRequest();
        request.open("GET", location.pathname);
        request.responseType = "document";
        request.onloadend = () => {
          const meta = request.response && request.response.querySelector("meta[name=csrf-token]");
          if (meta && request.status === 200) {
            document.querySelector("meta[name=csrf-token]").content = meta.content;
            all("input[name=csrf_token]").forEach((field) => { field.value = meta.content; });
          }
          done();
        };
        request.send();
      });
    }

    /* The office's own list takes the place of ours; rows that are not there yet stay. */
    function refresh(fresh, line) {
      line.gone();
      const theirs = fresh.getElementById(it.id);
      if (theirs && document.querySelector(".photos progress")) { // rows of ours beside it, of this paper or another
        const mine = all(":scope > li", list).filter((one) => one.querySelector("progress"));
        list.replaceChildren(...all("[data-part=list] > li", theirs), ...mine);
        const main = document.getElementById("main");
        all(".panel[role=status]", main).forEach((old) => old.remove());
        main.prepend(...all("#main > .panel[role=status]", fresh));
        latest = fresh;
        onward();
        return;
      }
      window.motcua.renew(fresh);
      const again = document.getElementById(it.id);
      if (again) { again.tabIndex = -1; again.focus({ preventScroll: true }); }
    }

    /* Nothing is on its way any more: the button that the office would show now, also beside a file that it refused. */
    function onward() {
      if (!latest || owner.querySelector(COMING)) return;
      const theirs = latest.getElementById(it.id).closest("form");
      const more = (form) => form.querySelector("[name=more]");
      if (more(owner) && more(theirs)) more(owner).value = more(theirs).value;
      const fresh = all(BUTTONS, theirs);
      all(BUTTONS, owner).forEach((row, nth) => fresh[nth] && row.replaceWith(fresh[nth]));
      latest = undefined;
    }

    all("[data-button]", it).forEach((label) => { label.className = label.dataset.button; });
    inputs.forEach((input) => input.addEventListener("change", () => {
      const files = Array.from(input.files).map((file) => [file, row(file)]);
      input.value = "";
      // One after another: they arrive in the order of the pages, and a cheap phone holds one drawing at a time.
      files.forEach(([file, line]) => {
        line.tell("waiting", say.waiting);
        making = making.then(() => take(file, line)).catch(() => line.tell("failed", say.refused, undefined, [say.drop, line.gone]));
      });
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
      return [new File([blob], name, { type: "image/jpeg" }), doubts(paint(image, 320))];
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
  /* Can it be read? Paper is bright. And edges of letters make the variance of the Laplacian large, a shaken hand small. */
  function doubts(canvas) {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const grey = (x, y) => data[4 * (y * width + x) + 1];
    let sum = 0, squares = 0, light = 0, count = 0;
    for (let y = 1; y < height - 1; y += 1) {
      for (let x = 1; x < width - 1; x += 1) {
        const edge = 4 * grey(x, y) - grey(x - 1, y) - grey(x + 1, y) - grey(x, y - 1) - grey(x, y + 1);
        sum += edge; squares += edge * edge; light += grey(x, y); count += 1;
      }
    }
    if (!count) return "";
    if (light / count < 40) return "dark";
    return squares / count - (sum / count) ** 2 > 40 ? "" : "blurred";
  }

  modules.upload = upload;
  bind(document);
})();
