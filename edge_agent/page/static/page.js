"use strict";
// Fetches the pieces that change, and nothing else: every word comes from the agent.
(() => {
  const away = document.querySelector(".away");

  async function renew(piece) {
    try {
      const answer = await fetch(piece.dataset.part, { cache: "no-store", redirect: "manual" });
      if (answer.type === "opaqueredirect") { location.reload(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      piece.innerHTML = await answer.text();
      away.hidden = true;
      const next = piece.querySelector("[data-goto]");
      if (next) { location.assign(next.dataset.goto); return; }
    } catch {
      away.hidden = false;
    }
    later(piece);
  }

  function later(piece) {
    setTimeout(() => renew(piece), Number(piece.dataset.every));
  }

  document.querySelectorAll("[data-part]").forEach(later);
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });
  document.querySelectorAll("form").forEach((form) => form.addEventListener("submit", () => {
    setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }));
  }));
  addEventListener("pageshow", () => {
    document.querySelectorAll("button").forEach((button) => { button.disabled = false; });
  });
})();
