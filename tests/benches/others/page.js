// bpmn-js, form-js and react-jsonschema-form as their own documentation sets them up, each behind one function that
// tells how long it took until its picture stood.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import BpmnModeler from "bpmn-js/lib/Modeler";
import { Form as FormJs } from "@bpmn-io/form-js-viewer";
import Rjsf from "@rjsf/core";
import validator from "@rjsf/validator-ajv8";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

const place = () => document.getElementById("place");

/** After the next frame was painted. */
const painted = () =>
  new Promise((done) =>
    requestAnimationFrame(() => {
      const soon = new MessageChannel();
      soon.port1.onmessage = () => done();
      soon.port2.postMessage(0);
    }),
  );

window.others = {
  /** A diagram in the modeler, the whole of it seen. */
  async bpmn(xml) {
    const before = performance.now();
    const modeler = new BpmnModeler({ container: place() });
    await modeler.importXML(xml);
    modeler.get("canvas").zoom("fit-viewport");
    await painted();
    return performance.now() - before;
  },
  async formjs(schema) {
    const before = performance.now();
    const form = new FormJs({ container: place() });
    await form.importSchema(schema, {});
    await painted();
    return performance.now() - before;
  },
  async rjsf(schema) {
    const before = performance.now();
    const root = createRoot(place());
    await new Promise((done) => {
      root.render(createElement(Rjsf, { schema, validator, liveValidate: true, ref: (it) => it && done() }));
    });
    await painted();
    return performance.now() - before;
  },
};
