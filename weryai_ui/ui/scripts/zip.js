// A zip that this app writes as it leaves: the browser saves it by itself.
import { make } from "./dom.js";
import { url } from "./server.js";
import { visitor } from "./storage.js";

// By a form, since a link would carry the visitor's token in its address.
/** @param {string[]} intents */
export function saveZip(intents) {
  const form = make("form");
  Object.assign(form, { method: "post", action: url("zip"), hidden: true });
  for (const [name, value] of [["visitor", visitor()], ...intents.map((id) => ["intent", id])]) {
    const field = make("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
  form.remove();
}
