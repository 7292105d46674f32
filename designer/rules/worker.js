// The rule engine's worker: text in, text out, in the order of the questions; what the texts mean is
// said in designer/rules/src/lib.rs. Lies beside the generated glue in the bundle (designer/bundle/src/app.rs).
// Questions that arrive before the wasm is there wait for it. After a trap (our mistake) the instance is not
// used again: the page is told and starts a new worker.
import init, { call } from "./rules.js";

const ready = init({ module_or_path: new URL("./rules_bg.wasm", import.meta.url) });
let dead = false;

self.onmessage = async ({ data }) => {
  try {
    await ready;
    if (!dead) self.postMessage(call(data));
  } catch (error) {
    dead = true;
    console.error("rule engine", error);
    self.postMessage('{"id":0,"error":{"code":"dead","message":""}}');
  }
};

ready.then(
  () => self.postMessage('{"id":0,"ok":"ready"}'),
  (error) => {
    dead = true;
    console.error("rule engine", error);
    self.postMessage('{"id":0,"error":{"code":"dead","message":""}}');
  },
);
