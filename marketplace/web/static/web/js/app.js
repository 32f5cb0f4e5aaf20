// Small enhancements; every page works without them. No framework, no eval, no inline handler: fits a strict CSP.
// Everything listens on the document, so that parts which htmx swaps in later work as well.
const root = document.documentElement;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const english = root.lang.startsWith("en");
const say = text => {
  const live = document.getElementById("live");
  if (live) { live.textContent = ""; requestAnimationFrame(() => { live.textContent = text; }); }
};

// 长者版 and dark: the form would do it with a round trip; here the cookie is set on the spot
document.addEventListener("submit", event => {
  const button = event.submitter?.closest("[data-toggle]");
  if (!button) return;
  event.preventDefault();
  const [key, on, off] = button.dataset.toggle.split(":");
  const value = root.dataset[key] === on ? off : on;
  root.dataset[key] = value;
  document.cookie = `${key}=${value};path=/;max-age=31536000;samesite=lax`;
  showToggles();
  say(button.textContent.trim() + (english ? (value === on ? " on" : " off") : (value === on ? "已开启" : "已关闭")));
});
function showToggles() {
  for (const button of all("[data-toggle]")) {
    const [key, on, off] = button.dataset.toggle.split(":"), active = root.dataset[key] === on;
    button.setAttribute("aria-pressed", String(active));
    button.value = active ? off : on;
  }
}

// Combobox with suggestions (ARIA APG list autocomplete, manual selection): data-suggest is the address of an HTML
// fragment of <div role=option data-value=…>
const boxes = new WeakMap();
const suggestions = form => {
  if (!boxes.has(form)) boxes.set(form, { at: -1, timer: 0, request: null });
  return { ...parts(form), state: boxes.get(form) };
};
const parts = form => ({ input: form.querySelector("[role=combobox]"), list: form.querySelector("[role=listbox]") });
const shut = form => {
  const { input, list, state } = suggestions(form);
  clearTimeout(state.timer); state.request?.abort();
  list.hidden = true; state.at = -1;
  input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant");
};
async function suggest(form) {
  const { input, list, state } = suggestions(form), q = input.value.trim();
  if (!q) return shut(form);
  state.request?.abort(); state.request = new AbortController();
  try {
    const address = new URL(form.dataset.suggest, location.href);
    address.searchParams.set("q", q);
    const scope = form.querySelector("select[name=in]");
    if (scope) address.searchParams.set("in", scope.value);
    const answer = await fetch(address, { signal: state.request.signal, headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) return shut(form);
    const doc = new DOMParser().parseFromString(await answer.text(), "text/html");
    const options = all("[role=option]", doc.body).slice(0, 10);
    list.replaceChildren(...options.map((option, i) => {
      option.id = `${list.id}-${i}`; option.setAttribute("aria-selected", "false");
      return document.importNode(option, true);
    }));
    list.hidden = !options.length; state.at = -1;
    input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-expanded", String(options.length > 0));
    say(options.length ? (english ? `${options.length} suggestions, use up and down keys` : `${options.length} 条联想词，用上下方向键选择`) : (english ? "No suggestions" : "没有联想词"));
  } catch (error) { if (error.name !== "AbortError") shut(form); }
}
function move(form, to) {
  const { input, list, state } = suggestions(form), options = all("[role=option]", list);
  if (!options.length) return;
  state.at = (to + options.length) % options.length;
  options.forEach((option, i) => option.setAttribute("aria-selected", String(i === state.at)));
  input.setAttribute("aria-activedescendant", options[state.at].id);
  options[state.at].scrollIntoView({ block: "nearest" });
}
const take = (form, option) => { suggestions(form).input.value = option.dataset.value; shut(form); };
const boxOf = event => event.target.closest?.("[data-suggest]");
document.addEventListener("input", event => {
  const form = boxOf(event);
  if (!form || event.isComposing || event.target.getAttribute("role") !== "combobox") return;
  const { state } = suggestions(form);
  clearTimeout(state.timer); state.timer = setTimeout(() => suggest(form), 150);
});
document.addEventListener("compositionend", event => { const form = boxOf(event); if (form) suggest(form); });
document.addEventListener("keydown", event => {
  const form = boxOf(event);
  if (!form || event.isComposing || event.target.getAttribute("role") !== "combobox") return; // isComposing: pinyin is being typed
  const { list, state } = suggestions(form);
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden) {
    event.preventDefault(); move(form, event.key === "ArrowDown" ? state.at + 1 : state.at < 0 ? -1 : state.at - 1);
  } else if (event.key === "Escape" && !list.hidden) { event.preventDefault(); shut(form); }
  else if (event.key === "Enter" && state.at >= 0) { event.preventDefault(); take(form, all("[role=option]", list)[state.at]); }
});
document.addEventListener("mousedown", event => {
  const option = event.target.closest?.("[data-suggest] [role=option]");
  if (!option) return;
  event.preventDefault();
  const form = boxOf(event); take(form, option); form.requestSubmit();
});
document.addEventListener("focusout", event => { const form = boxOf(event); if (form && !form.contains(event.relatedTarget)) shut(form); });

