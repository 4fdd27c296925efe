// The user's side of the sandbox, as docs/sandbox.md describes it.

import { onMove, place } from "./places.js";

const WAIT_SECONDS = 25;

async function ask(path, options) {
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

function post(path, fields) {
  const body = new FormData();
  const who = { chat_id: place.chatId, user_id: place.userId };
  for (const [name, value] of Object.entries({ ...who, ...fields })) {
    if (value instanceof File) body.append(name, value, value.name);
    else if (value != null) body.append(name, value);
  }
  return ask(path, { method: "POST", body });
}

export const postMessage = (fields) => post("/sandbox/api/messages", fields);

export const pressButton = (messageId, data) =>
  post("/sandbox/api/callbacks", { message_id: messageId, data });

export const readBot = () => {
  const kind = place.isGroup ? "group" : "private";
  const query = { chat_type: kind, chat_id: place.chatId, user_id: place.userId };
  return ask(`/sandbox/api/bot?${new URLSearchParams(query)}`);
};

export const nameUser = (id, name) => post(`/sandbox/api/users/${id}`, { first_name: name });

export const openGroup = (id, creator, title) =>
  post(`/sandbox/api/chats/${id}`, { user_id: creator, title });

export const addToGroup = (id, user) =>
  post(`/sandbox/api/chats/${id}/members`, { user_id: user, role: "member" });

export const readSamples = async () => (await ask("/sandbox/api/samples")).samples;

export async function fetchBlob(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error("the file is not there");
  return response.blob();
}

// Give every change of the chat to `show`, for as long as the page is open; whoever goes to another
// place sees that one from its beginning.
export async function follow({ show, forget, lost }) {
  let revision = 0;
  let failures = 0;
  let seconds = 0; // the first answer, and the first after a failure, comes at once
  let isFirst = true; // what has been there before one came is no news
  let stay = new AbortController();
  onMove(() => {
    stay.abort();
    stay = new AbortController();
    revision = 0;
    seconds = 0;
    isFirst = true;
    forget();
  });
  for (;;) {
    const { signal } = stay;
    try {
      const query = new URLSearchParams({ since: revision, wait: seconds });
      const path = `/sandbox/api/chats/${encodeURIComponent(place.chatId)}/messages?${query}`;
      const news = await ask(path, { signal });
      if (signal.aborted) continue;
      failures = 0;
      seconds = news.bot_is_here ? WAIT_SECONDS : 1;
      if (news.revision < revision) forget(); // the sandbox was started anew
      revision = news.revision < revision ? 0 : news.revision;
      show(news, { isFirst });
      isFirst = false;
    } catch (error) {
      if (signal.aborted) continue;
      failures += 1;
      seconds = 0;
      lost(error);
      await new Promise((resume) => setTimeout(resume, Math.min(500 * failures, 5000)));
    }
  }
}
