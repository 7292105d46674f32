// Starts the app. Lies beside the generated glue in the bundle (see designer/bundle/src/app.rs).
import init from "./designer.js";

try {
  await init({ module_or_path: new URL("./designer_bg.wasm", import.meta.url) });
  document.getElementById("skeleton")?.remove();
} catch (error) {
  console.error(error);
  const says = document.documentElement.lang === "zh-CN"
    ? "应用无法启动。请刷新页面，或更新浏览器。"
    : "The app could not start. Reload the page, or update the browser.";
  document.getElementById("skeleton")?.remove();
  const box = document.createElement("p");
  box.className = "start-failed";
  box.setAttribute("role", "alert");
  box.textContent = says;
  document.body.append(box);
}
