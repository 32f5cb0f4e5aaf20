// One's own envelope as the server stores it: `url` is the address of part 0, the header
import * as seal from "../custody/seal.mjs";

async function fetched(url, number) {
  const answer = await fetch(url.replace(/0\/$/, `${number}/`));
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.blob();
}
const reader = blob => async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer());

// The manifest and a way to open each file; `key` is a pair, or `cek` the content key itself
export async function manifestOf(url, key, cek) {
  const bid = await seal.readHeader(new Uint8Array(await (await fetched(url, 0)).arrayBuffer()));
  const opening = cek || await seal.contentKey(bid, { key });
  const manifest = await seal.openManifest(opening, bid, reader(await fetched(url, 1)));
  const file = async index => {
    const parts = [];
    await seal.openFile(opening, bid, index + 1, reader(await fetched(url, index + 2)), bytes => parts.push(bytes));
    return new Blob(parts).slice(0, manifest.files[index].size);
  };
  return { manifest, file };
}
