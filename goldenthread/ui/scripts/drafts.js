// Drafts: a form with data-draft="key" keeps what is typed on this device until the server has accepted it.
// It survives a failed save, an expired session, a lost connection and a closed window. The server names an accepted
// form in the cookie draft-saved. Passwords, files and hidden fields are never kept; signing out, or 30 days, drops a draft.
(() => {
  const DAYS = 30 * 24 * 3600 * 1000;
  const who = document.documentElement.dataset.person || "guest";
  const prefix = `goldenthread-draft:${who}:`;
  const store = {
    get(key) { try { return JSON.parse(localStorage.getItem(prefix + key)); } catch { return null; } },
    set(key, draft) { try { localStorage.setItem(prefix + key, JSON.stringify(draft)); } catch { /* no room, or a private window */ } },
    drop(key) { try { localStorage.removeItem(prefix + key); } catch { /* nothing was kept */ } },
  };
  const kept = (field) => field.name && !field.disabled && field.name !== "_draft"
    && !field.matches("[data-order-number]") && !["password", "file", "submit", "button", "reset", "image"].includes(field.type)
    && (field.type !== "hidden" || field.matches("[data-picker-id]"));
  const fields = (form) => [...form.elements].filter(kept);
  const isBox = (field) => field.type === "checkbox" || field.type === "radio";
  const read = (form) => fields(form).map((field) => [
    field.name, isBox(field) ? `${field.value}=${field.checked}`
      : field.multiple ? JSON.stringify([...field.selectedOptions].map((option) => option.value)) : field.value,
  ]);
  let filling = false;
  const fill = (form, values) => {
    filling = true;
    const left = values.slice();
    for (const field of fields(form)) {
      const at = left.findIndex(([name, value]) => name === field.name && (!isBox(field) || value.startsWith(`${field.value}=`)));
      if (at < 0) continue;
      const [[, value]] = left.splice(at, 1);
      if (isBox(field)) field.checked = value === `${field.value}=true`;
      else if (field.multiple) {
        const chosen = JSON.parse(value);
        for (const option of field.options) option.selected = chosen.includes(option.value);
      } else field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    filling = false;
  };
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  const settle = () => {
    const found = document.cookie.split("; ").find((part) => part.startsWith("draft-saved="));
    if (!found) return;
    document.cookie = "draft-saved=; max-age=0; path=/; samesite=lax";
    store.drop(decodeURIComponent(found.slice("draft-saved=".length)));
  };

  const note = (form, restored) => {
    let line = form.querySelector(".draft-note");
    if (!line) {
      line = document.createElement("p");
      line.className = "draft-note";
      line.setAttribute("role", "status");
      (form.querySelector("[data-draft-note]") || form).append(line);
    }
    line.textContent = "Draft kept on this device";
    if (restored) {
      const undo = document.createElement("button");
      undo.type = "button";
      undo.textContent = "Start from what is saved";
      undo.addEventListener("click", () => {
        fill(form, form.draftStart);
        store.drop(form.dataset.draft);
        line.remove();
      });
      line.textContent = "Your draft is back. ";
      line.append(undo);
    }
  };

  const watch = (form) => {
    if (form.draftStart) return;
    form.draftStart = read(form);
    const key = form.dataset.draft;
    const draft = store.get(key);
    if (draft && Date.now() - draft.at > DAYS) store.drop(key);
    else if (draft && !same(draft.values, form.draftStart)) {
      // An answer that shows the form again with its errors already holds what was typed.
      if (!form.querySelector("[aria-invalid=true], .error-summary")) fill(form, draft.values);
      note(form, true);
    }
    let waiting;
    form.addEventListener("input", () => {
      if (filling) return;
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        const values = read(form);
        if (same(values, form.draftStart)) store.drop(key);
        else { store.set(key, { at: Date.now(), values }); note(form, false); }
      }, 200);
    });
    const keepNow = () => { clearTimeout(waiting); const values = read(form); if (!same(values, form.draftStart)) store.set(key, { at: Date.now(), values }); };
    form.addEventListener("submit", () => {
      keepNow();
      if (!form.elements._draft) {
        const name = document.createElement("input");
        Object.assign(name, { type: "hidden", name: "_draft", value: key });
        form.append(name);
      }
    }, true);
    form.addEventListener("reset", () => { clearTimeout(waiting); store.drop(key); form.querySelector(".draft-note")?.remove(); });
  };

  const watchAll = (root) => {
    if (root.matches?.("form[data-draft]")) watch(root);
    for (const form of root.querySelectorAll?.("form[data-draft]") || []) watch(form);
  };
  document.addEventListener("DOMContentLoaded", () => { settle(); watchAll(document); });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-forgets-drafts]")) return;
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) settle(); });
  document.addEventListener("htmx:beforeSwap", settle);
  // At once, before anybody can type: what stands in the form then is what it began with.
  document.addEventListener("htmx:afterSwap", () => watchAll(document));
  document.addEventListener("htmx:afterSettle", (event) => watchAll(event.target));
  document.addEventListener("htmx:configRequest", (event) => {
    const form = event.target.closest("form[data-draft]");
    if (form && event.detail.verb === "post") event.detail.parameters._draft = form.dataset.draft;
  });
})();
