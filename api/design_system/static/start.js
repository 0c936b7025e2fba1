// GOV.UK Frontend's own start, from a file because nothing on a page is inline.
import { initAll } from "./govuk-frontend.min.js";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");
initAll();

// <section data-live="/emergencies/E-1/live"> is filled anew whenever the server says that it changed, but not while
// the focus is in it: nobody loses their place. What its data-live-tells says is said aloud when it changes. Without
// this script, or when the connection fails, the page keeps its "Look again" link.
for (const place of document.querySelectorAll("[data-live]")) {
  const source = new EventSource(place.dataset.live);
  const aloud = document.querySelector("[data-live-said]");
  let waits = null;
  const fill = () => {
    if (waits === null || place.contains(document.activeElement)) return;
    const said = place.querySelector("[data-live-tells]")?.textContent;
    place.innerHTML = waits;
    waits = null;
    const says = place.querySelector("[data-live-tells]")?.textContent;
    if (aloud && says && says !== said) aloud.textContent = says;
  };
  const hear = (told) => { if (told.data) { waits = told.data; fill(); } };
  source.addEventListener("progress", hear);
  source.addEventListener("end", (told) => { hear(told); source.close(); });
  place.addEventListener("focusout", () => setTimeout(fill));
}

// <div data-follow="/api/v1/tasks/T-1/events"> shows how far long work is, and the page anew when it has ended;
// without this script the page keeps its "Look again" link.
for (const place of document.querySelectorAll("[data-follow]")) {
  const source = new EventSource(place.dataset.follow);
  const words = place.querySelector("[data-told=words]"), bar = place.querySelector("progress");
  source.addEventListener("progress", (told) => {
    const task = JSON.parse(told.data);
    if (words && task.words) words.textContent = task.words;
    if (bar && task.total) { bar.max = task.total; bar.value = task.done; }
  });
  source.addEventListener("end", () => { source.close(); location.reload(); });
}

// <body data-still-here="/account">: whoever types uses their session, which would end under a long story; the address
// is asked for, and what it answers left. Without this script the session ends as if nobody were there.
const stillHere = document.body.dataset.stillHere;
if (stillHere) {
  let told = Date.now();
  document.addEventListener("input", () => {
    if (Date.now() - told < 5 * 60 * 1000) return;
    told = Date.now();
    fetch(stillHere, { cache: "no-store" }).catch(() => {});
  });
}

// <form data-seconds> tells how long somebody looked before they decided.
for (const field of document.querySelectorAll("input[data-seconds]")) {
  const began = performance.now();
  field.form.addEventListener("submit", () => { field.value = Math.round((performance.now() - began) / 1000); });
}

// The secret of an invitation comes behind the # of its link, which no server and no log ever sees.
for (const field of document.querySelectorAll("input[data-from-address]")) {
  if (location.hash.length > 1 && !field.value) {
    field.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
  }
}

// <output data-adds data-of="48"> says what the chosen answers of its form add up to; without this script a button does.
for (const told of document.querySelectorAll("output[data-adds]")) {
  const form = told.closest("form");
  form.addEventListener("change", () => {
    const chosen = [...form.querySelectorAll("input[type=radio]:checked")].map((each) => each.value);
    const open = chosen.filter((each) => each === "").length;
    const sum = chosen.reduce((all, each) => all + Number(each), 0);
    told.textContent = `So far ${sum} of ${told.dataset.of}${open ? `, ${open} not asked yet` : ""}`;
  });
}
