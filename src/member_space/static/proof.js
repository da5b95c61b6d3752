// The proof of work of a form (services/human_check.py): done in silence while the person types.

const encoder = new TextEncoder();

function zeroBits(bytes) {
  let bits = 0;
  for (const byte of bytes) {
    if (byte) return bits + Math.clz32(byte) - 24;
    bits += 8;
  }
  return bits;
}

async function solve(puzzle) {
  const wanted = Number(puzzle.split(".", 1)[0]);
  for (let n = 0; ; n += 1) {
    const digest = await crypto.subtle.digest("SHA-256", encoder.encode(`${puzzle}:${n}`));
    if (zeroBits(new Uint8Array(digest, 0, 8)) >= wanted) return String(n);
  }
}

// Without a secure context there is no crypto.subtle: the form goes on as without any script.
if (globalThis.crypto?.subtle) {
  for (const input of document.querySelectorAll("[data-puzzle]")) {
    solve(input.value).then((answer) => { input.form.elements.preuve.value = answer; });
  }
}
