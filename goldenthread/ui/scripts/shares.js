// Shares of a whole: moving one slider moves the others in proportion, so that they keep the sum of 100.
// <div data-shares><div class="share-row"><label/><input type="range" data-share/><input data-share-number name="…"/></div>…
// <output data-shares-sum/></div>. Numbers may be typed freely; then the sum says how far off it is. data-shares-locked keeps a row.
(() => {
  const whole = (box) => Number(box.dataset.shares || 100);
  const rowsOf = (box) => [...box.querySelectorAll(".share-row")].map((row) => ({
    row, slider: row.querySelector("[data-share]"), number: row.querySelector("[data-share-number]"),
  }));
  const typed = (field) => Number(String(field.value).replace(",", ".")) || 0;
  // Largest remainder: whole numbers that add up to exactly `total`.
  const spread = (parts, total) => {
    const sum = parts.reduce((a, b) => a + b, 0);
    const exact = parts.map((part) => (sum > 0 ? (part * total) / sum : total / parts.length));
    const floors = exact.map(Math.floor);
    let left = Math.round(total - floors.reduce((a, b) => a + b, 0));
    const order = exact.map((value, index) => [value - floors[index], index]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    for (const [, index] of order) { if (left-- <= 0) break; floors[index] += 1; }
    return floors;
  };
  const show = (box) => {
    const rows = rowsOf(box);
    const sum = rows.reduce((total, { number }) => total + typed(number), 0);
    const off = Math.round((sum - whole(box)) * 100) / 100;
    const line = box.querySelector("[data-shares-sum]");
    if (line) {
      line.textContent = off === 0 ? `Sum ${whole(box)}` : `Sum ${Math.round(sum * 100) / 100}: ${Math.abs(off)} ${off > 0 ? "too much" : "still to give"}`;
      line.classList.toggle("is-off", off !== 0);
    }
    const even = box.querySelector("[data-shares-settle]");
    if (even) even.hidden = off === 0;
    for (const { slider, number } of rows) if (slider) slider.value = typed(number);
  };
  // `held`: the shares as they stood when the slider was taken. From there, not from the step before: rounding would
  // take every step of one from the same row.
  const balance = (box, chosen, value, held) => {
    const rows = rowsOf(box);
    const others = rows.filter((one) => one.row !== chosen.row);
    const now = Math.max(0, Math.min(whole(box), Math.round(value)));
    if (!others.length) { chosen.number.value = whole(box); return show(box); }
    const parts = spread(others.map(({ row, number }) => held.get(row) ?? typed(number)), whole(box) - now);
    chosen.number.value = now;
    others.forEach(({ number }, index) => { number.value = parts[index]; });
    return show(box);
  };
  const set = (box) => {
    if (box.sharesSet) return;
    box.sharesSet = true;
    show(box);
    let held = new Map();
    const take = (event) => {
      if (event.target.matches("[data-share]")) held = new Map(rowsOf(box).map(({ row, number }) => [row, typed(number)]));
    };
    box.addEventListener("focusin", take);
    box.addEventListener("pointerdown", take);
    box.addEventListener("input", (event) => {
      if (!event.isTrusted) { show(box); return; }
      const rows = rowsOf(box);
      const chosen = rows.find((one) => one.slider === event.target);
      if (chosen) balance(box, chosen, Number(event.target.value), held);
      else show(box);
    });
    box.addEventListener("click", (event) => {
      if (!event.target.closest("[data-shares-settle]")) return;
      const rows = rowsOf(box);
      const parts = spread(rows.map(({ number }) => typed(number)), whole(box));
      rows.forEach(({ number }, index) => { number.value = parts[index]; });
      show(box);
      rows[0]?.number.dispatchEvent(new Event("input", { bubbles: true }));
    });
  };
  const setAll = (root) => { for (const box of root.querySelectorAll?.("[data-shares]") || []) set(box); };
  document.addEventListener("DOMContentLoaded", () => setAll(document));
  document.addEventListener("htmx:afterSettle", (event) => setAll(event.target));
})();
