// Improves pages that work without it.
import {
  Button,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  Checkboxes,
  ServiceNavigation,
  SkipLink,
} from "govuk-frontend";
import { filterAsTyped } from "./claims.js";
import { follow } from "./live.js";
import { hashEvidence } from "./evidence.js";
import { showWhatItCounts } from "./preview.js";
import { warnBeforeTheEnd } from "./session.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

for (const Component of [
  Button,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
]) {
  for (const element of document.querySelectorAll(`[data-module="${Component.moduleName}"]`)) {
    new Component(element);
  }
}

filterAsTyped(document.querySelector("form[data-filter]"));
follow(document.querySelector("[data-live]")?.dataset.live);
warnBeforeTheEnd(Number(document.body.dataset.sessionSeconds));
hashEvidence();
showWhatItCounts();
