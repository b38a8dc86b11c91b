// What opens in place: dialogs, menus, and the announcements of swapped fragments.
(() => {
  const live = () => document.getElementById("live");
  const say = (words) => {
    const region = live();
    if (!region) return;
    region.textContent = "";
    setTimeout(() => { region.textContent = words; }, 50);
  };

  // data-opens="id" on a button, or on a link that leads to the page of the same form.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
      const target = document.getElementById(opener.dataset.opens);
      if (target?.showModal) {
        event.preventDefault();
        opener.closest("details[data-menu]")?.removeAttribute("open");
        if (!target.open) target.showModal();
        target.querySelector("[autofocus], [aria-invalid=true]")?.focus();
      } else if (target) {
        event.preventDefault();
        target.hidden = !target.hidden;
        opener.setAttribute("aria-expanded", String(!target.hidden));
        if (!target.hidden) target.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
      }
    }
    const closer = event.target.closest("[data-closes]");
    if (closer) {
      const dialog = closer.closest("dialog");
      if (dialog) { event.preventDefault(); dialog.close(); }
    }
    // A click on the veil closes; a menu closes with a click elsewhere.
    if (event.target instanceof HTMLDialogElement && event.target.open) {
      const box = event.target.getBoundingClientRect();
      const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside) event.target.close();
    }
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details[data-menu][open]");
    if (menu) { menu.removeAttribute("open"); menu.querySelector("summary").focus(); }
  });

  // The answer says what happened: HX-Trigger: {"say": "Checked in: 69 %"}; {"closeDialog": ""} closes the open dialog.
  document.addEventListener("say", (event) => say(event.detail?.value ?? String(event.detail ?? "")));
  document.addEventListener("closeDialog", () => document.querySelector("dialog[open]")?.close());
  document.addEventListener("htmx:afterSettle", (event) => {
    const summary = event.target.querySelector?.("[data-focus]");
    if (summary) summary.focus();
  });
  document.addEventListener("htmx:sendError", () => say("No connection. What you typed is kept on this device."));
  document.addEventListener("htmx:responseError", () => say("That did not work. What you typed is kept on this device."));
  document.addEventListener("DOMContentLoaded", () => document.querySelector("[data-focus]")?.focus());

  // Print buttons, selects that send their form at once, and confirmation before what cannot be undone.
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) event.target.form?.requestSubmit();
  });
})();
