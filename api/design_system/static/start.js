// GOV.UK Frontend's own start, from a file because nothing on a page is inline.
import { initAll } from "./govuk-frontend.min.js";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");
initAll();

// <section data-live="/emergencies/E-1/live"> is filled anew whenever the server says that it changed; without
// this script, or when the connection fails, the page keeps its "Look again" link.
for (const place of document.querySelectorAll("[data-live]")) {
  const source = new EventSource(place.dataset.live);
  source.addEventListener("html", (told) => { place.innerHTML = told.data; });
  source.addEventListener("end", () => source.close());
}

// <form data-seconds> tells how long somebody looked before they decided.
for (const field of document.querySelectorAll("input[data-seconds]")) {
  const began = performance.now();
  field.form.addEventListener("submit", () => { field.value = Math.round((performance.now() - began) / 1000); });
}