// Character counters
const length = text => [...text.replace(/\r\n?/g, "\n")].length;
const count = input => {
  const line = document.getElementById(`${input.id}_count`);
  if (!line) return;
  const limit = Number(input.dataset.limit), left = limit - length(input.value);
  line.classList.toggle("is-over", left < 0);
  line.textContent = english ? (left < 0 ? `${-left} characters too many` : `${left} of ${limit} characters left`) : (left < 0 ? `超出 ${-left} 个字` : `还可以输入 ${left} 个字（最多 ${limit} 个）`);
};
document.addEventListener("input", event => { if (event.target.dataset?.limit) count(event.target); });

// Repeated rows: add and remove on the spot, numbers kept in order
const renumber = rows => {
  const prefix = rows.dataset.rows, list = all("[data-row]", rows.querySelector("[data-rows-list]"));
  list.forEach((row, i) => {
    for (const element of all("*", row)) for (const name of ["name", "id", "for", "aria-describedby"]) {
      const value = element.getAttribute(name);
      if (value && !("rowsDrop" in element.dataset)) element.setAttribute(name, value.replaceAll(new RegExp(`${prefix}-(\\d+|__prefix__)-`, "g"), `${prefix}-${i}-`));
    }
    const drop = row.querySelector("[data-rows-drop]"), number = row.querySelector(".c-rows__number");
    if (drop) drop.value = i;
    for (const text of all(".u-vh", drop ?? row)) text.textContent = text.textContent.replace(/\d+|__number__/, i + 1);
    if (number) number.textContent = i + 1;
    row.setAttribute("aria-label", row.getAttribute("aria-label").replace(/\d+|__number__/, i + 1));
  });
  rows.querySelector(`[name="${prefix}-TOTAL_FORMS"]`).value = list.length;
  const add = rows.querySelector("[data-rows-add]");
  add.disabled = list.length >= Number(rows.dataset.most);
  return list;
};
document.addEventListener("click", event => {
  const add = event.target.closest?.("[data-rows-add]"), drop = event.target.closest?.("[data-rows-drop]");
  const rows = (add ?? drop)?.closest("[data-rows]");
  if (!rows) return;
  event.preventDefault();
  if (add) {
    rows.querySelector("[data-rows-list]").append(rows.querySelector("[data-rows-blank]").content.cloneNode(true));
    const list = renumber(rows);
    list.at(-1).querySelector("input:not([type=hidden]), select, textarea")?.focus();
  } else {
    const row = drop.closest("[data-row]"), next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove(); renumber(rows);
    (next?.querySelector("input:not([type=hidden]), select, textarea") ?? rows.querySelector("[data-rows-add]")).focus();
  }
});

// A row that may stay empty demands nothing until something is typed there
document.addEventListener("input", event => {
  const row = event.target.closest?.("[data-row]");
  if (!row) return;
  const begun = all("input:not([type=checkbox], [type=radio], [type=hidden]), textarea", row).some(field => field.value.trim());
  for (const mark of all("[data-must]", row)) mark.hidden = !begun;
});

