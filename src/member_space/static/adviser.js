// The virtual adviser as a panel beside the page; app.js asks for it when its button is first pressed.

const panel = document.querySelector("[data-adviser]");
const opener = document.querySelector("[data-adviser-open]");
const body = panel.querySelector("[data-adviser-body]");
const status = panel.querySelector("[data-adviser-status]");
const phone = matchMedia("(max-width: 35.938em)");

// `about`: the id of the answer that an opinion is of.
async function load(path, options = {}, about = null) {
  panel.setAttribute("aria-busy", "true");
  try {
    const headers = { "X-Requested-With": "XMLHttpRequest", Accept: "text/html" };
    const answer = await fetch(path, { cache: "no-store", credentials: "same-origin", ...options, headers });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const talk = page.querySelector("[data-adviser-talk]");
    // The session ended, or the answer is another page: it is shown whole.
    if (!talk) return location.assign(opener.href);
    body.replaceChildren(talk);
    const judged = about && document.getElementById(about);
    if (judged) stay(judged);
    else show(talk, options.method === "POST");
  } catch {
    status.textContent = panel.dataset.failed;
    body.querySelector("[data-adviser-failed]")?.remove();
    const words = document.createElement("p");
    words.className = "field-error";
    words.dataset.adviserFailed = "";
    words.textContent = panel.dataset.failed;
    body.querySelector("[data-adviser-ask]")?.prepend(words);
  } finally {
    panel.removeAttribute("aria-busy");
  }
}

// Under the answer that was judged: its thanks are said, and a word may be added.
function stay(answer) {
  status.textContent = answer.querySelector(".adviser-opinion p")?.textContent ?? "";
  (answer.querySelector('[aria-invalid="true"]') ?? answer.querySelector(".adviser-opinion summary"))?.focus();
}

function show(talk, asked) {
  const last = [...talk.querySelectorAll(".adviser-talk > li")].at(-1);
  const words = last?.querySelector(".adviser-words")?.textContent.trim() ?? "";
  status.textContent = asked && talk.dataset.said ? `${talk.dataset.said} ${words}` : "";
  field()?.focus({ preventScroll: true });
  body.scrollTop = last ? last.offsetTop - 8 : 0;
}

const field = () => body.querySelector("#question");

function open() {
  if (phone.matches) panel.showModal();
  else panel.show();
  opener.setAttribute("aria-expanded", "true");
  if (body.childElementCount) field()?.focus();
  else load(opener.href);
}

export async function toggle() {
  if (panel.open) return panel.close();
  await dressed;
  open();
}

// Never shown without its look; without it all the same rather than not at all.
const dressed = new Promise((resolve) => {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = panel.dataset.adviser;
  sheet.addEventListener("load", resolve);
  sheet.addEventListener("error", resolve);
  document.head.append(sheet);
});

panel.addEventListener("close", () => {
  opener.setAttribute("aria-expanded", "false");
  opener.focus();
});
panel.addEventListener("keydown", (event) => {
  if (event.key === "Escape") panel.close();
  // Enter sends, as in any talk; with Shift it is a new line.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target === field()) {
    event.preventDefault();
    field().form.requestSubmit();
  }
});
panel.querySelector("[data-adviser-close]").addEventListener("click", () => panel.close());
// Before the page's own care for second clicks, which would hold a form that is sent from here.
panel.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-adviser-form]");
  if (!form) return;
  event.preventDefault();
  event.stopPropagation();
  if (panel.hasAttribute("aria-busy")) return;
  const options = { method: "POST", body: new URLSearchParams(new FormData(form, event.submitter)) };
  load(form.action, options, form.closest(".adviser-opinion")?.closest(".adviser-answer").id);
});
