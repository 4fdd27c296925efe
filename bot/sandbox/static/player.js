// Playing a recording: a button, its waveform, the time. One recording plays at a time.

import { fetchBlob } from "./api.js";
import { element, formatClock, icon, showIcon, toast } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const BARS = 44;
const BAR_STEP = 5;
const HEIGHT = 32;
const DECODE_RATE = 16000;

let playing = null;

export function player({ url, duration, label }) {
  const button = element("button", { type: "button", class: "round strong play", "aria-label": `Play ${label}` }, icon("play"));
  const drawn = drawWave(Array(BARS).fill(0.06));
  const seek = element("input", { type: "range", min: 0, max: 1000, value: 0, "aria-label": `Position in ${label}` });
  const clock = element("span", { class: "clock" }, formatClock(duration));
  const box = element(
    "div",
    { class: "player" },
    button,
    element("div", { class: "wave" }, drawn.image, seek),
    clock,
  );
  const sound = new Audio();
  const ready = whenSeen(box, () => load(url, sound, drawn, clock));

  const seconds = () => (Number.isFinite(sound.duration) ? sound.duration : duration) || 0;
  const show = () => {
    const share = seconds() ? Math.min(sound.currentTime / seconds(), 1) : 0;
    drawn.progress(share);
    seek.value = String(Math.round(share * 1000));
    seek.setAttribute("aria-valuetext", `${formatClock(sound.currentTime)} of ${formatClock(seconds())}`);
    clock.textContent = formatClock(sound.paused && !sound.currentTime ? seconds() : sound.currentTime);
  };
  button.addEventListener("click", async () => {
    await ready;
    if (!sound.paused) return sound.pause();
    if (playing && playing !== sound) playing.pause();
    playing = sound;
    return sound.play().catch(() => toast("This browser cannot play this recording."));
  });
  seek.addEventListener("input", () => {
    sound.currentTime = (Number(seek.value) / 1000) * seconds();
    show();
  });
  sound.addEventListener("play", () => showIcon(button, "pause", `Pause ${label}`));
  sound.addEventListener("pause", () => showIcon(button, "play", `Play ${label}`));
  sound.addEventListener("ended", () => { sound.currentTime = 0; show(); });
  sound.addEventListener("timeupdate", show);
  return box;
}

// Do the work when the element comes into sight: a long chat has many recordings.
function whenSeen(shown, work) {
  return new Promise((resolve) => {
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry.isIntersecting) return;
      observer.disconnect();
      resolve(work());
    });
    observer.observe(shown);
  });
}

// Fetch the recording once, for the picture and for the sound.
async function load(url, sound, drawn, clock) {
  try {
    const blob = await fetchBlob(url);
    sound.src = URL.createObjectURL(blob);
    const context = new OfflineAudioContext(1, 1, DECODE_RATE);
    const decoded = await context.decodeAudioData(await blob.arrayBuffer());
    drawn.heights(peaks(decoded.getChannelData(0)));
    clock.textContent = formatClock(decoded.duration);
  } catch {
    // A format that this browser does not decode: the flat line stays, playing may still work.
  }
}

// The loudest sample of each stretch, 0 to 1, with quiet speech lifted as the ear does.
function peaks(samples) {
  const size = Math.max(1, Math.floor(samples.length / BARS));
  const found = Array.from({ length: BARS }, (_, bar) => {
    let peak = 0;
    for (let at = bar * size; at < Math.min((bar + 1) * size, samples.length); at += 1) {
      peak = Math.max(peak, Math.abs(samples[at]));
    }
    return peak;
  });
  const loudest = Math.max(...found, 1e-4);
  return found.map((peak) => Math.max((peak / loudest) ** 0.7, 0.06));
}

function drawWave(heights) {
  const image = document.createElementNS(SVG, "svg");
  image.setAttribute("viewBox", `0 0 ${BARS * BAR_STEP} ${HEIGHT}`);
  image.setAttribute("preserveAspectRatio", "none");
  image.setAttribute("aria-hidden", "true");
  const bars = heights.map((_, index) => {
    const bar = document.createElementNS(SVG, "rect");
    bar.setAttribute("x", index * BAR_STEP + 1);
    bar.setAttribute("width", 3);
    bar.setAttribute("rx", 1.5);
    image.append(bar);
    return bar;
  });
  const drawn = {
    image,
    heights: (shares) => bars.forEach((bar, index) => {
      const height = Math.max(shares[index] * HEIGHT, 3);
      bar.setAttribute("height", height);
      bar.setAttribute("y", (HEIGHT - height) / 2);
    }),
    progress: (share) => bars.forEach((bar, index) => {
      bar.classList.toggle("is-played", (index + 0.5) / BARS < share);
    }),
  };
  drawn.heights(heights);
  return drawn;
}
