// The conversation: every message in its place, edited ones in the place they had.

import { byId, element } from "./dom.js";
import { isMine, messageView } from "./message_view.js";

const ACTION_SECONDS = 5.5; // the bot repeats what it is doing after 5 s, if it is still at it
const NEAR_END = 120; // pixels: whoever reads further up is not carried off

const ACTIONS = {
  typing: "typing",
  upload_photo: "sending a picture",
  upload_document: "sending a file",
};

const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

export class Log {
  constructor(act) {
    this.act = { ...act, goTo: (id) => this.goTo(id) };
    this.messages = new Map();
    this.scroll = byId("scroll");
    this.list = byId("log");
    this.toEnd = byId("to-end");
    this.toEnd.addEventListener("click", () => this.showEnd());
    // Pictures and fonts that arrive late must not push the newest message out of sight.
    const observer = new ResizeObserver(() => { if (this.stays) this.showEnd(); });
    observer.observe(this.list);
    observer.observe(this.scroll);
    this.scroll.addEventListener("scroll", () => {
      this.stays = this.isAtEnd();
      this.toEnd.hidden = this.stays;
    });
    this.stays = true;
  }

  show(messages, { isFirst }) {
    for (const message of messages) {
      if (message.deleted) this.remove(message.message_id);
      else this.put(message, { isNew: !isFirst });
      if (!message.deleted && isMine(message)) this.stays = true;
    }
    byId("empty").hidden = this.messages.size > 0;
    if (this.stays && messages.length) this.showEnd();
    else this.toEnd.hidden = this.isAtEnd();
  }

  put(message, { isNew }) {
    const quoted = this.messages.get(message.reply_to_message_id);
    const made = messageView(message, quoted, this.act);
    const old = byId(`message-${message.message_id}`);
    if (old) {
      const hadFocus = old.contains(document.activeElement);
      old.replaceWith(made);
      if (hadFocus) made.focus();
    } else {
      this.separateDays(message);
      if (isNew) made.classList.add("is-new");
      this.list.append(made);
    }
    this.messages.set(message.message_id, message);
  }

  remove(messageId) {
    byId(`message-${messageId}`)?.remove();
    this.messages.delete(messageId);
  }

  clear() {
    this.messages.clear();
    this.list.replaceChildren();
    this.lastDay = undefined;
  }

  showAction(action, isHere = true) {
    clearTimeout(this.actionTimer);
    byId("typing").hidden = !action;
    byId("typing-text").textContent = ACTIONS[action] ?? "working";
    const idle = isHere ? "online" : "the bot is starting…";
    byId("status").textContent = action ? `${ACTIONS[action] ?? "working"}…` : idle;
    if (!action) return;
    this.actionTimer = setTimeout(() => this.showAction(null), ACTION_SECONDS * 1000);
    if (this.stays) this.showEnd();
  }

  goTo(messageId) {
    const there = byId(`message-${messageId}`);
    there?.scrollIntoView({ block: "center" });
    there?.focus();
  }

  separateDays(message) {
    const name = day.format(new Date(message.date * 1000));
    if (name !== this.lastDay) this.list.append(element("li", { class: "day" }, name));
    this.lastDay = name;
  }

  isAtEnd() {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < NEAR_END;
  }

  showEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }
}
