// Counts a new password while it is typed. The server alone decides; this spares a round.

const PAUSE = 600; // ms without a key: a screen reader is not interrupted at each one
const FEW = 5;

function words(said, text, shortest) {
  const left = shortest - [...text].length;
  if (left === 1) return said.dataset.shortOne;
  if (left > 0) return said.dataset.short.replace("{n}", left);
  return new Set(text.toLowerCase()).size < FEW ? said.dataset.poor : said.dataset.longEnough;
}

for (const said of document.querySelectorAll("[data-strength-of]")) {
  const input = document.getElementById(said.dataset.strengthOf);
  let timer;
  said.hidden = false;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      said.textContent = input.value ? words(said, input.value.normalize("NFC"), Number(input.dataset.shortest)) : "";
    }, PAUSE);
  });
}
