// The page of a code: it works without this file, which fills the field from a mail's link and counts down.

const CODE = /^#(\d{6}|[A-HJ-NP-Z2-9]{10}|[A-HJ-NP-Z2-9]{16})$/;

function fillFromHash() {
  const field = document.querySelector("[data-code-from-hash]");
  const found = CODE.exec(location.hash);
  if (!field || !found) return;
  field.value = found[1];
  const door = field.closest("details");
  if (door) door.open = true;
  // Out of the address: neither the history nor a shared screen keeps it.
  history.replaceState(null, "", location.pathname + location.search);
}

// `data-wait` is in the server's seconds, counted when the page was made: a reload starts from the right figure.
function countDown(element, tick, end) {
  const until = performance.now() + 1000 * Number(element.dataset.wait);
  const step = () => {
    const left = Math.ceil((until - performance.now()) / 1000);
    if (left <= 0) return end();
    tick(left);
    setTimeout(step, 250);
  };
  step();
}

function resendButtons() {
  for (const button of document.querySelectorAll("[data-resend]")) {
    const label = button.querySelector("span");
    const words = label.textContent;
    const fixed = button.form.querySelector("[data-resend-at]");
    if (fixed) fixed.hidden = true;
    countDown(
      button,
      (left) => {
        button.disabled = true;
        label.textContent = `${words} ${button.dataset.waitLabel.replace("{s}", left)}`;
      },
      () => {
        button.disabled = false;
        label.textContent = words;
      },
    );
  }
}

function missingCodes() {
  for (const element of document.querySelectorAll("[data-code-missing]")) {
    countDown(element, () => { element.hidden = true; }, () => { element.hidden = false; });
  }
}

fillFromHash();
addEventListener("hashchange", fillFromHash);
resendButtons();
missingCodes();
