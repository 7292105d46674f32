// The rule engine's worker: text in, text out, in the order of the questions; what the texts mean is
// said in designer/rules/src/lib.rs. Lies beside the generated glue in the bundle (designer/bundle/src/app.rs).
// Questions that arrive before the wasm is there wait for it. After a trap (our mistake) the instance is not
// used again: the page is told and starts a new worker.
import init, { call, load, unavailable } from "./rules.js";

const ready = init({ module_or_path: new URL("./rules_bg.wasm", import.meta.url) });
let dead = false;
const die = (error) => {
  if (dead) return;
  dead = true;
  console.error("rule engine", error);
  self.postMessage('{"id":0,"error":{"code":"dead","message":""}}');
};

// Each question waits for the one before: a part of the engine may have to be loaded for it.
let last = ready;
self.onmessage = ({ data }) => {
  last = last.then(async () => {
    if (dead) return;
    let answer = call(data);
    if (answer === undefined) {
      await load(data);
      answer = call(data) ?? unavailable(data);
    }
    self.postMessage(answer);
  }).catch(die);
};

ready.then(() => self.postMessage('{"id":0,"ok":"ready"}'), die);
