// The bidder takes the content key of his own bid out of the recovery box, and sees it before he sends it
import * as seal from "../custody/seal.mjs";
import { plain } from "../custody/words.mjs";

const page = document.querySelector("[data-reveal]");
if (page && seal.available()) {
  page.hidden = false;
  const wrong = page.querySelector("[data-wrong]"), { header } = JSON.parse(page.dataset.reveal);
  page.querySelector("[data-do=take]").addEventListener("click", async () => {
    const [file] = page.querySelector("#id_record").files, words = page.querySelector("#id_words");
    wrong.hidden = true;
    try {
      const key = await seal.openKey(JSON.parse(await file.text()), plain(words.value));
      const cek = await seal.contentKey(await seal.readHeader(new TextEncoder().encode(header)), { key });
      words.value = "";
      const code = document.querySelector("[name=code]");
      code.value = seal.toBase64(cek);
      code.focus();
    } catch (error) {
      wrong.hidden = false;
    }
  });
}
