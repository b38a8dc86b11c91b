// Picker: asks its address for what matches the typed words, and keeps the id of what was chosen in its hidden field.
(() => {
  const set = (box) => {
    if (box.pickerSet) return;
    box.pickerSet = true;
    const query = box.querySelector("[data-picker-query]");
    const chosen = box.querySelector("[data-picker-id]");
    const list = box.querySelector("[role=listbox]");
    let waiting, asking, active = -1;
    const options = () => [...list.querySelectorAll("[role=option][data-id]")];
    const close = () => { list.hidden = true; query.setAttribute("aria-expanded", "false"); query.removeAttribute("aria-activedescendant"); active = -1; };
    const point = (index) => {
      const all = options();
      if (!all.length) return;
      active = (index + all.length) % all.length;
      all.forEach((one, at) => one.setAttribute("aria-selected", String(at === active)));
      query.setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    };
    const take = (option) => {
      query.value = option.dataset.title;
      chosen.value = option.dataset.id;
      close();
      query.dispatchEvent(new Event("input", { bubbles: true }));
      query.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const ask = async () => {
      asking?.abort();
      asking = new AbortController();
      const url = new URL(box.dataset.picker, location.href);
      url.searchParams.set("q", query.value.trim());
      try {
        const answer = await fetch(url, { signal: asking.signal, headers: { "HX-Request": "true" }, credentials: "same-origin" });
        if (!answer.ok || document.activeElement !== query) return;
        list.innerHTML = await answer.text();
        options().forEach((one, at) => { one.id = `${list.id}-${at}`; });
        list.hidden = false;
        query.setAttribute("aria-expanded", "true");
        active = -1;
      } catch { /* no connection: the typed name is resolved when the form is sent */ }
    };
    query.addEventListener("input", (event) => {
      if (!event.isTrusted) return;
      chosen.value = "";
      clearTimeout(waiting);
      waiting = setTimeout(ask, 180);
    });
    query.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") { event.preventDefault(); if (list.hidden) ask(); else point(active + 1); }
      else if (event.key === "ArrowUp" && !list.hidden) { event.preventDefault(); point(active - 1); }
      else if (event.key === "Enter" && !list.hidden && active >= 0) { event.preventDefault(); take(options()[active]); }
      else if (event.key === "Escape" && !list.hidden) { event.preventDefault(); event.stopPropagation(); close(); }
    });
    query.addEventListener("blur", () => setTimeout(close, 150));
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[data-id]");
      if (option) take(option);
    });
  };
  const setAll = (root) => { for (const box of root.querySelectorAll?.("[data-picker]") || []) set(box); };
  document.addEventListener("DOMContentLoaded", () => setAll(document));
  document.addEventListener("htmx:afterSettle", (event) => setAll(event.target));
})();
