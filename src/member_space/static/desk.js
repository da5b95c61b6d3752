// The desk by keyboard, and its files close up. Everything works without this file: links, buttons and disclosures do it all.

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
const off = "desk-keys-off";
const toggle = document.querySelector("[data-keys-toggle]");

// A letter alone may be pressed by a voice or by mistake: the shortcuts can be turned off (WCAG 2.1.4).
function shortcuts() {
  if (!toggle) return;
  toggle.closest("[hidden]").hidden = false;
  toggle.checked = !localStorage.getItem(off);
  toggle.addEventListener("change", () => {
    if (toggle.checked) localStorage.removeItem(off);
    else localStorage.setItem(off, "1");
    marks();
  });
  marks();
  document.addEventListener("keydown", (event) => {
    if (!toggle.checked || event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    const found = [...document.querySelectorAll("[data-key]")]
      .find((one) => one.dataset.key === event.key.toLowerCase() && one.checkVisibility());
    if (!found) return;
    event.preventDefault();
    use(found);
  });
}

function use(found) {
  if (found.tagName !== "DETAILS") return found.click();
  found.open = true;
  found.querySelector("textarea, input:not([type=hidden]), select")?.focus();
}

// The key is written beside its words, for who learns them.
function marks() {
  for (const one of document.querySelectorAll("[data-key]")) {
    const place = one.tagName === "DETAILS" ? one.querySelector("summary") : one;
    place.querySelector("kbd")?.remove();
    if (!toggle.checked) continue;
    const mark = document.createElement("kbd");
    mark.textContent = one.dataset.key;
    mark.setAttribute("aria-hidden", "true");
    place.append(mark);
  }
}

function viewer(box) {
  const pages = [...box.querySelectorAll(".viewer-page")];
  const frame = box.querySelector(".viewer");
  if (!pages.length) return;
  let width = 100;
  let turned = 0;
  let at = 0;
  const show = () => {
    for (const page of pages) {
      page.style.width = `${width}%`;
      page.style.rotate = `${turned}deg`;
    }
    frame.scrollTo({ top: pages[at].offsetTop - frame.offsetTop });
  };
  const acts = {
    bigger: () => { width = Math.min(width + 25, 300); },
    smaller: () => { width = Math.max(width - 25, 50); },
    turn: () => { turned = (turned + 90) % 360; },
    after: () => { at = Math.min(at + 1, pages.length - 1); },
    before: () => { at = Math.max(at - 1, 0); },
  };
  const tools = box.querySelector("[data-viewer-tools]");
  tools.hidden = false;
  tools.addEventListener("click", ({ target }) => {
    const act = target.closest("[data-do]");
    if (!act) return;
    acts[act.dataset.do]();
    show();
  });
}

// « Je suis là », every fifteen seconds while the page is seen; who else is, and whether something changed, comes back.
function presence(box) {
  const say = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(box.dataset.presence, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRF-Token": box.dataset.token },
      });
      if (!answer.ok) return;
      const { version, words } = await answer.json();
      box.querySelector("[data-present]").textContent = words;
      box.querySelector("[data-changed]").hidden = String(version) === box.dataset.version;
    } catch {
      // No network: said again.
    }
  };
  setInterval(say, 15000);
}

shortcuts();
document.querySelectorAll("[data-viewer]").forEach(viewer);
document.querySelectorAll("[data-presence]").forEach(presence);
