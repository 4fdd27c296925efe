// One message of the chat as an element.

import { fetchBlob } from "./api.js";
import { byId, element, formatSize, icon, iconButton } from "./dom.js";
import { place } from "./places.js";
import { player } from "./player.js";
import { richText } from "./rich_text.js";

const SPOKEN = { voice: "voice note", audio: "audio" };
const SAFE_LINK = /^(https?|tg):\/\//i;

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

// Whether whoever looks at the page has written it.
export const isMine = (message) => !message.from_bot && String(message.user_id) === place.userId;

const writer = (message) => (isMine(message) ? "You" : message.name);

// `act` tells what to do: reply(message), command(text), press(message, data), goTo(id).
export function messageView(message, quoted, act) {
  if (message.service) return serviceView(message);
  const label = SPOKEN[message.file?.kind];
  const bubble = element(
    "div",
    { class: "bubble" },
    nameView(message),
    message.forwarded_from && element("p", { class: "forwarded" }, `Forwarded from ${message.forwarded_from}`),
    quoted && quoteView(quoted, act),
    message.photo && photoView(message.photo),
    message.file && (label ? voiceView(message.file, label) : fileView(message.file)),
    message.text && element("span", { class: "text" }, richText(message.text, message.entities, act.command)),
    metaView(message),
  );
  const line = element(
    "div",
    { class: "line" },
    bubble,
    iconButton("reply", `Reply to: ${summary(message)}`, () => act.reply(message), "round reply"),
  );
  const side = isMine(message) ? "mine" : "theirs";
  const kind = message.file ? `has-${message.file.kind}` : message.photo ? "has-photo" : "";
  const by = message.from_bot ? "by-bot" : `by-${message.user_id}`;
  return element(
    "li",
    { class: `message ${side} ${by} ${kind}`, id: `message-${message.message_id}`, tabindex: -1 },
    element("span", { class: "unseen" }, `${writer(message)}: `),
    line,
    message.reactions.length > 0 && reactionsView(message),
    message.reply_markup && keyboardView(message, act),
  );
}

// What Telegram itself tells: who has come, who has gone.
function serviceView(message) {
  const id = `message-${message.message_id}`;
  return element("li", { class: "day service", id, tabindex: -1 }, message.service);
}

// In a group one must see who speaks; in a private chat there is nobody else.
function nameView(message) {
  if (!place.isGroup || isMine(message)) return null;
  return element("p", { class: "writer", "aria-hidden": "true" }, message.name);
}

function reactionsView({ reactions }) {
  const chips = reactions.map(({ emoji, from_bot: fromBot }) =>
    element("li", {}, element("span", { class: "unseen" }, `${fromBot ? "The bot" : "Somebody"} reacted with `), emoji));
  return element("ul", { class: "reactions" }, ...chips);
}

// What a message is, in few words: for a quote of it, and for who listens to the page.
export function summary(message) {
  if (message.service) return message.service;
  if (message.text) return message.text.replace(/\s+/g, " ").slice(0, 80);
  if (message.photo) return "Picture";
  const names = { voice: "Voice note", audio: "Audio", video_note: "Video note", document: "File" };
  return names[message.file?.kind] ?? "Message";
}

function quoteView(quoted, act) {
  return element(
    "button",
    { type: "button", class: "quoted", onclick: () => act.goTo(quoted.message_id) },
    element("strong", {}, writer(quoted)),
    element("span", {}, summary(quoted)),
  );
}

function photoView({ url, width, height }) {
  const image = element("img", { src: url, width, height, alt: "Picture from the bot" });
  const open = () => {
    byId("picture-image").src = url;
    byId("picture").showModal();
  };
  return element("button", { type: "button", class: "photo", "aria-label": "Enlarge the picture", onclick: open }, image);
}

function voiceView(file, label) {
  const name = file.kind === "audio" ? element("p", { class: "file-name" }, file.file_name) : null;
  return element("div", {}, name, player({ url: file.url, duration: file.duration, label }));
}

function fileView(file) {
  if (file.kind === "video_note") {
    const video = element("video", { controls: true, playsinline: true, "aria-label": "Video note" });
    fetchBlob(file.url).then((blob) => { video.src = URL.createObjectURL(blob); }, () => {});
    return video;
  }
  return element(
    "a",
    { class: "file", href: file.url, download: file.file_name },
    element("span", { class: "file-icon" }, icon("file")),
    element("span", {}, element("strong", {}, file.file_name), formatSize(file.file_size)),
  );
}

function metaView(message) {
  const sent = new Date(message.date * 1000);
  return element(
    "p",
    { class: "meta" },
    message.edited ? "edited " : null,
    element("time", { datetime: sent.toISOString() }, time.format(sent)),
  );
}

function keyboardView(message, act) {
  const buttons = (row) => row.map((button) => {
    if (SAFE_LINK.test(button.url ?? "")) {
      return element("a", { href: button.url, target: "_blank", rel: "noopener noreferrer" }, button.text);
    }
    return element("button", { type: "button", onclick: () => act.press(message, button.callback_data) }, button.text);
  });
  const rows = message.reply_markup.inline_keyboard.map((row) => element("div", {}, ...buttons(row)));
  return element("div", { class: "keyboard" }, ...rows);
}
