/* The desk without a mouse: one key for what is done all day, and a scanner that may be used anywhere on the page.
   One key alone is a shortcut (off while something is typed, and off for good with the switch in the help); many keys
   at once are a scanner: they go into the box that finds everything, and their Enter looks it up. ES2019, no eval. */
"use strict";
(() => {
  const keys = document.getElementById("keys");
  const box = document.getElementById("f-q");
  if (!keys || !window.HTMLDialogElement) return;
  const FAST = 60; // milliseconds: no hand types so, every scanner does
  const off = () => /(?:^|; )keys=off/.test(document.cookie);
  const rows = () => Array.from(document.querySelectorAll(".desk-table a.code"));
  const verbs = () => Array.from(document.querySelectorAll(".decision .button"));
  const typing = (it) => it.isContentEditable || /^(TEXTAREA|SELECT)$/.test(it.tagName)
    || (it.tagName === "INPUT" && !/^(checkbox|radio|button|submit|file)$/.test(it.type));
  const go = (path) => { location.href = path; };

  function step(by) {
    const all = rows();
    if (!all.length) return;
    const here = all.indexOf(document.activeElement);
    const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1);
    all[next].focus();
  }
  const shortcuts = {
    "/": () => box && box.focus(),
    j: () => step(1),
    k: () => step(-1),
    c: () => go("/counter"),
    w: () => go("/counter/worklist"),
    n: () => go("/counter/walk-in"),
    "?": () => (help && help.open ? help.close() : show()),
  };
  function run(key) {
    if (/^[1-9]$/.test(key)) {
      const verb = verbs()[key - 1];
      if (verb) { verb.focus(); verb.scrollIntoView({ block: "nearest" }); }
      return;
    }
    if (shortcuts[key]) shortcuts[key]();
  }

  let help = null;
  let heard = "";
  let timer;
  function rest() {
    const text = heard;
    heard = "";
    if (text.length === 1) {
      if (!off() || text === "?") run(text);
    } else if (text.length > 3) scanned(text, false);
  }
  function scanned(text, entered) {
    if (!box) return;
    box.value = text;
    box.focus();
    if (entered) box.form.requestSubmit();
  }
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    if (event.key === "Enter" && heard.length > 3) {
      event.preventDefault(); // not the button that has the focus: this Enter is the scanner's
      clearTimeout(timer);
      const text = heard;
      heard = "";
      scanned(text, true);
      return;
    }
    // Vietnamese typing takes letters back by this key and puts others there: D, Backspace, Đ.
    const back = heard && event.key === "Backspace";
    if ((event.key.length !== 1 && !back) || (help && help.open && event.key !== "?")) return;
    if (event.key === "/" || event.key === "?" || heard) event.preventDefault();
    heard = back ? heard.slice(0, -1) : heard + event.key;
    clearTimeout(timer);
    timer = setTimeout(rest, FAST);
  });

  verbs().slice(0, 9).forEach((verb, place) => {
    verb.setAttribute("aria-keyshortcuts", String(place + 1));
    const mark = document.createElement("kbd");
    mark.textContent = String(place + 1);
    mark.setAttribute("aria-hidden", "true");
    mark.hidden = off();
    verb.append(mark);
  });
  async function show() {
    if (!help) {
      const answer = await fetch("/counter/keys").catch(() => null);
      if (!answer || !answer.ok || help) return;
      const read = new DOMParser().parseFromString(await answer.text(), "text/html");
      help = read.getElementById("keys-help");
      keys.after(help);
      help.querySelector("button").addEventListener("click", () => help.close());
      switches(help.querySelector("#keys-on"));
    }
    help.showModal();
  }
  function switches(toggle) {
    toggle.checked = !off();
    toggle.addEventListener("change", () => {
      const secure = location.protocol === "https:" ? "; Secure" : "";
      document.cookie = `keys=${toggle.checked ? "on" : "off"}; path=/; max-age=31536000; SameSite=Lax${secure}`;
      verbs().forEach((verb) => verb.querySelectorAll("kbd").forEach((mark) => { mark.hidden = !toggle.checked; }));
    });
  }
  keys.hidden = false;
  keys.querySelector("button").addEventListener("click", show);
  if (box) {
    box.addEventListener("focus", () => box.select()); // the next scan takes the place of the last one
    if (document.activeElement === box) box.select();
  }
})();
