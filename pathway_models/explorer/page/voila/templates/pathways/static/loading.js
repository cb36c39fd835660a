// In place of what voila's template writes between its lines: cells are shown once they are there and the theme is.
window.voila_heartbeat = () => {};
window.voila_finish = () => {
  if (!window.themeLoaded) {
    window.cellLoaded = true;
    return;
  }
  document.getElementById("loading")?.remove();
  document.getElementById("rendered_cells").style.display = "";
};

// Title, language and address follow the answer; sliders, choices and picture get the names that widgets leave out.
function follow() {
  const said = document.querySelector(".pathways-answer")?.dataset;
  if (!said) return;
  document.title = said.title;
  document.documentElement.lang = said.lang;
  if (location.search !== said.link) history.replaceState(null, "", said.link);
  document.querySelector(".pathways-result img.widget-image")?.setAttribute("alt", said.alt);
  for (const row of document.querySelectorAll(".pathways-lever")) {
    const name = row.querySelector(".pathways-name")?.textContent;
    const choices = row.querySelector(".widget-radio-box");
    choices?.setAttribute("role", "radiogroup");
    choices?.setAttribute("aria-label", name);
    row.querySelectorAll(".noUi-handle").forEach((handle, at) =>
      handle.setAttribute("aria-label", `${name}: ${at ? said.last : said.first}`));
  }
  for (const slider of document.querySelectorAll(".pathways-controls .widget-hslider")) {
    const label = slider.querySelector(".widget-label")?.textContent;
    if (label) slider.querySelector(".noUi-handle")?.setAttribute("aria-label", label);
  }
}
document.addEventListener("DOMContentLoaded", () => {
  window.voila_finish();
  new MutationObserver(() => requestAnimationFrame(follow)).observe(document.body, { childList: true, subtree: true });
  // One note at a time, closed by a press elsewhere or by Escape.
  const close = (kept) => document.querySelectorAll(".pathways-tip[open]").forEach((one) => one !== kept && (one.open = false));
  document.addEventListener("click", (event) => close(event.target.closest(".pathways-tip")));
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
});
