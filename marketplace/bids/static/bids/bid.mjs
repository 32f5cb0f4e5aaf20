// The page of a sealed bid: the form is read, sealed and sent from here. What leaves the page is ciphertext, the header
// and an encrypted file for a colleague. A draft stays in the storage of this browser. Texts stand in the template.
import * as seal from "../custody/seal.mjs";
import { draw, plain } from "../custody/words.mjs";
import { manifestOf } from "./parts.mjs";

const page = document.querySelector("[data-bid]");
const find = one => page.querySelector(one);
const said = find("[data-said]");
const field = name => page.querySelector(`[name="${name}"]`);
const typed = name => (field(name) ? field(name).value.trim() : "");
const { subtle } = globalThis.crypto;
const utf8 = text => new TextEncoder().encode(text);

function say(name, more = "") {
  said.textContent = said.getAttribute(`data-words-${name}`) + more;
  said.hidden = false;
}
function tell(name, more) { say(name, more); said.focus(); }

// A decimal with at most two places as a whole number of hundredths; null for anything else
function hundredths(text) {
  const found = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(text);
  return found && Number(found[1]) * 100 + Number((found[2] || "").padEnd(2, "0"));
}
// 万元 with at most six places, in fen
function fen(text) {
  const found = /^(\d{1,7})(?:\.(\d{1,6}))?$/.exec(text.replace(/,/g, ""));
  return found && Number(found[1]) * 1000000 + Number((found[2] || "").padEnd(6, "0"));
}
function rows(prefix, ...names) {
  const count = Number(typed(`${prefix}-TOTAL_FORMS`)) || 0;
  return Array.from({ length: count }, (_, n) => names.map(name => typed(`${prefix}-${n}-${name}`)))
    .filter(row => row.some(Boolean));
}
function read(data) {
  const schedule = rows("schedule", "milestone", "days").map(([milestone, days]) => ({ milestone, days: Number(days) }));
  // Where bidders who belong together are refused, partners say who heads and who controls them
  const kin = field("partners-0-head");
  const partners = rows("partners", "name", "share", ...(kin ? ["head", "controllers"] : []))
    .map(([name, share, head, controllers]) => ({ name, share: hundredths(share), ...(kin && { head, controllers }) }));
  const answers = [...page.querySelectorAll("[name^=answer_]")]
    .map(one => ({ number: Number(one.name.slice(7)), text: one.value.trim() })).filter(one => one.text);
  const form = {
    version: 1, price: fen(typed("price")), scheme: typed("scheme"), team: typed("team"),
    answers, schedule, lead_share: hundredths(typed("lead_share")), partners,
  };
  // A call in two steps asks for a summary first; the scheme comes after the shortlist.
  const said = field("summary") ? "summary" : "scheme";
  if (field("summary")) form.summary = typed("summary");
  const shares = [form.lead_share, ...partners.map(one => one.share)];
  const whole = shares.every(one => one > 0) && shares.reduce((a, b) => a + b, 0) === data.whole;
  const dated = schedule.length && schedule.every(one => one.milestone && Number.isSafeInteger(one.days) && one.days > 0);
  const told = data.must.every(number => answers.some(one => one.number === number));
  const named = partners.every(one => one.name && (!kin || one.head));
  return form.price !== null && form[said] && form.team && dated && told && whole && named ? form : null;
}

// The draft, in plain text in this browser
function draft() {
  const fields = {};
  for (const one of find("[data-form]").querySelectorAll("[name]")) {
    if (one.type !== "hidden") fields[one.name] = one.value;
  }
  return fields;
}
function fill(fields) {
  for (const [name, value] of Object.entries(fields)) {
    const row = /^(schedule|partners)-\d+-/.exec(name);
    if (row && value && !field(name)) find(`[name=add_row_${row[1]}]`).click();
    if (field(name)) field(name).value = value;
  }
}

// An encrypted file for the colleague who hands in
async function under(verb, code, salt, iv, data) {
  const base = await subtle.importKey("raw", utf8(code.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: seal.ITERATIONS };
  const key = await subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, [verb]);
  return new Uint8Array(await subtle[verb]({ name: "AES-GCM", iv }, key, data));
}
function offer(link, name, bytes) {
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = name;
  link.hidden = false;
}
async function exported(data) {
  const code = find("#id_code").value.trim();
  if (code.length < 12) return tell("code");
  const [salt, iv] = [16, 12].map(size => globalThis.crypto.getRandomValues(new Uint8Array(size)));
  const sealed = await under("encrypt", code, salt, iv, utf8(JSON.stringify(draft())));
  offer(find("[data-export]"), `${data.bid}.draft`, new Blob([salt, iv, sealed]));
  find("[data-export]").click();
}
async function imported() {
  const [file] = find("#id_handover").files;
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const parts = [bytes.slice(0, 16), bytes.slice(16, 28), bytes.slice(28)];
    fill(JSON.parse(new TextDecoder().decode(await under("decrypt", find("#id_code").value.trim(), ...parts))));
    tell("opened");
  } catch (error) {
    tell("wrong");
  }
}

