// Opens the bidder's own copy with his key record and words, or with the code of a bid that the server sealed
import * as seal from "../custody/seal.mjs";
import { plain } from "../custody/words.mjs";
import { manifestOf } from "./parts.mjs";

const page = document.querySelector("[data-copy]");
const shown = page && page.querySelector("[data-shown]");

// Fen in 万元 to the fen, as other pages show a price
function wan(fen) {
  const digits = String(fen).padStart(7, "0");
  const whole = digits.slice(0, -6).replace(/\B(?=(\d{3})+$)/g, ","), rest = digits.slice(-6).replace(/0+$/, "");
  return `${whole}${rest && "."}${rest}`;
}

async function open() {
  const words = page.querySelector("#id_words").value, [chosen] = page.querySelector("#id_record")?.files || [];
  let opened;
  try {
    if (page.dataset.by === "browser") {
      opened = await manifestOf(page.dataset.copy, await seal.openKey(JSON.parse(await chosen.text()), plain(words)));
    } else {
      opened = await manifestOf(page.dataset.copy, null, seal.fromBase64(words.trim()));
    }
    const { price, ...form } = opened.manifest.form;
    shown.textContent = `${page.dataset.price}${wan(price)}\n${JSON.stringify(form, null, 2)}`;
  } catch (error) {
    shown.textContent = page.dataset.wrong;
  }
  shown.hidden = false;
  shown.focus();
  page.querySelector("[data-files]").replaceChildren(...(opened ? opened.manifest.files : []).map(({ name }, index) => {
    const item = document.createElement("li"), button = document.createElement("button");
    button.textContent = name;
    button.className = "c-btn c-btn--text";
    button.type = "button";
    button.addEventListener("click", async () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await opened.file(index));
      link.download = name;
      link.click();
    });
    item.append(button);
    return item;
  }));
}

if (page) page.querySelector("[data-open]").addEventListener("click", open);
