// Warns somebody before their session ends, so that nothing typed is lost.

const WARN_SECONDS = 120;

/** @param {number} seconds in which the session ends unless something is asked for */
export function warnBeforeTheEnd(seconds) {
  if (!(seconds > 0)) return;
  // Of a session that is shorter than that, half is left.
  const left = Math.min(WARN_SECONDS, Math.floor(seconds / 2));
  let timer;
  wait();
  window.addEventListener("pagehide", () => clearTimeout(timer));

  function wait() {
    timer = setTimeout(warn, (seconds - left) * 1000);
  }

  function warn() {
    const time = left === WARN_SECONDS ? "two minutes" : `${left} seconds`;
    const { dialog, button } = ask("Are you still there?", `You will be signed out in ${time}.`, "Stay signed in");
    button.addEventListener("click", async () => {
      const answer = await fetch("/api/v1/session").catch(() => null);
      dialog.remove();
      if (answer?.ok) wait();
      else sayItHasEnded();
    });
  }
}

// Whoever stays on the page loses nothing: what they send then comes back to them, to be sent again.
function sayItHasEnded() {
  const { dialog, button } = ask(
    "You have been signed out",
    'What you have typed stays on this page. Sign in in another tab, then come back here.</p>' +
      '<p class="govuk-body"><a class="govuk-link" href="/sign-in" target="_blank" rel="noopener">Sign in (opens in a new tab)</a>',
    "Go back to the page",
  );
  button.addEventListener("click", () => dialog.remove());
}

function ask(title, text, answer) {
  const dialog = document.createElement("dialog");
  dialog.className = "ng-session";
  dialog.setAttribute("aria-labelledby", "session-title");
  dialog.innerHTML =
    `<h2 class="govuk-heading-m" id="session-title">${title}</h2><p class="govuk-body">${text}</p>` +
    `<button type="button" class="govuk-button ng-close">${answer}</button>`;
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, button: dialog.querySelector("button") };
}
