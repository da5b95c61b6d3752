// Files are sent as soon as they are chosen, one after the other, photographs made smaller first (C66, R6).
// Without this file the form sends them itself.

const LONG_SIDE = 2480;
const SMALL_ENOUGH = 1_000_000;
const QUALITY = 0.85;

async function smaller(file) {
  if (!file.type.startsWith("image/") || file.type === "image/gif" || file.size <= SMALL_ENOUGH) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const paper = canvas.getContext("2d");
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!made || made.size >= file.size) return file;
    return new File([made], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    // A kind that this browser does not open (HEIC): the server makes it smaller.
    return file;
  }
}

function post(url, body, told) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => told(event.loaded, event.total));
    request.addEventListener("load", () => done(request));
    request.addEventListener("error", failed);
    request.addEventListener("abort", failed);
    request.send(body);
  });
}

function watch(field) {
  const form = field.closest("form");
  const box = field.closest(".upload-box");
  const list = box?.querySelector("[data-upload-list]");
  if (!list) return;
  const input = field.querySelector("input[type=file]");
  const together = field.querySelector("input[name=as_one]");
  const errors = field.querySelector("[data-upload-errors]");
  const left = field.querySelector("[data-upload-left]");
  const progress = field.querySelector("[data-upload-progress]");
  const words = (name) => field.querySelector(`template[data-upload-${name}]`).content.cloneNode(true);
  const filled = (name, mark, value) => {
    const found = words(name);
    for (const node of [found.firstChild]) node.data = node.data.replace(mark, () => value);
    return found;
  };
  box.querySelector("[data-upload-button]").hidden = true;

  const complain = (content) => {
    const line = document.createElement("p");
    line.className = "field-error";
    line.append(content);
    errors.append(line);
    field.classList.add("field-invalid");
    input.setAttribute("aria-invalid", "true");
  };

  async function send(files) {
    const body = new FormData();
    for (const { name, value } of form.querySelectorAll("input[type=hidden]")) body.append(name, value);
    if (together.checked) body.append("as_one", "1");
    left.replaceChildren(filled("sending", "%name%", files[0].name));
    progress.hidden = false;
    progress.removeAttribute("value");
    for (const file of files) body.append("files", await smaller(file));
    const answer = await post(field.dataset.upload, body, (sent, all) => { progress.value = (100 * sent) / all; });
    if (answer.status === 401) return complain(words("over")), null;
    if (!answer.response?.list && answer.response?.list !== "") throw new Error(answer.status);
    list.innerHTML = answer.response.list;
    answer.response.errors.forEach(complain);
    // The other papers of the page count the same places.
    dispatchEvent(new CustomEvent("upload-room", { detail: answer.response.left }));
    return answer.response.left;
  }

  addEventListener("upload-room", ({ detail: room }) => {
    left.replaceChildren(room > 1 ? filled("many", "%n%", room) : words(room === 1 ? "one" : "none"));
    input.disabled = room === 0;
  });

  input.addEventListener("change", async () => {
    const chosen = [...input.files];
    if (!chosen.length) return;
    input.value = "";
    input.disabled = true;
    errors.replaceChildren();
    field.classList.remove("field-invalid");
    input.removeAttribute("aria-invalid");
    const before = left.cloneNode(true).childNodes;
    let room = null;
    for (const files of together.checked ? [chosen] : chosen.map((one) => [one])) {
      try {
        room = (await send(files)) ?? room;
      } catch {
        complain(filled("failed", "%name%", files[0].name));
      }
    }
    progress.hidden = true;
    together.checked = false;
    input.disabled = room === 0;
    if (room === null) left.replaceChildren(...before);
    // To what was just added, so that it is heard and can be undone; to the field when nothing was.
    const buttons = list.querySelectorAll(".files button");
    if (room !== null && !errors.childElementCount && buttons.length) buttons[buttons.length - 1].focus();
    else if (!input.disabled) input.focus();
  });
}

document.querySelectorAll("[data-upload]").forEach(watch);
