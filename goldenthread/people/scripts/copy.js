// A button that copies the text of a field: data-copies="id of the field". Without script one selects it by hand.
(() => {
  const prepare = (root) => {
    for (const button of root.querySelectorAll("[data-copies]")) button.hidden = false;
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copies]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copies);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // where the page is not served over https
    }
    document.getElementById("live").textContent = "Copied";
    button.lastChild.textContent = "Copied";
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.("[data-select]")) event.target.select();
  });
  document.addEventListener("htmx:load", (event) => prepare(event.target));
  prepare(document);
})();
