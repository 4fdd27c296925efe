// The page: wires the conversation, the composer and the samples to the sandbox.

import { follow, postMessage, pressButton, readBot, readSamples } from "./api.js";
import { Composer } from "./composer.js";
import { byId, toast } from "./dom.js";
import { Log } from "./log.js";
import { wirePeople } from "./people.js";
import { GROUP, isFixed, onMove, place } from "./places.js";
import { listSamples } from "./samples.js";

const side = byId("side");
const opener = byId("open-side");

function showSide(isOpen) {
  side.classList.toggle("is-open", isOpen);
  document.querySelector("main").inert = isOpen;
  opener.setAttribute("aria-expanded", String(isOpen));
  (isOpen ? byId("close-side") : opener).focus();
}

function wireSide() {
  opener.addEventListener("click", () => showSide(true));
  byId("close-side").addEventListener("click", () => showSide(false));
  document.addEventListener("pointerdown", (event) => {
    if (side.classList.contains("is-open") && !side.contains(event.target)) showSide(false);
  });
  side.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && side.classList.contains("is-open")) showSide(false);
  });
}

async function showBot(menu) {
  const bot = await readBot();
  byId("bot-name").textContent = place.isGroup && !isFixed ? GROUP.title : bot.name;
  if (bot.description) byId("bot-description").textContent = bot.description;
  menu.offer(bot.commands);
}

function showAnswers(answers) {
  for (const { text, show_alert: isAlert, user_id: userId } of answers) {
    if (String(userId) !== place.userId) continue; // only who has pressed is answered
    if (isAlert && text) {
      byId("alert-text").textContent = text;
      byId("alert").showModal();
    } else if (text) {
      toast(text);
    }
  }
}

function run() {
  const composer = new Composer();
  const log = new Log({
    reply: (message) => composer.reply(message),
    command: (text) => sendCommand(text),
    press: (message, data) =>
      pressButton(message.message_id, data).catch((error) => toast(error.message)),
  });
  const sendCommand = (text) => {
    if (side.classList.contains("is-open")) showSide(false);
    return composer.send({ kind: "text", text });
  };
  const sendSample = async (fields) => {
    if (side.classList.contains("is-open")) showSide(false);
    await composer.send(fields);
  };

  wireSide();
  wirePeople();
  byId("group-help").addEventListener("click", ({ target }) => {
    if (target.classList.contains("command")) sendCommand(target.textContent);
  });
  onMove(() => {
    composer.reply(null);
    showBot(composer.menu);
  });
  byId("picture").addEventListener("click", (event) => {
    if (event.target.id === "picture") event.target.close();
  });
  byId("start").addEventListener("click", () => sendCommand("/start"));
  readSamples().then((samples) => listSamples(samples, sendSample));
  // The bot tells its commands when it has started, which may be after the page, and may tell
  // others to whom it has met.
  byId("commands").addEventListener("pointerdown", () => showBot(composer.menu));
  byId("text").addEventListener("focus", () => showBot(composer.menu));
  byId("text").addEventListener("input", ({ target }) => {
    if (target.value === "/") showBot(composer.menu);
  });
  showBot(composer.menu);
  follow({
    show: (news, { isFirst }) => {
      log.show(news.messages, { isFirst });
      log.showAction(news.action, news.bot_is_here);
      if (!isFirst) showAnswers(news.callback_answers);
    },
    forget: () => log.clear(),
    lost: () => { byId("status").textContent = "the sandbox has stopped; trying again…"; },
  });
}

run();
