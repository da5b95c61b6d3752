// Forms marked `data-draft` are saved as one types; they hold without this file too, when they are sent.

const WAIT = 2000;

function watch(form) {
  const names = form.dataset.draft.split(" ");
  const at = form.elements.draft_at;
  const alert = form.querySelector("[data-draft-alert]");
  let timer = 0;
  let saved = "";

  const content = () => {
    const typed = new FormData(form);
    const body = new URLSearchParams();
    for (const name of ["draft", "draft_at", ...names]) for (const value of typed.getAll(name)) body.append(name, value);
    return body;
  };
  const say = (kind) => {
    const words = form.querySelector(`[data-draft-${kind}]`);
    alert.replaceChildren(...(words ? [words.content.cloneNode(true)] : []));
  };

  async function save() {
    clearTimeout(timer);
    const body = content();
    if (form.dataset.sent || String(body) === saved) return;
    saved = String(body);
    try {
      const answer = await fetch(form.dataset.draftUrl, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRF-Token": form.elements.csrf_token.value },
        body,
        keepalive: true,
      });
      if (answer.status === 401) return say("over");
      if (!answer.ok) return say("failed");
      say("");
      dispatchEvent(new CustomEvent("session-prolonged", { detail: (await answer.json()).left }));
    } catch {
      saved = "";
      say("failed");
    }
  }

  form.addEventListener("focusin", ({ target }) => {
    if (names.includes(target.name)) at.value = target.name;
    // A browser shows the first line of a text, were the rest of it under the bar of a phone.
    if (target.matches("textarea")) target.scrollIntoView({ block: "nearest" });
  });
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, WAIT);
  });
  const pending = () => { if (timer) save(); };
  addEventListener("session-ending", pending);
  addEventListener("pagehide", pending);

  // Found again: the caret goes after the text rather than before it.
  const field = form.querySelector("[autofocus]");
  if (field?.setSelectionRange && field.value) field.setSelectionRange(field.value.length, field.value.length);
}

document.querySelectorAll("form[data-draft]").forEach(watch);
