// The keyboard: / searches, g and a letter goes to a page, c checks in, ? lists the keys.
(() => {
  let going = 0;
  const typing = (node) => node.closest?.("input, textarea, select, [contenteditable=true], [role=combobox]");
  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
    if (document.querySelector("dialog[open]") && event.key !== "?") return;
    if (Date.now() - going < 1500) {
      going = 0;
      const link = document.querySelector(`[data-go="${CSS.escape(event.key.toLowerCase())}"]`);
      if (link) { event.preventDefault(); location.assign(link.href); }
      return;
    }
    if (event.key === "g") going = Date.now();
    else if (event.key === "/") {
      const field = document.querySelector("[data-key='/']");
      event.preventDefault();
      if (field?.offsetParent) { field.focus(); field.select(); }
      else document.querySelector(".find-narrow")?.click();
    } else if (event.key === "c") {
      const first = document.querySelector("[data-check-in]");
      if (first) { event.preventDefault(); first.click(); first.focus(); }
      else document.querySelector("[data-go=h]")?.click();
    } else if (event.key === "?") {
      const keys = document.getElementById("keys");
      if (keys?.open) keys.close(); else keys?.showModal();
    }
  });
})();
