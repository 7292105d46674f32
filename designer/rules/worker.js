// The rule engine's worker: text in, text out, in the order of the questions; what the texts mean is
// said in designer/rules/src/lib.rs. Lies beside the generated glue in the bundle (designer/bundle/src/app.rs).
// Questions that arrive before the wasm is there wait for it. After a trap (our mistake) the instance is not
// used again: the page is told and starts a new worker.
import init, { call, load, unavailable } from "./rules.js";

// The page's mailbox (designer/src/mailbox.rs): the words before the text, and the room for it. None where no memory is shared.
let words, room;
// Answers that went as messages.
let sent = 0;
const encoder = new TextEncoder();
const say = (answer) => {
  if (room && answer.length <= room.length && Atomics.load(words, 0) === 0) {
    const text = encoder.encode(answer);
    if (text.length <= room.length) {
      room.set(text);
      Atomics.store(words, 1, sent);
      Atomics.store(words, 0, text.length);
      self.postMessage("");
      return;
    }
  }
  sent += 1;
  self.postMessage(answer);
};

const ready = init({ module_or_path: new URL("./rules_bg.wasm", import.meta.url) });
let dead = false;
const die = (error) => {
  if (dead) return;
  dead = true;
  console.error("rule engine", error);
  say('{"id":0,"error":{"code":"dead","message":""}}');
};

// Each question waits for the one before: a part of the engine may have to be loaded for it.
let last = ready;
self.onmessage = ({ data }) => {
  if (typeof data !== "string") {
    words = new Int32Array(data, 0, 2);
    room = new Uint8Array(data, 8);
    return;
  }
  last = last.then(async () => {
    if (dead) return;
    let answer = call(data);
    if (answer === undefined) {
      await load(data);
      answer = call(data) ?? unavailable(data);
    }
    say(answer);
  }).catch(die);
};

ready.then(() => say('{"id":0,"ok":"ready"}'), die);
