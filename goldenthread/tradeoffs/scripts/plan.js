// The grid of effort: <table data-plan data-floors="80 100 110"> of inputs in per cent. Arrow keys and Enter move, a block
// copied from a spreadsheet is pasted from the chosen cell on, Escape brings back what stood there, and sums and how full
// somebody's time is follow while typing. Without this it is a plain form.
(() => {
  const amount = (field) => {
    const text = field.value.replace("%", "").replace(",", ".").trim();
    return text === "" ? 0 : Number(text);
  };
  const words = (number, decimals) => number.toLocaleString(document.documentElement.lang || "en-GB", { maximumFractionDigits: decimals });
  const cellsOf = (row) => [...row.querySelectorAll(".plan-cell .input")];
  const lookOf = (sum, [fine, watch, act]) => (sum <= 0 ? "empty" : sum > act ? "act" : sum > watch ? "watch" : sum >= fine ? "fine" : "room left");

  const set = (table) => {
    if (table.planSet) return;
    table.planSet = true;
    const floors = table.dataset.floors.split(" ").map(Number);
    const rows = [...table.tBodies[0].rows];
    const grid = rows.map(cellsOf);
    const totals = [...table.querySelectorAll("[data-total]")];
    const look = (name) => table.closest("form").querySelector(`template[data-plan-look="${name}"]`).content.cloneNode(true);
    const place = (field) => {
      const row = rows.indexOf(field.closest("tr"));
      return [row, grid[row].indexOf(field)];
    };
    const sumUp = (row) => {
      const sum = grid[row].reduce((all, field) => all + (amount(field) || 0), Number(rows[row].dataset.elsewhere) || 0);
      rows[row].querySelector("[data-sum]").textContent = `${words(sum, 1)}\u202f%`;
      const name = lookOf(Math.round(sum * 100) / 100, floors);
      const box = rows[row].querySelector("[data-look]");
      if (box.dataset.look !== name) { box.replaceChildren(look(name)); box.dataset.look = name; }
    };
    const totalUp = (column) => {
      const fte = grid.reduce((all, fields, row) => all + (amount(fields[column]) || 0) * Number(rows[row].dataset.fte), 0) / 100;
      totals[column].textContent = fte ? fte.toLocaleString(document.documentElement.lang || "en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 }) : "–";
    };
    const mark = (field) => {
      const bad = !(amount(field) >= 0 && amount(field) <= 300);
      field.toggleAttribute("aria-invalid", bad);
      if (bad) field.setAttribute("aria-invalid", "true");
      field.closest("td").classList.toggle("field-bad", bad);
      field.closest("td").classList.toggle("is-changed", field.value.trim() !== field.defaultValue);
    };
    const go = (row, column) => {
      const field = grid[Math.max(0, Math.min(grid.length - 1, row))][Math.max(0, Math.min(grid[0].length - 1, column))];
      field.focus();
      field.select();
    };
    table.addEventListener("input", (event) => {
      if (!event.target.matches(".plan-cell .input")) return;
      const [row, column] = place(event.target);
      mark(event.target);
      sumUp(row);
      totalUp(column);
    });
    table.addEventListener("keydown", (event) => {
      const field = event.target;
      if (!field.matches(".plan-cell .input") || event.altKey || event.metaKey) return;
      if (event.ctrlKey) {
        if (event.key === "Enter") field.form.requestSubmit();
        return;
      }
      const [row, column] = place(field);
      const whole = field.selectionStart === 0 && field.selectionEnd === field.value.length;
      const moves = {
        ArrowUp: () => go(row - 1, column),
        ArrowDown: () => go(row + 1, column),
        Enter: () => go(row + (event.shiftKey ? -1 : 1), column),
        ArrowLeft: (whole || field.selectionEnd === 0) && (() => go(row, column - 1)),
        ArrowRight: (whole || field.selectionStart === field.value.length) && (() => go(row, column + 1)),
        Escape: () => { field.value = field.defaultValue; field.dispatchEvent(new Event("input", { bubbles: true })); field.select(); },
      };
      const move = !(event.shiftKey && event.key !== "Enter") && moves[event.key];
      if (!move) return;
      event.preventDefault();
      move();
    });
    table.addEventListener("focusin", (event) => { if (event.target.matches(".plan-cell .input")) event.target.select(); });
    table.addEventListener("paste", (event) => {
      if (!event.target.matches(".plan-cell .input")) return;
      const text = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "");
      if (!/[\t\n]/.test(text)) return;
      event.preventDefault();
      const [row, column] = place(event.target);
      text.split("\n").forEach((line, down) => line.split("\t").forEach((value, right) => {
        const field = grid[row + down]?.[column + right];
        if (!field || field.disabled) return;
        field.value = value.trim();
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }));
      go(row, column);
    });
  };
  const setAll = (root) => { for (const table of root.querySelectorAll?.("[data-plan]") || []) set(table); };
  document.addEventListener("DOMContentLoaded", () => setAll(document));
  document.addEventListener("htmx:afterSettle", (event) => setAll(event.target));
})();
