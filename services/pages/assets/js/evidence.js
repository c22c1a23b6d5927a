// Works out the SHA-256 of a document in the browser. The document is not sent anywhere.

/** Puts a chooser of files above each field for a SHA-256. */
export function hashEvidence() {
  // Browsers have this only where nobody can have tampered with the page on its way.
  if (!window.crypto?.subtle) return;
  for (const field of document.querySelectorAll('input[name^="evidence-"][name$="-sha256"]')) {
    const group = field.closest(".govuk-form-group");
    const name = document.querySelector(`[name="${field.name.replace("-sha256", "-name")}"]`);
    const id = `${field.id}-file`;
    const chooser = document.createElement("div");
    chooser.className = "govuk-form-group";
    chooser.innerHTML =
      `<label class="govuk-label" for="${id}">Choose the document to fill this in</label>` +
      `<div class="govuk-hint" id="${id}-hint">It stays on your computer.</div>` +
      `<input class="govuk-file-upload" type="file" id="${id}" aria-describedby="${id}-hint">`;
    group.before(chooser);
    chooser.querySelector("input").addEventListener("change", async (event) => {
      const file = event.target.files[0];
      if (!file) return;
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      field.value = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      if (name && name.value === "") name.value = file.name;
    });
  }
}
