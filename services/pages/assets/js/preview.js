// Shows what a gain would count while somebody fills in its form.

// Whoever types on is not interrupted.
const PAUSE_MS = 600;
// A screen reader hears what it comes to once somebody has stopped.
const SAY_AFTER_MS = 2000;

/** Asks for the form's own page with what is typed, and takes what it would count out of it. */
export function showWhatItCounts() {
  const form = document.querySelector("form[data-preview]");
  const preview = document.getElementById("preview");
  if (!form || !preview) return;
  let pause;
  let saying;
  let asking = new AbortController();

  form.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(ask, PAUSE_MS);
  });

  async function ask() {
    asking.abort();
    asking = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    body.set("intent", "preview");
    try {
      const answer = await fetch(location.href, {
        method: "POST",
        body,
        headers: { accept: "text/html" },
        signal: asking.signal,
      });
      if (answer.redirected || !answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("preview");
      if (fresh) preview.replaceChildren(...fresh.childNodes);
      clearTimeout(saying);
      saying = setTimeout(say, SAY_AFTER_MS);
    } catch {
      // Typed on, or the network is away: what stands there stays.
    }
  }

  function say() {
    const said = document.getElementById("preview-said");
    const conclusion = preview.querySelector("[data-conclusion]")?.textContent ?? "";
    if (said && said.textContent !== conclusion) said.textContent = conclusion;
  }
}
