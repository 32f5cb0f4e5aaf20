// A keeper opens his boxes of the listed headers and posts the shares. Words and private key stay in this page.
import * as seal from "../custody/seal.mjs";
import { plain } from "../custody/words.mjs";

const page = document.querySelector("[data-opening]");
const parts = page ? [...page.querySelectorAll("[data-part]")] : [];
const field = page && page.querySelector("[data-words]");
const utf8 = text => new TextEncoder().encode(text);

function show(name, reason = "") {
  for (const one of parts) one.hidden = one.dataset.part !== name;
  const part = parts.find(one => one.dataset.part === name);
  const place = part.querySelector("[data-reason]");
  if (place) place.textContent = reason;
  const target = part.querySelector("h2, [tabindex]");
  if (target) target.focus();
}
function complain(wrong) {
  for (const one of page.querySelectorAll("[data-error]")) one.hidden = !wrong;
  field.setAttribute("aria-invalid", String(wrong));
  if (wrong) field.focus();
}
// 600,000 rounds take a second or more: the page says so before it stops answering
const painted = () => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 30)));

// His share as it was sealed, whatever its hash: the server compares, and a wrong hash is the bidder's or his own fault.
// "" says that the box does not open.
async function share(key, header, custodian) {
  const box = header.recipients.find(one => one.custodian === custodian && one.key === key.id);
  try {
    return seal.toBase64(await seal.openBox(key, "share", header, custodian, box));
  } catch (error) {
    return "";
  }
}
async function asked(answer) {
  if (answer.ok && answer.headers.get("Content-Type").includes("json")) return answer.json();
  const problem = await answer.json().catch(() => ({ title: answer.status }));
  throw new Error(problem.title);
}
async function post(shares) {
  const body = new FormData(page.querySelector("form"));
  body.set("shares", JSON.stringify(shares));
  return asked(await fetch(page.dataset.post, { method: "POST", body }));
}
async function openAll(data, key) {
  for (;;) {
    const { boxes } = await asked(await fetch(page.dataset.boxes));
    if (!boxes.length) return true;
    const shares = {};
    for (const { bid, header: text } of boxes) {
      // Only what was published at the close: another header could be of a bid that was withdrawn.
      if (!data.hashes.includes(seal.hex(await seal.sha256(utf8(text))))) { show("unlisted", bid); return false; }
      const { header } = await seal.readHeader(utf8(text));
      if (header.bid !== bid) { show("unlisted", bid); return false; }
      shares[bid] = await share(key, header, data.custodian);
    }
    const { taken } = await post(shares);
    if (!taken) throw new Error();
  }
}

if (page && !seal.available()) show("insecure");
else if (page) {
  const data = JSON.parse(page.dataset.opening);
  show("begin");
  page.querySelector("[data-do=open]").addEventListener("click", async () => {
    complain(false);
    show("working");
    await painted();
    let key;
    try {
      key = await seal.openKey(data.record, plain(field.value));
    } catch (error) {
      show("begin");
      complain(true);
      return;
    }
    field.value = "";
    try {
      if (await openAll(data, key)) location.reload();
    } catch (error) {
      show("failed", error.message);
    }
  });
}
