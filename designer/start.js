// Starts the app. Lies beside the generated glue in the bundle (see designer/bundle/src/app.rs).
import init from "./designer.js";

// What later parts wear. Who begins in the studio waits for it as for the app; for others it comes after the first page.
const wear = () => new Promise(done => {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = document.querySelector("meta[name=later-style]").content;
  sheet.onload = sheet.onerror = done;
  document.head.append(sheet);
});
const studio = location.pathname.startsWith("/studio");

try {
  if (studio) await wear();
  await init({ module_or_path: new URL("./designer_bg.wasm", import.meta.url) });
  document.getElementById("skeleton")?.remove();
  if (!studio) wear();
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
