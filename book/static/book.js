// Tables of outputs scroll inside the page; the theme lets the keyboard reach what scrolls, but these.
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll(".cell_output table, div.formula")) box.tabIndex = 0;
  // What hides the code is called by what it shows.
  for (const toggle of document.querySelectorAll("details.hide > summary")) toggle.removeAttribute("aria-label");
});
