// The door for developers: this app's address, and the form as it stands in each way that a program may call it.
import { button, copy, make } from "../../scripts/dom.js";
import { on } from "../../scripts/events.js";
import { form } from "../../scripts/form.js";
import { url } from "../../scripts/server.js";
import { say, wordsOf } from "../../scripts/words.js";

const words = wordsOf("api");
const EXAMPLE = { model: "SEEDANCE_2_0", prompt: "A paper boat crosses a puddle in the rain", duration: 5 };
const WAYS = ["curl", "python", "mcp"];
const LINKS = ["gradio_api/openapi.json", "agents.md", "llms.txt"];
const SERVICE = "sandbox/openapi.json";
/** @type {Record<string, any>} The body that the form would send; the example while it has none. */
let body = EXAMPLE;
let way = WAYS[0];

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

// What generate is called with. A key is never in it: a person puts theirs in where they use this.
function values() {
  const to = form.values["send-to"];
  const spends = to && to !== "sandbox" ? { send_to: to } : {};
  return { request: body, ...spends, ...(to === "my-key" ? { key: "YOUR-KEY" } : {}) };
}

const asCurl = () => `EVENT=$(curl -sS ${quoted(url("gradio_api/call/v2/generate"))} \\
  -H 'Content-Type: application/json' \\
  -d ${quoted(JSON.stringify(values()))} | cut -d '"' -f 4)
curl -sSN "${url("gradio_api/call/generate")}/$EVENT"`;

// The values are texts, numbers and lists: as JSON they are Python as well.
function asPython() {
  const given = Object.entries(values()).map(([name, value]) => `    ${name}=${JSON.stringify(value)},\n`);
  return `from gradio_client import Client

client = Client(${JSON.stringify(url(""))})
made = client.predict(
${given.join("")}    api_name="/generate",
)
ended = client.predict(visitor=made["visitor"], id=made["id"], seconds=50, api_name="/wait")
print(ended["submission"]["tasks"][0]["videos"])`;
}

function asMcp() {
  const address = url("gradio_api/mcp");
  const servers = { "weryai-studio": { type: "http", url: address } };
  return `// Cursor, Claude Desktop and most others
${JSON.stringify({ mcpServers: servers }, null, 2)}

// VS Code: .vscode/mcp.json
${JSON.stringify({ servers }, null, 2)}

// Claude Code
claude mcp add --transport http weryai-studio ${address}

// ${words.tool_call}
${JSON.stringify(values(), null, 2)}`;
}

/** @type {Record<string, () => string>} */
const TEXTS = { curl: asCurl, python: asPython, mcp: asMcp };

/** @param {HTMLElement} dialog @param {{ mcp: boolean, sandbox: boolean }} offers */
function draw(dialog, offers) {
  const title = make("h2", "", words.title);
  title.id = "api-title";
  const address = make("p", "address");
  address.append(make("span", "", words.address), " ", make("code", "", url("")));
  const ways = make("div", "ways");
  ways.setAttribute("role", "group");
  ways.setAttribute("aria-label", words.ways);
  for (const each of WAYS) {
    const choice = button(words[each], () => {
      way = each;
      draw(dialog, offers);
      /** @type {HTMLElement | null} */ (dialog.querySelector(".ways [aria-pressed=true]"))?.focus();
    });
    choice.setAttribute("aria-pressed", String(each === way));
    ways.append(choice);
  }
  const text = make("pre", "", TEXTS[way]());
  text.tabIndex = 0;
  text.setAttribute("aria-label", words[way]);
  const closed = way === "mcp" && !offers.mcp ? [make("p", "note", words.mcp_closed)] : [];
  const buttons = make("div", "row");
  const copies = button(say("common.copy"), () => copy(text.textContent ?? "", copies, text), "copies");
  buttons.append(
    copies,
    button(words.close, () => /** @type {HTMLDialogElement} */ (dialog).close(), "closes"),
  );
  dialog.replaceChildren(title, make("p", "lead", words.lead), address, ways, ...closed, text, buttons, links(offers));
}

/** @param {{ sandbox: boolean }} offers */
function links(offers) {
  const list = make("ul", "links");
  for (const each of offers.sandbox ? [...LINKS, SERVICE] : LINKS) {
    const link = make("a", "", each);
    link.href = url(each);
    link.target = "_blank";
    link.rel = "noopener";
    const item = make("li");
    item.append(link, make("span", "", words[each.replaceAll(/[/.]/g, "_")]));
    list.append(item);
  }
  return list;
}

/** @param {any} dialog @param {{ mcp: boolean, sandbox: boolean }} offers @returns {() => void} what opens it */
export function apiPanel(dialog, offers) {
  on("checked", ({ request }) => {
    try {
      body = request?.text ? JSON.parse(request.text) : EXAMPLE;
    } catch {
      body = EXAMPLE;
    }
    if (dialog.open) draw(dialog, offers);
  });
  return () => {
    draw(dialog, offers);
    dialog.showModal();
  };
}
