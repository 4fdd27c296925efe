// Where one writes, attaches, replies and records.

import { postMessage } from "./api.js";
import { CommandMenu } from "./commands.js";
import { byId, element, formatClock, formatSize, toast } from "./dom.js";
import { summary } from "./message_view.js";
import { canRecord, startRecording } from "./recorder.js";

const LEVEL_BARS = 40;

export class Composer {
  constructor() {
    this.text = byId("text");
    this.replyTo = null;
    this.file = null;
    this.recording = null;
    this.menu = new CommandMenu(this.text, (command) => this.send({ kind: "text", text: command }));
    this.wireText();
    this.wireFiles();
    this.wireRecording();
    byId("reply-cancel").addEventListener("click", () => this.reply(null));
  }

  // Post a message, as a reply if one is begun; tell whether it went.
  async send(fields) {
    try {
      await postMessage({ ...fields, reply_to_message_id: this.replyTo?.message_id });
      this.reply(null);
      if (fields.kind === "text" && this.text.value.trim().startsWith("/")) this.clearText();
      return true;
    } catch (error) {
      toast(`Not sent: ${error.message}`);
      return false;
    }
  }

  reply(message) {
    this.replyTo = message;
    byId("reply").hidden = !message;
    byId("reply-text").textContent = message ? summary(message) : "";
    if (message) this.text.focus();
  }

  attach(file) {
    this.file = file;
    byId("attachment").hidden = !file;
    byId("file").value = "";
    if (file) {
      byId("attachment-text").replaceChildren(element("strong", {}, file.name), ` ${formatSize(file.size)}`);
      byId("attachment-kind").value = guessKind(file);
      this.text.focus();
    }
    this.showButtons();
  }

  async submit() {
    const text = this.text.value.trim();
    const fields = this.file
      ? { kind: byId("attachment-kind").value, file: this.file, text: text || null }
      : { kind: "text", text };
    if (!this.file && !text) return;
    if (await this.send(fields)) {
      this.attach(null);
      this.clearText();
    }
  }

  clearText() {
    this.text.value = "";
    this.text.style.height = "";
    this.showButtons();
  }

  // As long as nothing is written, the microphone stands where sending stands later.
  showButtons() {
    const isReady = Boolean(this.text.value.trim() || this.file);
    byId("send").hidden = !isReady;
    byId("record").hidden = isReady;
  }

  wireText() {
    byId("write").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.text.addEventListener("input", () => {
      this.text.style.height = "";
      this.text.style.height = `${this.text.scrollHeight}px`;
      this.showButtons();
    });
    this.text.addEventListener("keydown", (event) => {
      if (event.isComposing || this.menu.handleKey(event)) return;
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        this.submit();
      } else if (event.key === "Escape") {
        this.reply(null);
        this.attach(null);
      }
    });
    this.text.addEventListener("paste", (event) => {
      if (event.clipboardData.files.length) this.attach(event.clipboardData.files[0]);
    });
  }

  wireFiles() {
    const drop = byId("drop");
    byId("attach").addEventListener("click", () => byId("file").click());
    byId("file").addEventListener("change", (event) => this.attach(event.target.files[0] ?? null));
    byId("attachment-cancel").addEventListener("click", () => this.attach(null));
    document.addEventListener("dragover", (event) => {
      event.preventDefault();
      drop.hidden = !event.dataTransfer.types.includes("Files");
    });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) drop.hidden = true;
    });
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.hidden = true;
      if (event.dataTransfer.files.length) this.attach(event.dataTransfer.files[0]);
    });
  }

  wireRecording() {
    byId("record").addEventListener("click", () => this.startRecording());
    byId("record-send").addEventListener("click", () => this.finishRecording());
    byId("record-cancel").addEventListener("click", () => this.cancelRecording());
    byId("recording").addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.cancelRecording();
    });
  }

  async startRecording() {
    if (!canRecord()) return toast("This browser cannot record. Send a file or a sample instead.");
    const bars = Array.from({ length: LEVEL_BARS }, () => element("i"));
    byId("level").replaceChildren(...bars);
    const levels = Array(LEVEL_BARS).fill(0);
    try {
      this.recording = await startRecording((level, seconds) => {
        levels.push(level);
        levels.shift();
        bars.forEach((bar, index) => bar.style.setProperty("--level", levels[index].toFixed(2)));
        byId("clock").textContent = formatClock(Math.floor(seconds));
      });
    } catch {
      return toast("No microphone: allow it in the browser, or send a sample instead.");
    }
    this.showRecording(true);
    return byId("record-send").focus();
  }

  async finishRecording() {
    const { file, duration } = await this.recording.finish();
    this.showRecording(false);
    await this.send({ kind: "voice", file, duration });
  }

  async cancelRecording() {
    await this.recording.cancel();
    this.showRecording(false);
  }

  showRecording(isOn) {
    byId("recording").hidden = !isOn;
    byId("write").hidden = isOn;
    byId("clock").textContent = "0:00";
    if (!isOn) byId("record").focus();
  }
}

// What a sender most likely means by a file; the page lets them choose otherwise.
function guessKind(file) {
  if (/\.(oga|ogg|opus)$/i.test(file.name)) return "voice";
  if (file.type.startsWith("audio/")) return "audio";
  return file.type.startsWith("video/") ? "video_note" : "document";
}
