// Small helps on top of pages that work without any script.

const say = (button, words) => button.querySelector("span").replaceChildren(words);

function passwordButtons() {
  for (const button of document.querySelectorAll("[data-show-password]")) {
    const input = document.getElementById(button.dataset.showPassword);
    const show = button.textContent.trim();
    button.hidden = false;
    button.addEventListener("click", () => {
      const visible = input.type === "text";
      input.type = visible ? "password" : "text";
      button.setAttribute("aria-pressed", String(!visible));
      say(button, visible ? show : button.dataset.hideLabel);
      input.focus();
    });
    // A password left visible must not be kept by the browser's form history.
    input.form?.addEventListener("submit", () => { input.type = "password"; });
  }
}

function menus() {
  const open = () => document.querySelectorAll("details[data-menu][open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

function errorSummary() {
  const summary = document.querySelector("[data-focus]");
  if (!summary) return;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const field = event.target.closest("a") && document.getElementById(event.target.closest("a").hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.scrollIntoView({ block: "center" });
  });
}

function wideDisclosures() {
  const wide = matchMedia("(min-width: 62em)").matches;
  const open = () => {
    for (const details of document.querySelectorAll("details[data-open-wide]")) {
      if (wide || location.hash === `#${details.id}`) details.open = true;
    }
  };
  open();
  addEventListener("hashchange", open);
}

function singleSending() {
  // The server keeps the rule; this only spares an impatient second click.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
    const button = event.submitter;
    if (!button?.dataset.sending) return;
    button.dataset.said = button.textContent;
    button.textContent = button.dataset.sending;
  });
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
    for (const button of document.querySelectorAll("[data-said]")) button.textContent = button.dataset.said;
  });
}

function printButtons() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
}

function adviser() {
  // Its panel comes when it is first asked for; without this the button is a link to a page that does the same.
  const opener = document.querySelector("[data-adviser-open]");
  if (!opener) return;
  opener.setAttribute("role", "button");
  opener.setAttribute("aria-haspopup", "dialog");
  opener.setAttribute("aria-expanded", "false");
  opener.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const panel = await import(opener.dataset.adviserOpen).catch(() => location.assign(opener.href));
    await panel?.toggle();
  });
  opener.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    opener.click();
  });
}

passwordButtons();
menus();
errorSummary();
wideDisclosures();
singleSending();
printButtons();
adviser();
