// The menu of the bot's commands: it opens on "/", narrows while one types, obeys the arrow keys.

import { byId, element } from "./dom.js";

export class CommandMenu {
  constructor(field, onChoose) {
    this.field = field;
    this.onChoose = onChoose;
    this.menu = byId("menu");
    this.opener = byId("commands");
    this.commands = [];
    this.chosen = 0;
    this.opener.addEventListener("click", () => {
      if (this.isOpen()) this.close();
      else this.open(this.commands);
      this.field.focus();
    });
    this.field.addEventListener("input", () => this.narrow());
    this.field.addEventListener("blur", () => setTimeout(() => {
      if (document.activeElement !== this.field) this.close();
    }, 150));
  }

  // Have other commands to choose from, also for what is being typed.
  offer(commands) {
    this.commands = commands;
    if (this.field.value.startsWith("/")) this.narrow();
  }

  isOpen() {
    return !this.menu.hidden;
  }

  narrow() {
    const typed = /^\/(\w*)$/.exec(this.field.value);
    if (typed) this.open(this.commands.filter(({ command }) => command.startsWith(typed[1])));
    else this.close();
  }

  open(commands) {
    this.shown = commands;
    this.menu.replaceChildren(...commands.map((command, index) => this.option(command, index)));
    this.menu.hidden = commands.length === 0;
    this.opener.setAttribute("aria-expanded", String(this.isOpen()));
    this.mark(0);
  }

  close() {
    this.menu.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  option({ command, description }, index) {
    const made = element(
      "li",
      { role: "option", id: `command-${index}` },
      element("strong", {}, `/${command}`),
      element("span", {}, description),
    );
    made.addEventListener("pointerdown", (event) => event.preventDefault()); // keep the focus
    made.addEventListener("click", () => this.choose(index));
    return made;
  }

  mark(index) {
    this.chosen = index;
    [...this.menu.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    this.menu.children[index]?.scrollIntoView({ block: "nearest" });
    if (this.isOpen()) this.field.setAttribute("aria-activedescendant", `command-${index}`);
  }

  choose(index) {
    this.close();
    this.onChoose(`/${this.shown[index].command}`);
  }

  // Tell whether the menu has used the key.
  handleKey(event) {
    if (!this.isOpen()) return false;
    const last = this.shown.length - 1;
    const moves = {
      ArrowDown: () => this.mark(this.chosen === last ? 0 : this.chosen + 1),
      ArrowUp: () => this.mark(this.chosen === 0 ? last : this.chosen - 1),
      Enter: () => this.choose(this.chosen),
      Tab: () => this.choose(this.chosen),
      Escape: () => this.close(),
    };
    const move = event.shiftKey ? undefined : moves[event.key];
    if (move) {
      event.preventDefault();
      move();
    }
    return Boolean(move);
  }
}
