// Nothing here is needed: it adds local times, and buttons that copy.
"use strict";

const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const timeOnly = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  if (!Number.isNaN(at.getTime())) {
    const sameDay = at.getDate() === at.getUTCDate();
    time.append(` (${(sameDay ? timeOnly : dayAndTime).format(at)} local time)`);
  }
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) {
    continue;
  }
  const label = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not copied: select the text instead";
    }
    setTimeout(() => { button.textContent = label; }, 3000);
  });
}

// A running job reloads its page. It stops after five minutes in which the person does nothing, so that
// the session can end, and while the person writes in a form or opens one.
const running = document.querySelector("[data-reload]");
if (running) {
  const name = "reloads";
  const most = 100;
  const began = document.querySelectorAll("details[open]").length;
  let count = 0;
  try {
    count = Number(sessionStorage.getItem(name)) || 0;
    for (const event of ["pointerdown", "keydown"]) {
      document.addEventListener(event, () => { count = 0; sessionStorage.setItem(name, "0"); });
    }
  } catch {
    count = most;
  }
  const hint = document.querySelector("[data-reloads]");
  if (hint && count < most) {
    hint.hidden = false;
  }
  setInterval(() => {
    const busy = document.hidden || document.activeElement?.matches("input, button, summary") || document.querySelectorAll("details[open]").length > began;
    if (!busy && count < most) {
      sessionStorage.setItem(name, String(count + 1));
      location.reload();
    }
  }, running.dataset.reload * 1000);
}

// A browser may keep a page to go back to. What is shown once must not be in it.
addEventListener("pagehide", () => document.querySelectorAll(".secret").forEach((secret) => { secret.textContent = ""; }));

const menu = document.querySelector("details.me");
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu?.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
