// Films in step: a pair side by side, or all. The first leads and is heard, the others follow. The page plays without this.
const APART_S = 0.15;
const results = [...document.querySelectorAll(".result")];
let playing = null; // { button, lead, others, muted }

function follow() {
  for (const film of playing.others) {
    const at = Math.min(playing.lead.currentTime, film.duration || Infinity); // one may be shorter
    if (Math.abs(film.currentTime - at) > APART_S) film.currentTime = at;
  }
}

function play() {
  for (const film of [playing.lead, ...playing.others]) film.play().catch(() => { /* it says so itself */ });
}

function stop() {
  const { button, lead, others, muted } = playing;
  playing = null;
  for (const film of [lead, ...others]) film.pause();
  others.forEach((film, index) => { film.muted = muted[index]; });
  button.setAttribute("aria-pressed", "false");
}

function start(button, [lead, ...others]) {
  const goesOn = playing?.button !== button;
  if (playing) stop();
  if (!goesOn) return;
  playing = { button, lead, others, muted: others.map((film) => film.muted) };
  for (const film of document.querySelectorAll("video")) if (film !== lead && !others.includes(film)) film.pause();
  for (const film of others) film.muted = true;
  if (lead.ended) lead.currentTime = 0;
  button.setAttribute("aria-pressed", "true");
  follow();
  play();
}

for (const button of document.querySelectorAll(".together")) {
  const films = results.slice(button.dataset.from - 1, button.dataset.to).flatMap((each) => [...each.querySelectorAll("video")]);
  button.hidden = films.length < 2;
  button.onclick = () => start(button, films);
}
// What happens to a film is told to no one above it, but on the way down.
const hear = (name, act) => document.addEventListener(name, (event) => { if (event.target === playing?.lead) act(); }, true);
hear("timeupdate", follow);
hear("seeked", () => { follow(); if (!playing.lead.paused) play(); });
hear("pause", () => { if (playing.lead.paused) stop(); }); // it may be told late, of a film that plays again