// Requests; a session that ended pauses here until the person has signed in elsewhere
let token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
// Signing in changed the token: the page as it is now has the one that holds
async function renew() {
  const text = await (await fetch(location.href)).text();
  const found = new DOMParser().parseFromString(text, "text/html").querySelector("[name=csrfmiddlewaretoken]");
  if (found) token = () => found.value;
}
function signedIn() {
  tell("login");
  const button = find("[data-do=retry]");
  button.hidden = false;
  return new Promise(resolve => button.addEventListener("click", () => { button.hidden = true; resolve(); }, { once: true }));
}
async function ask(url, body) {
  for (;;) {
    const headers = { "X-CSRFToken": token(), "Content-Type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    if (answer.ok) return answer.json();
    if (answer.status === 401) { await signedIn(); await renew(); continue; }
    const problem = await answer.json().catch(() => ({ title: answer.status }));
    throw new Error((problem.errors || [{ message: problem.title }]).map(one => one.message).join(" "));
  }
}
function sender(urls, sizes) {
  let bearer = "", sent = 0;
  const places = [], offsets = [];
  const total = sizes.reduce((a, b) => a + b, 0);
  const tus = (url, method, more, body) => fetch(url, {
    method, body, credentials: "omit",
    headers: { "Tus-Resumable": "1.0.0", Authorization: `Bearer ${bearer}`, ...more },
  });
  const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
  async function write(index, bytes) {
    if (!places[index]) {
      const answer = await tus(urls.uploads, "POST", { "Upload-Length": String(sizes[index]) });
      if (answer.status !== 201) throw new Error((await answer.json()).title);
      [places[index], offsets[index]] = [answer.headers.get("Location"), 0];
    }
    const from = offsets[index];
    for (let tries = 0; ; tries += 1) {
      try {
        const at = offsets[index] - from;
        const more = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offsets[index]) };
        const answer = await tus(places[index], "PATCH", more, new Blob([bytes.subarray(at)]));
        if (answer.status === 204) break;
        if (answer.status === 401 || tries > 5) throw new Error((await answer.json()).title);
      } catch (error) {
        if (tries > 5 || !(error instanceof TypeError)) throw error;
      }
      await pause(500 * 2 ** tries);
      const head = await tus(places[index], "HEAD", {}).catch(() => null);
      if (head && head.ok) offsets[index] = Number(head.headers.get("Upload-Offset"));
      if (offsets[index] === from + bytes.length) break;
    }
    offsets[index] = from + bytes.length;
    sent += bytes.length;
    say("sealing", `${Math.min(100, Math.round((sent / total) * 100))}%`);
  }
  const names = () => places.map(url => url.split("/").filter(Boolean).pop());
  return { write, names, begin: async () => { ({ token: bearer } = await ask(urls.right, {})); } };
}
const stored = size => {
  const padded = Math.max(1, Math.ceil(size / seal.BUCKET)) * seal.BUCKET;
  return padded + seal.TAG * Math.ceil(padded / seal.SEGMENT);
};

async function handIn(data) {
  const form = read(data), files = [...find("#id_sealed_files").files], words = plain(find("#id_words").value);
  if (!form) return tell("form");
  if (files.length > data.most.files || files.reduce((sum, one) => sum + one.size, 0) > data.most.bytes) return tell("big");
  if (words.length < 16) return tell("words");
  if (!find("[data-agree]").checked) return tell("agree");
  say("sealing");
  const record = await seal.createKey(words);
  offer(find("[data-record]"), `${data.bid}-key.json`, seal.canonical(record));
  find("[data-downloads]").hidden = false;
  // The manifest is as long as its text; the one-time keys in it are of one length.
  const once = data.terms.custodians.map(() => "A".repeat(43));
  const listed = files.map(({ name, size }) => ({ name, size }));
  const manifest = utf8(seal.canonical({ ephemeral: once, files: listed, form })).length;
  const sizes = [manifest, ...files.map(one => one.size)].map(stored);
  const way = sender(data.urls, sizes);
  await way.begin();
  const bid = { bid: data.bid, revision: data.revision, form, files, recovery: record.public };
  const header = await seal.sealBid(data.terms, bid, way.write);
  const { terms_rev, pledge, rev } = data;
  const key = seal.toBase64(globalThis.crypto.getRandomValues(new Uint8Array(24)));
  const answer = await ask(data.urls.hand_in, {
    header: seal.toBase64(header), names: way.names(), terms_rev, pledge, rev, key,
  });
  offer(find("[data-receipt]"), `${data.bid}-receipt.json`, answer.receipt);
  say("own");
  const opened = await manifestOf(answer.part, await seal.openKey(record, words));
  if (seal.canonical(opened.manifest.form) !== seal.canonical(form)) throw new Error("own copy");
  localStorage.removeItem(data.bid);
  find("[data-do=seal]").hidden = true;
  tell("done");
}

async function begin() {
  const data = JSON.parse(page.dataset.bid), button = name => find(`[data-do=${name}]`);
  page.hidden = false;
  fill(JSON.parse(localStorage.getItem(data.bid) || "{}"));
  find("[data-form]").addEventListener("input", () => localStorage.setItem(data.bid, JSON.stringify(draft())));
  button("clear").addEventListener("click", () => { localStorage.removeItem(data.bid); location.reload(); });
  button("export").addEventListener("click", () => exported(data));
  button("import").addEventListener("click", imported);
  if (!button("seal")) return;
  button("draw").addEventListener("click", () => { find("#id_words").value = draw().join(" "); });
  let same = true;
  for (const { custodian, key, public: bytes } of data.terms.custodians) {
    const counted = await seal.keyId(seal.fromBase64(bytes));
    find(`[data-key="${custodian}"]`).textContent = counted;
    same = same && counted === key;
  }
  if (!same) { button("seal").disabled = true; tell("keys"); }
  button("seal").addEventListener("click", async () => {
    button("seal").disabled = true;
    try {
      await handIn(data);
    } catch (error) {
      tell("failed", error.message);
    }
    button("seal").disabled = false;
  });
}

if (!seal.available()) document.querySelector("[data-part=insecure]").hidden = false;
else if (page) begin();
