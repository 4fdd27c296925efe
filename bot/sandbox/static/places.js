// Where one is, and as whom: #ada and #bo are private chats with the bot, #group is theirs and its
// group, where one speaks as Ada, and #group-bo the same as Bo. With /?chat_id=7&user_id=7 the page
// stays in that one chat.

const query = new URLSearchParams(location.search);
const chatId = query.get("chat_id");

export const isFixed = chatId !== null;

export const ADA = { userId: "1", name: "Ada" };
export const BO = { userId: "2", name: "Bo" };
export const GROUP = { chatId: "-1", title: "Ada, Bo and the bot" };

const PLACES = {
  "#ada": { chatId: ADA.userId, userId: ADA.userId },
  "#bo": { chatId: BO.userId, userId: BO.userId },
  "#group": { chatId: GROUP.chatId, userId: ADA.userId },
  "#group-bo": { chatId: GROUP.chatId, userId: BO.userId },
};

const listeners = [];

// Everybody holds this one object; it changes when one goes elsewhere.
export const place = {};

export function onMove(listener) {
  listeners.push(listener);
}

function look() {
  const name = location.hash in PLACES ? location.hash : "#ada";
  const there = isFixed ? { chatId, userId: query.get("user_id") || chatId } : PLACES[name];
  Object.assign(place, there, { name, isGroup: there.chatId.startsWith("-") });
}

look();
window.addEventListener("hashchange", () => {
  look();
  listeners.forEach((listener) => listener());
});
