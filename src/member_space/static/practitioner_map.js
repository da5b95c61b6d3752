// The map of the list beneath: numbered as it is, nothing that the list does not say. Leaflet (`L`) is loaded before.

const box = document.querySelector("[data-map]");
const shownBy = new Map();
// Pixels between two markers that do not cover each other.
const CLOSE = { x: 64, y: 40 };
// And between two names of towns.
const LABEL = { x: 96, y: 18 };

/** The places of the list, in its order. */
function places() {
  return [...document.querySelectorAll(".practice[data-latitude]")].map((item, index) => ({
    item,
    rank: index + 1,
    at: [Number(item.dataset.latitude), Number(item.dataset.longitude)],
  }));
}

/** Those that would cover each other at this zoom share a marker, where the first of them is. */
function groups(map, found) {
  const made = [];
  for (const one of found) {
    const here = map.latLngToContainerPoint(one.at);
    const near = made.find(({ point }) => Math.abs(point.x - here.x) < CLOSE.x && Math.abs(point.y - here.y) < CLOSE.y);
    if (near) near.items.push(one);
    else made.push({ at: one.at, point: here, items: [one] });
  }
  return made;
}

function marker({ at, items }) {
  const label = items.length > 1 ? `${items[0].rank} +${items.length - 1}` : String(items[0].rank);
  const size = [items.length > 1 ? 60 : 32, 32];
  const icon = L.divIcon({ className: "practice-marker", html: label, iconSize: size });
  const names = items.map(({ rank, item }) => `${rank}. ${item.dataset.name}`).join(", ");
  const made = L.marker(at, { icon, title: names, riseOnHover: true });
  let turn = 0;
  const go = () => {
    const { item } = items[turn++ % items.length];
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "center", behavior: "auto" });
  };
  made.on("click", go);
  // Leaflet makes a click of neither key where there is no popup.
  made.on("keypress", ({ originalEvent }) => {
    if (!["Enter", " "].includes(originalEvent.key)) return;
    originalEvent.preventDefault();
    go();
  });
  made.on("add", () => made.getElement().setAttribute("aria-label", names));
  for (const { item } of items) shownBy.set(item, made);
  return made;
}

/** Where there is no background, each town is named where its first place is, while there is room at this zoom. */
function nameTowns(map, layer, found) {
  const named = new Set();
  const points = [];
  for (const { at, item } of found) {
    const { town } = item.dataset;
    if (!town || named.has(town)) continue;
    named.add(town);
    const here = map.latLngToContainerPoint(at);
    if (points.some(({ x, y }) => Math.abs(x - here.x) < LABEL.x && Math.abs(y - here.y) < LABEL.y)) continue;
    points.push(here);
    const label = document.createElement("span");
    label.textContent = town;
    const icon = L.divIcon({ className: "practice-town", html: label, iconSize: [0, 0] });
    L.marker(at, { icon, interactive: false, keyboard: false, zIndexOffset: -2000 }).addTo(layer);
  }
}

/** Where there is no background, the outline of the land is drawn beneath (services/outline.py says how it is written). */
async function drawLand(map, address) {
  const answer = await fetch(address);
  if (!answer.ok) return;
  const { grain, arcs, lands } = await answer.json();
  const lines = arcs.map((steps) => {
    const line = [];
    let longitude = 0;
    let latitude = 0;
    for (let i = 0; i < steps.length; i += 2) {
      longitude += steps[i];
      latitude += steps[i + 1];
      line.push([latitude / grain, longitude / grain]);
    }
    return line;
  });
  const ring = (numbers) => numbers.flatMap((n) => (n < 0 ? [...lines[~n]].reverse() : lines[n]));
  const shape = { className: "practice-land", weight: 1, interactive: false, smoothFactor: 1.5 };
  // One path of all: what a ring encloses twice is a hole.
  L.polygon(lands.flatMap((rings) => rings.map((numbers) => [ring(numbers)])), shape).addTo(map).bringToBack();
}

/** What the list points at, or has the focus in, is told on the map. */
function followList(found) {
  for (const { item } of found) {
    const mark = (on) => shownBy.get(item)?.getElement()?.classList.toggle("practice-marked", on);
    for (const name of ["mouseenter", "focusin"]) item.addEventListener(name, () => mark(true));
    for (const name of ["mouseleave", "focusout"]) item.addEventListener(name, () => mark(false));
  }
}

function draw() {
  const { latitude, longitude, radius, tiles, attribution, outline } = box.dataset;
  const centre = [Number(latitude), Number(longitude)];
  const map = L.map(box.querySelector(".practice-canvas"), {
    attributionControl: false,
    zoomControl: false,
    // Who scrolls the page past the map means the page.
    scrollWheelZoom: false,
    zoomAnimation: false,
    fadeAnimation: false,
    markerZoomAnimation: false,
    inertia: false,
    maxZoom: 18,
  });
  L.control.zoom({ zoomInTitle: box.dataset.in, zoomOutTitle: box.dataset.out }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  if (tiles) {
    L.tileLayer(tiles, { maxZoom: 18 }).addTo(map);
    const text = document.createElement("span");
    text.textContent = attribution;
    L.control.attribution({ prefix: false }).addAttribution(text.innerHTML).addTo(map);
  }
  const found = places();
  const shape = { className: "practice-radius", weight: 1, fill: false, dashArray: "4 4", interactive: false };
  L.circle(centre, { ...shape, radius: Number(radius) * 1000 }).addTo(map);
  const start = L.divIcon({ className: "practice-centre", iconSize: [14, 14] });
  L.marker(centre, { icon: start, interactive: false, keyboard: false, title: box.dataset.centre, zIndexOffset: -1000 }).addTo(map);
  const layer = L.layerGroup().addTo(map);
  map.on("zoomend", () => {
    layer.clearLayers();
    for (const one of groups(map, found)) layer.addLayer(marker(one));
    if (!tiles) nameTowns(map, layer, found);
  });
  followList(found);
  map.fitBounds(L.latLngBounds([centre, ...found.map(({ at }) => at)]).pad(0.15), { maxZoom: 15 });
  // Without it, as when the network is gone meanwhile, the rest is still a plan.
  if (outline) drawLand(map, outline).catch(() => {});
}

if (box && window.L) {
  box.hidden = false;
  const open = () => {
    if (!box.open || box.dataset.drawn) return;
    box.dataset.drawn = "1";
    draw();
  };
  box.addEventListener("toggle", open);
  open();
}
