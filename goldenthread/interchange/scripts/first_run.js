// The way in: the browser's time zone, a file dropped anywhere on the page, drafts left out, a form that is being read.
(() => {
  const setZone = (select) => {
    let zone = "";
    try { zone = Intl.DateTimeFormat().resolvedOptions().timeZone; } catch { /* the reader chooses */ }
    // Only in place of the untouched default.
    if (zone && select.value === "UTC" && [...select.options].some((one) => one.value === zone)) select.value = zone;
  };

  const setDrop = (box) => {
    const input = box.querySelector("input[type=file]");
    const form = input?.form;
    if (!form) return;
    const name = box.querySelector("[data-drop-name]");
    const carriesFile = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
    let depth = 0;
    const mark = (on) => box.classList.toggle("is-over", on);
    document.addEventListener("dragenter", (event) => { if (carriesFile(event)) { depth += 1; mark(true); } });
    document.addEventListener("dragleave", (event) => { if (carriesFile(event)) { depth -= 1; if (depth <= 0) { depth = 0; mark(false); } } });
    document.addEventListener("dragover", (event) => { if (carriesFile(event)) event.preventDefault(); });
    document.addEventListener("drop", (event) => {
      if (!carriesFile(event)) return;
      event.preventDefault();
      depth = 0;
      mark(false);
      if (!event.dataTransfer.files.length) return;
      const one = new DataTransfer();
      one.items.add(event.dataTransfer.files[0]);
      input.files = one.files;
      name.textContent = `Reading ${one.files[0].name}…`;
      form.requestSubmit(form.querySelector(".btn-primary"));
    });
  };

  const setReview = (form) => {
    const most = Number(form.dataset.review);
    const count = () => {
      const rows = [...form.querySelectorAll(".draft")];
      let kept = 0;
      for (const row of rows) {
        const out = row.querySelector(".draft-acts input[type=checkbox]").checked;
        row.classList.toggle("is-out", out);
        if (!out) kept += 1;
      }
      form.querySelector("[data-kept]").textContent = kept;
      form.querySelector("[data-many]").hidden = kept <= most;
    };
    form.addEventListener("input", count);
    form.addEventListener("click", (event) => {
      const button = event.target.closest("[data-clears]");
      if (!button) return;
      const input = button.closest("[data-clearable]").querySelector("textarea");
      if (input.value) { button.was = input.value; input.value = ""; } else { input.value = button.was || input.defaultValue; }
      input.dispatchEvent(new Event("input", { bubbles: true }));
      button.classList.toggle("is-on", !input.value);
    });
    count();
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const select of document.querySelectorAll("select[data-time-zone]")) setZone(select);
    for (const box of document.querySelectorAll("[data-drop]")) setDrop(box);
    for (const form of document.querySelectorAll("form[data-review]")) setReview(form);
    for (const form of document.querySelectorAll("form[data-busy]")) {
      form.addEventListener("submit", () => form.querySelector(".btn-primary")?.setAttribute("aria-busy", "true"));
    }
  });
  addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("form[data-busy] [aria-busy]")) button.removeAttribute("aria-busy");
  });
})();
