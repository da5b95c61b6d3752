// « Êtes-vous toujours là ? »: two minutes before the session ends, in every tab at once. The server ends it by itself.

const WARN = 120;
const dialog = document.querySelector("[data-idle]");
const tabs = new BroadcastChannel("session");
let end = 0;
let timer = 0;

const left = () => Math.ceil((end - Date.now()) / 1000);
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

// `seconds` are counted by the server; another tab that asked for a page gave all of them more.
function goOn(seconds, tell = true) {
  const until = Date.now() + 1000 * seconds;
  if (until <= end) return;
  end = until;
  if (tell) tabs.postMessage({ end });
  if (dialog.open && left() > WARN) dialog.close();
  step();
}

function step() {
  clearTimeout(timer);
  const seconds = left();
  if (seconds <= 0) return leave();
  if (seconds > WARN) {
    timer = setTimeout(step, 1000 * (seconds - WARN));
    return;
  }
  if (!dialog.open) {
    // A form that saves its draft does it now, while the session is there.
    dispatchEvent(new Event("session-ending"));
    dialog.showModal();
  }
  dialog.querySelector("[data-idle-left]").textContent = clock(seconds);
  timer = setTimeout(step, 1000);
}

function leave() {
  const here = location.pathname + location.search;
  location.replace(`${dialog.dataset.door}?${new URLSearchParams({ next: here, fait: "session-terminee" })}`);
}

async function stay() {
  try {
    const answer = await fetch(dialog.dataset.prolong, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRF-Token": dialog.dataset.token },
    });
    // A token of before another signing in: the page itself is of another session.
    if (answer.status === 400 || answer.status === 401) return leave();
    if (answer.ok) goOn((await answer.json()).left);
  } catch {
    // No network: the dialog stays, with what is left of the time to press again.
  }
}

if (dialog) {
  tabs.addEventListener("message", ({ data }) => goOn((data.end - Date.now()) / 1000, false));
  addEventListener("session-prolonged", ({ detail }) => goOn(detail));
  dialog.querySelector("[data-idle-stay]").addEventListener("click", stay);
  // Escape is an answer: somebody is there.
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); stay(); });
  // A computer that slept, or a page that came back: its timers stood still, the clock did not.
  addEventListener("pageshow", () => step());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) step(); });
  goOn(Number(dialog.dataset.left));
}
