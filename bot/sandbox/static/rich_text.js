// Text with entities becomes elements. The bot's HTML is read on the server; here is none to trust.

import { element } from "./dom.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
};

const SAFE_LINK = /^(https?|tg):\/\//i;

// Entities come sorted, each before what it holds; offsets count UTF-16 units, as strings here do.
export function richText(text, entities, onCommand) {
  return build(text, 0, text.length, entities, onCommand);
}

function build(text, from, to, entities, onCommand) {
  const made = document.createDocumentFragment();
  let at = from;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const end = entity.offset + entity.length;
    if (entity.offset < at || end > to) continue; // shown inside another one already
    made.append(text.slice(at, entity.offset));
    const within = entities.slice(index + 1).filter((other) => other.offset + other.length <= end);
    const inner = build(text, entity.offset, end, within, onCommand);
    made.append(wrap(entity, inner, text.slice(entity.offset, end), onCommand));
    at = end;
  }
  made.append(text.slice(at, to));
  return made;
}

function wrap(entity, inner, plain, onCommand) {
  switch (entity.type) {
    case "bot_command":
      return element("button", { type: "button", class: "command", onclick: () => onCommand(plain) }, inner);
    case "text_link":
      return link(entity.url, inner);
    case "url":
      return link(plain, inner);
    case "spoiler":
      return spoiler(inner);
    case "expandable_blockquote":
      return element("details", { class: "quote" }, element("summary", {}, "More"), inner);
    default:
      return element(TAGS[entity.type] ?? "span", {}, inner);
  }
}

function link(address, inner) {
  if (!SAFE_LINK.test(address)) return element("span", {}, inner);
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, inner);
}

function spoiler(inner) {
  const cover = element("button", { type: "button", class: "spoiler", "aria-label": "Show hidden text" }, inner);
  cover.addEventListener("click", () => {
    cover.classList.add("is-open");
    cover.removeAttribute("aria-label");
  });
  return cover;
}
