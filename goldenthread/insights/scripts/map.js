// The alignment map: zoom by buttons and by + - 0, kept while more of it is loaded; the frame scrolls.
(() => {
  const STEPS = [0.4, 0.5, 0.65, 0.8, 1, 1.25, 1.5, 2];
  let zoom = 1;
  let before = null;
  const parts = () => {
    const map = document.querySelector("[data-map]");
    return map && { map, frame: map.querySelector("[data-map-scroll]"), drawing: map.querySelector("[data-map-drawing]") };
  };
  const show = () => {
    const found = parts();
    if (!found) return;
    const { map, drawing } = found;
    const [, , width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
    drawing.setAttribute("width", Math.round(width * zoom));
    drawing.setAttribute("height", Math.round(height * zoom));
    map.querySelector("[data-map-zoom]").hidden = false;
    map.querySelector("[data-zoom-shown]").textContent = `${Math.round(zoom * 100)}\u202f%`;
  };
  const set = (to) => {
    const found = parts();
    if (!found) return;
    const { frame } = found;
    const middle = (frame.scrollLeft + frame.clientWidth / 2) / zoom;
    zoom = Math.min(Math.max(to, STEPS[0]), STEPS.at(-1));
    show();
    frame.scrollLeft = middle * zoom - frame.clientWidth / 2;
  };
  const act = (what) => {
    if (what === "in") set(STEPS.find((step) => step > zoom + 0.01) ?? STEPS.at(-1));
    else if (what === "out") set(STEPS.findLast((step) => step < zoom - 0.01) ?? STEPS[0]);
    else if (what === "whole") set(1);
    else {
      const { frame, drawing } = parts();
      const width = Number(drawing.getAttribute("viewBox").split(" ")[2]);
      set((frame.clientWidth - 26) / width);
    }
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-zoom]");
    if (button) act(button.dataset.zoom);
  });
  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest?.("input, textarea, select, dialog[open]") || !parts()) return;
    const what = { "+": "in", "=": "in", "-": "out", 0: "whole" }[event.key];
    if (what) { event.preventDefault(); act(what); }
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.id === "map") {
      const { frame, drawing } = parts() ?? {};
      const ids = new Set([...(drawing?.querySelectorAll("a[id]") ?? [])].map((link) => link.id));
      before = frame && { left: frame.scrollLeft, top: frame.scrollTop, ids };
    }
  });
  document.addEventListener("htmx:afterSettle", () => {
    show();
    const { frame, drawing } = parts() ?? {};
    if (!frame || !before) return;
    frame.scrollLeft = before.left;
    frame.scrollTop = before.top;
    // What was opened is gone; the reader goes on with the first box that has come.
    const fresh = [...drawing.querySelectorAll("a[id]")].find((link) => !before.ids.has(link.id));
    fresh?.focus({ preventScroll: true });
    before = null;
  });
  const begin = () => {
    show();
    const { frame, drawing } = parts() ?? {};
    const root = drawing?.querySelector(".box-root")?.getBBox();
    // Where the frame is lower than the map, as on a phone, the strategy is in sight from the start.
    if (root) frame.scrollTop = root.y + root.height / 2 - frame.clientHeight / 2;
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
