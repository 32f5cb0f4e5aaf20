// Counts a deadline down by the server's clock: <time data-deadline="ISO" data-now="ISO" data-over="…" data-left="… {d} {h} {m} {s}">.
// The clock of this machine is used only for the time that has passed since the page came, so that a wrong one does no harm.
for (const node of document.querySelectorAll("[data-deadline]")) {
  const end = Date.parse(node.dataset.deadline), server = Date.parse(node.dataset.now), begin = performance.now();
  const two = number => String(number).padStart(2, "0");
  const show = () => {
    const left = Math.floor((end - server - (performance.now() - begin)) / 1000);
    if (left <= 0) {
      node.textContent = node.dataset.over;
      return clearInterval(timer);
    }
    const parts = { d: Math.floor(left / 86400), h: two(Math.floor(left / 3600) % 24), m: two(Math.floor(left / 60) % 60), s: two(left % 60) };
    node.textContent = node.dataset.left.replace(/\{(\w)\}/g, (_, name) => parts[name]);
  };
  const timer = setInterval(show, 1000);
  show();
}
