// Putting a list in order: drag a row by its handle, or use its two buttons; the field data-order-field takes the order.
// <ol class="order" data-order><li data-id="7"><button class="handle" data-handle>…, data-move="-1", data-move="1"</li></ol>
// Without script the list keeps number fields named order-ID, which data-order-number marks and script hides.
(() => {
  const say = (words) => { const live = document.getElementById("live"); if (live) live.textContent = words; };
  const rows = (list) => [...list.children].filter((row) => row.dataset.id);
  const tell = (list, row) => {
    const all = rows(list);
    all.forEach((one, index) => {
      const number = one.querySelector("[data-order-number]");
      if (number) number.value = index + 1;
      const place = one.querySelector("[data-place]");
      if (place) place.textContent = index + 1;
      for (const button of one.querySelectorAll("[data-move]")) {
        button.disabled = button.dataset.move === "-1" ? index === 0 : index === all.length - 1;
      }
    });
    if (row) {
      say(`${row.dataset.title || "Row"}: place ${all.indexOf(row) + 1} of ${all.length}`);
      list.dispatchEvent(new Event("input", { bubbles: true }));
      list.dispatchEvent(new CustomEvent("ordered", { bubbles: true }));
    }
  };
  const move = (row, by) => {
    const list = row.parentElement;
    const all = rows(list);
    const at = all.indexOf(row) + by;
    if (at < 0 || at >= all.length) return;
    if (by < 0) all[at].before(row); else all[at].after(row);
    tell(list, row);
  };
  const set = (list) => {
    if (list.orderSet) return;
    list.orderSet = true;
    for (const number of list.querySelectorAll("[data-order-number]")) number.type = "hidden";
    for (const hidden of list.querySelectorAll("[data-order-script]")) hidden.hidden = false;
    tell(list);
    list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-move]");
      if (!button) return;
      move(button.closest("[data-id]"), Number(button.dataset.move));
      if (button.disabled) button.parentElement.querySelector("[data-move]:not(:disabled)")?.focus(); else button.focus();
    });
    list.addEventListener("keydown", (event) => {
      const handle = event.target.closest("[data-handle]");
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!handle || !by) return;
      event.preventDefault();
      move(handle.closest("[data-id]"), by);
      handle.focus();
    });
    list.addEventListener("pointerdown", (event) => {
      const handle = event.target.closest("[data-handle]");
      if (!handle || event.button) return;
      event.preventDefault();
      const row = handle.closest("[data-id]");
      row.classList.add("is-held");
      let moved = false;
      const drag = (pointer) => {
        const over = rows(list).find((one) => {
          const box = one.getBoundingClientRect();
          return one !== row && pointer.clientY >= box.top && pointer.clientY <= box.bottom;
        });
        if (!over) return;
        const box = over.getBoundingClientRect();
        const after = pointer.clientY > box.top + box.height / 2;
        if (after && over.nextElementSibling !== row) { over.after(row); moved = true; }
        if (!after && over.previousElementSibling !== row) { over.before(row); moved = true; }
      };
      const drop = () => {
        row.classList.remove("is-held");
        document.removeEventListener("pointermove", drag);
        document.removeEventListener("pointerup", drop);
        document.removeEventListener("pointercancel", drop);
        if (moved) tell(list, row);
        handle.focus();
      };
      // On the document: a captured pointer is let go as soon as its row moves in the page.
      document.addEventListener("pointermove", drag);
      document.addEventListener("pointerup", drop);
      document.addEventListener("pointercancel", drop);
    });
  };
  const setAll = (root) => { for (const list of root.querySelectorAll?.("[data-order]") || []) set(list); };
  document.addEventListener("DOMContentLoaded", () => setAll(document));
  document.addEventListener("htmx:afterSettle", (event) => setAll(event.target));
})();
