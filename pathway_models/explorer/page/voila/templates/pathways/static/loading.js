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
document.addEventListener("DOMContentLoaded", () => window.voila_finish());
