// The address works without this file, which offers the towns of the postcode as it is typed. Any other text can be written.

function offer(list) {
  const town = document.querySelector(`input[list="${list.id}"]`);
  const { code_postal: postcode, etranger: abroad } = town.form.elements;
  let shown = "";

  async function ask() {
    const code = abroad.checked ? "" : postcode.value.replace(/\s/g, "");
    if (code === shown) return;
    shown = code;
    list.replaceChildren();
    if (!/^\d{5}$/.test(code)) return;
    try {
      const answer = await fetch(`${list.dataset.communes}?code_postal=${code}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || code !== shown) return;
      const { communes } = await answer.json();
      list.replaceChildren(...communes.map((name) => new Option("", name)));
      if (communes.length !== 1 || town.value.trim()) return;
      town.value = communes[0];
      // The draft is told as if it had been typed.
      town.dispatchEvent(new Event("input", { bubbles: true }));
    } catch {
      // No network: nothing is offered.
    }
  }

  for (const field of [postcode, abroad]) field.addEventListener("input", ask);
  ask();
}

document.querySelectorAll("[data-communes]").forEach(offer);
