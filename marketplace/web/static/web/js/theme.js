// Loaded in <head>, before the first paint: where the reader has not chosen, the system's dark setting holds.
(() => {
  const root = document.documentElement;
  if (!("themeChosen" in root.dataset) && matchMedia("(prefers-color-scheme: dark)").matches) root.dataset.theme = "dark";
})();
