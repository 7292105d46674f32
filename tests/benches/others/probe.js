// Watches how long the page is busy for what a hand does: from the first handler to the painted frame.
(() => {
  const found = { frames: [], keys: [] };
  const after = (since, into) => {
    requestAnimationFrame(() => {
      const soon = new MessageChannel();
      soon.port1.onmessage = () => {
        into.push(performance.now() - since);
        busy = false;
      };
      soon.port2.postMessage(0);
    });
  };
  let busy = false;
  addEventListener(
    "pointermove",
    () => {
      if (busy) return;
      busy = true;
      after(performance.now(), found.frames);
    },
    true,
  );
  window.probe = found;
})();
