// Opens the bidder's own copy with his key record and words, or with the code of a bid that the server sealed
import * as seal from "../custody/seal.mjs";
import { plain } from "../custody/words.mjs";
import { manifestOf } from "./parts.mjs";

const page = document.querySelector("[data-copy]");
const shown = page && page.querySelector("[data-shown]");

async function open() {
  const words = page.querySelector("#id_words").value, [chosen] = page.querySelector("#id_record")?.files || [];
  let opened;
  try {
    if (page.dataset.by === "browser") {
      opened = await manifestOf(page.dataset.copy, await seal.openKey(JSON.parse(await chosen.text()), plain(words)));
    } else {
      opened = await manifestOf(page.dataset.copy, null, seal.fromBase64(words.trim()));
    }
    shown.textContent = JSON.stringify(opened.manifest.form, null, 2);
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
