// The two people and their group: made when they are needed, chosen with the links above the chat.

import { addToGroup, nameUser, openGroup, readBot } from "./api.js";
import { byId, toast } from "./dom.js";
import { ADA, BO, GROUP, isFixed, onMove, place } from "./places.js";

export function wirePeople() {
  if (isFixed) return;
  byId("places").hidden = false;
  Promise.all([ADA, BO].map(({ userId, name }) => nameUser(userId, name))).then(show, () => {});
  onMove(show);
}

function show() {
  const tab = place.isGroup ? "#group" : place.name;
  mark(byId("places"), tab);
  mark(byId("speakers"), place.name);
  byId("speakers").hidden = !place.isGroup;
  byId("group-help").hidden = !place.isGroup;
  if (place.isGroup) gather().catch((error) => toast(error.message));
}

function mark(links, address) {
  for (const link of links.querySelectorAll("a")) {
    if (link.hash === address) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// Ada opens the group, so she is its admin, and adds Bo and the bot; done already, it stays done.
async function gather() {
  const bot = await readBot();
  await openGroup(GROUP.chatId, ADA.userId, GROUP.title);
  await addToGroup(GROUP.chatId, BO.userId);
  await addToGroup(GROUP.chatId, bot.user_id);
}
