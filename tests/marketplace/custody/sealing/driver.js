// Operations of seal.mjs for the tests; large bytes travel as base64url in pieces.
async () => {
  const s = await import("/seal.mjs");
  const pieces = bytes => {
    let binary = "";
    for (let at = 0; at < bytes.length; at += 32768) binary += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const un64 = s.fromBase64, to64 = s.toBase64;
  const joined = parts => {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { all.set(part, at); at += part.length; }
    return all;
  };
  const stored = async name => new Uint8Array(await (await fetch(`/${name}`)).arrayBuffer());
  const file = async ([name, called]) => new File([await stored(name)], called);
  const reader = index => {
    let kept = null;
    return async (start, end) => (kept = kept || (await stored(`sealed-${index}`))).subarray(start, end);
  };
  const operations = {
    canonical: ({ value }) => s.canonical(value),
    parse: ({ texts }) => Promise.all(texts.map(async text => {
      try { s.parse(un64(text)); return "read"; } catch (error) { return "refused"; }
    })),
    base64: ({ text }) => s.hex(un64(text)),
    key: ({ words }) => s.createKey(words),
    unwrap: async ({ record, words }) => {
      const key = await s.openKey(record, words);
      return { id: key.id, extractable: key.privateKey.extractable };
    },
    split: ({ secret, threshold, count, coefficients }) =>
      s.split(un64(secret), threshold, count, un64(coefficients)).map(to64),
    combine: ({ sets }) => sets.map(shares => to64(s.combine(shares.map(un64)))),
    hpke: async ({ jwk, publicBytes, info, enc, ciphertext }) => {
      const curve = { name: "ECDH", namedCurve: "P-256" };
      const privateKey = await crypto.subtle.importKey("jwk", jwk, curve, false, ["deriveBits"]);
      const keys = await s.hpkeKeys(privateKey, un64(enc), un64(enc), un64(publicBytes), un64(info));
      if (!ciphertext) return keys.map(s.hex);
      const opened = await s.hpkeOpen({ privateKey, publicBytes: un64(publicBytes) }, un64(info), un64(enc), un64(ciphertext));
      return s.hex(opened);
    },
    hpkeSeal: async ({ publicBytes, info, plain }) => {
      const { enc, ciphertext } = await s.hpkeSeal(un64(publicBytes), un64(info), un64(plain));
      return [to64(enc), to64(ciphertext)];
    },
    file: async ({ cek, core, index, prefix, plain }) => {
      const parts = [];
      const blob = new Blob([await stored(plain)]);
      const entry = await s.sealFile(un64(cek), un64(core), index, blob, bytes => parts.push(bytes), un64(prefix));
      return { entry, sealed: pieces(joined(parts)) };
    },
    seal: async ({ terms, bid, files }) => {
      const parts = [];
      const write = (index, bytes) => { (parts[index] = parts[index] || []).push(bytes); };
      const header = await s.sealBid(terms, { ...bid, files: await Promise.all(files.map(file)) }, write);
      return { header: to64(header), files: parts.map(all => pieces(joined(all))) };
    },
    shares: ({ header, records, words }) => Promise.all(records.map(async ([custodian, record]) =>
      to64(await s.openShare(await s.openKey(record, words), await s.readHeader(un64(header)), custodian)))),
    rehearse: async ({ test, record, words, custodian }) => {
      const key = await s.openKey(record, words);
      return s.hex(await s.sha256(await s.openBox(key, "rehearsal", test, custodian, test.box)));
    },
    open: async ({ header, shares, record, words, cek, index }) => {
      const bid = await s.readHeader(un64(header));
      const key = record && (await s.openKey(record, words));
      const secret = cek ? un64(cek) : await s.contentKey(bid, { shares: shares && shares.map(un64), key });
      const manifest = await s.openManifest(secret, bid, reader(0));
      const parts = [];
      if (index) await s.openFile(secret, bid, index, reader(index), bytes => parts.push(bytes));
      const plain = index ? joined(parts).subarray(0, manifest.files[index - 1].size) : new Uint8Array(0);
      return { cek: to64(secret), manifest, sha256: s.hex(await s.sha256(plain)) };
    },
    available: () => s.available(),
  };
  window.operate = async (name, given) => {
    try { return await operations[name](given); } catch (error) { return { error: `${error.name}: ${error.message}` }; }
  };
}
