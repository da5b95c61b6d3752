// « Autour de moi »: the position is asked on a click only, and posted: it is in no address. Without this file the button is not there.

const button = document.querySelector("[data-around]");
const said = document.querySelector("[data-around-said]");
// As GeolocationPositionError numbers them.
const WHY = { 1: "refused", 2: "unavailable", 3: "slow" };

function send({ coords }) {
  const form = document.getElementById(button.dataset.around);
  form.elements.latitude.value = coords.latitude.toFixed(5);
  form.elements.longitude.value = coords.longitude.toFixed(5);
  for (const old of form.querySelectorAll("[data-copied]")) old.remove();
  for (const [name, value] of new FormData(button.form)) {
    // The place that was typed is what the position stands for.
    if (["csrf_token", "latitude", "longitude", "lieu", "commune"].includes(name)) continue;
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    field.dataset.copied = "";
    form.append(field);
  }
  form.requestSubmit();
}

function tell(words) {
  said.textContent = words;
  // On a telephone it comes beneath the bar.
  if (words) said.scrollIntoView({ block: "center" });
  button.removeAttribute("aria-disabled");
}

if (button && isSecureContext && "geolocation" in navigator) {
  button.hidden = false;
  button.addEventListener("click", () => {
    if (button.hasAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    said.textContent = button.dataset.waiting;
    navigator.geolocation.getCurrentPosition(send, ({ code }) => tell(said.dataset[WHY[code]]), {
      timeout: 15_000,
      maximumAge: 60_000,
    });
  });
  addEventListener("pageshow", () => tell(""));
}
