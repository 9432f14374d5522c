// What the parts of the page tell each other: every event, with what it carries.

/**
 * @typedef {object} Details
 * @property {undefined} formChanged  the form's values, or what is known of its references, are other ones
 * @property {undefined} languageChanged  another language was chosen
 * @property {undefined} submitting  an event of the form goes out
 * @property {undefined} submissionChanged  a submission goes out, or is over
 * @property {{ refusal?: string, notice?: string, seconds?: number, text?: string }} said  what a person is to read about
 *   a submission: keys, or a sentence of the server's own
 * @property {{ request?: Pane | null, code?: { programs: any[] } }} checked  what would go out, of a form that is not sent
 *   yet; null where it is what was sent last
 * @property {undefined} checkWanted  the form should be checked again
 * @property {undefined} boardWanted  the board should ask now
 * @property {{ newest: any, count: number, skew: number, plans: any[] }} boardChanged  the board has other cards: the newest, or null,
 *   how many there are, the seconds that the server's clock is ahead, and the plans of variations
 * @property {{ id: string }} resultChosen  a result should be the one that is shown
 * @property {{ id: string }} detailsWanted  everything about a submission should open
 * @property {{ intents: string[], closed: () => void }} compareWanted  films should stand side by side; `closed` at the end
 * @property {{ id: string }} forgotten  a submission has left the history
 * @property {undefined} timelineWanted  the timeline of the chosen result is looked at
 * @property {{ intents: string[] }} shareWanted  a page of these results should be made
 * @property {{ field: string, link: string }} referenceGiven  a link should join the references
 * @property {{ values: Values, what: string, notes?: string[], from?: string }} formGiven  the form should be filled, and
 *   `what` said; `from`: the submission that it comes from
 * @property {{ id: string }} exampleWanted  an example should fill the form
 * @property {{ id: string }} againWanted  the request of a submission should be sent once more
 * @property {any} runRecorded  the recorded run of an example should show
 * @property {{ intent: string, link: string }} downloaded  a video is being downloaded
 */

/**
 * @template {keyof Details} Name
 * @param {Name} name
 * @param {Details[Name]} detail
 */
export function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(`studio:${name}`, { detail }));
}

/**
 * @template {keyof Details} Name
 * @param {Name} name
 * @param {(detail: Details[Name]) => void} act
 */
export function on(name, act) {
  document.addEventListener(`studio:${name}`, (event) => act(/** @type {CustomEvent} */ (event).detail));
}
