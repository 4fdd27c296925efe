// Sample voices for a visitor without a microphone.

import { fetchBlob } from "./api.js";
import { byId, element, iconButton, showIcon } from "./dom.js";

let heard = null; // the sample that plays now

export function listSamples(samples, onSend) {
  byId("samples").replaceChildren(...samples.map((sample) => sampleView(sample, onSend)));
}

function sampleView(sample, onSend) {
  const listen = iconButton("play", `Listen to: ${sample.label}`, () => toggle(sample, listen));
  const send = element(
    "button",
    { type: "button", class: "sample", "aria-label": `Send the synthesised sample: ${sample.label}` },
    element("span", { class: "emoji", "aria-hidden": "true" }, sample.emoji),
    element(
      "span",
      { class: "sample-text" },
      element("strong", {}, sample.label),
      element("span", {}, `${sample.seconds} s · synthesised`),
    ),
  );
  send.addEventListener("click", async () => {
    send.disabled = true;
    const blob = await fetchBlob(sample.url);
    const file = new File([blob], `${sample.name}.ogg`, { type: "audio/ogg" });
    const text = `Synthesised sample: ${sample.label}`;
    await onSend({ kind: "voice", file, text, duration: Math.round(sample.seconds) });
    send.disabled = false;
    send.focus();
  });
  return element("li", {}, send, listen);
}

async function toggle(sample, button) {
  const wasHeard = heard?.name === sample.name;
  heard?.sound.pause();
  heard = null;
  if (wasHeard) return;
  const sound = new Audio(URL.createObjectURL(await fetchBlob(sample.url)));
  heard = { name: sample.name, sound };
  sound.addEventListener("pause", () => showIcon(button, "play", `Listen to: ${sample.label}`));
  sound.addEventListener("ended", () => { heard = null; });
  showIcon(button, "pause", `Stop: ${sample.label}`);
  await sound.play();
}
