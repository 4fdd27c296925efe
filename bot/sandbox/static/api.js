// The user's side of the sandbox, as docs/sandbox.md describes it.

const place = new URLSearchParams(location.search);

// Who talks where: /?chat_id=7&user_id=7 looks at another chat.
export const chatId = place.get("chat_id") || "1";
export const userId = place.get("user_id") || chatId;

const WAIT_SECONDS = 25;

async function ask(path, options) {
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

function post(path, fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries({ chat_id: chatId, user_id: userId, ...fields })) {
    if (value instanceof File) body.append(name, value, value.name);
    else if (value != null) body.append(name, value);
  }
  return ask(path, { method: "POST", body });
}

export const postMessage = (fields) => post("/sandbox/api/messages", fields);

export const pressButton = (messageId, data) =>
  post("/sandbox/api/callbacks", { message_id: messageId, data });

export const readBot = () => ask("/sandbox/api/bot");

export const readSamples = async () => (await ask("/sandbox/api/samples")).samples;

export async function fetchBlob(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error("the file is not there");
  return response.blob();
}

// Give every change of the chat to `show`, for as long as the page is open.
export async function follow({ show, forget, lost }) {
  let revision = 0;
  let failures = 0;
  let seconds = 0; // the first answer, and the first after a failure, comes at once
  for (;;) {
    try {
      const query = new URLSearchParams({ since: revision, wait: seconds });
      const news = await ask(`/sandbox/api/chats/${encodeURIComponent(chatId)}/messages?${query}`);
      failures = 0;
      seconds = news.bot_is_here ? WAIT_SECONDS : 1;
      if (news.revision < revision) forget(); // the sandbox was started anew
      revision = news.revision < revision ? 0 : news.revision;
      show(news);
    } catch (error) {
      failures += 1;
      seconds = 0;
      lost(error);
      await new Promise((resume) => setTimeout(resume, Math.min(500 * failures, 5000)));
    }
  }
}
