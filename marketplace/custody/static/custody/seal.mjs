// Sealed bids in the browser: WebCrypto alone, no imports. docs/sealed-bids.md describes each field;
// marketplace/custody/sealing/ is the twin in Python, and tests seal in one and open in the other.
// Browsers offer `subtle` on https and on localhost only.
const { subtle } = globalThis.crypto;
const SHA256 = "SHA-256", P256 = { name: "ECDH", namedCurve: "P-256" }, EMPTY = new Uint8Array(0);
const SUITE = "P256-HKDF-SHA256-A256GCM";
export const SEGMENT = 1 << 20, BUCKET = 1 << 16, TAG = 16; // bytes: of a segment, padding step, tag of AES-GCM
export const ITERATIONS = 600000, MOST_ITERATIONS = 1e7; // rounds of PBKDF2 that a key record has
export const available = () => Boolean(globalThis.isSecureContext && subtle);

// Bytes and canonical JSON
const utf8 = text => new TextEncoder().encode(text);
const random = length => globalThis.crypto.getRandomValues(new Uint8Array(length));
const uint = (value, length) =>
  Uint8Array.from({ length }, (_, i) => Math.floor(value / 256 ** (length - 1 - i)) & 255);
function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { joined.set(part, at); at += part.length; }
  return joined;
}
export const sha256 = async bytes => new Uint8Array(await subtle.digest(SHA256, bytes));
export const hex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
export const toBase64 = bytes => // base64url without padding; for keys and boxes, not for files
  btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
export function fromBase64(text) {
  const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), char => char.charCodeAt(0));
  if (toBase64(bytes) !== text) throw new TypeError("not base64url");
  return bytes;
}
const gcm = async (verb, key, iv, data, additionalData = EMPTY) =>
  new Uint8Array(await subtle[verb]({ name: "AES-GCM", iv, additionalData }, key, data));

