// « 2 nouvelles demandes »: asked every four seconds while somebody looks, told with a link; the page never moves by itself.
// data-of: how the tokens begin that this page is about, where it is about one request.

const EVERY = 4000;

function watch(box) {
  const known = new Set(box.dataset.known.split(" "));
  const link = box.querySelector("[data-fresh-link]");
  let tag = "";
  let timer = 0;

  const count = (kind, n) => n && box.dataset[`${kind}${n === 1 ? "One" : "Many"}`].replace("{n}", n);

  function say(tokens) {
    const fresh = tokens.filter((token) => token.startsWith(box.dataset.of) && !known.has(token));
    const sent = new Set(fresh.filter((token) => token[0] === "s").map((token) => token.slice(1)));
    const said = new Set(fresh.filter((token) => token[0] === "u").map((token) => token.slice(1).split("-")[0]));
    const given = new Set(fresh.filter((token) => token[0] === "g").map((token) => token.slice(1)));
    for (const one of given) sent.delete(one);
    for (const one of [...sent, ...given]) said.delete(one);
    const words = [count("given", given.size), count("sent", sent.size), count("said", said.size)].filter(Boolean).join(", ");
    const place = link.querySelector("[data-fresh-words]");
    if (!words || place.textContent === words) return;
    place.textContent = words;
    link.hidden = false;
  }

  async function ask() {
    clearTimeout(timer);
    if (document.hidden) return;
    try {
      const headers = { Accept: "application/json" };
      if (tag) headers["If-None-Match"] = tag;
      const answer = await fetch(box.dataset.fresh, { headers, cache: "no-store" });
      // The session ended, or there is no such right any more: nothing more to ask.
      if ([401, 403, 404].includes(answer.status)) return;
      if (answer.ok) {
        tag = answer.headers.get("ETag");
        say((await answer.json()).tokens);
      }
    } catch {
      // No network: asked again.
    }
    timer = setTimeout(ask, EVERY);
  }

  document.addEventListener("visibilitychange", ask);
  timer = setTimeout(ask, EVERY);
}

document.querySelectorAll("[data-fresh]").forEach(watch);
