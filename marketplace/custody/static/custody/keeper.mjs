// The pages of a custodian: make a key, answer a rehearsal. Words and private key stay in this page: what is sent is
// the wrapped key, or the hash of a secret that was opened. Texts stand in the template; this shows and hides them.
import * as seal from "./seal.mjs";
import { COUNT, draw, plain } from "./words.mjs";

const page = document.querySelector("[data-custody]");
const part = name => page.querySelector(`[data-part="${name}"]`);
const parts = [...page.querySelectorAll("[data-part]")];
const field = page.querySelector("[data-words]");

function show(name, focus) {
  for (const one of parts) one.hidden = one.dataset.part !== name;
  const target = part(name).querySelector(focus || "h2, [tabindex], button");
  if (target) target.focus();
}
function complain(name) {
  for (const one of page.querySelectorAll("[data-error]")) one.hidden = one.dataset.error !== name;
  field.setAttribute("aria-invalid", String(Boolean(name)));
  if (name) field.focus();
}
function send(name, value) {
  const form = page.querySelector("form");
  form.elements[name].value = value;
  form.submit();
}
const on = (name, work) => page.querySelector(`[data-do="${name}"]`).addEventListener("click", work);
const typed = () => plain(field.value);
// A key of 600,000 rounds takes a second or more: the page says so before it stops answering
const painted = () => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 30)));

function key() {
  let words = [];
  const list = page.querySelector("[data-list]");
  on("draw", () => {
    words = draw();
    list.replaceChildren(...words.map(word => {
      const item = document.createElement("li");
      item.textContent = word;
      return item;
    }));
    show("words");
  });
  on("written", () => {
    list.replaceChildren(); // nobody copies them from the screen
    field.value = "";
    complain("");
    show("repeat", "[data-words]");
  });
  on("again", () => { words = []; show("begin"); });
  on("make", async () => {
    if (words.length !== COUNT || typed() !== words.join(" ")) return complain("differs");
    complain("");
    show("working");
    await painted();
    try {
      const record = await seal.createKey(typed());
      await seal.openKey(record, typed()); // what cannot be opened here is not sent
      words = [];
      field.value = "";
      send("record", seal.canonical(record));
    } catch (error) {
      show("failed");
    }
  });
}

function rehearsal() {
  const record = JSON.parse(page.dataset.record), test = JSON.parse(page.dataset.test);
  on("open", async () => {
    complain("");
    show("working");
    await painted();
    try {
      const opened = await seal.openKey(record, typed());
      const secret = await seal.openBox(opened, "rehearsal", test, page.dataset.holder, test.box);
      field.value = "";
      send("answer", seal.hex(await seal.sha256(secret)));
    } catch (error) {
      show("begin", "[data-words]");
      complain("wrong");
    }
  });
}

if (page && !seal.available()) show("insecure");
else if (page) {
  (page.dataset.custody === "key" ? key : rehearsal)();
  show("begin", "[data-none]");
}
