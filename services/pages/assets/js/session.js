// Warns somebody before their session ends, so that nothing typed is lost.

const WARN_SECONDS = 120;

/** @param {number} seconds in which the session ends unless something is asked for */
export function warnBeforeTheEnd(seconds) {
  if (!(seconds > 0)) return;
  let timer = setTimeout(warn, Math.max(seconds - WARN_SECONDS, 0) * 1000);

  function warn() {
    const dialog = document.createElement("dialog");
    dialog.className = "ng-session";
    dialog.setAttribute("aria-labelledby", "session-title");
    dialog.innerHTML =
      '<h2 class="govuk-heading-m" id="session-title">Are you still there?</h2>' +
      '<p class="govuk-body">You will be signed out in two minutes. What you have typed stays on this page.</p>' +
      '<button type="button" class="govuk-button govuk-!-margin-bottom-0">Stay signed in</button>';
    dialog.querySelector("button").addEventListener("click", async () => {
      const answer = await fetch("/api/v1/session").catch(() => null);
      dialog.close();
      dialog.remove();
      if (answer?.ok) timer = setTimeout(warn, Math.max(seconds - WARN_SECONDS, 0) * 1000);
      else location.assign("/sign-in?next=" + encodeURIComponent(location.pathname + location.search));
    });
    document.body.append(dialog);
    dialog.showModal();
  }
  window.addEventListener("pagehide", () => clearTimeout(timer));
}
