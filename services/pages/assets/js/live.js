// Keeps the figures of a page up to date while somebody looks at it.

// Of what changes faster than this, the page shows the latest.
const PAUSE_MS = 250;

// Nobody who listens to the page is told more often than this.
const SAY_EVERY_MS = 15_000;

/**
 * Fetches the page's parts again whenever the service says that totals have changed, so that all of its
 * figures are of one position. Parts that are kept up are marked `data-live-part`, each with an id of its
 * own; what says `data-position` is of that position, of the organisation in `data-org` or else of the
 * only one.
 *
 * @param {string | undefined} address of the stream of totals; without one the page stays as it is
 */
export function follow(address) {
  if (!address || !window.EventSource) return;
  if (!document.querySelector("[data-live-part][id]")) return;
  const say = announcer();
  let busy = false;
  let isLate = false;

  const stream = new EventSource(address);
  stream.addEventListener("totals", (event) => {
    show("Live: the figures change as soon as something is recorded.", true);
    const { org, position } = JSON.parse(event.data);
    // The first event says where the totals stand now, which may be later than the page.
    if (position > shownPosition(org)) isLate = true;
    refresh();
  });
  stream.addEventListener("end", () => stop());
  stream.addEventListener("error", () => {
    show("Not live at the moment: the service cannot be reached. Trying again.", false);
  });
  window.addEventListener("pagehide", () => stream.close());

  function stop() {
    stream.close();
    show("No longer live: load the page again.", false);
  }

  async function refresh() {
    if (busy || !isLate) return;
    busy = true;
    isLate = false;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.redirected || !answer.ok) return stop();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of document.querySelectorAll("[data-live-part][id]")) {
        const fresh = page.getElementById(part.id);
        if (fresh) become(part, fresh);
      }
      say(page.querySelector("[data-live-say]")?.dataset.liveSay);
    } catch {
      // The network is away: the stream comes back by itself and says what was missed.
    } finally {
      setTimeout(() => {
        busy = false;
        refresh();
      }, PAUSE_MS);
    }
  }
}

/** The position that the page shows of an organisation; of one that it does not show nothing is late. */
function shownPosition(org) {
  const marks = [...document.querySelectorAll("[data-position]")];
  const mark = marks.find((it) => (it.dataset.org ?? org) === org);
  return mark ? Number(mark.dataset.position) : Infinity;
}

/** Says beside the heading whether the page is kept up. */
function show(text, isLive) {
  const state = document.getElementById("live-state");
  if (!state) return;
  state.hidden = false;
  state.classList.toggle("ng-live--away", !isLive);
  if (state.textContent !== text) state.textContent = text;
}

/**
 * Changes an element into another only where they differ, so that whoever reads, has scrolled or stands on
 * a link stays where they are.
 */
function become(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
    old.replaceWith(document.importNode(fresh, true));
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) {
    // What somebody opened stays open.
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const nodes = [...fresh.childNodes];
  while (old.childNodes.length > nodes.length) old.lastChild.remove();
  nodes.forEach((node, place) => {
    const there = old.childNodes[place];
    if (there) become(there, node);
    else old.append(document.importNode(node, true));
  });
}

/** Tells whoever listens to the page the latest, now and then. */
function announcer() {
  const region = document.createElement("div");
  region.className = "govuk-visually-hidden";
  region.setAttribute("role", "status");
  document.body.append(region);
  // What the page came with needs no telling.
  let told = document.querySelector("[data-live-say]")?.dataset.liveSay;
  let latest;
  let timer;
  const tell = () => {
    timer = undefined;
    if (!latest || latest === told) return;
    region.textContent = told = latest;
    timer = setTimeout(tell, SAY_EVERY_MS);
  };
  return (text) => {
    latest = text;
    if (!timer) tell();
  };
}
