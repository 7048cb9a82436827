/* A screen in a hall: whoever touches nothing for a minute is asked, and after a quarter of a minute more the screen is
   cleared for the next person. A scanner may be used on every page; Back leads nobody to what somebody before has read.
   Without this file the pages go back by themselves after two minutes. ES2019, no eval. */
"use strict";
(() => {
  const SECOND = 1000;
  const AFTER = 60;
  const LEFT = 15;
  const REST = 600; // the first page, as it was set up: only to see whether it still lives
  const FAST = 60; // milliseconds between two keys: no hand types so, every scanner does
  const { kiosk: visit, quiet } = document.body.dataset;
  const dialog = document.getElementById("still");
  const box = document.getElementById("f-code");

  /* A page of somebody before, come to by Back: the server says who is there now, the history who it was. */
  if (!quiet) {
    const was = history.state && history.state.visit;
    if (was && was !== visit) return location.replace("/kiosk");
    history.replaceState({ visit }, "");
  }
  window.addEventListener("pageshow", (event) => event.persisted && location.replace("/kiosk"));

  // What an earlier life of this browser has left: workers, and the pages they keep.
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.getRegistrations().then((all) => all.forEach((one) => one.unregister())).catch(() => {});
  }

  let timer;
  let told = Date.now();
  let over = false;
  function later(seconds, work) {
    clearTimeout(timer);
    timer = setTimeout(work, seconds * SECOND);
  }
  const rest = () => (quiet ? later(quiet === "said" ? AFTER : REST, end) : later(AFTER, ask));

  function ask() {
    const number = dialog.querySelector("b");
    const tick = (left) => {
      if (!left) return end();
      number.textContent = left;
      return later(1, () => tick(left - 1));
    };
    if (!dialog.open) dialog.showModal ? dialog.showModal() : dialog.setAttribute("open", "");
    dialog.querySelector("button").focus();
    tick(LEFT);
  }
  function stay() {
    if (dialog && dialog.open) dialog.close ? dialog.close() : dialog.removeAttribute("open");
    tell(0);
    rest();
  }
  /* The server forgets what was proved after some minutes without a word. */
  function tell(wait) {
    if (quiet || Date.now() - told < wait) return;
    told = Date.now();
    fetch("/kiosk/stay", { cache: "no-store" }).catch(() => {});
  }
  function touched() {
    if (over || (dialog && dialog.open)) return;
    tell(AFTER * SECOND);
    rest();
  }
  ["pointerdown", "keydown", "input", "wheel", "touchmove", "scroll"].forEach((name) => {
    document.addEventListener(name, touched, { capture: true, passive: true });
  });
  if (dialog) {
    dialog.querySelector("button").addEventListener("click", stay);
    dialog.addEventListener("cancel", stay);
    dialog.addEventListener("click", (event) => event.target === dialog && stay());
  }

  /* First nothing stands there any more, then the next person's page is fetched; without a connection nothing stays. */
  async function end() {
    clearTimeout(timer);
    if (!over) {
      over = true;
      const wait = document.getElementById("hall-wait");
      if (dialog) dialog.remove();
      document.title = "Một Cửa";
      document.getElementById("main").replaceChildren(wait);
      wait.hidden = false;
    }
    try {
      const answer = await fetch("/kiosk/end", { cache: "no-store" });
      if (answer.status < 500) return location.replace("/kiosk");
    } catch (away) { /* once more, a little later */ }
    return later(5, end);
  }

  /* No door leads out: a telephone number or another site opens nothing here. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href]");
    if (link && (link.origin !== location.origin || link.target || link.hasAttribute("download"))) event.preventDefault();
  });

  /* The scanner types the address of a receipt's QR, wherever the cursor is. */
  const typing = (it) => it.tagName === "TEXTAREA" || (it.tagName === "INPUT" && !/^(radio|checkbox|hidden)$/.test(it.type));
  let heard = "";
  let pause;
  document.addEventListener("keydown", (event) => {
    if (!box || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    if (event.key === "Enter" && heard.length > 3) {
      event.preventDefault();
      box.value = heard;
      heard = "";
      box.form.requestSubmit ? box.form.requestSubmit() : box.form.submit();
      return;
    }
    // Vietnamese typing takes letters back by this key and puts others there: D, Backspace, Đ.
    if (event.key.length !== 1 && event.key !== "Backspace") return;
    heard = event.key === "Backspace" ? heard.slice(0, -1) : heard + event.key;
    clearTimeout(pause);
    pause = setTimeout(() => { heard = ""; }, FAST);
  });
  if (box && !box.value && !document.querySelector(".errors")) box.focus();

  return rest();
})();
