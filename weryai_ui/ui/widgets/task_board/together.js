// Several videos of one submission at once.
const APART_S = 0.15;
const BETWEEN_DOWNLOADS_MS = 700;

// Several videos as one, to compare: the first leads and is heard, the others follow it. Pressed again, all stop.
/** @param {HTMLVideoElement[]} videos */
export function playTogether(videos) {
  const [lead, ...others] = videos;
  const follow = () => {
    for (const other of others) {
      if (Math.abs(other.currentTime - lead.currentTime) > APART_S) other.currentTime = lead.currentTime;
    }
  };
  if (!lead.paused) {
    for (const video of videos) video.pause();
    return;
  }
  if (lead.ended) lead.currentTime = 0;
  for (const other of others) other.muted = true;
  lead.ontimeupdate = lead.onseeked = follow;
  lead.onpause = () => {
    for (const other of others) other.pause();
  };
  follow();
  for (const video of videos) {
    video.play().catch(() => {
      /* a link that has died says so itself */
    });
  }
}

// One after the other: a browser takes several downloads at once for a mistake.
/** @param {HTMLElement} card */
export function downloadAll(card) {
  const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (card.querySelectorAll("a[download]"));
  links.forEach((link, index) => {
    setTimeout(() => link.click(), index * BETWEEN_DOWNLOADS_MS);
  });
}
