const $ = (selector) => element.querySelector(selector);
const { make, button } = window.dom;
const words = props.words, studio = window.studio;
const HASH = "#form=";
let before = null;   // the form that a filling replaced, for one step back

function say(lines, more = []) {
  $(".says").replaceChildren(...lines.map((line) => make("li", "", line)), ...more);
}

function fill(values) {
  studio.pending = values;
  trigger("run_again");
}

// What was typed before is one press away.
function filled(values, notes, what) {
  before = { ...studio.values };
  fill(values);
  const back = make("li");
  back.append(button(words.back, () => { fill(before); say([words.went_back]); }));
  say([what, ...notes], [back]);
}

async function readPasted() {
  let answer;
  try { answer = await server.read_pasted({ text: $("textarea").value }); } catch { /* below */ }
  if (!answer?.ok) { $(".wrong").textContent = (answer?.notes ?? [words.no_answer]).join("\n"); return; }
  $("dialog").close();
  $("textarea").value = "";
  filled(answer.values, answer.notes, words.filled);
}

async function share() {
  const answer = await server.share_form({ values: studio.values });
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
  try { answer = await server.open_shared({ text }); } catch { /* below */ }
  if (!answer?.ok) { say(answer?.notes ?? [words.no_answer]); return; }
  filled(answer.values, answer.notes, words.opened);
}

$("#paste-title").textContent = words.paste_title;
$("textarea").setAttribute("aria-label", words.paste_title);
$("textarea").placeholder = words.placeholder;
$(".row").append(
  button(words.paste, () => { $(".wrong").textContent = ""; $("dialog").showModal(); $("textarea").focus(); }),
  button(words.share, share),
);
$(".buttons").append(button(words.cancel, () => $("dialog").close()), button(words.fill, readPasted));
studio.whenRestored(openShared);
window.addEventListener("hashchange", openShared);
