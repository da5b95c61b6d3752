// The card on this telephone: kept encrypted, shown without network, erased; and its codes on a bright screen (C48).
// The key is made here, never leaves, and cannot be exported; what is kept is bound to whose it is.

const HINT = "card-kept";
const DATABASE = "card";
const STORE = "kept";
const utf8 = new TextEncoder();

const asked = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

async function store(mode, work) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await asked(opening);
  try {
    const transaction = database.transaction(STORE, mode);
    // A request that succeeded is undone if the page is left before its transaction is over: nothing is kept until then.
    const over = new Promise((done, failed) => {
      transaction.oncomplete = done;
      transaction.onabort = () => failed(transaction.error);
    });
    const [found] = await Promise.all([asked(work(transaction.objectStore(STORE))), over]);
    return found;
  } finally {
    database.close();
  }
}

const sealing = (owner, iv) => ({ name: "AES-GCM", iv, additionalData: utf8.encode(owner) });

async function keep(data) {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const box = await crypto.subtle.encrypt(sealing(data.owner, iv), key, utf8.encode(JSON.stringify(data)));
  await store("readwrite", (kept) => kept.put({ owner: data.owner, key, iv, box }, STORE));
  localStorage.setItem(HINT, data.owner);
}

async function erase() {
  localStorage.removeItem(HINT);
  await asked(indexedDB.deleteDatabase(DATABASE));
}

// What is kept; null, and nothing left, when it is nobody's or cannot be read.
async function read() {
  const owner = localStorage.getItem(HINT);
  if (!owner) {
    await erase();
    return null;
  }
  try {
    const kept = await store("readonly", (cards) => cards.get(STORE));
    const text = await crypto.subtle.decrypt(sealing(owner, kept.iv), kept.key, kept.box);
    return JSON.parse(new TextDecoder().decode(text));
  } catch {
    await erase();
    return null;
  }
}

// The kept cards again, by the session: null when nothing can be known; { ended } when the server gives this visitor none.
async function again(address, options = {}) {
  if (!navigator.onLine) return null;
  try {
    const headers = { Accept: "application/json", ...options.headers };
    const answer = await fetch(address, { ...options, headers, cache: "no-store" });
    if (answer.ok) return await answer.json();
    return [401, 403, 404].includes(answer.status) ? { ended: answer.status, cards: [] } : null;
  } catch {
    return null;
  }
}

const today = () => new Date().toLocaleDateString("sv-SE", { timeZone: "Europe/Paris" });

function show(place, state) {
  for (const part of place.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
}

async function forgetWorker() {
  await (await navigator.serviceWorker.getRegistration())?.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
}

// « Sur ce téléphone », on the page of the card.
function panel(place) {
  const { owner, address, token, worker } = place.dataset;
  const said = place.querySelector("[data-said]");
  const isKept = () => localStorage.getItem(HINT) === owner;
  const update = () => show(place, isKept() ? "kept" : "not-kept");
  const acts = {
    async keep() {
      const data = await again(address, { method: "POST", headers: { "X-CSRF-Token": token } });
      if (!data?.cards.length) throw new Error("nothing to keep");
      await navigator.serviceWorker.register(worker);
      await navigator.serviceWorker.ready;
      await keep(data);
      navigator.storage?.persist?.();
      return "kept";
    },
    async erase() {
      await erase();
      await forgetWorker();
      return "erased";
    },
  };

  async function refresh() {
    const data = await again(address);
    if (data?.cards.length) await keep(data);
    else if (data) await erase();
    if (isKept()) navigator.serviceWorker.register(worker);
    update();
  }

  place.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-card-do]");
    if (!button || button.ariaBusy) return;
    button.ariaBusy = "true";
    let outcome = "failed";
    try {
      outcome = await acts[button.dataset.cardDo]();
    } catch {
      // Told below.
    }
    button.ariaBusy = null;
    update();
    said.textContent = said.dataset[outcome];
    place.querySelector("[data-when]:not([hidden]) :is(a, button)").focus();
  });
  place.hidden = false;
  update();
  if (isKept()) refresh();
}

// The page without network.
async function shell(place) {
  const here = place.querySelector("[data-card-here]");

  function showCards(data) {
    const day = today();
    const cards = data.cards.filter((one) => one.from <= day && day <= one.until);
    here.innerHTML = cards.map((one) => one.html).join("");
    reveal(here);
    show(place, cards.length ? "kept" : "early");
    performance.mark("card-shown");
  }

  async function none(why) {
    here.replaceChildren();
    show(place, why);
    await erase();
  }

  place.addEventListener("click", async (event) => {
    if (!event.target.closest("[data-card-do]")) return;
    await none("none");
    await forgetWorker();
  });
  addEventListener("storage", (event) => { if (event.key === HINT && !event.newValue) none("gone"); });

  const kept = await read();
  if (!kept) {
    show(place, "none");
    if (navigator.onLine) location.replace(place.dataset.card);
    return;
  }
  const day = today();
  kept.cards = kept.cards.filter((one) => day <= one.until);
  if (!kept.cards.length) return none("over");
  showCards(kept);
  const fresh = await again(place.dataset.address);
  if (!fresh || !localStorage.getItem(HINT)) return;
  if (fresh.cards.length && fresh.owner === kept.owner) {
    await keep(fresh);
    showCards(fresh);
    return;
  }
  if (fresh.ended === 401) {
    const state = await again(place.dataset.state);
    if (!state || state.owner === kept.owner) return;
  }
  await none("gone");
}

// « Plein écran lumineux ».
function reveal(place) {
  for (const button of place.querySelectorAll("[data-bright-open]")) button.hidden = false;
}

let lock = null;

async function stayOn() {
  if (!document.querySelector("[data-bright][open]") || document.hidden) return;
  try {
    lock = await navigator.wakeLock?.request("screen");
  } catch {
    // A low battery says no: the screen dims as it always does.
  }
}

function bright(event) {
  const opener = event.target.closest("[data-bright-open]");
  const closer = event.target.closest("[data-bright-close]");
  if (closer) closer.closest("dialog").close();
  if (!opener) return;
  const dialog = document.getElementById(opener.dataset.brightOpen);
  dialog.addEventListener("close", () => { lock?.release(); lock = null; }, { once: true });
  dialog.showModal();
  stayOn();
}

document.addEventListener("click", bright);
document.addEventListener("visibilitychange", stayOn);
reveal(document);

if ("serviceWorker" in navigator && globalThis.crypto?.subtle && globalThis.indexedDB) {
  document.querySelectorAll("[data-card-keep]").forEach(panel);
  document.querySelectorAll("[data-card-shell]").forEach(shell);
}
