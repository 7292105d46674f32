// Runs before the first paint, so that a page never flashes in the wrong language or theme.
// The app writes both keys (localStorage "theme": light | dark, "language": en | zh-CN); without
// them the style sheet follows the system's theme, and the language is the browser's.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  const language = localStorage.getItem("language") ?? navigator.language;
  document.documentElement.lang = language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
} catch {
  // Storage is forbidden here; the defaults hold.
}
// The Latin font comes beside the app, not after the app's first text.
document.fonts?.load('1em "Inter"').catch(() => {});
