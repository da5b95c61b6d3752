// A card kept on this telephone is its owner's: whoever else signs in erases it, and so does signing out. Where nobody is
// signed in any more, it stays while the account trusts this browser and has rights (docs/decisions/0024).

const HINT = "card-kept";
const place = document.querySelector("script[data-card-owner]");

function erase() {
  localStorage.removeItem(HINT);
  indexedDB.deleteDatabase("card");
}

async function atTheDoor(kept) {
  if (new URLSearchParams(location.search).get("fait") === "deconnexion") return erase();
  try {
    const answer = await fetch(place.dataset.state, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (answer.ok && (await answer.json()).owner !== kept) erase();
  } catch {
    // No network: asked at the next visit.
  }
}

const kept = localStorage.getItem(HINT);
if (kept && place) {
  const here = place.dataset.cardOwner;
  if (!here) atTheDoor(kept);
  else if (here !== kept) erase();
}