// The one JSON text of a value: sorted ASCII keys, no spaces, whole numbers only
export function canonical(value) {
  if (typeof value === "string") encodeURIComponent(value); // throws on a lone surrogate, which has no UTF-8
  if (value === null || ["string", "boolean"].includes(typeof value)) return JSON.stringify(value);
  if (Number.isSafeInteger(value)) return String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object") throw new TypeError("not canonical JSON");
  const keys = Object.keys(value).sort();
  if (!/^[\x20-\x7e]*$/.test(keys.join(""))) throw new TypeError("keys must be ASCII");
  return `{${keys.map(key => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;
}
// Any other spelling of the same value is refused
export function parse(bytes) {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  if (canonical(JSON.parse(text)) !== text) throw new TypeError("not canonical JSON");
  return JSON.parse(text);
}

// Key pairs under words. The name of a key: the first 128 bits of the SHA-256 of its 65 public bytes
export const keyId = async publicBytes => hex(await sha256(publicBytes)).slice(0, 32);
// AES-GCM with the key that the words give; the whole record but its last field is authenticated
async function underWords(verb, words, record, data) {
  const typed = await subtle.importKey("raw", utf8(words.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  const kdf = { name: "PBKDF2", hash: SHA256, salt: fromBase64(record.salt), iterations: record.iterations };
  const key = await subtle.deriveKey(kdf, typed, { name: "AES-GCM", length: 256 }, false, [verb]);
  return gcm(verb, key, fromBase64(record.nonce), data, utf8(canonical(record)));
}
// A new key pair; the record that results holds the public key and the wrapped private key
export async function createKey(words) {
  const pair = await subtle.generateKey(P256, true, ["deriveBits"]);
  const bytes = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  const names = { version: 1, key: await keyId(bytes), public: toBase64(bytes), kdf: "PBKDF2-HMAC-SHA256" };
  const record = { ...names, iterations: ITERATIONS, nonce: toBase64(random(12)), salt: toBase64(random(16)) };
  const pkcs8 = await subtle.exportKey("pkcs8", pair.privateKey);
  return { ...record, wrapped: toBase64(await underWords("encrypt", words, record, pkcs8)) };
}
// The key pair of a record; the private key that results cannot be exported again
export async function openKey({ wrapped, ...record }, words) {
  const publicBytes = fromBase64(record.public);
  const strong = record.iterations >= ITERATIONS && record.iterations <= MOST_ITERATIONS;
  if (!strong || record.key !== (await keyId(publicBytes))) throw new Error("key record refused");
  const pkcs8 = await underWords("decrypt", words, record, fromBase64(wrapped)).catch(() => {
    throw new Error("wrong words or damaged key");
  });
  const privateKey = await subtle.importKey("pkcs8", pkcs8, P256, false, ["deriveBits"]);
  return { id: record.key, publicBytes, privateKey };
}

// Shamir over GF(256) with the polynomial of AES; no table and no branch depends on a secret
function multiply(a, b) {
  let product = 0;
  for (let bit = 0; bit < 8; bit += 1) {
    product ^= -((b >> bit) & 1) & a;
    a = (a << 1) ^ (-(a >> 7) & 0x11b);
  }
  return product;
}
function inverse(a) {
  let power = a;
  for (let i = 0; i < 6; i += 1) power = multiply(multiply(power, power), a);
  return multiply(power, power); // a ** 254
}
// `count` shares; share x is the byte x, then the values of the polynomials at x = 1 … count
export function split(secret, threshold, count, coefficients = random(secret.length * (threshold - 1))) {
  if (threshold < 2 || threshold > count || count > 255) throw new RangeError("need 2 <= threshold <= count <= 255");
  const rows = [secret];
  for (let at = 0; at < coefficients.length; at += secret.length) rows.push(coefficients.subarray(at, at + secret.length));
  const value = (x, byte) => rows.reduceRight((sum, row) => multiply(sum, x) ^ row[byte], 0);
  return Array.from({ length: count }, (_, i) => concat([i + 1], secret.map((_byte, at) => value(i + 1, at))));
}
// The secret from `threshold` shares; with fewer, or a wrong one, the result is noise
export function combine(shares) {
  const xs = shares.map(share => share[0]);
  if (new Set(xs).size !== xs.length || xs.includes(0)) throw new Error("shares must have different numbers");
  const weights = xs.map(x => xs.reduce((w, y) => (y === x ? w : multiply(w, multiply(y, inverse(x ^ y)))), 1));
  return shares[0].slice(1).map((_, at) => shares.reduce((sum, share, i) => sum ^ multiply(share[at + 1], weights[i]), 0));
}

// HPKE (RFC 9180), base mode, one message: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM
const KEM = concat(utf8("KEM"), [0, 16]), HPKE = concat(utf8("HPKE"), [0, 16, 0, 1, 0, 2]);
const NO_SALT = new Uint8Array(32); // HMAC pads an absent salt with zeros; WebCrypto refuses an empty key
async function hmac(key, data) {
  const imported = await subtle.importKey("raw", key, { name: "HMAC", hash: SHA256 }, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", imported, data));
}
const extract = (salt, suite, label, ikm) => hmac(salt, concat(utf8("HPKE-v1"), suite, utf8(label), ikm));
const expand = async (prk, suite, label, info, length) =>
  (await hmac(prk, concat(uint(length, 2), utf8("HPKE-v1"), suite, utf8(label), info, [1]))).slice(0, length);
// AES key and nonce of one message, from the private key of either side and the public bytes of the other
export async function hpkeKeys(privateKey, peerBytes, enc, recipientBytes, info) {
  const ecdh = { name: "ECDH", public: await subtle.importKey("raw", peerBytes, P256, false, []) };
  const dh = new Uint8Array(await subtle.deriveBits(ecdh, privateKey, 256));
  const prk = await extract(NO_SALT, KEM, "eae_prk", dh);
  const shared = await expand(prk, KEM, "shared_secret", concat(enc, recipientBytes), 32);
  const hashes = [await extract(NO_SALT, HPKE, "psk_id_hash", EMPTY), await extract(NO_SALT, HPKE, "info_hash", info)];
  const secret = await extract(shared, HPKE, "secret", EMPTY);
  const derive = (label, length) => expand(secret, HPKE, label, concat([0], ...hashes), length);
  return [await derive("key", 32), await derive("base_nonce", 12)];
}
// Seal to 65 public bytes. `ephemeral`, the one-time private key, may only go into the sealed manifest
export async function hpkeSeal(recipientBytes, info, plaintext) {
  const pair = await subtle.generateKey(P256, true, ["deriveBits"]);
  const enc = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  const [key, nonce] = await hpkeKeys(pair.privateKey, recipientBytes, enc, recipientBytes, info);
  const aes = await subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const { d: ephemeral } = await subtle.exportKey("jwk", pair.privateKey);
  return { enc, ciphertext: await gcm("encrypt", aes, nonce, plaintext), ephemeral };
}
export async function hpkeOpen({ privateKey, publicBytes }, info, enc, ciphertext) {
  const [key, nonce] = await hpkeKeys(privateKey, enc, enc, publicBytes, info);
  return gcm("decrypt", await subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]), nonce, ciphertext);
}
// What a box is bound to; `use` is share, recovery or rehearsal
export const binding = (use, { tender, lot, bid, revision }, holder, key) =>
  utf8(canonical({ bid, holder, key, lot, revision, tender, use, version: 1 }));
// Open one box { key, enc, ciphertext } of a header, or of a rehearsal
export const openBox = (key, use, subject, holder, box) =>
  hpkeOpen(key, binding(use, subject, holder, key.id), fromBase64(box.enc), fromBase64(box.ciphertext));

// Files: segments of 1 MiB, each file under a key of its own
async function fileCipher(verb, cek, core, index, prefix) {
  const secret = await subtle.importKey("raw", cek, "HKDF", false, ["deriveKey"]);
  const kdf = { name: "HKDF", hash: SHA256, salt: core, info: concat(utf8("sealed-bid/1 file"), uint(index, 4)) };
  const key = await subtle.deriveKey(kdf, secret, { name: "AES-GCM", length: 256 }, false, [verb]);
  return (number, last, data) => gcm(verb, key, concat(prefix, uint(number, 4), [last ? 1 : 0]), data, core);
}
// Seal a Blob through `write(bytes)`, one segment at a time; returns the entry of the header.
// Send a segment as `new Blob([bytes])`: Chromium is twenty times slower with a typed array as body.
export async function sealFile(cek, core, index, blob, write, prefix = random(7)) {
  const size = Math.max(1, Math.ceil(blob.size / BUCKET)) * BUCKET;
  const cipher = await fileCipher("encrypt", cek, core, index, prefix);
  const hashes = [];
  for (let at = 0; at < size; at += SEGMENT) {
    const plain = new Uint8Array(Math.min(SEGMENT, size - at)); // what the file does not fill stays zero
    plain.set(new Uint8Array(await blob.slice(at, at + SEGMENT).arrayBuffer()));
    const sealed = await cipher(at / SEGMENT, at + SEGMENT >= size, plain);
    hashes.push(await sha256(sealed));
    await write(sealed);
  }
  return { digest: hex(await sha256(concat(...hashes))), prefix: toBase64(prefix), size };
}
// Open a file: `read(start, end)` gives ciphertext, `write(bytes)` takes plaintext with its padding.
// What was written counts only when this returns: the digest is known at the end.
export async function openFile(cek, { core, header }, index, read, write) {
  const { digest, prefix, size } = header.files[index];
  const cipher = await fileCipher("decrypt", cek, core, index, fromBase64(prefix));
  const hashes = [];
  for (let at = 0, from = 0; at < size; at += SEGMENT, from += SEGMENT + TAG) {
    const sealed = await read(from, from + Math.min(SEGMENT, size - at) + TAG);
    hashes.push(await sha256(sealed));
    await write(await cipher(at / SEGMENT, at + SEGMENT >= size, sealed));
  }
  if (hex(await sha256(concat(...hashes))) !== digest) throw new Error("the file differs from its header");
}

// Bids. Every call makes a new content key, so an interrupted upload starts again from here.
// terms: { tender, lot, threshold, custodians: [{ custodian, public }] } as the notice prints them
// bid: { bid, revision, form, files: [File], recovery: public key of the bidder }
// write(index, bytes) takes ciphertext; file 0 is the manifest. Returns the bytes of the header.
const commit = async cek => hex(await sha256(concat(utf8("sealed-bid/1 cek"), cek)));
export async function sealBid({ tender, lot, threshold, custodians }, { bid, revision, form, files, recovery }, write) {
  const cek = random(32), subject = { tender, lot, bid, revision };
  const box = async (use, holder, publicKey, secret) => {
    const key = await keyId(fromBase64(publicKey));
    const sealed = await hpkeSeal(fromBase64(publicKey), binding(use, subject, holder, key), secret);
    return [{ ciphertext: toBase64(sealed.ciphertext), enc: toBase64(sealed.enc), key }, sealed.ephemeral];
  };
  const recipients = [], ephemeral = [];
  for (const [i, share] of split(cek, threshold, custodians.length).entries()) {
    const { custodian, public: publicKey } = custodians[i];
    const [sealed, once] = await box("share", custodian, publicKey, share);
    recipients.push({ ...sealed, custodian, share_sha256: hex(await sha256(share)) });
    ephemeral.push(once);
  }
  const head = { ...subject, recipients, sealed_by: "browser", suite: SUITE, threshold, version: 1 };
  head.commitment = await commit(cek);
  [head.recovery] = await box("recovery", "bidder", recovery, cek);
  const core = await sha256(utf8(canonical(head)));
  const manifest = canonical({ ephemeral, files: files.map(({ name, size }) => ({ name, size })), form });
  const entries = [];
  for (const [i, blob] of [new Blob([manifest]), ...files].entries()) {
    entries.push(await sealFile(cek, core, i, blob, bytes => write(i, bytes)));
  }
  return utf8(canonical({ ...head, files: entries }));
}
// Bytes of a header → { header, core }; every segment is bound to core
export async function readHeader(bytes) {
  const header = parse(bytes);
  const { files, ...head } = header;
  return { header, core: await sha256(utf8(canonical(head))) };
}
// A custodian's share of a bid; one that the header does not announce is refused
export async function openShare(key, { header }, custodian) {
  const box = header.recipients.find(one => one.custodian === custodian && one.key === key.id);
  if (!box) throw new Error("no share for this key");
  const share = await openBox(key, "share", header, custodian, box);
  if (hex(await sha256(share)) !== box.share_sha256) throw new Error("the share differs from the header");
  return share;
}
// The content key, from shares or from the bidder's own key pair
export async function contentKey({ header }, { shares, key }) {
  const cek = shares ? combine(shares) : await openBox(key, "recovery", header, "bidder", header.recovery);
  if ((await commit(cek)) !== header.commitment) throw new Error("the content key differs from the header");
  return cek;
}
// The manifest: the form, names and true sizes of the files, the one-time keys
export async function openManifest(cek, bid, read) {
  const parts = [];
  await openFile(cek, bid, 0, read, bytes => parts.push(bytes));
  return parse(concat(...parts).filter(byte => byte)); // JSON text has no zero byte, padding is all zeros
}
