// Where a chart is wider than the window it scrolls: bring today left of the middle, with the end of the run before it and the target after it in sight.
(() => {
  const settle = (root) => {
    for (const line of root.querySelectorAll?.(".chart .scroll .today") || []) {
      const box = line.closest(".scroll");
      if (box.scrollWidth <= box.clientWidth) continue;
      const wanted = box.getBoundingClientRect().left + 0.4 * box.clientWidth;
      box.scrollBy({ left: line.getBoundingClientRect().left - wanted, behavior: "instant" });
    }
  };
  document.addEventListener("DOMContentLoaded", () => settle(document));
  document.addEventListener("htmx:afterSettle", (event) => settle(event.target));
})();
