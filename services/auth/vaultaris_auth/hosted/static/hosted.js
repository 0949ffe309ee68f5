// Comfort, nothing more: every page works without it.
"use strict";

for (const button of document.querySelectorAll("[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    button.textContent = shown ? button.dataset.show : button.dataset.hide;
    input.focus();
  });
}

for (const form of document.forms) {
  // A second click sends nothing. Not `disabled`: the pressed button's value must go along.
  form.addEventListener("submit", (event) => {
    if (form.ariaBusy === "true") event.preventDefault();
    form.ariaBusy = "true";
    event.submitter?.classList.add("vt-busy");
  });
  if ("sendAtOnce" in form.dataset) form.submit();
}

// A page that comes back out of the browser's memory can be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) form.ariaBusy = "false";
  for (const button of document.querySelectorAll(".vt-busy")) button.classList.remove("vt-busy");
});