// data-copy="id of a field": copies its value. Without a clipboard (no HTTPS) the field is selected, for Ctrl+C.
async function copy(button) {
  const source = button && document.getElementById(button.dataset.copy);
  if (!source) return;
  source.select();
  try { await navigator.clipboard.writeText(source.value); say(english ? "Copied" : "已复制"); }
  catch { say(english ? "Selected, press Ctrl+C to copy" : "已选中，请按 Ctrl+C 复制"); }
}

// data-guard: leaving a form that was typed into asks first
let typed = false;
document.addEventListener("input", event => { if (event.target.closest?.("[data-guard]")) typed = true; });
document.addEventListener("submit", event => { if (event.target.matches("[data-guard]")) typed = false; });
addEventListener("beforeunload", event => { if (typed) event.preventDefault(); });

// Upload progress: htmx sends the form (hx-boost, multipart) and reports; the bar is in the field
document.addEventListener("htmx:xhr:progress", event => {
  const { loaded, total, lengthComputable } = event.detail;
  for (const bar of all("progress", event.target.closest("form") ?? event.target)) {
    bar.hidden = false;
    if (lengthComputable) bar.value = 100 * loaded / total;
  }
});

// What htmx could not get
const trouble = () => toast(english ? "The server could not be reached. Nothing was lost; please try again." : "没有连上服务器，已填写的内容还在，请稍后再试。");
document.addEventListener("htmx:sendError", trouble);
document.addEventListener("htmx:responseError", trouble);
function toast(text) {
  const place = document.getElementById("toasts");
  if (!place) return;
  const box = Object.assign(document.createElement("div"), { className: "c-toast", role: "status", textContent: text });
  place.replaceChildren(box);
  setTimeout(() => box.remove(), 8000);
}
document.addEventListener("toast", event => toast(event.detail?.value ?? event.detail?.text ?? ""));

// Chart tooltips: a pointer-only extra; the same numbers are in the table under each chart
let tip;
document.addEventListener("pointermove", event => {
  const mark = event.target.closest?.("[data-tip]");
  if (!mark) { tip?.remove(); tip = null; return; }
  tip ??= document.body.appendChild(Object.assign(document.createElement("div"), { className: "c-tip", ariaHidden: "true" }));
  tip.textContent = mark.dataset.tip;
  const half = tip.offsetWidth / 2 + 8;
  tip.style.left = `${Math.min(Math.max(event.clientX, half), innerWidth - half)}px`;
  tip.style.top = `${Math.max(event.clientY, tip.offsetHeight + 16)}px`;
});

// <dialog>: data-open="#id" on a link that leads to the confirm page when there is no script
document.addEventListener("click", event => {
  const opener = event.target.closest?.("[data-open]"), target = opener && document.querySelector(opener.dataset.open);
  if (target?.showModal) { event.preventDefault(); target.showModal(); return; }
  const closer = event.target.closest?.("[data-close]"), open = closer?.closest("dialog");
  if (open) { event.preventDefault(); open.close(); return; }
  const dismiss = event.target.closest?.("[data-dismiss]");
  if (dismiss) { dismiss.closest(dismiss.dataset.dismiss)?.remove(); return; }
  if (event.target.closest?.("[data-print]")) print();
  copy(event.target.closest?.("[data-copy]"));
});

// After a page load or a swap: counters shown, the error summary focused
function wake(within) {
  for (const input of all("[data-limit]", within)) count(input);
  for (const button of all("[data-print], [data-copy]", within)) button.hidden = false;
  within.querySelector("[data-errors]")?.focus();
}
// The current entry of a menu that is wider than the screen; the style sheet does it in browsers that know how
for (const here of all(".c-nav [aria-current], .c-side [aria-current]")) {
  const list = here.closest("ul"), box = here.getBoundingClientRect(), frame = list.getBoundingClientRect();
  if (box.left < frame.left || box.right > frame.right) list.scrollLeft += box.left - frame.left - (frame.width - box.width) / 2;
}
document.addEventListener("focusin", event => event.target.closest?.(".c-nav a, .c-side a")?.scrollIntoView({ block: "nearest", inline: "nearest" }));
showToggles();
wake(document);
document.addEventListener("htmx:load", event => { showToggles(); wake(event.target); });
