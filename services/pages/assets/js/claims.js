// Shows what a list's filter finds while somebody types, without a reload.

// A pause in typing; each look-up costs the service a page.
const PAUSE_MS = 250;

/**
 * Keeps the parts of the page that are marked `data-filter-part`, each with an id of its own, to what the form
 * asks for, and the address with them, so that a link to it or a reload shows the same.
 *
 * @param {HTMLFormElement | null} form whose fields are the filter
 */
export function filterAsTyped(form) {
  if (!form) return;
  let timer;
  let newest;

  const wanted = () => {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "") fields.append(name, value);
    return `${form.action}?${fields}`;
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE_MS);
  };
  form.addEventListener("input", later);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    show();
  });

  async function show() {
    newest?.abort();
    const asked = (newest = new AbortController());
    const address = wanted();
    try {
      const answer = await fetch(address, { headers: { accept: "text/html" }, signal: asked.signal });
      // Signed out, or something is wrong: the page that says so.
      if (answer.redirected || !answer.ok) return location.assign(address);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (asked.signal.aborted) return;
      for (const part of document.querySelectorAll("[data-filter-part][id]")) {
        const fresh = page.getElementById(part.id);
        if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
      }
      history.replaceState(null, "", address);
    } catch (error) {
      if (error.name !== "AbortError") location.assign(address);
    }
  }
}
