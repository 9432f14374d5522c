const $ = (selector) => element.querySelector(selector);
const { make, button } = window.dom;
const words = window.words.of("carry"), studio = window.studio;
const HASH = "#form=";
let before = null;   // the form that a filling replaced, for one step back

function say(lines, more = []) {
  $(".says").replaceChildren(...lines.map((line) => make("li", "", line)), ...more);
}

function replace(values) {
  studio.pending = values;
  trigger("run_again");
}

// What was typed before is one submission away.
function fill(values, what, notes = []) {
  before = { ...studio.values };
  replace(values);
  const back = make("li");
  back.append(button(words.back, () => { replace(before); say([words.went_back]); $(".row button").focus(); }));
  say([what, ...notes], [back]);
}

async function readPasted() {
  let answer;
  try { answer = await server.read_pasted(studio.asked({ text: $("textarea").value })); } catch { /* below */ }
  if (!answer?.ok) { $(".wrong").textContent = (answer?.notes ?? [words.no_answer]).join("\n"); return; }
  $("dialog").close();
  $("textarea").value = "";
  fill(answer.values, words.filled, answer.notes);
}

async function share() {
  const answer = await server.share_form(studio.asked({ values: studio.values }));
  if (!answer) { say([words.no_answer]); return; }
  if (!answer.text) { say(answer.left_out); return; }
  const link = `${location.href.split("#")[0]}${HASH}${answer.text}`;
  try { await navigator.clipboard.writeText(link); say([words.link_copied, ...answer.left_out]); } catch { say([link, ...answer.left_out]); }
}

async function openShared() {
  if (!location.hash.startsWith(HASH)) return;
  const text = location.hash.slice(HASH.length);
  // Taken out of the address, so that a reload keeps what was typed since.
  history.replaceState(null, "", location.href.split("#")[0]);
  let answer;
  try { answer = await server.open_shared(studio.asked({ text })); } catch { /* below */ }
  if (!answer?.ok) { say(answer?.notes ?? [words.no_answer]); return; }
  fill(answer.values, words.opened, answer.notes);
}

function openPaste() {
  $(".wrong").textContent = "";
  $("dialog").showModal();
  $("textarea").focus();
}

window.words.speaking(() => {
  $("#paste-title").textContent = words.paste_title;
  $("textarea").setAttribute("aria-label", words.paste_title);
  $("textarea").placeholder = words.placeholder;
  $(".row").replaceChildren(button(words.paste, openPaste), button(words.share, share));
  $(".buttons").replaceChildren(button(words.cancel, () => $("dialog").close()), button(words.fill, readPasted));
});
studio.fill = fill;
studio.whenRestored(openShared);
window.addEventListener("hashchange", openShared);
