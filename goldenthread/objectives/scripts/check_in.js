// Checking in where one stands: a panel opens under its row, closes with Escape or Cancel, and hands the focus on.
(() => {
  const openerOf = (panel) => document.querySelector(`[data-panel="${CSS.escape(panel.id)}"]`);
  const panelOf = (node) => {
    let panel = node.closest?.("[id]");
    while (panel && !openerOf(panel)) panel = panel.parentElement?.closest("[id]");
    return panel;
  };
  const tell = (panel, open) => openerOf(panel)?.setAttribute("aria-expanded", String(open));
  const close = (panel) => {
    if (!panel) return;
    panel.replaceChildren();
    tell(panel, false);
    openerOf(panel)?.focus();
  };
  document.addEventListener("click", (event) => {
    const closer = event.target.closest("[data-closes-panel]");
    if (closer) { closer.form?.reset(); close(panelOf(closer)); return; }
    // A second press on the button closes what the first one opened.
    const opener = event.target.closest("[data-panel][aria-expanded=true]");
    if (opener) {
      event.preventDefault();
      event.stopImmediatePropagation();
      close(document.getElementById(opener.dataset.panel));
    }
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      const panel = panelOf(event.target);
      if (panel?.childElementCount) { event.preventDefault(); close(panel); }
    }
    // In the note Enter is a new line; with Ctrl it sends.
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches(".checkin textarea")) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
    if (event.key === " " && event.target.matches("a[data-panel]")) { event.preventDefault(); event.target.click(); }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const panel = document.getElementById(event.target.id);
    if (panel && openerOf(panel)) tell(panel, panel.childElementCount > 0);
    const done = event.target.matches?.("[data-checked-in]") ? event.target : null;
    if (!done) return;
    const next = done.nextElementSibling?.querySelector("form.checkin input:not([type=hidden])");
    (next || done.querySelector("[data-closes-panel]"))?.focus();
  });
})();
